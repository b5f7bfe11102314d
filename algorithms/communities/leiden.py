"""Groups of parties that are closely connected: Leiden communities and how good a partition is."""

from __future__ import annotations

import random
from typing import Any, Final

import numpy as np

from algorithms.invalid_argument import invalid_argument
from graph.arrays import Floats, Ints
from terms.delayed import Delayed

igraph: Final[Any] = Delayed("igraph")

UNTIL_NOTHING_CHANGES: Final = -1
EXACT_TO: Final = 20_000
ROUND: Final = 5
GAIN: Final = 1e-4


def leiden(
    size: int,
    source: Ints,
    target: Ints,
    weight: Floats,
    *,
    resolution: float = 1.0,
    seed: int = 0,
    iterations: int = 2,
) -> Ints:
    """Communities by modularity (Traag, Waltman, van Eck 2019, Sci. Rep. 9:5233), by igraph.

    Args:
        size: n, number of parties.
        source, target, weight: k undirected edges, weight >= 0; parallel and opposite edges add up, links of a
            party to itself and weights of 0 are left out.
        resolution: above 1 gives smaller communities.
        seed: of the order of moves; equal input and seed give equal labels, whatever the order of the edges.
        iterations: rounds of Leiden. :data:`UNTIL_NOTHING_CHANGES` goes on until no round changes anything, in networks
            of more than :data:`EXACT_TO` links until :data:`ROUND` rounds gain less than :data:`GAIN` of modularity:
            there the last thousandth takes ten times as long as all before it.

    Returns:
        n labels 0..c-1, numbered by the smallest member. A party without edges is a community of its own.

    Raises:
        ValueError: a weight below 0 or not finite; gives the position.
    """
    bad = np.flatnonzero(~(np.isfinite(weight) & (weight >= 0)))
    if len(bad):
        raise invalid_argument(f"weight of edge {bad[0]} is {weight[bad[0]]}, expected a finite number >= 0")
    low, high, total = undirected(size, source, target, weight)
    if len(low) == 0:
        return np.arange(size, dtype=np.int64)
    graph = igraph.Graph(n=size, edges=np.column_stack([low, high]))
    # igraph draws from Python's generator; a private one keeps the seed from reaching anyone else.
    igraph.set_random_number_generator(random.Random(seed))  # noqa: S311  # no secret is drawn
    try:
        return by_smallest_member(_found(graph, total, resolution, iterations))
    finally:
        igraph.set_random_number_generator(random)


def _found(graph: Any, weight: Floats, resolution: float, iterations: int) -> Ints:
    def round_of(count: int, start: Ints | None) -> tuple[Ints, float]:
        found = graph.community_leiden(
            objective_function="modularity",
            weights=weights,
            resolution=resolution,
            initial_membership=None if start is None else start.tolist(),
            n_iterations=count,
        )
        # Of the quality in igraph's terms only the gain is asked, and it is the gain in modularity.
        return np.array(found.membership, dtype=np.int64), float(found.quality)

    weights = weight.tolist()
    if iterations > 0 or len(weight) <= EXACT_TO:
        return round_of(max(iterations, 0) or UNTIL_NOTHING_CHANGES, None)[0]
    label, quality = round_of(ROUND, None)
    while True:
        better, higher = round_of(ROUND, label)
        if higher - quality < GAIN:
            return better if higher > quality else label
        label, quality = better, higher


def modularity(label: Ints, source: Ints, target: Ints, weight: Floats, *, resolution: float = 1.0) -> float:
    """Newman's modularity of a partition of undirected edges; 0 without edges."""
    low, high, total = undirected(len(label), source, target, weight)
    whole = float(total.sum())
    if whole == 0.0:
        return 0.0
    strength = np.bincount(low, total, len(label)) + np.bincount(high, total, len(label))
    per_label = np.bincount(label, strength)
    inside = float(total[label[low] == label[high]].sum())
    return inside / whole - resolution * float((per_label**2).sum()) / (4.0 * whole**2)


def by_smallest_member(label: Ints) -> Ints:
    """Labels renumbered 0..c-1 in the order of each group's first member."""
    _, first, inverse = np.unique(label, return_index=True, return_inverse=True)
    rank = np.empty(len(first), dtype=np.int64)
    rank[np.argsort(first, kind="stable")] = np.arange(len(first))
    return rank[inverse]


def undirected(size: int, source: Ints, target: Ints, weight: Floats) -> tuple[Ints, Ints, Floats]:
    """Each pair once, lower position first, sorted; weights of a pair summed in ascending order.

    Links of a party to itself and weights of 0 are left out: neither holds a community together.
    """
    kept = (source != target) & (weight > 0)
    low, high = np.minimum(source, target)[kept], np.maximum(source, target)[kept]
    order = np.lexsort((weight[kept], high, low))
    low, high, value = low[order], high[order], weight[kept][order]
    if len(low) == 0:
        return low, high, value
    pair = low * size + high
    first = np.flatnonzero(np.r_[True, pair[1:] != pair[:-1]])
    return low[first], high[first], np.add.reduceat(value, first)
