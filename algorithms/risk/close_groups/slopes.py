"""How every value of the system of close groups moves with every other: the matrix of slopes of G."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from algorithms.risk.close_groups.equations import Equations
from algorithms.risk.close_groups.slopes_kernel import fill_slopes
from graph.arrays import Floats, Ints
from terms.delayed import Delayed

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

sparse: Final[Any] = Delayed("scipy.sparse")
factors: Final[Any] = Delayed("scipy.sparse.linalg")

MOST_ENTRIES = 20_000_000
"""A part whose matrix would hold more is left to sweeps."""


@dataclass(frozen=True, slots=True, eq=False)
class Slopes:
    """dG_row / dx_column of some parts at x.

    ``unknowns``: positions of the values whose G this is about. ``row``, ``column``, ``value``: entries, positions
    among all values. ``by_own``: dG / d own distress of the value's party, one per value, 0 for other values.
    """

    unknowns: Ints
    row: Ints
    column: Ints
    value: Floats
    by_own: Floats

    def matrix(self, inside: Ints) -> csr_matrix:
        """The square matrix on some of the values, in their order."""
        place = np.full(len(self.by_own), -1, dtype=np.int64)
        place[inside] = np.arange(len(inside))
        row, column = place[self.row], place[self.column]
        kept = (row >= 0) & (column >= 0)
        shape = len(inside), len(inside)
        return sparse.csr_matrix((self.value[kept], (row[kept], column[kept])), shape=shape)

    def solve(self, inside: Ints, right: Floats, *, transposed: bool = False) -> Floats:
        """z = right + J z on some of the values (J' where ``transposed``); not finite where J has radius 1."""
        matrix = self.matrix(inside)
        system = sparse.csc_matrix(
            sparse.identity(len(inside), format="csr") - (matrix.T if transposed else matrix)
        )
        try:
            return np.asarray(factors.splu(system).solve(right), dtype=np.float64)
        except RuntimeError:  # singular in floating point
            return np.full(len(inside), np.nan)


def slopes(system: Equations, own: Floats, x: Floats, first: int, last: int | None = None) -> Slopes | None:
    """The slopes of parts ``first`` to ``last`` (only the first when absent), none where there are too many.

    O(d^2) for a slot with d two-way links, each of whose messages lacks one.
    """
    begin, end = system.parts[first], system.parts[first + 1 if last is None else last]
    low, high = system.term[begin], system.term[end]
    replies = system.without[low:high]
    degree = np.diff(system.term[begin : end + 1])
    lacking = np.bincount(np.repeat(np.arange(end - begin), degree)[replies >= 0], minlength=end - begin)
    if int((degree * (lacking + 1)).sum()) > MOST_ENTRIES:
        return None
    by_own = np.zeros(system.values)
    row, column, value = fill_slopes(
        system.party, system.term, system.operand, system.weight, system.without, system.child, system.block,
        system.block_first, system.block_slot, system.block_table, *system.reach.plain, own, x, int(begin), int(end),
        by_own,
    )  # fmt: skip
    unknowns = np.concatenate([np.arange(begin, end), replies[replies >= 0]])
    return Slopes(unknowns, row, column, value, by_own)
