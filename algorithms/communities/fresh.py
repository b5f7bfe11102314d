"""The best partition that several Leiden runs find."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from algorithms.communities.leiden import EXACT_TO, UNTIL_NOTHING_CHANGES, leiden
from algorithms.communities.moving import RECUT, polished
from algorithms.communities.network import Network
from algorithms.communities.side_by_side import side_by_side
from algorithms.invalid_argument import invalid_argument
from graph.arrays import Ints

_LINKS: Final = 2_000_000

_FIRST_RUNS: Final = 2
"""In large networks so many runs tell whether a fresh partition could take the place of a continued one ..."""
_OUT_OF_REACH: Final = 0.005
"""... and no more are made where the best of them lacks at least this: all together find at most 0.002 more, by
docs/decisions/0024-communities-that-go-on.md."""


@dataclass(frozen=True, slots=True, eq=False)
class Partition:
    """n labels 0..c-1 by the smallest member, and their modularity."""

    label: Ints
    modularity: float


def runs_for(links: int) -> int:
    """How many runs a network of so many links is worth: between 1 and 100 (science.md 3.4)."""
    return max(1, min(100, _LINKS // max(links, 1)))


def fresh(network: Network, *, runs: int | None = None, seed: int = 0, resolution: float = 1.0) -> Partition:
    """The partition with the highest modularity among some Leiden runs to convergence, each polished by single moves.

    Args:
        network: its order settles ties and what each seed finds; see :func:`~.network.hashed_order`.
        runs: by default :func:`runs_for` its links.
        seed: of the first run; the others count up from it.

    Raises:
        ValueError: ``runs`` below 1.
    """
    count = runs_for(len(network.weight)) if runs is None else runs
    if count < 1:
        raise invalid_argument(f"runs is {count}, expected at least 1")
    return _best(_runs(network, count, seed, resolution))


def recut(network: Network, continued: float, *, seed: int = 0, resolution: float = 1.0) -> Partition | None:
    """The fresh partition, where it takes the place of a continued one of a certain modularity; else None.

    It is :func:`fresh`, but for the runs that are not made where the first show that none comes near. In networks of up
    to :data:`~.leiden.EXACT_TO` links, where a run takes milliseconds, all are made.
    """
    count = runs_for(len(network.weight))
    first = count if len(network.weight) <= EXACT_TO else min(count, _FIRST_RUNS)
    best = _best(_runs(network, first, seed, resolution))
    if count > first and best.modularity > continued + RECUT - _OUT_OF_REACH:
        others = _runs(network, count - first, seed + first, resolution)
        best = _best(iter([best, *others]))
    return best if best.modularity - continued > RECUT else None


def _best(found: Iterator[Partition]) -> Partition:
    """The first of those with the highest modularity."""
    return max(found, key=lambda partition: partition.modularity)


def _runs(network: Network, count: int, seed: int, resolution: float) -> Iterator[Partition]:
    def one(at: int) -> Partition:
        label = leiden(network, resolution=resolution, seed=seed + at, rounds=UNTIL_NOTHING_CHANGES)
        label = polished(network, label, resolution=resolution)
        return Partition(label, network.modularity(label, resolution=resolution))

    return side_by_side(one, count, len(network.weight))
