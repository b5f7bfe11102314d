"""One Leiden run of ours on a large generated network against a library's, and the continued partition beside them."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, TypeVar

import igraph
import numpy as np

from algorithms.communities.cut_anew import went_on
from algorithms.communities.leiden import UNTIL_NOTHING_CHANGES, leiden
from algorithms.communities.network import Network, changed_weight
from graph.arrays import Ints

PARTIES, LINKS, GROUPS = 1_000_000, 10_000_000, 10_000
WITHIN = 0.57
"""Share of the links that lie within a planted group."""
SEED = 20_261_130
ROUNDS = (2, 5, 10)
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


def large_runs(parties: int = PARTIES, links: int = LINKS, groups: int = GROUPS) -> Iterator[LargeRun]:
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
    yield from _of_igraph(whole, low, high)


def _of_igraph(whole: Network, low: Ints, high: Ints) -> Iterator[LargeRun]:
    graph: Any = igraph.Graph(n=whole.size, edges=np.column_stack([low, high]))
    for rounds in ROUNDS:
        random.seed(SEED)

        def work(rounds: int = rounds) -> Any:
            return graph.community_leiden("modularity", n_iterations=rounds)

        told, wall, cpu = timed(work)
        label = np.array(told.membership, dtype=np.int64)
        yield LargeRun(f"igraph, {rounds} rounds", wall, cpu, whole.modularity(label))
