"""A weight matrix held by rows and by columns, so that harm can be followed both ways."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from algorithms.invalid_argument import invalid_argument
from algorithms.kernel import kernel
from graph.arrays import Csr, Floats, Ints

Ints32 = npt.NDArray[np.int32]
NO_PATCH = np.zeros(0, dtype=np.int32)


@dataclass(frozen=True, slots=True, eq=False)
class Patch:
    """Rows of a matrix that are replaced.

    ``row``: n, 0 = as it was, k = row k - 1 of ``rows``; empty when nothing is replaced. ``rows``: their entries.
    """

    row: Ints32 = field(default_factory=lambda: NO_PATCH)
    rows: Csr = field(
        default_factory=lambda: Csr(np.zeros(1, dtype=np.int64), np.zeros(0, dtype=np.int64), np.zeros(0))
    )


@dataclass(frozen=True, slots=True, eq=False)
class Network:
    """Who harms whom (``out``: rows harm columns) and who is harmed by whom (``into``: its transpose).

    Build it once per weight matrix and hand it to every solve, reason and what-if. A network that came from
    ``changed`` shares the arrays of the old one and carries the rows that differ; ``plain`` makes it one piece.
    """

    out: Csr
    into: Csr
    out_patch: Patch = field(default_factory=Patch)
    into_patch: Patch = field(default_factory=Patch)

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
            raise invalid_argument(
                f"weight of entry {bad[0]} is {data[bad[0]]}, expected a finite number >= 0"
            )
        if len(indices) and (indices.min() < 0 or indices.max() >= size):
            raise invalid_argument(
                f"columns are {indices.min()} to {indices.max()}, out of range 0..{size - 1}"
            )
        indptr, columns, values = transposed(weights.indptr, indices, data)
        return cls(weights, Csr(indptr, columns, values))

    @property
    def is_plain(self) -> bool:
        """Whether ``out`` and ``into`` are the whole truth."""
        return len(self.out_patch.row) == 0

    def changed(self, source: Ints, target: Ints, weight: Floats) -> Network:
        """The network with some entries set to new weights; 0 cuts a link. This one stays as it is.

        Args:
            source, target: k positions, each pair once.
            weight: k, >= 0.

        O(links of the rows and columns concerned), plus a cleared array of n.

        Raises:
            ValueError: a weight below 0 or not finite, an end out of range.
        """
        bad = np.flatnonzero(~(np.isfinite(weight) & (weight >= 0)))
        if len(bad):
            raise invalid_argument(
                f"weight of change {bad[0]} is {weight[bad[0]]}, expected a finite number >= 0"
            )
        if len(source) and (
            min(source.min(), target.min()) < 0 or max(source.max(), target.max()) >= self.size
        ):
            raise invalid_argument(f"an end of a change is out of range 0..{self.size - 1}")
        return Network(
            self.out,
            self.into,
            _patched(self.out, self.out_patch, source, target, weight),
            _patched(self.into, self.into_patch, target, source, weight),
        )

    def silenced(self, parties: Ints) -> Network:
        """The network in which these parties harm nobody: their outgoing weights are 0. O(links), copied."""
        whole = self.plain()
        quiet = np.zeros(self.size, dtype=bool)
        quiet[parties] = True
        out, into = whole.out, whole.into
        return Network(
            Csr(out.indptr, out.indices, np.where(quiet[out.rows()], 0.0, out.data)),
            Csr(into.indptr, into.indices, np.where(quiet[into.indices], 0.0, into.data)),
        )

    def plain(self) -> Network:
        """The same network without patches. O(links) where there are any."""
        if self.is_plain:
            return self
        whole = _whole(self.out, self.out_patch)
        return Network.of(whole)

    def row(self, source: int) -> tuple[Ints, Floats]:
        """Whom a party harms, ascending, and how much."""
        return _row(self.out, self.out_patch, source)

    def column(self, target: int) -> tuple[Ints, Floats]:
        """Who harms a party, ascending, and how much."""
        return _row(self.into, self.into_patch, target)


def _row(matrix: Csr, patch: Patch, at: int) -> tuple[Ints, Floats]:
    number = int(patch.row[at]) if len(patch.row) else 0
    where, at = (patch.rows, number - 1) if number else (matrix, at)
    span = slice(int(where.indptr[at]), int(where.indptr[at + 1]))
    return where.indices[span], where.data[span]


def _patched(matrix: Csr, patch: Patch, row: Ints, column: Ints, value: Floats) -> Patch:
    old = np.flatnonzero(patch.row) if len(patch.row) else np.zeros(0, dtype=np.int64)
    names = np.union1d(old, row)
    number = np.zeros(matrix.size, dtype=np.int32)
    number[names] = np.arange(1, len(names) + 1)
    order = np.lexsort((column, row))
    row, column, value = row[order], column[order], value[order]
    pointers, columns, values = [0], [], []
    for name in names.tolist():
        indices, data = _row(matrix, patch, name)
        first, last = np.searchsorted(row, [name, name + 1])
        kept = ~np.isin(indices, column[first:last])
        indices = np.concatenate([indices[kept], column[first:last]])
        data = np.concatenate([data[kept], value[first:last]])
        ascending = np.argsort(indices, kind="stable")
        columns.append(indices[ascending])
        values.append(data[ascending])
        pointers.append(pointers[-1] + len(indices))
    nothing = np.zeros(0)
    return Patch(
        number,
        Csr(
            np.array(pointers, dtype=np.int64),
            np.concatenate([nothing.astype(np.int64), *columns]),
            np.concatenate([nothing, *values]),
        ),
    )


def _whole(matrix: Csr, patch: Patch) -> Csr:
    rows = matrix.rows()
    kept = patch.row[rows] == 0
    names = np.flatnonzero(patch.row)
    return Csr.from_edges(
        matrix.size,
        np.concatenate([rows[kept], np.repeat(names, np.diff(patch.rows.indptr))]),
        np.concatenate([matrix.indices[kept], patch.rows.indices]),
        np.concatenate([matrix.data[kept], patch.rows.data]),
    )


def transposed(indptr: Ints, indices: Ints, data: Floats) -> tuple[Ints, Ints, Floats]:
    """The transpose of a square CSR matrix by counting; columns ascend within each row. O(n + m)."""
    pointers = np.zeros(len(indptr), dtype=np.int64)
    np.cumsum(np.bincount(indices, minlength=len(indptr) - 1), out=pointers[1:])
    columns, values = _scattered(indptr, indices, data, pointers[:-1].copy())
    return pointers, columns, values


@kernel("i8 i8 f8 i8*")
def _scattered(
    indptr: Ints, indices: Ints, data: Floats, free: Ints
) -> tuple[Ints, Floats]:  # pragma: no cover  # compiled
    """Entries by column. ``free``: where the next entry of each column goes; used up."""
    columns = np.empty(len(indices), dtype=np.int64)
    values = np.empty(len(indices), dtype=np.float64)
    for i in range(len(indptr) - 1):
        for p in range(indptr[i], indptr[i + 1]):
            j = indices[p]
            q = free[j]
            columns[q] = i
            values[q] = data[p]
            free[j] = q + 1
    return columns, values
