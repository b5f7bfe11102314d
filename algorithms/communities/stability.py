"""How stable a community is: whether it is found again when a few links are missing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from algorithms.communities.leiden import EXACT_TO, UNTIL_NOTHING_CHANGES, leiden
from algorithms.communities.network import Network
from algorithms.communities.side_by_side import side_by_side
from graph.arrays import Floats, Ints

RUNS: Final = 20
FEW_RUNS: Final = 5
MANY_LINKS: Final = 2_000_000
LEFT_OUT: Final = 0.05
LOOSE: Final = 0.6
"""Below this stability a community is called loose."""


@dataclass(frozen=True, slots=True, eq=False)
class Stability:
    """How surely communities, and their members, are what they are.

    ``community``: c values from 0 to 1, mean best similarity (Jaccard) over the runs. ``member``: n values from 0 to 1,
    the mean share of the other members of its community that stay with the party; 1 for a party alone.
    """

    community: Floats
    member: Floats


def stability(network: Network, label: Ints, *, seed: int = 0, resolution: float = 1.0) -> Stability:
    """Compare a partition, n labels 0..c-1, with fresh runs of which each lacks some links (science.md 3.4)."""
    # Large networks are compared with runs of two rounds, whose partitions differ little from those of more.
    rounds = UNTIL_NOTHING_CHANGES if len(network.weight) <= EXACT_TO else 2
    runs = RUNS if len(network.weight) <= MANY_LINKS else FEW_RUNS

    def one(at: int) -> tuple[Floats, Floats]:
        lost = np.random.default_rng((seed, at)).random(len(network.weight)) < LEFT_OUT
        found = leiden(network.without(lost), resolution=resolution, seed=seed + 1 + at, rounds=rounds)
        return compared(label, found)

    community, member = np.zeros(int(label.max(initial=-1)) + 1), np.zeros(network.size)
    for best, near in side_by_side(one, runs, len(network.weight)):
        community += best
        member += near
    return Stability(community / runs, member / runs)


def compared(label: Ints, found: Ints) -> tuple[Floats, Floats]:
    """For each community its best similarity with one of another partition, and for each party the share of the other
    members of its community that are with it there."""
    size, size_found = np.bincount(label), np.bincount(found)
    width = max(len(size_found), 1)
    pairs, inverse, common = np.unique(label * width + found, return_inverse=True, return_counts=True)
    old, new = np.divmod(pairs, width)
    best = np.zeros(len(size))
    np.maximum.at(best, old, common / (size[old] + size_found[new] - common))
    others = size[label] - 1
    near = np.where(others > 0, (common[inverse] - 1) / np.maximum(others, 1), 1.0)
    return best, near
