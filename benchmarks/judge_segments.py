"""How well customer classes are found, and how seldom where there are none; docs/evaluation/segments.md is made by it.

python -m benchmarks.judge_segments [--seeds 2] [--nulls 10] [--rows 2000] [--data FOLDER] --page PAGE.md

``--data``: a folder with telco-churn, credit-taiwan and credit-german, for the published tables and the permuted nulls.
"""

from __future__ import annotations

import argparse
import platform
import sys
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import numpy as np
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis, QuadraticDiscriminantAnalysis
from threadpoolctl import threadpool_limits

from algorithms.segments.agreement import adjusted_rand
from algorithms.segments.classes import Classes, NoClasses, find
from algorithms.segments.draws import keys_of
from algorithms.segments.scores import scales
from algorithms.segments.table import Table, in_hashed_order
from algorithms.segments.valley_tree import LEVEL, ValleyTree
from benchmarks.segment_worlds import NULLS, WORLDS, World, permuted
from graph.arrays import Ints
from services.evaluation.credit_files import read
from services.evaluation.segment_columns import choose, table_of
from services.evaluation.segments import evaluate

PUBLISHED = {
    "telco-churn": "customers.csv.gz",
    "credit-taiwan": "clients.csv.gz",
    "credit-german": "applicants.csv.gz",
}

HEAD = """# How well are customer classes found?

Made by `python -m benchmarks.judge_segments {words}`; do not edit.
Machine: {machine}; {wall:.0f} s on a busy machine, of which {cpu:.0f} s of computing.

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


def table(world: World, seed: int) -> tuple[Table, Ints]:
    """The table in hashed order, and which row of the world each row was."""
    p, q = world.numbers.shape[1], world.codes.shape[1]
    names = tuple(f"c{k}" for k in range(p + q))
    levels = tuple(tuple(str(level) for level in range(int(column.max()) + 1)) for column in world.codes.T)
    keys = keys_of(f"{seed} {row}" for row in range(len(world.numbers)))
    return in_hashed_order(Table(keys, world.numbers, world.codes, names, levels))


def ceiling(rows: Table, true: Ints) -> float:
    """What is reached with the truth."""
    scores = scales(rows).of(rows)
    models = (LinearDiscriminantAnalysis(), QuadraticDiscriminantAnalysis(reg_param=0.01))
    return max(adjusted_rand(model.fit(scores, true).predict(scores), true) for model in models)


def judged(answer: Classes | NoClasses, rows: Table, true: Ints) -> list[str]:
    """Cells of a row of the page about planted classes."""
    most = f"{ceiling(rows, true):.3f}"
    if isinstance(answer, NoClasses):
        return ["none", "0.000", most, "", "", "", "", ""]
    held = answer.stability
    return [
        str(len(held.jaccard)),
        f"{adjusted_rand(answer.label, true):.3f}",
        most,
        f"{held.ari:.2f}",
        f"{held.ari_free:.2f}",
        f"{held.jaccard.min():.2f}",
        f"{answer.fidelity:.3f}",
        "tree" if answer.way == "tree" else "search",
    ]


def planted_rows(seeds: int, rows: int) -> Iterator[str]:
    """A row of the page for each planted table."""
    columns = ["table", "true classes", "seed", "found", "ARI", "ceiling"]
    columns += ["refits, K fixed", "K free", "least Jaccard", "fidelity", "by"]
    yield f"| {' | '.join(columns)} |"
    yield "| --- " * len(columns) + "|"
    for name, world in WORLDS.items():
        for classes in range(3, 9) if name == "jitter" else (5,):
            for seed in range(seeds):
                made = world(classes, rows, 100 * classes + seed)
                assert made.true is not None
                own, order = table(made, seed)
                answer = find(own, np.zeros(len(own.names), dtype=np.int64), seed)
                cells = judged(answer, own, made.true[order])
                yield f"| {name} | {classes} | {seed} | " + " | ".join(cells) + " |"


def null_rows(many: int, rows: int, data: Path | None) -> Iterator[str]:
    """A row of the page for each kind of table without classes."""
    makers: dict[str, Callable[[np.random.Generator], World]] = {
        name: partial(_of_size, null, rows) for name, null in NULLS.items()
    }
    if data is not None:
        for name, file in PUBLISHED.items():
            makers[f"{name}, columns permuted"] = partial(permuted, _real(data / name / file, rows))
    yield "| table | said no clusters |"
    yield "| --- | --- |"
    for name, maker in makers.items():
        right = 0
        for seed in range(many):
            own, _ = table(maker(np.random.default_rng(seed)), seed)
            right += ValleyTree(own, f"seed {seed} tree").root.p >= LEVEL
        yield f"| {name} | {right} of {many} |"


def _of_size(
    null: Callable[[np.random.Generator, int], World], rows: int, draw: np.random.Generator
) -> World:
    return null(draw, rows)


def _real(path: Path, rows: int) -> World:
    file = read(path)
    chosen = choose(file, None, None)
    own = table_of(chosen, file.rows, None)
    return World(own.numbers[:rows], own.codes[:rows], None)


def published_rows(data: Path) -> Iterator[str]:
    """A row of the page for each published table."""
    yield "| table | classes | refits, K fixed | K free | least Jaccard | silhouette | depth | fidelity |"
    yield "| --- | --- | --- | --- | --- | --- | --- | --- |"
    for name, file in PUBLISHED.items():
        found = evaluate(data / name / file).report
        if found.no_clusters:
            yield f"| {name} | no clusters | | | | | | |"
            continue
        yield (
            f"| {name} | {found.classes} | {found.bootstrap_ari:.2f} | {found.bootstrap_ari_free_k:.2f} |"
            f" {min(found.jaccard):.2f} | {found.silhouette:.2f} | {found.tree_depth} | {found.fidelity:.3f} |"
        )


def page(seeds: int, nulls: int, rows: int, data: Path | None) -> Iterator[str]:
    """The page below its head."""
    yield f"## Planted classes\n\n{rows:,} rows a table; each class at least 3 %.\n"
    yield from planted_rows(seeds, rows)
    yield f"\n## Tables without classes\n\n{rows:,} rows a table (fewer where the real one has fewer).\n"
    yield from null_rows(nulls, rows, data)
    if data is not None:
        yield "\n## Published tables\n\nAs `kehutu evaluate segments` reads them.\n"
        yield from published_rows(data)
    yield LIMITS.rstrip()


def main() -> None:
    """Measure, and write the page."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--seeds", type=int, default=2)
    parser.add_argument("--nulls", type=int, default=10)
    parser.add_argument("--rows", type=int, default=2000)
    parser.add_argument("--data", type=Path)
    parser.add_argument("--page", type=Path, required=True)
    asked = parser.parse_args()
    began, worked = time.perf_counter(), time.process_time()
    lines = []
    with threadpool_limits(1):
        for line in page(asked.seeds, asked.nulls, asked.rows, asked.data):
            lines.append(line)
            print(line, file=sys.stderr, flush=True)
    head = HEAD.format(
        words=f"--seeds {asked.seeds} --nulls {asked.nulls} --rows {asked.rows}"
        + (" --data FOLDER" if asked.data else "")
        + " --page docs/evaluation/segments.md",
        machine=f"{platform.machine()}, Python {platform.python_version()}, numpy {np.__version__}",
        wall=time.perf_counter() - began,
        cpu=time.process_time() - worked,
    )
    asked.page.write_text(head + "\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
