"""Scores against the true chance instead of one year's luck.

Each firm counts p positive and 1 - p negative, so that no noise of outcomes is left. With p of 0 and 1 these are the
ordinary scores.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy.optimize import isotonic_regression

Floats = npt.NDArray[np.float64]


def auc(forecast: Floats, chance: Floats) -> float:
    """AUC*: probability that a positive outranks a negative, ties one half."""
    positive, negative, _ = _levels(forecast, chance)
    below = np.cumsum(negative) - negative
    return float((positive * (below + negative / 2)).sum() / (positive.sum() * negative.sum()))


def average_precision(forecast: Floats, chance: Floats) -> float:
    """AP*: area under expected precision over expected recall, by steps, ties taken together."""
    positive, _, count = (values[::-1] for values in _levels(forecast, chance))
    precision = np.cumsum(positive) / np.cumsum(count)
    return float((positive * precision).sum() / positive.sum())


def error(forecast: Floats, chance: Floats) -> float:
    """E*: mean of |forecast - chance|."""
    return float(np.abs(forecast - chance).mean())


def calibration(forecast: Floats, rate: Floats) -> tuple[Floats, Floats]:
    """The rising map from forecast to rate with the least squares (isotonic): points for ``np.interp``."""
    level, inverse, count = np.unique(forecast, return_inverse=True, return_counts=True)
    mean = np.bincount(inverse, rate) / count
    return level, np.asarray(isotonic_regression(mean, weights=count).x)


def _levels(forecast: Floats, chance: Floats) -> tuple[Floats, Floats, Floats]:
    """Positives, negatives and firms per distinct forecast, lowest first."""
    _, inverse = np.unique(forecast, return_inverse=True)
    positive = np.asarray(np.bincount(inverse, chance), dtype=np.float64)
    count = np.bincount(inverse).astype(np.float64)
    return positive, count - positive, count
