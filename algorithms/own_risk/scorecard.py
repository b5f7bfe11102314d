"""A scorecard: regularised logistic regression on bins, so that every forecast is a sum of points that can be read."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from algorithms.own_risk.columns import MISSING, Bins, Coding, Table, encode
from graph.arrays import Bools, Floats, Ints
from terms.delayed import loaded

DIGITS = 10
"""Points are kept to so many digits behind the point: what differs beyond is rounding of one machine."""


@dataclass(frozen=True, slots=True, eq=False)
class Scorecard:
    """log odds = ``base`` + the points of each column's code.

    ``points``: by column, one value a code (``coding.size``), centred so that their mean over the training rows is 0:
    a point above 0 raises the chance above that of an average row.
    """

    codings: tuple[Coding, ...]
    base: float
    points: tuple[Floats, ...]

    def contributions(self, table: Table) -> Floats:
        """Points of n rows by column, n x columns; with ``base`` they add up to the log odds."""
        codes = encode(self.codings, table)
        found = np.zeros(codes.shape)
        for position, points in enumerate(self.points):
            found[:, position] = points[codes[:, position]]
        return found

    def forecast(self, table: Table) -> Floats:
        """Probabilities of n rows, n."""
        return logistic(self.base + self.contributions(table).sum(axis=1))


def fit(codings: tuple[Coding, ...], table: Table, happened: Floats, *, strength: float) -> Scorecard:
    """Maximum of the likelihood less a penalty on steps between neighbouring bins and on levels.

    Args:
        happened: n, 0 or 1, both occur.
        strength: inverse weight of the penalty (``C`` of scikit-learn); larger follows the data more closely.

    Numbers are coded cumulatively (one indicator an edge), so the penalty shrinks jumps and not the whole course.
    """
    codes = encode(codings, table)
    design, owners = _design(codings, codes)
    linear = loaded("sklearn.linear_model")
    model = linear.LogisticRegression(C=strength, solver="newton-cholesky", max_iter=200, tol=1e-8)
    model.fit(design, happened > 0)
    weights = np.zeros(design.shape[1]) if not len(owners) else np.asarray(model.coef_[0], dtype=np.float64)
    base = float(model.intercept_[0])
    points: list[Floats] = []
    for position, coding in enumerate(codings):
        mine = [(code, weights[k]) for k, (owner, code) in enumerate(owners) if owner == position]
        raw = np.zeros(coding.size)
        for code, weight in mine:
            if isinstance(coding, Bins) and code != MISSING:
                raw[code:] += weight
            else:
                raw[code] += weight
        count = np.bincount(codes[:, position], minlength=coding.size)
        mean = float(raw @ count / count.sum())
        base += mean
        raw -= mean
        raw[count == 0] = 0.0  # nothing was learned about it: it counts as an average row
        points.append(np.round(raw, DIGITS))
    return Scorecard(codings, round(base, DIGITS), tuple(points))


def logistic(log_odds: Floats) -> Floats:
    """1 / (1 + exp(-x)) without overflow."""
    return np.where(
        log_odds >= 0,
        1.0 / (1.0 + np.exp(-np.abs(log_odds))),
        np.exp(-np.abs(log_odds)) / (1.0 + np.exp(-np.abs(log_odds))),
    )


def log_odds(chance: Floats) -> Floats:
    """ln(p / (1 - p)), bounded at chances of 1e-9."""
    bounded = np.clip(chance, 1e-9, 1.0 - 1e-9)
    return np.asarray(np.log(bounded / (1.0 - bounded)), dtype=np.float64)


def _design(codings: tuple[Coding, ...], codes: Ints) -> tuple[Floats, list[tuple[int, int]]]:
    """Indicators n x k, and for each of them its column and code."""
    indicators: list[Bools] = []
    owners: list[tuple[int, int]] = []
    for position, coding in enumerate(codings):
        mine = codes[:, position]
        for code in range(coding.size):
            if isinstance(coding, Bins) and code != MISSING:
                if code == 1:  # below the first edge: where the others count from
                    continue
                found = mine >= code
            else:
                found = mine == code
            if found.any() and not found.all():
                indicators.append(found)
                owners.append((position, code))
    if not indicators:
        return np.zeros((len(codes), 1)), []
    return np.stack(indicators, axis=1).astype(np.float64), owners
