"""Strongly connected components of a directed graph (Tarjan 1972)."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from algorithms.risk.network import Patch
from algorithms.risk.region_kernel import order
from graph.arrays import Bools, Ints

Ints32 = npt.NDArray[np.int32]


def strong_components(indptr: Ints, indices: Ints | Ints32, kept: Bools | None = None) -> Ints32:
    """n labels from 0 on: parties with the same one reach each other.

    Args:
        indptr, indices: the links by rows or by columns.
        kept: l, which of the links count; all when absent.

    O(n + l).
    """
    size, nothing = len(indptr) - 1, Patch()
    counts = np.ones(len(indices)) if kept is None else kept.astype(np.float64)
    parties, starts, _ = order(
        indptr, np.asarray(indices, dtype=np.int64), counts, nothing.row, nothing.rows.indptr, nothing.rows.indices,
        nothing.rows.data, np.arange(size, dtype=np.int64), np.zeros(size, dtype=np.int32),
    )  # fmt: skip
    label = np.empty(size, dtype=np.int32)
    label[parties] = np.repeat(np.arange(len(starts) - 1, dtype=np.int32), np.diff(starts))
    return label
