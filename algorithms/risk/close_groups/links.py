"""Break weights held both ways, without links of a party to itself and without weights of 0."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from algorithms.invalid_argument import invalid_argument
from algorithms.risk.network import Network, transposed
from graph.arrays import Csr, Floats, Ints

Ints16 = npt.NDArray[np.uint16]
Ints32 = npt.NDArray[np.int32]
Bytes = npt.NDArray[np.uint8]

SLACK = 1e-12
"""Weights that differ by no more than this compare as equal."""
DRAWS = 4_000
"""Draws of which links are live, for what is too large to be exact. Compiled into kernels, whose cache does not see a
change here."""


@dataclass(frozen=True, slots=True, eq=False)
class Links:
    """n parties and l links; ``source`` fails, then ``target`` fails with chance ``weight``.

    Link ``q`` into party ``u`` is one of ``ptr[u]:ptr[u + 1]``; ``source[q]`` ascends within a party and ``weight[q]``
    lies in (0, 1]. The links out of ``i`` are ``out_ptr[i]:out_ptr[i + 1]``: ``out_target`` ascends, and ``out_link``
    is the position of the link among those into its target.
    """

    ptr: Ints
    source: Ints32
    weight: Floats
    out_ptr: Ints
    out_target: Ints32
    out_link: Ints32

    @property
    def size(self) -> int:
        """n."""
        return len(self.ptr) - 1

    @classmethod
    def of(cls, weights: Csr | Network) -> Links:
        """The links of a matrix of break weights, row harms column.

        Raises:
            ValueError: a weight that is not a number in [0, 1], or an index out of range; gives the position.
        """
        out = Network.of(weights).plain().out
        above = np.flatnonzero(out.data > 1.0 + SLACK)
        if len(above):
            raise invalid_argument(
                f"weight of entry {above[0]} is {out.data[above[0]]}, expected a chance of at most 1"
            )
        row = out.rows()
        kept = (out.data > 0.0) & (row != out.indices)
        size = out.size
        out_ptr = np.zeros(size + 1, dtype=np.int64)
        np.cumsum(np.bincount(row[kept], minlength=size), out=out_ptr[1:])
        target, weight = out.indices[kept], np.minimum(1.0, out.data[kept])
        ptr, source, weight_in = transposed(out_ptr, target, weight)
        place = np.empty(len(target), dtype=np.int32)
        place[np.argsort(target, kind="stable")] = np.arange(len(target), dtype=np.int32)
        return cls(ptr, source.astype(np.int32), weight_in, out_ptr, target.astype(np.int32), place)

    def targets(self) -> Ints:
        """The target of every link into its party, l values."""
        return np.repeat(np.arange(self.size, dtype=np.int64), np.diff(self.ptr))
