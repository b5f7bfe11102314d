"""The valley test: is there a gap between two parts of a cloud of points? (science.md 3.2)

A contrast and a valley are looked for in one half of the customers and judged by the other half, so that looking for
them costs nothing: a cloud with one peak has no stretch that holds fewer than both its neighbours.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from algorithms.segments.category_ranks import TestedCategories, TestedRows
from algorithms.segments.draws import Keys, numbered, uniform
from algorithms.segments.kmeans import kmeans
from algorithms.segments.scores import level_scores, level_shares, part_scores
from algorithms.segments.table import Table
from algorithms.segments.valley_kernel import deepest
from graph.arrays import Bools, Floats, Ints
from terms.delayed import Delayed

special: Final[Any] = Delayed("scipy.special")

BINS: Final = 128
BANDWIDTHS: Final = (0.35, 0.7)
DEEP: Final = 1.05
"""A minimum counts when the lower peak beside it is so many times as high."""
SHRINK: Final = 0.1
CLASSES: Final = (2, 3, 4, 6, 8, 12)
STARTS: Final = 2
GROUPINGS: Final = 3
SPLITS: Final = 3
ROUNDS: Final = 12
"""Rounds of k-means: contrasts are looked for, and need not be settled."""
SHARPER: Final = 5
"""Rounds in which the deepest valley's own sides become the contrast."""
FEWEST: Final = 30
"""Customers below which nothing is tested: two classes of fifteen."""


@dataclass(frozen=True, slots=True, eq=False)
class Valley:
    """A gap along a direction.

    ``z``: how deep, in standard deviations of its counts. ``edges``: 4 values along the direction; I1, I2 (the valley)
    and I3 lie between them. ``widths``: of the three, in bins. ``cut``: the middle of the valley.
    """

    z: float
    edges: Floats
    widths: tuple[int, int, int]
    cut: float

    def counts(self, along: Floats) -> tuple[int, int, int]:
        """How many of n places along the direction lie in I1, I2 and I3."""
        a, b, c, d = np.searchsorted(np.sort(along), self.edges).tolist()
        return b - a, c - b, d - c


def valley(along: Floats) -> Valley | None:
    """The valley with the largest z among places along a direction; None where there is none.

    The density has 128 bins; at each of two bandwidths each minimum is tried.
    """
    runs = np.zeros(6, dtype=np.int64)
    edges = np.zeros(4)
    z = deepest(np.ascontiguousarray(along), runs, edges)
    if z == -np.inf:
        return None
    widths = (int(runs[3] - runs[0]), int(runs[4] - runs[1]), int(runs[5] - runs[2]))
    return Valley(float(z), edges, widths, float((edges[1] + edges[2]) / 2))


def valley_p(counts: tuple[int, int, int], widths: tuple[int, int, int]) -> float:
    """p of a valley on customers that it was not found in: max over I1, I3 of P(Bin(n + n2, w/(w + w2)) >= n)."""
    (n1, n2, n3), (w1, w2, w3) = counts, widths
    return float(max(special.bdtrc(m - 1, m + n2, w / (w + w2)) for m, w in ((n1, w1), (n3, w3))))


@dataclass(frozen=True, slots=True, eq=False)
class Cut:
    """The best contrast of a part: ``side``, n, true beyond the middle of its valley; ``along``: n places along its
    direction, ``gap``: the valley there."""

    z: float
    side: Bools
    along: Floats
    gap: Valley


class Part:
    """Customers that may hold a gap, with the scores that the test reads.

    Args:
        table: the customers, in hashed order.
        purpose: of every draw: seed and place in the tree.
        root: scores are ranks everywhere.
    """

    def __init__(self, table: Table, purpose: str, *, root: bool) -> None:
        self._keys: Keys = table.keys
        self._purpose = purpose
        self._numbers = part_scores(table, purpose, ranks=root)
        indicators = [level_scores(table.codes[:, k], share) for k, share in enumerate(level_shares(table))]
        self._points = np.ascontiguousarray(np.hstack([self._numbers, *indicators]))
        self._categories = TestedCategories(table, purpose)

    def p_value(self) -> float:
        """p of the valley test: three splits, both ways, min(1, 2 median)."""
        if len(self._keys) < FEWEST or not self._points.shape[1]:
            return 1.0
        found = []
        for split in range(SPLITS):
            half = uniform(self._keys, f"{self._purpose} split {split}") < 0.5
            for way, learned in enumerate((half, ~half)):
                found.append(self._p(learned, f"{self._purpose} {split} {way}"))
        return float(min(1.0, 2 * np.median(found)))

    def _p(self, learned: Bools, purpose: str) -> float:
        best: _Contrast | None = None
        half = self._half(learned)
        for contrast in self._valleys(half, purpose):
            if best is None or contrast.gap.z > best.gap.z:
                best = contrast
        if best is None:
            return 1.0
        elsewhere = self._half(~learned).read(best.order) @ best.weights
        return valley_p(best.gap.counts(elsewhere), best.gap.widths)

    def best_cut(self, least: int) -> Cut | None:
        """The deepest valley of the whole part with at least so many customers on both sides; None without one."""
        if len(self._keys) < 2 * least or not self._points.shape[1]:
            return None
        everyone = np.ones(len(self._keys), dtype=np.bool_)
        best: Cut | None = None
        for contrast in self._valleys(self._half(everyone), f"{self._purpose} cut"):
            if best is not None and contrast.gap.z <= best.z:
                continue
            side = contrast.along >= contrast.gap.cut
            if least <= int(side.sum()) <= len(side) - least:
                best = Cut(contrast.gap.z, side, contrast.along, contrast.gap)
        return best

    def _half(self, rows: Bools) -> _Half:
        return _Half(self._points[rows], self._numbers[rows], self._keys[rows], self._categories.among(rows))

    def _contrasts(self, half: _Half, purpose: str) -> list[Bools]:
        """Groups of a half against its rest."""
        points, keys = half.points, half.keys
        found: dict[bytes, Bools] = {}

        def add(group: Bools) -> None:
            # Most starts end in the same classes; a group and its rest are one contrast.
            if group.any() and not group.all():
                found.setdefault(np.packbits(group ^ group[0]).tobytes(), group)

        for classes in CLASSES:
            for start in range(STARTS):
                said = f"{purpose} {classes} {start}"
                label, centres = kmeans(points, keys, classes, said, ROUNDS)
                for one in range(len(centres)):
                    add(label == one)
                for grouping in range(GROUPINGS if classes >= 4 else 0):
                    name = f"{said} group {grouping}"
                    side = kmeans(centres, numbered(len(centres)), 2, name, ROUNDS)[0]
                    add(side[label] == 1)
        return list(found.values())

    def _valleys(self, half: _Half, purpose: str) -> Iterator[_Contrast]:
        """Each contrast of a half that has a valley. After them the deepest one, sharpened: its group becomes who lies
        beyond its valley."""
        best: _Contrast | None = None
        for contrast in half.contrasted(self._contrasts(half, purpose)):
            yield contrast
            if best is None or contrast.gap.z > best.gap.z:
                best = contrast
        for _ in range(SHARPER):
            if best is None:
                return
            beyond = best.along >= best.gap.cut
            sharper = next(half.contrasted([beyond]), None) if 0 < beyond.sum() < len(beyond) else None
            if sharper is None or sharper.gap.z <= best.gap.z:
                return
            yield sharper
            best = sharper


@dataclass(frozen=True, slots=True, eq=False)
class _Contrast:
    """A group against its rest: the ``order`` of categories' levels, the ``weights`` of the columns, the places
    ``along`` this direction, and the ``gap`` there."""

    order: Ints
    weights: Floats
    along: Floats
    gap: Valley


@dataclass(frozen=True, slots=True, eq=False)
class _Half:
    """Customers that a contrast is learned from, or judged by."""

    points: Floats
    numbers: Floats
    keys: Keys
    categories: TestedRows

    def read(self, order: Ints) -> Floats:
        """Scores, with the levels of categories in an order."""
        return np.hstack([self.numbers, self.categories.scores(order)]) if len(order) else self.numbers

    def contrasted(self, groups: list[Bools]) -> Iterator[_Contrast]:
        """Groups of this half with a valley between them and their rest."""
        if not groups:
            return
        orders = self.categories.orders(np.array(groups))
        if not orders.shape[1]:
            weights = _directions(self.numbers, np.array(groups))
            every: Iterator[tuple[Ints, Floats, Floats]] = zip(
                orders, weights, weights @ self.numbers.T, strict=True
            )
        else:
            every = self._one_by_one(groups, orders)
        for order, weights, along in every:
            gap = valley(along)
            if gap is not None:
                yield _Contrast(order, weights, along, gap)

    def _one_by_one(self, groups: list[Bools], orders: Ints) -> Iterator[tuple[Ints, Floats, Floats]]:
        """Categories read otherwise from contrast to contrast."""
        for group, order in zip(groups, orders, strict=True):
            points = self.read(order)
            weights = _directions(points, group[None, :])[0]
            yield order, weights, points @ weights


def _directions(points: Floats, groups: Bools) -> Floats:
    """w = (.9 S + .1 tr(S)/p I)^-1 (m1 - m0) of each of c groups against the rest, c x p.

    Args:
        points: n x p.
        groups: c x n, no group empty or all.
    """
    member = groups.astype(np.float64)
    share = member.mean(axis=1)
    mean = points.mean(axis=0)
    inside = (member @ points) / member.sum(axis=1)[:, None]
    apart = (inside - mean) / (1 - share)[:, None]  # m1 - m0, as the mean of all is share m1 + (1 - share) m0
    spread = points.T @ points / len(points) - np.outer(mean, mean)
    between = (share * (1 - share))[:, None, None] * apart[:, :, None] * apart[:, None, :]
    within = shrunk(spread - between)
    return np.linalg.solve(within, apart[:, :, None])[:, :, 0]


def shrunk(covariance: Floats) -> Floats:
    """.9 S + .1 tr(S)/p I, p x p or a stack of them, never singular."""
    size = covariance.shape[-1]
    level = np.maximum(np.trace(covariance, axis1=-2, axis2=-1) / size, 1e-9)
    return np.asarray((1 - SHRINK) * covariance + SHRINK * level[..., None, None] * np.eye(size))
