"""One Leiden run of ours on a large generated network beside libraries', and the continued partition.

    python -m benchmarks.large_communities [--parties N] [--links N] [--groups N] [--store bolt://…] [--without NAME…]

Engines run one after the other on one network: ours, igraph, leidenalg where it is installed, and Graph Data Science
where a Neo4j is given. A million parties and ten million links take 8 GB here and as much in the server.
"""

from __future__ import annotations

import argparse
import importlib.util
import random
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import igraph
import numpy as np
from neo4j import GraphDatabase

from algorithms.communities.cut_anew import went_on
from algorithms.communities.leiden import UNTIL_NOTHING_CHANGES, leiden
from algorithms.communities.network import Network, changed_weight
from graph.arrays import Ints

PARTIES, LINKS, GROUPS = 1_000_000, 10_000_000, 10_000
WITHIN = 0.57
"""Share of the links that lie within a planted group."""
SEED = 20_261_130
ROUNDS = (2, 5, 10)
PIECE = 500_000
"""Links that go to the server at once."""
T = TypeVar("T")


@dataclass(frozen=True)
class LargeRun:
    """What was run, and what it took."""

    name: str
    seconds: float
    cpu_seconds: float
    modularity: float


def timed(work: Callable[[], T]) -> tuple[T, float, float]:
    """A result with the seconds and the CPU seconds that it took."""
    wall, cpu = time.perf_counter(), time.process_time()
    found = work()
    return found, time.perf_counter() - wall, time.process_time() - cpu


def generated(parties: int, links: int, groups: int) -> tuple[Ints, Ints]:
    """Ends of the links of a network with planted groups, lower end first, none twice."""
    draw = np.random.default_rng(SEED)
    size = parties // groups
    within = int(links * WITHIN)
    group = draw.integers(0, groups, within) * size
    ends = np.concatenate(
        [
            np.column_stack([group + draw.integers(0, size, within), group + draw.integers(0, size, within)]),
            draw.integers(0, parties, (links - within, 2)),
        ]
    )
    ends.sort(axis=1)
    pairs = np.unique(ends[:, 0] * parties + ends[:, 1])
    low, high = np.divmod(pairs, parties)
    apart = low != high
    return low[apart], high[apart]


def large_runs(
    parties: int = PARTIES,
    links: int = LINKS,
    groups: int = GROUPS,
    store: str = "",
    without: Sequence[str] = (),
) -> Iterator[LargeRun]:
    """Runs on one network, one after the other in one process, each told when it is done."""
    leiden(Network.of(2, np.zeros(1, dtype=np.int64), np.ones(1, dtype=np.int64), np.ones(1)))  # compiles
    low, high = generated(parties, links, groups)
    whole = Network.of(parties, low, high, np.ones(len(low)))
    shape = f"{parties:,} parties, {len(low):,} links"
    label, wall, cpu = timed(lambda: leiden(whole, rounds=UNTIL_NOTHING_CHANGES))
    yield LargeRun(f"own run to convergence ({shape})", wall, cpu, whole.modularity(label))
    draw = np.random.default_rng(SEED)
    gone = draw.random(len(low)) < 0.005
    ends = np.sort(draw.integers(0, parties, (int(gone.sum()), 2)), axis=1)
    ends = ends[ends[:, 0] != ends[:, 1]]
    changed = Network.of(
        parties,
        np.concatenate([low[~gone], ends[:, 0]]),
        np.concatenate([high[~gone], ends[:, 1]]),
        np.ones(int((~gone).sum()) + len(ends)),
    )
    moved = changed_weight((low, high, np.ones(len(low))), changed)
    after, wall, cpu = timed(lambda: went_on(changed, label, moved))
    yield LargeRun("own, continued after 1 % of the links changed", wall, cpu, changed.modularity(after))
    if "igraph" not in without:
        yield from _of_igraph(whole, low, high)
    if "leidenalg" not in without and importlib.util.find_spec("leidenalg"):
        yield from _of_leidenalg(whole, low, high)
    if store:
        yield from _of_gds(whole, low, high, store)


def _of_leidenalg(whole: Network, low: Ints, high: Ints) -> Iterator[LargeRun]:
    leidenalg: Any = importlib.import_module("leidenalg")
    graph: Any = igraph.Graph(n=whole.size, edges=np.column_stack([low, high]))

    def work() -> Any:
        partition = leidenalg.ModularityVertexPartition
        return leidenalg.find_partition(graph, partition, n_iterations=2, seed=SEED % 2**31)

    told, wall, cpu = timed(work)
    label = np.array(told.membership, dtype=np.int64)
    yield LargeRun("leidenalg, 2 rounds", wall, cpu, whole.modularity(label))


def _of_gds(whole: Network, low: Ints, high: Ints, store: str) -> Iterator[LargeRun]:
    """``gds.leiden`` on one thread, as the engine asks for it, to convergence or ten levels; without the projection."""
    with GraphDatabase.driver(store) as driver:

        def ask(text: str, **values: object) -> list[Any]:
            return driver.execute_query(text, values).records

        def used() -> float:
            [row] = ask("CALL dbms.queryJmx('java.lang:type=OperatingSystem') YIELD attributes AS a RETURN a")
            return float(row["a"]["ProcessCpuTime"]["value"]) / 1e9

        ask("UNWIND range(0, $parties - 1) AS id CREATE (:Party {at: id})", parties=whole.size)
        ask("CREATE INDEX party_at FOR (p:Party) ON (p.at)")
        ask("CALL db.awaitIndexes(600)")
        for start in range(0, len(low), PIECE):
            piece = np.column_stack([low[start : start + PIECE], high[start : start + PIECE]]).tolist()
            ask(
                "UNWIND $piece AS ends MATCH (a:Party {at: ends[0]}), (b:Party {at: ends[1]}) "
                "CREATE (a)-[:LINK]->(b)",
                piece=piece,
            )
        ask("CALL gds.graph.project('large', 'Party', {LINK: {orientation: 'UNDIRECTED'}})")
        before, wall = used(), time.perf_counter()
        rows = ask(
            "CALL gds.leiden.stream('large', {concurrency: 1, randomSeed: 0, maxLevels: 10}) "
            "YIELD nodeId, communityId RETURN gds.util.asNode(nodeId).at AS at, communityId AS community"
        )
        wall, cpu = time.perf_counter() - wall, used() - before
        [version] = ask("RETURN gds.version() AS version")
        ask("CALL gds.graph.drop('large') YIELD graphName")
    label = np.zeros(whole.size, dtype=np.int64)
    label[[row["at"] for row in rows]] = np.unique([row["community"] for row in rows], return_inverse=True)[1]
    yield LargeRun(
        f"GDS {version['version']}, with the stream of its answer", wall, cpu, whole.modularity(label)
    )


def _of_igraph(whole: Network, low: Ints, high: Ints) -> Iterator[LargeRun]:
    graph: Any = igraph.Graph(n=whole.size, edges=np.column_stack([low, high]))
    for rounds in ROUNDS:
        random.seed(SEED)

        def work(rounds: int = rounds) -> Any:
            return graph.community_leiden("modularity", n_iterations=rounds)

        told, wall, cpu = timed(work)
        label = np.array(told.membership, dtype=np.int64)
        yield LargeRun(f"igraph, {rounds} rounds", wall, cpu, whole.modularity(label))


if __name__ == "__main__":
    asked = argparse.ArgumentParser(description=__doc__)
    for name, usual in (("--parties", PARTIES), ("--links", LINKS), ("--groups", GROUPS)):
        asked.add_argument(name, type=int, default=usual)
    asked.add_argument("--store", default="")
    asked.add_argument("--without", nargs="*", default=[])
    for one in large_runs(**vars(asked.parse_args())):
        print(
            f"{one.name}: {one.seconds:.1f} s, {one.cpu_seconds:.1f} CPU s, modularity {one.modularity:.5f}",
            flush=True,
        )
