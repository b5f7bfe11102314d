"""The months of the world: a hidden warm-up, two years on record, and a year kept aside as the outcome."""

from __future__ import annotations

from datetime import date

import numpy as np

from ingest.world.draws import Floats, Ints

WARM_UP = 12
SHOWN = 24
OUTCOME = 12
MONTHS = WARM_UP + SHOWN + OUTCOME

FIRST = date(2023, 1, 1)
"""First day of the warm-up; the first month on record is January 2024."""

CUT_OFF = date(2026, 1, 5)
"""The day of every extract: bills up to December 2025 are issued, the last one is not due yet."""

BILL_DAY = 3
"""Bills of a month are issued on this day of the next one."""

DUE_DAY = 20
"""... and due on this day of the next one."""


def first_day(month: int) -> date:
    """First day of a month counted from the start of the warm-up."""
    year, index = divmod(FIRST.month - 1 + month, 12)
    return date(FIRST.year + year, index + 1, 1)


def days_in(month: int) -> int:
    """Days of a month."""
    return (first_day(month + 1) - first_day(month)).days


def day_number(month: int, day: int = 1) -> int:
    """Days since 1970-01-01 (the integers of Arrow's and numpy's dates)."""
    return (first_day(month) - date(1970, 1, 1)).days + day - 1


def of_year(month: int) -> int:
    """Month of the year, 0 = January."""
    return (FIRST.month - 1 + month) % 12


def profile(values: tuple[float, ...]) -> Floats:
    """Twelve monthly factors (January first) laid over all months of the world."""
    return np.array([values[of_year(m)] for m in range(MONTHS)])


FESTIVAL = profile((0.5, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0))
"""How much of a month is Spring Festival travel (late January and February)."""

SUMMER = profile((0, 0, 0, 0, 0.1, 0.5, 1, 1, 0.4, 0, 0, 0))
WINTER = profile((1, 0.9, 0.5, 0.1, 0, 0, 0, 0, 0, 0.1, 0.5, 0.9))
HOLIDAYS = profile((0.4, 0.9, 0.2, 0.4, 0.7, 0.5, 1.0, 1.0, 0.4, 0.9, 0.1, 0.2))
"""Demand for holidays: the festival, May, the summer, October."""

NOW = day_number(WARM_UP + SHOWN, CUT_OFF.day) * 86_400 + 8 * 3_600
"""The morning of the extract, in seconds since 1970 of the deployment's own clock."""

_STARTS = np.array([day_number(month) for month in range(MONTHS + 2)], dtype=np.int64) * 86_400


def month_start(month: Ints) -> Ints:
    """First second of months of the world."""
    return np.asarray(_STARTS[month])


def moments(rng: np.random.Generator, month: Ints) -> Ints:
    """A moment in each of some months, mostly by day."""
    day = rng.integers(0, 28, len(month))
    hour = np.clip(rng.normal(14, 4, len(month)), 0, 23.98)
    return np.asarray(month_start(month) + day * 86_400 + (hour * 60).astype(np.int64) * 60)
