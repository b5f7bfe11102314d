"""How good embeddings are on the published graphs with labels, beside spectral embedding and the FastRP of GDS.

    python -m benchmarks.judge_embeddings FOLDER [--page docs/evaluation/embeddings.md]

FOLDER holds NAME.edges and NAME.labels.csv. Starts the Neo4j of the tests (tests/neo4j_server) for its GDS.
"""

from __future__ import annotations

import argparse
import os
import platform
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

from algorithms.embeddings.fastrp import fastrp
from algorithms.embeddings.vectors import key_hashes
from graph.arrays import Csr
from services.engines.opened import open_engines
from services.evaluation.embeddings import SEEDS, EmbeddingsReport, evaluate
from services.settings import settings
from tests.neo4j_server.start import neo4j_server

PAGE = """# How good are embeddings?

Made by `python -m benchmarks.judge_embeddings FOLDER --page docs/evaluation/embeddings.md`; do not edit.
Machine: {machine}; {wall:.0f} s.

Published graphs: links between nodes with a label each. A tenth of the links is hidden; the AUC says how often a hidden
link has a higher cosine than a pair without link. Such pairs are drawn uniformly, and apart with ends of as many links.
Macro-F1: the label that most of the ten nearest nodes have, five folds. Means over {seeds} draws, the same for every
method; `±` is the standard deviation of the first column over them. Dimension 128, one thread but for the server.
[science.md](../science.md#embeddings) has the definitions. Spectral embedding needs eigenvectors and is no choice for a
large graph; it is there to compare with.

{tables}
## Targets

| target | graph | AUC | AUC, by links | macro-F1 |
| --- | --- | --- | --- | --- |
{targets}

One embedding of a random graph (1,000,000 nodes, 10,000,000 links, dimension 128): {seconds:.1f} CPU s. To put the
links into rows before it: {build:.1f} CPU s (target: 25 CPU s in all).
"""


def machine() -> str:
    """What the figures were measured on."""
    load = os.getloadavg()[0]
    return (
        f"{platform.machine()}, {os.cpu_count()} cores, load {load:.0f}, Python {platform.python_version()}, "
        f"numpy {np.__version__}"
    )


def table(name: str, report: EmbeddingsReport) -> str:
    """A section of the page."""
    rows = [
        f"| {one.name} | {one.link_auc:.3f} ± {one.sd:.3f} | {one.link_auc_degree:.3f} | {one.knn_macro_f1:.3f} "
        f"| {one.seconds / (2 * SEEDS):.2f} |"
        for one in report.methods
    ]
    head = [
        "| method | AUC | AUC, by links | macro-F1 | seconds an embedding |",
        "| --- | --- | --- | --- | --- |",
    ]
    return "\n".join([f"## {name.capitalize()}", "", *head, *rows, ""])


def target(name: str, report: EmbeddingsReport) -> str:
    """Differences to the server's FastRP and whether they are within what is allowed."""
    own, server = report.methods[0], report.methods[1]
    found = (
        (own.link_auc - server.link_auc, -0.005),
        (own.link_auc_degree - server.link_auc_degree, -0.005),
        ((own.knn_macro_f1 or 0.0) - (server.knn_macro_f1 or 0.0), -0.01),
    )
    cells = [f"{value:+.4f} {'met' if value >= least else 'missed'}" for value, least in found]
    return f"| difference to the FastRP of GDS at least -.005, -.005, -.01 | {name} | {' | '.join(cells)} |"


def large() -> tuple[float, float]:
    """CPU seconds of one embedding of the large graph, and of its rows."""
    size, count = 1_000_000, 10_000_000
    draw = np.random.default_rng(0)
    source, target = draw.integers(0, size, (2, count))
    hashes = key_hashes([f"customer:{at}" for at in range(size)])
    start = time.process_time()
    links = Csr.from_edges(
        size, np.concatenate([source, target]), np.concatenate([target, source]), np.ones(2 * count)
    )
    built = time.process_time()
    fastrp(links, hashes)
    return time.process_time() - built, built - start


def main() -> None:
    """Judge, and write the page or print it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--page", type=Path)
    asked = parser.parse_args()
    start, of = time.perf_counter(), machine()
    reports = {}
    with neo4j_server() as url, tempfile.TemporaryDirectory() as home:
        site = settings(home=Path(home), store=url)
        with open_engines(site, "local", sys.exit) as engines:
            for edges in sorted(asked.folder.glob("*.edges")):
                labels = edges.with_suffix(".labels.csv")
                reports[edges.stem] = evaluate(edges, labels, engines)
    seconds, build = large()
    page = PAGE.format(
        machine=of,
        wall=time.perf_counter() - start,
        seeds=SEEDS,
        tables="\n".join(table(name, report) for name, report in reports.items()),
        targets="\n".join(target(name, report) for name, report in reports.items()),
        seconds=seconds,
        build=build,
    )
    if asked.page:
        asked.page.write_text(page, encoding="utf-8")
    else:
        sys.stdout.write(page)


if __name__ == "__main__":
    main()
