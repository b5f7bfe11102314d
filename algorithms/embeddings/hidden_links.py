"""How well vectors tell hidden links from pairs that are none."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np

from algorithms.embeddings.vectors import Vectors, cosines, unit
from algorithms.invalid_argument import invalid_argument
from algorithms.metrics import auc
from graph.arrays import Bools, Ints

SHARE: Final = 0.1
_ROUNDS: Final = 200


@dataclass(frozen=True, slots=True, eq=False)
class SimpleGraph:
    """An undirected graph of ``size`` nodes without loops; each of m links once, ``low`` < ``high``, ascending."""

    size: int
    low: Ints
    high: Ints

    @classmethod
    def of(cls, size: int, source: Ints, target: Ints) -> SimpleGraph:
        """The graph of some links: loops are left out, parallel and opposite ones are one."""
        kept = source != target
        low, high = np.minimum(source, target)[kept], np.maximum(source, target)[kept]
        pairs = np.unique(low * size + high)
        return cls(size, pairs // max(size, 1), pairs % max(size, 1))

    @property
    def degrees(self) -> Ints:
        """n numbers of links."""
        return np.bincount(self.low, minlength=self.size) + np.bincount(self.high, minlength=self.size)

    def linked(self, one: Ints, other: Ints) -> Bools:
        """Whether each of k pairs is a link, or one node twice."""
        pair = np.minimum(one, other) * self.size + np.maximum(one, other)
        known = self.low * self.size + self.high
        at = np.minimum(np.searchsorted(known, pair), len(known) - 1)
        found: Bools = (one == other) | (known[at] == pair)
        return found


@dataclass(frozen=True, slots=True, eq=False)
class HiddenLinks:
    """What is judged: a graph without some of its links, those links, and as many pairs that are none, drawn twice.

    ``hidden``, ``uniform``, ``by_degree``: the two ends of each pair. Uniform pairs reward vectors that only tell nodes
    with many links from others; those by degree do not.
    """

    rest: SimpleGraph
    hidden: tuple[Ints, Ints]
    uniform: tuple[Ints, Ints]
    by_degree: tuple[Ints, Ints]

    @classmethod
    def drawn(cls, graph: SimpleGraph, seed: int) -> HiddenLinks:
        """Hide a tenth of the links, in random order, each only if both ends keep a link.

        The ends of a pair by degree are drawn from the ends of hidden links, so they have as many links as those. No
        pair is drawn twice, and none is a link of the whole graph.

        Raises:
            ValueError: no link can be hidden, or too few pairs are no links.
        """
        draw = np.random.default_rng(seed)
        gone = _hidden(graph, draw)
        if not gone.any():
            raise invalid_argument(
                f"a tenth of {len(graph.low)} links cannot be hidden so that every node keeps one"
            )
        ends = graph.low[gone], graph.high[gone]
        count = len(ends[0])
        stubs = np.concatenate(ends)
        return cls(
            rest=SimpleGraph(graph.size, graph.low[~gone], graph.high[~gone]),
            hidden=ends,
            uniform=_no_links(graph, count, lambda k: draw.integers(0, graph.size, (2, k))),
            by_degree=_no_links(graph, count, lambda k: stubs[draw.integers(0, len(stubs), (2, k))]),
        )

    def judge(self, vectors: Vectors) -> tuple[float, float]:
        """AUC of the cosine of vectors (n x d, made of ``rest``): against uniform pairs, against those by degree."""
        rows = unit(vectors)
        positive = cosines(rows, *self.hidden)
        outcome = np.repeat([1.0, 0.0], len(positive))
        uniform, by_degree = (
            auc(outcome, np.concatenate([positive, cosines(rows, *pairs)]))
            for pairs in (self.uniform, self.by_degree)
        )
        return uniform, by_degree


def _hidden(graph: SimpleGraph, draw: np.random.Generator) -> Bools:
    degree = graph.degrees
    gone = np.zeros(len(graph.low), dtype=np.bool_)
    left = int(SHARE * len(graph.low))
    for link in draw.permutation(len(graph.low)).tolist():
        if not left:
            break
        one, other = graph.low[link], graph.high[link]
        if degree[one] > 1 and degree[other] > 1:
            degree[one] -= 1
            degree[other] -= 1
            gone[link] = True
            left -= 1
    return gone


def _no_links(graph: SimpleGraph, count: int, pairs: Callable[[int], Ints]) -> tuple[Ints, Ints]:
    found = np.empty(0, dtype=np.int64)
    for _ in range(_ROUNDS):
        one, other = pairs(2 * count)
        free = ~graph.linked(one, other)
        drawn = np.minimum(one, other)[free] * graph.size + np.maximum(one, other)[free]
        together = np.concatenate([found, drawn])
        _, first = np.unique(together, return_index=True)
        found = together[np.sort(first)][:count]
        if len(found) == count:
            return found // graph.size, found % graph.size
    raise invalid_argument(f"fewer than {count} pairs of nodes have no link")
