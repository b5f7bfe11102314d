"""A weight matrix held by rows and by columns, so that harm can be followed both ways."""
# ruff: noqa: PLR0917  # kernels take plain arrays and cannot be split: none calls another

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from algorithms.kernel import kernel
from graph.arrays import Csr, Floats, Ints


@dataclass(frozen=True, slots=True, eq=False)
class Network:
    """Who harms whom (``out``: rows harm columns) and who is harmed by whom (``into``: its transpose).

    Build it once per weight matrix and hand it to every solve, reason and what-if.
    """

    out: Csr
    into: Csr

    @property
    def size(self) -> int:
        """n, number of parties."""
        return self.out.size

    @classmethod
    def of(cls, weights: Csr | Network) -> Network:
        """The network of a matrix; a network is returned as it is.

        Raises:
            ValueError: a weight below 0 or not finite, or an index out of range; gives the position.
        """
        if isinstance(weights, Network):
            return weights
        data, indices, size = weights.data, weights.indices, weights.size
        bad = np.flatnonzero(~(np.isfinite(data) & (data >= 0)))
        if len(bad):
            raise ValueError(f"weight of entry {bad[0]} is {data[bad[0]]}, expected a finite number >= 0")
        if len(indices) and (indices.min() < 0 or indices.max() >= size):
            raise ValueError(f"a column is out of range 0..{size - 1}")
        indptr, columns, values = transposed(weights.indptr, indices, data)
        return cls(weights, Csr(indptr, columns, values))


def transposed(indptr: Ints, indices: Ints, data: Floats) -> tuple[Ints, Ints, Floats]:
    """The transpose of a square CSR matrix by counting; columns ascend within each row. O(n + m)."""
    pointers = np.zeros(len(indptr), dtype=np.int64)
    np.cumsum(np.bincount(indices, minlength=len(indptr) - 1), out=pointers[1:])
    columns = np.empty(len(indices), dtype=np.int64)
    values = np.empty(len(indices), dtype=np.float64)
    _scatter(indptr, indices, data, pointers[:-1].copy(), columns, values)
    return pointers, columns, values


@kernel("i8 i8 f8 i8* i8* f8*")
def _scatter(
    indptr: Ints, indices: Ints, data: Floats, free: Ints, columns: Ints, values: Floats
) -> None:  # pragma: no cover  # compiled
    for i in range(len(indptr) - 1):
        for p in range(indptr[i], indptr[i + 1]):
            j = indices[p]
            q = free[j]
            columns[q] = i
            values[q] = data[p]
            free[j] = q + 1
