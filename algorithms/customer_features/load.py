"""Features of the form of a load curve: what a usual day looks like, and when power is used."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

import numpy as np

from algorithms.load_curves import load_figures
from graph.arrays import Floats, Ints

FEWEST: Final = 28
"""Days that a curve has to have."""
WHOLE: Final = 0.75
"""A day counts if so much of it is known."""
NIGHT: Final = (23, 7)
PEAK: Final = ((10, 15), (18, 21))
"""Hours of the day, the last one not included; when energy is dear, a start value."""
NAMES: Final = (
    "load_factor", "load_peak_valley", "load_variation", "load_ramp", "night_share", "peak_share",
)  # fmt: skip
_DAY: Final = 86_400


@dataclass(frozen=True, slots=True, eq=False)
class LoadForms:
    """``form``: of each of n customers the position of its curve's figures, -1 without a curve. ``figures``: by curve,
    f x 6, as :data:`NAMES`; NaN where the contract says missing."""

    form: Ints
    figures: Floats = field(default_factory=lambda: np.zeros((0, len(NAMES))))

    def features(self) -> dict[str, Floats]:
        """By name, n values."""
        has = self.form >= 0
        found = np.full((len(self.form), len(NAMES)), np.nan)
        found[has] = self.figures[self.form[has]]
        return {name: found[:, k] for k, name in enumerate(NAMES)}


def figures_of(power: Floats, minutes: int, begins: int) -> Floats:
    """The figures of one curve, 6 values.

    Args:
        power: of intervals side by side, kW, NaN where unknown.
        minutes: of an interval.
        begins: of the first one, seconds of local time: a multiple of a day is a midnight.

    Of each day: mean by peak, (peak - lowest) by peak, and the largest step by peak, as the mean of the days; the
    standard deviation by the mean of all; the share of energy at night (23 to 7) and at dear hours.
    """
    nothing = np.full(len(NAMES), np.nan)
    each = _DAY // (60 * minutes) if minutes and _DAY % (60 * minutes) == 0 else 0
    if not each:
        return nothing
    # Whole days only: what lies before the first midnight and after the last is left out.
    before = (-begins) % _DAY // (60 * minutes)
    many = max(len(power) - before, 0) // each
    days = power[before : before + many * each].reshape(many, each)
    days = days[(~np.isnan(days)).mean(axis=1) >= WHOLE]
    if len(days) < FEWEST:
        return nothing
    known = ~np.isnan(days)
    whole = known.all(axis=1)
    gaps = [_of_day(day[~np.isnan(day)]) for day in days[~whole]]
    form = np.vstack([_of_days(days[whole]), np.array(gaps).reshape(-1, 3)]).mean(axis=0)
    filled = np.where(known, days, 0.0)
    mean = filled.sum() / known.sum()
    if not mean > 0:
        return nothing
    spread = float(np.sqrt((np.where(known, days - mean, 0.0) ** 2).sum() / known.sum()))
    hour = np.arange(each) * minutes // 60
    at_night = (hour >= NIGHT[0]) | (hour < NIGHT[1])
    dear = np.any([(hour >= first) & (hour < last) for first, last in PEAK], axis=0)
    total = filled.sum()
    return np.array(
        [
            form[0],
            form[1],
            spread / mean,
            form[2],
            filled[:, at_night].sum() / total,
            filled[:, dear].sum() / total,
        ]
    )


def _of_days(power: Floats) -> Floats:
    """The same as :func:`_of_day` of d days of which all is known, d x 3."""
    power = np.maximum(power, 0.0)
    most = power.max(axis=1, initial=0.0)
    by = np.where(most > 0, most, np.inf)
    step = np.abs(np.diff(power, axis=1)).max(axis=1, initial=0.0)
    lowest = power.min(axis=1, initial=np.inf)
    return np.column_stack(
        [power.mean(axis=1) / by, np.where(most > 0, (most - lowest) / by, 0.0), step / by]
    )


def _of_day(power: Floats) -> tuple[float, float, float]:
    found = load_figures(np.maximum(power, 0.0))
    return found.load_factor, found.peak_valley_ratio, found.ramp
