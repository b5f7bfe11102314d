"""Refits on bootstraps: how stable classes are, and the models that vote (science.md 3.2).

A bootstrap counts a customer once, however often it draws it: copies of a customer would lie on both sides of a split,
and be a gap of their own.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from algorithms.segments.agreement import UNKNOWN, adjusted_rand, jaccards, matched
from algorithms.segments.draws import uniform
from algorithms.segments.information import binned
from algorithms.segments.model import ClassModel, model_of, settled
from algorithms.segments.notes import Notes, noted
from algorithms.segments.scores import Scales, scales
from algorithms.segments.table import Table
from algorithms.segments.valley_tree import ValleyTree
from graph.arrays import Bools, Floats, Ints

DRAWN: Final = 1 - np.exp(-1.0)
"""Share of the customers that a bootstrap draws at least once."""


def drawn(table: Table, purpose: str) -> Bools:
    """Which customers a bootstrap draws, by draws of their own: one more customer changes nobody else's."""
    return np.asarray(uniform(table.keys, purpose) < DRAWN)


@dataclass(frozen=True, slots=True, eq=False)
class Refit:
    """Classes of a bootstrap.

    ``rows``: its customers. ``label``: their classes, K fixed. ``model``: of these. ``free``: their classes, K chosen
    again. ``names``: of each of its classes the class that it is in the words of all customers, or UNKNOWN.
    """

    rows: Ints
    label: Ints
    model: ClassModel
    free: Ints
    names: Ints

    def named(self, base: Ints) -> Refit:
        """With the names of the classes of all customers."""
        found = matched(base[self.rows], self.label)
        names = np.full(len(self.names), UNKNOWN, dtype=np.int64)
        names[: len(found)] = found
        return replace(self, names=names)

    def joined(self, into: Ints) -> Refit:
        """After classes of all customers were joined: ``into``, the new class of each."""
        return replace(self, names=np.where(self.names == UNKNOWN, UNKNOWN, into[self.names]))

    def said(self) -> Ints:
        """Its customers' classes in the words of all customers; a class that is none of them stays one of its own."""
        own = np.where(
            self.names == UNKNOWN, self.names.max(initial=0) + 1 + np.arange(len(self.names)), self.names
        )
        return np.unique(own[self.label], return_inverse=True)[1].astype(np.int64)


def tree_refit(table: Table, classes: int, purpose: str, notes: Notes) -> Refit:
    """The valley tree of a bootstrap: with so many classes, and with as many as it finds."""
    rows = np.flatnonzero(drawn(table, f"{purpose} bootstrap")).astype(np.int64)
    part = table.rows(rows)
    own: Scales = scales(part)
    scores, missing = own.of(part), own.missing(part)
    columns = binned(part)

    def work() -> tuple[Floats, Ints]:
        tree = ValleyTree(part, purpose)
        free = tree.parts()
        if int(free.max(initial=0)) > 0:
            free = settled(own, scores, free, columns, missing)[1]
        return np.zeros(0), np.stack(
            [settled(own, scores, tree.so_many_parts(classes), columns, missing)[1], free]
        )

    label, free = noted(notes, purpose, work)[1].reshape(2, -1)
    model = model_of(own, scores, label, missing)
    return Refit(rows, label, model, free, np.arange(int(label.max(initial=0)) + 1, dtype=np.int64))


@dataclass(frozen=True, slots=True, eq=False)
class Stability:
    """``ari``: mean adjusted Rand index of bootstrap refits with the classes, K fixed; ``ari_free``: K chosen again.
    ``jaccard``: of each class the mean best Jaccard (Hennig 2007)."""

    ari: float
    ari_free: float
    jaccard: Floats


def stability(base: Ints, refits: list[Refit]) -> Stability:
    """How far refits agree with the classes of all customers, compared on common customers.

    Args:
        base: n labels of 0..K-1.
        refits: at least one, named.
    """
    classes = int(base.max(initial=0)) + 1
    fixed, free, jaccard = [], [], np.zeros(classes)
    for refit in refits:
        own, said = base[refit.rows], refit.said()
        fixed.append(adjusted_rand(own, said))
        free.append(adjusted_rand(own, refit.free))
        seen = jaccards(own, said)
        jaccard[: len(seen)] += seen / len(refits)
    return Stability(float(np.mean(fixed)), float(np.mean(free)), jaccard)
