"""How well customer classes are found, and how seldom where there are none; docs/evaluation/segments.md is made by it.

python -m benchmarks.judge_segments [--seeds 10] [--rows 2000] [--nulls 100] [--null-rows 1000] [--data FOLDER]
    --page PAGE.md [--only SECTION]...

``--data``: a folder with telco-churn, credit-taiwan and credit-german, for the published tables and the permuted nulls.
``--kept FILE``: each piece is kept there when it is done (.cache/segments.jsonl by default); called again, the command
goes on where it was cut off. Pieces of other code do not count. The page is written anew after each section.
"""

from __future__ import annotations

import argparse
import platform
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path

import numpy as np
from threadpoolctl import threadpool_limits

from algorithms.segments.valley_tree import LEVEL, ValleyTree
from benchmarks import segment_pieces, segment_search
from benchmarks.kept_pieces import Pieces, Plain, digest
from benchmarks.segment_worlds import NULLS, WORLDS, World, permuted, table
from services.evaluation.credit_files import read
from services.evaluation.segment_columns import choose, table_of
from services.evaluation.segments import evaluate

PUBLISHED = {
    "telco-churn": "customers.csv.gz",
    "credit-taiwan": "clients.csv.gz",
    "credit-german": "applicants.csv.gz",
}
CODE = Path("algorithms/segments")
TEST = ("valley*", "kmeans*", "scores*", "draws", "category_ranks*", "ranks", "table")
"""Modules of the test for a gap, which alone decides that there are no classes."""
AFTERWARDS = ("contrast", "naming")
"""Modules that tell of classes and find none."""
STEP = 10
"""Tables without classes of one piece."""
SHUFFLES = 20

HEAD = """# How well are customer classes found?

Made by `python -m benchmarks.judge_segments {words}`; do not edit.
Machine: {machine}; {wall:,.0f} s beside other work, of which {cpu:,.0f} s of computing in this process.

All tables but the published ones are synthetic (`benchmarks/segment_worlds.py`). Jitter: 10 % of the rows get an extra
N(0, 2). Ceiling: the better of linear and quadratic discriminant analysis that were told the true classes.

"""

LIMITS = """
## What it does not find

- Classes that only categories tell: a test of categories alone has little power, and mostly says "no clusters".
- Classes of less than 2 % of the customers: a cut leaves at least 1 % and fifteen customers on each side, and so few
  seldom show a valley in the half that judges it.
- Classes that lie in one another as rings do: no straight cut parts them.
"""


def _code(modules: Sequence[str] = ("*",)) -> str:
    """Digest of some modules of the algorithm, of all that find classes unless given."""
    found = {path for name in modules for path in CODE.glob(f"{name}.py")}
    return digest({path for path in found if path.stem not in AFTERWARDS})


def planted(pieces: Pieces, seeds: int, rows: int) -> Iterator[str]:
    """What is found of planted classes: a row for each kind of table, over all seeds."""
    yield f"\n## Planted classes\n\n{rows:,} rows a table, {seeds} seeds; each class at least 3 %.\n"
    yield (
        "| table | true classes | found | ARI, mean | least | ceiling, mean | refits, K fixed, least |"
        " K free, mean | least Jaccard | fidelity, least | by the search |"
    )
    yield "| --- " * 11 + "|"
    for name in WORLDS:
        for classes in range(3, 9) if name == "jitter" else (5,):
            yield _planted_row(pieces, name, classes, seeds, rows)


def _planted_row(pieces: Pieces, name: str, classes: int, seeds: int, rows: int) -> str:
    every = [
        pieces.of(
            f"planted {name} {classes} {rows} {seed}",
            _code(),
            partial(segment_pieces.planted, name, classes, rows, 100 * classes + seed),
        )
        for seed in range(seeds)
    ]
    some = [one for one in every if one["classes"]]
    counts = sorted({one["classes"] for one in every})
    cells = [name, str(classes), ", ".join(str(count) if count else "none" for count in counts)]
    cells += [f"{np.mean([one['ari'] for one in every]):.3f}", f"{min(one['ari'] for one in every):.3f}"]
    cells += [f"{np.mean([one['ceiling'] for one in every]):.3f}"]
    if some:
        cells += [
            f"{min(one['refits'] for one in some):.2f}",
            f"{np.mean([one['free'] for one in some]):.2f}",
        ]
        cells += [f"{min(one['jaccard'] for one in some):.2f}", f"{min(one['fidelity'] for one in some):.3f}"]
    else:
        cells += [""] * 4
    cells += [f"{sum(one['searched'] for one in some)} of {seeds}"]
    return f"| {' | '.join(cells)} |"


def nulls(pieces: Pieces, many: int, rows: int, data: Path | None) -> Iterator[str]:
    """How often a table without classes is said to have none: a row for each kind."""
    makers: dict[str, Callable[[np.random.Generator], World]] = {
        name: partial(_of_size, null, rows) for name, null in NULLS.items()
    }
    if data is not None:
        for name, file in PUBLISHED.items():
            makers[f"{name}, columns permuted"] = partial(permuted, _real(data / name / file, rows))
    yield f"## Tables without classes\n\n{rows:,} rows a table (fewer where the real one has fewer).\n"
    yield "| table | said no clusters |"
    yield "| --- | --- |"
    for name, maker in makers.items():
        right = 0
        for first in range(0, many, STEP):
            last = min(first + STEP, many)
            found = pieces.of(
                f"null {name} {rows} {first} {last}", _code(TEST), partial(_null, maker, first, last)
            )
            right += found["right"]
        yield f"| {name} | {right} of {many} |"


def _null(maker: Callable[[np.random.Generator], World], first: int, last: int) -> Plain:
    right = 0
    for seed in range(first, last):
        own, _ = table(maker(np.random.default_rng(seed)), seed)
        right += ValleyTree(own, f"seed {seed} tree").root.p >= LEVEL
    return {"right": int(right)}


def _of_size(
    null: Callable[[np.random.Generator, int], World], rows: int, draw: np.random.Generator
) -> World:
    return null(draw, rows)


def _real(path: Path, rows: int) -> World:
    file = read(path)
    chosen = choose(file, None, None)
    own = table_of(chosen, file.rows, None)
    return World(own.numbers[:rows], own.codes[:rows], None)


def search(pieces: Pieces, seeds: int) -> Iterator[str]:
    """Whether the search is better than drawing at random."""
    rows = segment_search.ROWS
    yield f"\n## The search against random genomes\n\n{segment_search.SETTING} {rows} rows.\n"
    yield "| seed | hypervolume, NSGA-II | as many random genomes |"
    yield "| --- | --- | --- |"
    ours, theirs = [], []
    for seed in range(seeds):
        found = pieces.of(f"search {rows} {seed}", _code(), partial(segment_search.compared, seed, rows))
        ours.append(found["ours"])
        theirs.append(found["theirs"])
        yield f"| {seed} | {ours[-1]:.3f} | {theirs[-1]:.3f} |"
    larger = sum(one > other for one, other in zip(ours, theirs, strict=True))
    p = segment_search.chance(ours, theirs)
    yield f"\nLarger in {larger} of {seeds}; one-sided paired Wilcoxon test: p = {p:.4f}."


def order(pieces: Pieces, seeds: int) -> Iterator[str]:
    """Whether the order of rows or one more customer changes anything."""
    rows = segment_pieces.ORDERED
    yield f"\n## Order of rows, and one more customer\n\n{rows:,} rows of three planted classes with jitter.\n"
    equal = [
        pieces.of(f"shuffle {rows} {one}", _code(), partial(segment_pieces.shuffled, one))
        for one in range(SHUFFLES)
    ]
    same = sum(one["equal"] for one in equal)
    yield f"- Shuffled input gave equal bytes (classes, strengths, model) in {same} of {SHUFFLES}."
    moved = [
        pieces.of(f"added {rows} {seed}", _code(), partial(segment_pieces.added, seed))
        for seed in range(seeds)
    ]
    stored, refit = (max(one[name] for one in moved) for name in ("stored", "refit"))
    yield (
        f"- One customer added, {seeds} seeds: the stored model moved at most {stored}, a refit at most {refit} of"
        f" {rows:,}."
    )


def size(pieces: Pieces) -> Iterator[str]:
    """Time and memory of many customers."""
    rows, more = segment_pieces.LARGE, segment_pieces.MANY
    found = pieces.of(f"size {rows} {more}", _code(), segment_pieces.large)
    yield "\n## Many customers\n"
    yield (
        f"{rows:,} customers of six planted classes, 40 features (12 that tell, 24 numbers and four categories that do"
        f" not), from the table to classes: {found['seconds']:.0f} s ({found['cpu']:.0f} s of computing), "
        f"{found['memory'] / 1e9:.2f} GB at most, ARI {found['ari']:.3f}. {more:,} more assigned by the stored model:"
        f" {found['assigned']:.0f} s ({found['assigned cpu']:.0f} s of computing), {found['memory after'] / 1e9:.2f} GB"
        " with the table itself."
    )


def published(pieces: Pieces, data: Path) -> Iterator[str]:
    """A row for each published table."""
    yield "\n## Published tables\n\nAs `kehutu evaluate segments` reads them.\n"
    yield "| table | classes | refits, K fixed | K free | least Jaccard | silhouette | depth | fidelity |"
    yield "| --- | --- | --- | --- | --- | --- | --- | --- |"
    for name, file in PUBLISHED.items():
        found = pieces.of(f"published {name}", _code(), partial(_published, data / name / file))
        if not found["classes"]:
            yield f"| {name} | no clusters | | | | | | |"
            continue
        yield (
            f"| {name} | {found['classes']} | {found['refits']:.2f} | {found['free']:.2f} |"
            f" {found['jaccard']:.2f} | {found['silhouette']:.2f} | {found['depth']} | {found['fidelity']:.3f} |"
        )


def _published(path: Path) -> Plain:
    found = evaluate(path).report
    return {
        "classes": found.classes,
        "refits": found.bootstrap_ari,
        "free": found.bootstrap_ari_free_k,
        "jaccard": min(found.jaccard, default=None),
        "silhouette": found.silhouette,
        "depth": found.tree_depth,
        "fidelity": found.fidelity,
    }


def main() -> None:
    """Measure, and write the page."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--seeds", type=int, default=10)
    parser.add_argument("--nulls", type=int, default=100)
    parser.add_argument("--rows", type=int, default=2000)
    parser.add_argument("--null-rows", type=int, default=1000)
    parser.add_argument("--data", type=Path)
    parser.add_argument("--kept", type=Path, default=Path(".cache/segments.jsonl"))
    parser.add_argument("--only", action="append", help="a section to measure; all of them when absent")
    parser.add_argument("--page", type=Path, required=True)
    asked = parser.parse_args()
    pieces = Pieces(asked.kept)
    sections = {
        "nulls": nulls(pieces, asked.nulls, asked.null_rows, asked.data),
        "search": search(pieces, asked.seeds),
        "order": order(pieces, asked.seeds),
        "size": size(pieces),
    }
    if asked.data is not None:
        sections["published"] = published(pieces, asked.data)
    sections["planted"] = planted(pieces, asked.seeds, asked.rows)
    lines = []
    with threadpool_limits(1):
        for name, section in sections.items():
            if asked.only and name not in asked.only:
                continue
            lines += [*section, ""]
            left = [one for one in sections if asked.only and one not in asked.only]
            told = [f"Not measured this time: {', '.join(left)}.\n"] if left else []
            head = HEAD.format(
                words=f"--seeds {asked.seeds} --rows {asked.rows} --nulls {asked.nulls} --null-rows {asked.null_rows}"
                + (" --data FOLDER" if asked.data else "")
                + "".join(f" --only {one}" for one in asked.only or ())
                + " --page docs/evaluation/segments.md",
                machine=f"{platform.machine()}, Python {platform.python_version()}, numpy {np.__version__}",
                wall=pieces.wall,
                cpu=pieces.cpu,
            )
            asked.page.write_text(
                head + "\n".join(told + lines).replace("\n\n\n", "\n\n") + LIMITS, encoding="utf-8"
            )


if __name__ == "__main__":
    main()
