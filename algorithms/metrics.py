"""Scores that judge models: calibration, ranking, agreement of partitions."""

from __future__ import annotations

import numpy as np

from graph.arrays import Floats, Ints


def brier(y: Floats, p: Floats) -> float:
    """Mean of (p - y)^2 (Brier 1950); y is 0 or 1."""
    return float(((p - y) ** 2).mean())


def expected_calibration_error(y: Floats, p: Floats, *, bins: int = 15) -> float:
    """Mean gap between forecast and frequency over equal-width bins closed on the right, weighted by size.

    Naeini, Cooper, Hauskrecht 2015, AAAI. The first bin is closed at 0 too.
    """
    edges = np.arange(1, bins) / bins
    number = np.searchsorted(edges, p, side="left")
    forecast = np.bincount(number, p, minlength=bins)
    happened = np.bincount(number, y, minlength=bins)
    return float(np.abs(forecast - happened).sum() / len(p))


def auc(y: Floats, p: Floats) -> float:
    """Probability that a random positive outranks a random negative, ties one half; nan without both."""
    positive = y > 0
    wins, ties = int(positive.sum()), int((~positive).sum())
    if wins == 0 or ties == 0:
        return float("nan")
    values, inverse, count = np.unique(p, return_inverse=True, return_counts=True)
    del values
    rank = np.cumsum(count) - (count - 1) / 2.0
    return float((rank[inverse][positive].sum() - wins * (wins + 1) / 2.0) / (wins * ties))


def average_precision(y: Floats, p: Floats) -> float:
    """Area under precision over recall by steps, ties taken together; nan without positives."""
    order = np.argsort(-p, kind="stable")
    hits = np.cumsum(y[order] > 0)
    if len(hits) == 0 or hits[-1] == 0:
        return float("nan")
    last = np.flatnonzero(np.append(np.diff(p[order]) != 0.0, True))
    precision = hits[last] / (last + 1)
    return float((np.diff(np.append(0, hits[last])) * precision).sum() / hits[-1])


def adjusted_rand(a: Ints, b: Ints) -> float:
    """Agreement of two partitions beyond chance (Hubert and Arabie 1985, J. Classification 2:193)."""
    _, left = np.unique(a, return_inverse=True)
    _, right = np.unique(b, return_inverse=True)
    pairs = np.unique(np.column_stack([left, right]), axis=0, return_counts=True)[1]

    def both(count: Ints) -> float:
        return float((count * (count - 1) // 2).sum())

    together = both(pairs)
    of_a, of_b = both(np.bincount(left)), both(np.bincount(right))
    whole = len(a) * (len(a) - 1) / 2.0
    if whole == 0.0:
        return 1.0
    chance = of_a * of_b / whole
    most = 0.5 * (of_a + of_b)
    return 1.0 if most == chance else (together - chance) / (most - chance)


def macro_f1(own: Ints, told: Ints) -> float:
    """Mean over the labels that occur in either of 2 * both / (own + told); labels are whole numbers from 0."""
    size = int(max(own.max(initial=-1), told.max(initial=-1))) + 1
    of_own, of_told = np.bincount(own, minlength=size), np.bincount(told, minlength=size)
    both = np.bincount(own[own == told], minlength=size)
    occurs = of_own + of_told > 0
    return float((2.0 * both[occurs] / (of_own + of_told)[occurs]).mean())
