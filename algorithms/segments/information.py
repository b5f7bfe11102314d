"""What classes say about every feature: the score that the search and the choice of classes read (science.md 3.2)."""

from __future__ import annotations

from typing import Final

import numpy as np

from algorithms.segments.table import MISSING, Table
from graph.arrays import Floats, Ints

BINS: Final = 8


def binned(table: Table) -> tuple[Ints, ...]:
    """Each feature as bins 0, 1, ...: eight by quantile or the levels, and one more for what is missing."""
    columns = [_quantile_bins(table.numbers[:, k]) for k in range(table.numbers.shape[1])]
    columns += [
        np.where(table.codes[:, k] == MISSING, len(levels), table.codes[:, k])
        for k, levels in enumerate(table.levels)
    ]
    return tuple(np.unique(column, return_inverse=True)[1].astype(np.int64) for column in columns)


def _quantile_bins(values: Floats) -> Ints:
    missing = np.isnan(values)
    there = np.sort(values[~missing])
    if not len(there):
        return np.zeros(len(values), dtype=np.int64)
    at = [min(len(there) * q // BINS, len(there) - 1) for q in range(1, BINS)]
    found = np.searchsorted(there[at], values, side="right")
    return np.where(missing, BINS, found).astype(np.int64)


def information(columns: tuple[Ints, ...], label: Ints) -> float:
    """B = sum over all features of I(X; C) - H(C), in nats, less the bias of counting (K-1)(bins-1)/(2n) a feature.

    Args:
        columns: bins of every feature (:func:`binned`), n each.
        label: n classes of 0..K-1.
    """
    n = len(label)
    member = np.unique(label, return_inverse=True)[1]
    classes = int(member.max(initial=0)) + 1
    own = _entropy(np.bincount(member), n)
    total = -own
    for column in columns:
        bins = int(column.max(initial=0)) + 1
        both = np.bincount(column * classes + member, minlength=bins * classes)
        alone = both.reshape(bins, classes).sum(axis=1)
        mutual = _entropy(alone, n) + own - _entropy(both, n)
        total += mutual - (classes - 1) * (int((alone > 0).sum()) - 1) / (2 * n)
    return float(total)


def _entropy(count: Ints, n: int) -> float:
    share = count[count > 0] / n
    return float(-(share * np.log(share)).sum())
