"""Categories in the valley test: a random rank within levels, ordered by how they tell a group from the rest."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from algorithms.segments.category_ranks_kernel import read_levels
from algorithms.segments.draws import normal, uniform
from algorithms.segments.table import MISSING, Table
from graph.arrays import Bools, Floats, Ints
from terms.delayed import Delayed

special: Final[Any] = Delayed("scipy.special")


class TestedCategories:
    """The q categories of a part of n customers.

    Args:
        table: the part.
        purpose: of the draws: ranks within levels, N(0, 1) where missing.
    """

    __test__ = False  # its name begins like a test's

    def __init__(self, table: Table, purpose: str) -> None:
        self.many = table.codes.shape[1]
        self._width = max([1, *(len(levels) for levels in table.levels)])
        self._codes = np.ascontiguousarray(table.codes.T)
        self._place = np.zeros(self._codes.shape, dtype=np.int64)
        self._missing = np.zeros(self._codes.shape)
        self._count = np.zeros((self.many, self._width), dtype=np.int64)
        normals = []
        for k, codes in enumerate(self._codes):
            said = f"{purpose} {table.names[table.numbers.shape[1] + k]}"
            self._missing[k] = normal(table.keys, f"{said} missing")
            known = np.flatnonzero(codes != MISSING)
            self._count[k] = np.bincount(codes[known], minlength=self._width)
            order = known[np.lexsort((uniform(table.keys[known], f"{said} tie"), codes[known]))]
            begin = np.concatenate([[0], np.cumsum(self._count[k])])
            self._place[k, order] = np.arange(len(order)) - begin[codes[order]]
            normals.append(special.ndtri((np.arange(len(known)) + 0.5) / max(len(known), 1)))
        self._begin = np.concatenate([[0], np.cumsum([len(one) for one in normals])]).astype(np.int64)
        self._normal: Floats = np.concatenate([*normals, np.zeros(1)])

    def among(self, rows: Bools) -> TestedRows:
        """Some of the customers."""
        codes = self._codes[:, rows]
        begin = self._begin[:-1, None] + np.zeros((1, self._width), dtype=np.int64)
        return TestedRows(
            codes,
            self._place[:, rows].ravel(),
            self._missing[:, rows].ravel(),
            self._count,
            begin,
            self._normal,
        )


@dataclass(frozen=True, slots=True, eq=False)
class TestedRows:
    """m customers of a part: codes (q x m), places within levels and N(0, 1) (flat); of the part: how often each level
    comes (q x levels), and where each category's normal scores begin."""

    __test__ = False

    codes: Ints
    place: Ints
    missing: Floats
    count: Ints
    begin: Ints
    normal: Floats

    def orders(self, groups: Bools) -> Ints:
        """Where the normal scores of each level begin, c x q x levels: levels by log odds of each of c groups.

        Args:
            groups: c x m.
        """
        q, width = self.count.shape
        if not q:
            return np.zeros((len(groups), 0, width), dtype=np.int64)
        level = self.codes[:, :, None] == np.arange(width)
        inside = np.stack([groups.astype(np.float32) @ one.astype(np.float32) for one in level], axis=1) + 0.5
        outside = level.sum(axis=1)[None] + 1.0 - inside
        order = np.argsort(inside / outside, axis=2, kind="stable")
        counts = np.take_along_axis(np.broadcast_to(self.count, (len(groups), q, width)), order, axis=2)
        found = np.empty_like(counts)
        np.put_along_axis(found, order, np.cumsum(counts, axis=2) - counts, axis=2)
        return found + self.begin

    def scores(self, order: Ints) -> Floats:
        """Normal scores, m x q, with the levels in one order of :meth:`orders`."""
        q, width = self.count.shape
        found = np.empty((self.codes.shape[1], q))
        read_levels(self.codes.ravel(), self.place, self.missing, order.ravel(), self.normal, width, found)
        return found
