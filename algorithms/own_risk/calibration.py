"""Calibration: turns a model's forecasts into chances that come true as often as they say."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from algorithms.own_risk.scorecard import log_odds, logistic
from graph.arrays import Floats
from terms.delayed import loaded

ISOTONIC_FROM = 1_000
"""Positives from which isotonic regression is used; with fewer, Platt's two parameters (docs/science.md)."""

DIGITS = 10


@dataclass(frozen=True, slots=True, eq=False)
class Calibration:
    """Isotonic: straight lines through the ``knots`` (forecast, chance). Platt: ``slope`` and ``shift`` of log odds."""

    kind: Literal["isotonic", "platt"]
    knots: tuple[Floats, Floats]
    slope: float
    shift: float

    def apply(self, forecast: Floats) -> Floats:
        """Chances of n forecasts, n; never falls as the forecast rises."""
        if self.kind == "platt":
            return logistic(self.shift + self.slope * log_odds(forecast))
        return np.interp(forecast, *self.knots)


def calibrate(happened: Floats, forecast: Floats, distinct: int | None = None) -> Calibration:
    """Learn from forecasts for rows that the model had not seen.

    Args:
        happened: n, 0 or 1, both occur.
        forecast: n, probabilities.
        distinct: to how many it happened, where several rows are of one customer; the rows otherwise.

    Sources: Zadrozny and Elkan 2002, KDD (isotonic); Platt 1999 with his smoothed targets, so that rows which are
    separated without fault give no certainty.
    """
    none = np.zeros(0)
    positives, rows = int(happened.sum()), len(happened)
    if (positives if distinct is None else distinct) >= ISOTONIC_FROM:
        isotonic = loaded("sklearn.isotonic")
        model = isotonic.IsotonicRegression(
            y_min=1 / (2 * rows), y_max=1 - 1 / (2 * rows), out_of_bounds="clip"
        )
        model.fit(forecast, happened)
        knots = (np.asarray(model.X_thresholds_), np.round(np.asarray(model.y_thresholds_), DIGITS))
        return Calibration("isotonic", knots, 1.0, 0.0)
    target = np.where(happened > 0, (positives + 1) / (positives + 2), 1 / (rows - positives + 2))
    slope, shift = _platt(log_odds(forecast), target)
    return Calibration("platt", (none, none), round(slope, DIGITS), round(shift, DIGITS))


def _platt(score: Floats, target: Floats) -> tuple[float, float]:
    """Newton's method on the two parameters; the slope is kept from turning the order around."""
    slope, shift = 1.0, 0.0
    for _ in range(100):
        chance = logistic(shift + slope * score)
        weight = np.maximum(chance * (1 - chance), 1e-12)
        gap = target - chance
        gradient = np.array([gap @ score, gap.sum()])
        hessian = np.array([[weight @ score**2, weight @ score], [weight @ score, weight.sum()]])
        step = np.linalg.solve(hessian + 1e-9 * np.eye(2), gradient)
        size = float(np.abs(step).max())
        step *= min(1.0, 2.0 / size) if size > 0 else 1.0
        slope, shift = slope + float(step[0]), shift + float(step[1])
        if size < 1e-10:
            break
    # A forecast that ranks unseen rows the wrong way round says nothing: everybody gets the same chance.
    return (slope, shift) if slope > 0 else (0.0, float(log_odds(np.array(target.mean()))))
