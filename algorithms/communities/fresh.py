"""The best partition that several Leiden runs find."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from algorithms.communities.leiden import UNTIL_NOTHING_CHANGES, leiden
from algorithms.communities.moving import polished
from algorithms.communities.network import Network
from algorithms.invalid_argument import invalid_argument
from graph.arrays import Ints

_LINKS: Final = 2_000_000


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
    found = (_one(network, seed + one, resolution) for one in range(count))
    return max(found, key=lambda partition: partition.modularity)


def _one(network: Network, seed: int, resolution: float) -> Partition:
    label = leiden(
        network.size,
        network.low,
        network.high,
        network.weight,
        resolution=resolution,
        seed=seed,
        iterations=UNTIL_NOTHING_CHANGES,
    )
    label = polished(network, label, resolution=resolution)
    return Partition(label, network.modularity(label, resolution=resolution))
