"""Rules that users read: a small tree by entropy that looks one split ahead (science.md 3.2).

A greedy tree cannot see a split that only pays together with the next one; among the best split of each of the six best
features the one is taken whose children can be told apart best.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np

from algorithms.segments.table import MISSING, Table
from graph.arrays import Bools, Floats, Ints

DEPTH: Final = 4
AHEAD: Final = 6
CUTS: Final = 63
"""Most thresholds a number is tried at."""
SMALLEST: Final = 5
"""Customers in each side of a split, at least."""

Test = Literal["below", "from", "is"]


@dataclass(frozen=True, slots=True)
class Condition:
    """What a split asks. ``feature``: position. ``below`` and ``from``: a number against ``value``; ``is``: a category,
    ``value`` the position of the level. What is missing never fulfils it."""

    feature: int
    test: Test
    value: float

    def holds(self, table: Table) -> Bools:
        """Which customers fulfil it, n."""
        p = table.numbers.shape[1]
        if self.test == "is":
            return np.asarray(table.codes[:, self.feature - p] == int(self.value))
        values = table.numbers[:, self.feature]
        with np.errstate(invalid="ignore"):
            return np.asarray(values < self.value if self.test == "below" else values >= self.value)


@dataclass(frozen=True, slots=True)
class Leaf:
    """``label``: the class of most. ``size``: customers here. ``right``: those of the class."""

    label: int
    size: int
    right: int


@dataclass(frozen=True, slots=True)
class Split:
    """A question, with what follows where it holds and where it does not."""

    condition: Condition
    holds: Split | Leaf
    fails: Split | Leaf


@dataclass(frozen=True, slots=True)
class Rule:
    """``conditions``: each with whether it holds. ``coverage``: share of the class's customers. ``counter``: customers
    whom the rule takes and who are of another class."""

    label: int
    conditions: tuple[tuple[Condition, bool], ...]
    size: int
    coverage: float
    counter: int


def depth(tree: Split | Leaf) -> int:
    """Most questions on the way to a leaf."""
    return 0 if isinstance(tree, Leaf) else 1 + max(depth(tree.holds), depth(tree.fails))


def leaves(tree: Split | Leaf) -> int:
    """Number of leaves."""
    return 1 if isinstance(tree, Leaf) else leaves(tree.holds) + leaves(tree.fails)


def predicted(tree: Split | Leaf, table: Table) -> Ints:
    """The class that the rules give each customer, n."""
    if isinstance(tree, Leaf):
        return np.full(table.size, tree.label, dtype=np.int64)
    return np.where(
        tree.condition.holds(table), predicted(tree.holds, table), predicted(tree.fails, table)
    ).astype(np.int64)


def rules_of(tree: Split | Leaf, label: Ints) -> tuple[Rule, ...]:
    """One rule a leaf; those of a class together, the widest first. ``label``: of customers, 0..K-1."""
    ways = [*_ways(tree, [])]
    sizes = np.bincount(label, minlength=1 + max(leaf.label for leaf, _ in ways))
    found = [
        Rule(
            leaf.label,
            tuple(way),
            leaf.size,
            leaf.right / max(int(sizes[leaf.label]), 1),
            leaf.size - leaf.right,
        )
        for leaf, way in ways
    ]
    return tuple(sorted(found, key=lambda rule: (rule.label, -rule.coverage, str(rule.conditions))))


def _ways(
    tree: Split | Leaf, way: list[tuple[Condition, bool]]
) -> Iterator[tuple[Leaf, list[tuple[Condition, bool]]]]:
    if isinstance(tree, Leaf):
        yield tree, way
    else:
        yield from _ways(tree.holds, [*way, (tree.condition, True)])
        yield from _ways(tree.fails, [*way, (tree.condition, False)])


def learn(table: Table, label: Ints, *, most: int = DEPTH, ahead: int = AHEAD) -> Split | Leaf:
    """The rules of classes.

    Args:
        table: n customers. Numbers are asked at up to 63 quantiles, categories for one level.
        label: n, of 0..K-1.
        most: depth.
        ahead: splits that are tried with their best followers; 1 looks no further.
    """
    return _Learner(table, label, ahead).grow(np.arange(table.size, dtype=np.int64), most)


class _Learner:
    """Codes of every feature, and what a split of some rows is worth.

    Codes of a number: how many thresholds are at most it. Of a category: its level. Missing: the last code of all.
    """

    def __init__(self, table: Table, label: Ints, ahead: int) -> None:
        self._label = label
        self._classes = int(label.max(initial=0)) + 1
        self._ahead = ahead
        p = table.numbers.shape[1]
        self._cuts = [_thresholds(table.numbers[:, k]) for k in range(p)]
        width = max([CUTS + 1, *(len(levels) for levels in table.levels)]) + 1
        self._missing = width - 1
        self._width = width
        codes = np.empty((table.size, len(table.names)), dtype=np.int64)
        for k, cuts in enumerate(self._cuts):
            values = table.numbers[:, k]
            codes[:, k] = np.where(
                np.isnan(values), self._missing, np.searchsorted(cuts, values, side="right")
            )
        for k in range(len(table.levels)):
            own = table.codes[:, k]
            codes[:, p + k] = np.where(own == MISSING, self._missing, own)
        self._codes = codes + np.arange(len(table.names)) * width
        self._plain = codes
        self._known = np.zeros((len(table.names), width, 1), dtype=np.bool_)
        for k, cuts in enumerate(self._cuts):
            self._known[k, : len(cuts)] = True
        for k, levels in enumerate(table.levels):
            self._known[p + k, : len(levels)] = True

    def grow(self, rows: Ints, most: int) -> Split | Leaf:
        count = np.bincount(self._label[rows], minlength=self._classes)
        top = int(np.argmax(count))
        leaf = Leaf(top, len(rows), int(count[top]))
        if most == 0 or leaf.right == leaf.size:
            return leaf
        chosen = self._chosen(rows, most)
        if chosen is None:
            return leaf
        yes = self._holds(chosen, rows)
        holds, fails = self.grow(rows[yes], most - 1), self.grow(rows[~yes], most - 1)
        if isinstance(holds, Leaf) and isinstance(fails, Leaf) and holds.label == fails.label:
            return leaf
        return Split(chosen, holds, fails)

    def _chosen(self, rows: Ints, most: int) -> Condition | None:
        own = float(_entropies(np.bincount(self._label[rows], minlength=self._classes)))
        found = self._best(rows)
        if self._ahead > 1 and most > 1 and len(found) > 1:
            ahead = []
            for left, condition in found[: self._ahead]:
                yes = self._holds(condition, rows)
                total = round(sum(self._least(side) for side in (rows[yes], rows[~yes])), 9)
                ahead.append((min(total, left), condition))
            found = sorted(ahead, key=lambda one: one[0])
        if not found or found[0][0] >= own - 1e-9 * max(own, 1.0):
            return None
        return found[0][1]

    def _least(self, rows: Ints) -> float:
        """Entropy times customers that the best split of some rows leaves."""
        own = float(_entropies(np.bincount(self._label[rows], minlength=self._classes)))
        found = self._best(rows) if own > 0 else []
        return min([own, *(left for left, _ in found[:1])])

    def _best(self, rows: Ints) -> list[tuple[float, Condition]]:
        """The best split of each feature, with what entropy times customers it leaves; the best feature first."""
        many, width, classes = self._codes.shape[1], self._width, self._classes
        flat = self._codes[rows] * classes + self._label[rows][:, None]
        table = np.bincount(flat.ravel(), minlength=many * width * classes).reshape(many, width, classes)
        every = table[0].sum(axis=0)
        p = len(self._cuts)
        known = table[:p, : self._missing].sum(axis=1, keepdims=True)
        below = np.cumsum(table[:p], axis=1)
        sides: list[tuple[Test, Ints, Bools, int]] = [
            ("below", below, self._known[:p, :, 0], 0),
            ("from", known - below, self._known[:p, :, 0], 0),
            ("is", table[p:], self._known[p:, :, 0], p),
        ]
        found: list[tuple[float, int, Condition]] = []
        for test, inside, allowed, first in sides:
            if not len(inside):
                continue
            size = inside.sum(axis=2)
            enough = allowed & (size >= SMALLEST) & (len(rows) - size >= SMALLEST)
            left = np.where(enough, np.round(_entropies(inside) + _entropies(every - inside), 9), np.inf)
            at = np.argmin(left, axis=1)
            for k, code in enumerate(at.tolist()):
                if left[k, code] < np.inf:
                    value = float(code) if test == "is" else float(self._cuts[k][code])
                    found.append((float(left[k, code]), first + k, Condition(first + k, test, value)))
        best: dict[int, tuple[float, Condition]] = {}
        for left_over, feature, condition in found:
            if feature not in best or left_over < best[feature][0]:
                best[feature] = (left_over, condition)
        return sorted(best.values(), key=lambda one: (one[0], one[1].feature))

    def _holds(self, condition: Condition, rows: Ints) -> Bools:
        code = self._plain[rows, condition.feature]
        if condition.test == "is":
            return np.asarray(code == int(condition.value))
        at = int(np.searchsorted(self._cuts[condition.feature], condition.value))
        if condition.test == "below":
            return np.asarray(code <= at)
        return np.asarray((code > at) & (code != self._missing))


def _thresholds(values: Floats) -> Floats:
    """Up to 63 values that customers are asked about: middles of gaps between distinct neighbours at quantiles."""
    there = np.sort(values[~np.isnan(values)])
    distinct = np.unique(there)
    if len(distinct) < 2:
        return np.empty(0)
    if len(distinct) <= CUTS + 1:
        after = distinct[1:]
    else:
        after = np.unique(there[[len(there) * q // (CUTS + 1) for q in range(1, CUTS + 1)]])
        after = after[after > distinct[0]]
    before = distinct[np.searchsorted(distinct, after) - 1]
    middle = before + (after - before) / 2
    return np.where(middle > before, middle, after)


def _entropies(count: Ints) -> Floats:
    """Entropy of the last axis times its sum, in nats."""
    number = count.astype(np.float64)
    total = number.sum(axis=-1)
    safe = np.where(number > 0, number, 1.0)
    return np.asarray(total * np.log(np.where(total > 0, total, 1.0)) - (number * np.log(safe)).sum(axis=-1))
