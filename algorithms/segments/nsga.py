"""NSGA-II (Deb et al. 2002) for things that can be drawn, crossed and changed; every draw hashes its purpose."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

import numpy as np

from algorithms.segments.draws import numbered, uniform
from graph.arrays import Floats, Ints

G = TypeVar("G")


@dataclass(frozen=True, slots=True, eq=False)
class Member(Generic[G]):
    """``values``: what is minimised."""

    genome: G
    values: Floats


def fronts(values: Floats) -> Ints:
    """Rank of each of n points, 0 for those that no other dominates. O(n^2 objectives)."""
    better = (values[:, None] <= values[None]).all(axis=2) & (values[:, None] < values[None]).any(axis=2)
    rank = np.full(len(values), -1, dtype=np.int64)
    level = 0
    while (rank < 0).any():
        open_ = rank < 0
        rank[open_ & ~(better & open_[:, None]).any(axis=0)] = level
        level += 1
    return rank


def crowding(values: Floats) -> Floats:
    """How far the neighbours of each of n points of a front are, added over the objectives; ends are infinite."""
    far = np.zeros(len(values))
    for column in values.T:
        order = np.argsort(column, kind="stable")
        width = column[order[-1]] - column[order[0]]
        far[order[[0, -1]]] = np.inf
        if width > 0 and len(order) > 2:
            far[order[1:-1]] += (column[order[2:]] - column[order[:-2]]) / width
    return far


def kept(values: Floats, many: int) -> tuple[Ints, Ints, Floats]:
    """The best of n points by front, then by crowding: positions, and rank and crowding of each kept."""
    rank = fronts(values)
    far = np.zeros(len(values))
    for level in np.unique(rank):
        own = np.flatnonzero(rank == level)
        far[own] = crowding(values[own])
    order = np.lexsort((np.arange(len(values)), -far, rank))[:many].astype(np.int64)
    return order, rank[order], far[order]


def evolve(
    first: Sequence[Member[G]],
    *,
    generations: int,
    child: Callable[[G, G, str], G],
    judge: Callable[[G], Floats],
    purpose: str,
    proceed: Callable[[int], bool] | None = None,
) -> list[Member[G]]:
    """The population after some generations, the best front first.

    Args:
        first: the first population; its size stays.
        child: of two parents, with the purpose of its draws.
        judge: what is minimised.
        purpose: of the draws.
        proceed: asked before each generation with its number; False ends the search there.
    """
    size = len(first)
    everyone = list(first)
    order, rank, far = kept(np.array([one.values for one in everyone]), size)
    everyone = [everyone[at] for at in order.tolist()]
    for generation in range(generations):
        if proceed is not None and not proceed(generation):
            break
        drawn = (uniform(numbered(4 * size), f"{purpose} parents {generation}") * size).astype(np.int64)
        winners = []
        for one, other in drawn.reshape(-1, 2).tolist():
            better = (rank[one], -far[one], one) <= (rank[other], -far[other], other)
            winners.append(one if better else other)
        children = [
            child(everyone[a].genome, everyone[b].genome, f"{purpose} {generation} {number}")
            for number, (a, b) in enumerate(zip(winners[::2], winners[1::2], strict=True))
        ]
        everyone += [Member(genome, judge(genome)) for genome in children]
        order, rank, far = kept(np.array([one.values for one in everyone]), size)
        everyone = [everyone[at] for at in order.tolist()]
    return everyone
