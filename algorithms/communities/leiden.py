"""Groups of parties that are closely connected: Leiden communities."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from algorithms.communities.leiden_kernel import parts, renumber, together
from algorithms.communities.move_kernel import move
from algorithms.communities.network import Network
from graph.arrays import Floats, Ints

UNTIL_NOTHING_CHANGES: Final = -1
EXACT_TO: Final = 20_000
GAIN: Final = 1e-4

ROUNDING: Final = 1e-12
"""Below this share of a party's strength a gain may be rounding, and two parties could change places for ever."""

_HEAT: Final = 0.1
"""How far parts are drawn by chance, in mean weights of a link. At 0.01 Leiden runs never found the best partition of
the dolphins, at 0.1 one in fifteen does; docs/decisions/0024-communities-that-go-on.md."""


@dataclass(frozen=True, slots=True, eq=False)
class _Level:
    """A network of parties, or of parts of communities: rows, columns, weights, and n strengths."""

    indptr: Ints
    indices: Ints
    data: Floats
    strength: Floats


def leiden(network: Network, *, resolution: float = 1.0, seed: int = 0, rounds: int = 2) -> Ints:
    """Communities by modularity (Traag, Waltman, van Eck 2019, Sci. Rep. 9:5233).

    Args:
        network: n parties and the links between them.
        resolution: above 1 gives smaller communities.
        seed: of the order of moves; equal input and seed give equal labels.
        rounds: of Leiden. :data:`UNTIL_NOTHING_CHANGES` goes on until a round changes nothing, in networks of more than
            :data:`EXACT_TO` links until one gains less than :data:`GAIN` of modularity: there the last thousandth takes
            longer than all before it.

    Returns:
        n labels 0..c-1, numbered by the smallest member. A party without links is a community of its own.

    O(links) a round. The compiled steps let other threads run beside them.
    """
    label = np.arange(network.size, dtype=np.int64)
    if network.total == 0.0 or not len(network.weight):
        return label
    generator = np.random.default_rng(seed)
    until_little_gain = rounds == UNTIL_NOTHING_CHANGES and len(network.weight) > EXACT_TO
    reached, done = -1.0, 0
    while done != rounds:
        before, label = label, _round(network, label, generator, resolution)
        done += 1
        if np.array_equal(before, label):
            break
        if until_little_gain:
            quality = network.modularity(label, resolution=resolution)
            if quality - reached < GAIN:
                break
            reached = quality
    return label


def _round(network: Network, before: Ints, generator: np.random.Generator, resolution: float) -> Ints:
    """Labels after parties, then parts of communities, then parts of those have moved as long as that gains."""
    share = resolution / network.total
    links = network.links
    heat = _HEAT * float(links.data.mean())
    level = _Level(links.indptr, links.indices, links.data, network.strength)
    label, into = before.copy(), []
    while True:
        size = len(label)
        order = generator.permutation(size)
        move(level.indptr, level.indices, level.data, level.strength, label, order, share, ROUNDING)
        if renumber(label) == size:
            break
        order, draw = generator.permutation(size), generator.random(size)
        part = parts(level.indptr, level.indices, level.data, level.strength, label, order, draw, share, heat)
        count = renumber(part)
        if count == size:  # no community falls into parts: the communities themselves are the next level
            part = label.copy()
            count = renumber(part)
        above = np.empty(count, dtype=np.int64)
        above[part] = label
        into.append(part)
        level = _Level(
            *together(level.indptr, level.indices, level.data, part, count),
            np.bincount(part, level.strength, count).astype(np.float64),
        )
        label = above
    for part in reversed(into):
        label = label[part]
    renumber(label)
    return label


def by_smallest_member(label: Ints) -> Ints:
    """Labels renumbered 0..c-1 in the order of each group's first member."""
    _, first, inverse = np.unique(label, return_index=True, return_inverse=True)
    rank = np.empty(len(first), dtype=np.int64)
    rank[np.argsort(first, kind="stable")] = np.arange(len(first))
    return rank[inverse]
