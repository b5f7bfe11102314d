"""Curves on one grid of time, so that they can be added up."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from graph.arrays import Floats, Ints

MINUTE = 60


@dataclass(frozen=True, slots=True, eq=False)
class Curve:
    """Mean power of intervals in the order of time, none overlapping another. ``at``: when each begins, seconds since
    1970; ``minutes``: how long each is; ``power``: kW."""

    at: Ints
    minutes: Ints
    power: Floats


@dataclass(frozen=True, slots=True, eq=False)
class Grid:
    """n intervals of equal length side by side. ``begins``: of the first one, seconds since 1970. ``minutes``: of each.
    ``power``: n, kW, NaN where it is not known."""

    begins: int
    minutes: int
    power: Floats

    @property
    def at(self) -> Ints:
        """When each begins, seconds since 1970."""
        return self.begins + MINUTE * self.minutes * np.arange(len(self.power), dtype=np.int64)


def on_grid(curve: Curve, begins: int, ends: int, minutes: int) -> Grid:
    """A curve on the grid of a time: the mean of each interval, known where readings cover all of it.

    Args:
        begins, ends: seconds since 1970, a whole number of intervals apart.
        minutes: of an interval.
    """
    step = MINUTE * minutes
    many = max((ends - begins) // step, 0)
    energy, covered = np.zeros(many), np.zeros(many)
    low, high = curve.at, curve.at + MINUTE * curve.minutes
    first = np.floor_divide(low - begins, step)
    last = np.floor_divide(high - 1 - begins, step)
    # An interval lies in as many cells of the grid as it is long; most in one.
    for more in range(int((last - first).max(initial=-1)) + 1):
        cell = first + more
        inside = (cell <= last) & (cell >= 0) & (cell < many)
        cell = cell[inside]
        begin = begins + cell * step
        seconds = np.minimum(high[inside], begin + step) - np.maximum(low[inside], begin)
        energy += np.bincount(cell, weights=curve.power[inside] * seconds, minlength=many)
        covered += np.bincount(cell, weights=seconds, minlength=many)
    known = covered == step
    return Grid(begins, minutes, np.where(known, energy / step, np.nan))


def longest(curves: Sequence[Curve]) -> int:
    """Minutes of the longest interval of some curves."""
    return max(int(one.minutes.max()) for one in curves)


def narrowed(curves: Sequence[Curve], begins: int, ends: int) -> tuple[int, int]:
    """The part of a time in which the sum of some curves can be known: from the last first interval to the first last
    one; both its beginning where there is none."""
    first = max([begins, *(int(one.at[0]) for one in curves)])
    last = min([ends, *(int(one.at[-1] + MINUTE * one.minutes[-1]) for one in curves)])
    return (first, last) if first < last else (begins, begins)


def together(curves: Sequence[Curve], begins: int, ends: int) -> Grid | None:
    """The sum of some curves, on the grid of their longest interval: known where all of them are; None without any."""
    if not curves:
        return None
    minutes = longest(curves)
    step = MINUTE * minutes
    # A phase of a reading counts: intervals need not begin at a whole number of them since 1970.
    phase = int(max(curves, key=lambda one: int(one.minutes.max())).at[0]) % step
    first = (begins - phase + step - 1) // step * step + phase
    last = max((ends - phase) // step * step + phase, first)
    grids = [on_grid(one, first, last, minutes) for one in curves]
    return Grid(first, minutes, np.sum([one.power for one in grids], axis=0))
