"""Arrays that algorithms work on: one compressed sparse row form for every kernel."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

Floats: TypeAlias = npt.NDArray[np.float64]
Ints: TypeAlias = npt.NDArray[np.int64]
Bools: TypeAlias = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Csr:
    """A sparse n x n matrix by rows; row ``i`` owns ``indices[indptr[i]:indptr[i + 1]]``, and so of ``data``.

    ``indptr``: n + 1 int64, ``indices``: m int64 (column of each entry, ascending within a row),
    ``data``: m float64. At most one entry per (row, column).
    """

    indptr: Ints
    indices: Ints
    data: Floats

    @property
    def size(self) -> int:
        """n, the number of rows and of columns."""
        return len(self.indptr) - 1

    @classmethod
    def from_edges(cls, size: int, source: Ints, target: Ints, value: Floats) -> Csr:
        """Entries (source, target, value) in any order; parallel entries add up.

        The sum of parallel entries is taken in ascending order of their values, so that the order of the
        input changes nothing, not even the last bit.
        """
        order = np.lexsort((value, target, source))
        source, target, value = source[order], target[order], value[order]
        if len(source):
            first = np.flatnonzero(np.r_[True, (source[1:] != source[:-1]) | (target[1:] != target[:-1])])
            value = np.add.reduceat(value, first)
            source, target = source[first], target[first]
        indptr = np.zeros(size + 1, dtype=np.int64)
        np.cumsum(np.bincount(source, minlength=size), out=indptr[1:])
        return cls(indptr, target.astype(np.int64), value.astype(np.float64))

    def rows(self) -> Ints:
        """The row of every entry, m values."""
        return np.repeat(np.arange(self.size, dtype=np.int64), np.diff(self.indptr))

    def transpose(self) -> Csr:
        """The matrix with rows and columns exchanged. O(m log m)."""
        return Csr.from_edges(self.size, self.indices, self.rows(), self.data)
