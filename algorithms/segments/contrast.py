"""What tells a customer's class from another: parts by feature that add up, and what would have to be otherwise."""

from __future__ import annotations

import math
from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np

from algorithms.segments.model import ClassModel
from algorithms.segments.scores import NumberScale
from algorithms.segments.table import MISSING, Table
from graph.arrays import Bools, Floats, Ints
from terms.delayed import Delayed

special: Final[Any] = Delayed("scipy.special")

BEYOND: Final = 1.05
"""A change goes so far beyond the border that the class is another one."""
PLACES: Final = (0.0, 0.5, 1.0, 1.5, 2.0, 3.0)
"""Scores that an unknown number is tried at, either way from the middle of all."""


@dataclass(frozen=True, slots=True, eq=False)
class Contrast:
    """Of one customer: its class, the nearest other one, and m parts by feature.

    ``parts``: add up to half the difference of the squared distances, above 0 where the own class is nearer; a part
    above 0 speaks for the own class. ``weight``: m, how much a feature could say at most: what a score of 1 changes.
    """

    own: int
    other: int
    parts: Floats
    weight: Floats

    @property
    def margin(self) -> float:
        """How much nearer the own class is."""
        return float(self.parts.sum())


def contrast(model: ClassModel, row: Table, own: int, other: int | None = None) -> Contrast:
    """What tells the class of the one customer of ``row`` from another, the nearest one unless given.

    What is missing of the customer has no part.
    """
    scores, missing = model.scales.of(row), model.scales.missing(row)
    if other is None:
        far = model.distances(scores, missing)[0]
        far[own] = np.inf
        other = int(np.argmin(far))
    middle = (model.means[own] + model.means[other]) / 2
    whole = _direction(model, own, other)
    along = _direction(model, own, other, missing[0])
    parts = along * (scores[0] - middle)
    feature, many = model.scales.feature, len(row.names)
    return Contrast(
        own,
        other,
        np.bincount(feature, weights=parts, minlength=many).astype(np.float64),
        np.sqrt(np.bincount(feature, weights=whole**2, minlength=many)).astype(np.float64),
    )


def _direction(model: ClassModel, own: int, other: int, missing: Bools | None = None) -> Floats:
    """The direction that parts two classes, in the covariance of what is known; 0 where it is missing."""
    apart = model.means[own] - model.means[other]
    inverse = model.root @ model.root.T
    if missing is None or not missing.any():
        return np.asarray(inverse @ apart)
    gone, known = np.flatnonzero(missing), np.flatnonzero(~missing)
    pulled = np.linalg.solve(inverse[np.ix_(gone, gone)], inverse[np.ix_(gone, known)] @ apart[known])
    found = np.zeros(len(apart))
    found[known] = inverse[np.ix_(known, known)] @ apart[known] - inverse[np.ix_(known, gone)] @ pulled
    return found


@dataclass(frozen=True, slots=True)
class Change:
    """With ``value`` in place of what it is, feature ``feature`` alone puts the customer into another class.

    ``value``: a number, or the position of a category's level. ``step``: how far that is, in scores; of what is
    unknown, from the middle of all.
    """

    feature: int
    value: float
    step: float
    to: int
    known: bool = True
    """Whether it is known what the feature is now."""


def changes(model: ClassModel, row: Table, found: Contrast, whole: Collection[int] = ()) -> list[Change]:
    """Single features that would put the customer elsewhere, the smallest change first; each is tried.

    Args:
        whole: numbers that count something, by position: these go on to the next whole number.
    """
    along = _direction(model, found.own, found.other, model.scales.missing(row)[0])
    told = []
    for k in range(row.numbers.shape[1]):
        scale = model.scales.numbers[k]
        if abs(along[k]) < 1e-9 or np.isnan(row.numbers[0, k]):
            continue
        step = -BEYOND * found.margin / along[k]
        value = _value_at(scale, float(scale.of(row.numbers[:, k])[0]) + step)
        if value is None:
            continue
        if k in whole:
            value = math.ceil(value) if value > row.numbers[0, k] else math.floor(value)
        numbers = row.numbers.copy()
        numbers[0, k] = value
        now = int(model.assign(replace(row, numbers=numbers))[0])
        if now != found.own:
            told.append(Change(k, float(value), abs(step), now))
    for c, levels in enumerate(row.levels):
        k = row.numbers.shape[1] + c
        for level in range(len(levels)):
            if level == row.codes[0, c] or row.codes[0, c] == MISSING:
                continue
            codes: Ints = row.codes.copy()
            codes[0, c] = level
            changed = replace(row, codes=codes)
            now = int(model.assign(changed)[0])
            if now != found.own:
                step = float(np.linalg.norm(model.scales.of(changed) - model.scales.of(row)))
                told.append(Change(k, float(level), step, now))
                break
    return sorted(told, key=lambda one: (one.step, one.feature))


def unknowns(model: ClassModel, row: Table, found: Contrast, whole: Collection[int] = ()) -> list[Change]:
    """Features of which nothing is known and that would put the customer elsewhere once they are, the most usual value
    first; each is tried. Arguments as of :func:`changes`."""
    told = []
    for k in np.flatnonzero(np.isnan(row.numbers[0])).tolist():
        scale = model.scales.numbers[k]
        for score in sorted(
            {sign * place for place in PLACES for sign in (-1, 1)}, key=lambda s: (abs(s), -s)
        ):
            value = _value_at(scale, score)
            if value is None:
                continue
            numbers = row.numbers.copy()
            numbers[0, k] = round(value) if k in whole else value
            now = int(model.assign(replace(row, numbers=numbers))[0])
            if now != found.own:
                told.append(Change(k, float(numbers[0, k]), abs(score), now, known=False))
                break
    for c, levels in enumerate(row.levels):
        if row.codes[0, c] != MISSING:
            continue
        for level in range(len(levels)):
            codes: Ints = row.codes.copy()
            codes[0, c] = level
            changed = replace(row, codes=codes)
            now = int(model.assign(changed)[0])
            if now != found.own:
                step = float(np.linalg.norm(model.scales.of(changed) - model.scales.of(row)))
                told.append(Change(row.numbers.shape[1] + c, float(level), step, now, known=False))
                break
    return sorted(told, key=lambda one: (one.step, one.feature))


def _value_at(scale: NumberScale, score: float) -> float | None:
    """The value with a score; None where no value has it."""
    if not scale.sd > 0:
        return None
    share = float(special.ndtr(score * scale.sd + scale.mean))
    if not scale.cdf[0] <= share <= scale.cdf[-1]:
        return None
    return float(np.interp(share, scale.cdf, scale.corners))
