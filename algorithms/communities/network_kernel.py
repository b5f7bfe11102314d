"""The compiled loops of networks: links by rows, and two lists of links compared."""

from __future__ import annotations

import numpy as np

from algorithms.kernel import kernel
from graph.arrays import Floats, Ints


@kernel("int i8 i8 f8")
def both_ways(
    size: int, low: Ints, high: Ints, weight: Floats
) -> tuple[Ints, Ints, Floats]:  # pragma: no cover
    """Rows, columns and weights of links that are sorted by both ends; columns ascend within a row."""
    indptr = np.zeros(size + 1, np.int64)
    for k in range(len(low)):
        indptr[low[k] + 1] += 1
        indptr[high[k] + 1] += 1
    for v in range(size):
        indptr[v + 1] += indptr[v]
    place = indptr[:-1].copy()
    indices = np.empty(2 * len(low), np.int64)
    data = np.empty(2 * len(low))
    # A row's lower neighbours come first, in the order of their own rows, and its higher ones behind them.
    for k in range(len(low)):
        indices[place[high[k]]] = low[k]
        data[place[high[k]]] = weight[k]
        place[high[k]] += 1
    for k in range(len(low)):
        indices[place[low[k]]] = high[k]
        data[place[low[k]]] = weight[k]
        place[low[k]] += 1
    return indptr, indices, data


@kernel("i8 i8 f8 i8 i8 f8 f8*")
def compare(
    low: Ints,
    high: Ints,
    weight: Floats,
    low_now: Ints,
    high_now: Ints,
    weight_now: Floats,
    changed: Floats,
) -> None:  # pragma: no cover  # compiled
    """Add, at both ends, by how much the weight of a link differs between two sorted lists; 0 in the one without it."""
    i, j = 0, 0
    while i < len(low) or j < len(low_now):
        first = j == len(low_now) or (
            i < len(low) and (low[i] < low_now[j] or (low[i] == low_now[j] and high[i] < high_now[j]))
        )
        second = i == len(low) or (
            j < len(low_now) and (low_now[j] < low[i] or (low_now[j] == low[i] and high_now[j] < high[i]))
        )
        if first:
            changed[low[i]] += weight[i]
            changed[high[i]] += weight[i]
            i += 1
        elif second:
            changed[low_now[j]] += weight_now[j]
            changed[high_now[j]] += weight_now[j]
            j += 1
        else:
            differs = abs(weight[i] - weight_now[j])
            changed[low[i]] += differs
            changed[high[i]] += differs
            i += 1
            j += 1
