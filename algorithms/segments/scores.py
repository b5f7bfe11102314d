"""Scores of features: what distances and tests read in place of the values themselves (science.md 3.2).

A number's distance score is the normal quantile of F_u, the unimodal distribution function nearest the empirical one:
a lone long tail says nothing any more, a gap between two modes stays one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from algorithms.segments.draws import Keys, normal, uniform
from algorithms.segments.scores_kernel import nearest_unimodal
from algorithms.segments.table import FEWEST_VALUES, MISSING, MOST_AT_ONE_VALUE, Table
from graph.arrays import Bools, Floats, Ints
from terms.delayed import Delayed

special: Final[Any] = Delayed("scipy.special")

LOWEST: Final = 0.0013
HIGHEST: Final = 0.9987
MODES: Final = 41
"""Quantiles that are tried as the mode."""


@dataclass(frozen=True, slots=True, eq=False)
class NumberScale:
    """``corners``, ``cdf``: F_u, straight between its corners. ``mean``, ``sd``: of its normal quantile over the
    customers; sd 0 where the values say nothing."""

    corners: Floats
    cdf: Floats
    mean: float
    sd: float

    def of(self, values: Floats) -> Floats:
        """Scores of n values, of mean 0 and sd 1 over the customers of the scale; 0 where missing."""
        if not self.sd > 0:
            return np.zeros(len(values))
        found = (special.ndtri(_clipped(np.interp(values, self.corners, self.cdf))) - self.mean) / self.sd
        return np.where(np.isnan(values), 0.0, found)


@dataclass(frozen=True, slots=True, eq=False)
class Scales:
    """How distances read a table: a scale a number, the share of each level a category."""

    numbers: tuple[NumberScale, ...]
    shares: tuple[Floats, ...]

    def of(self, table: Table) -> Floats:
        """Scores, n x (p + all levels)."""
        columns = [scale.of(table.numbers[:, k]) for k, scale in enumerate(self.numbers)]
        parts = [np.column_stack(columns)] if columns else []
        parts += [level_scores(table.codes[:, k], share) for k, share in enumerate(self.shares)]
        return np.ascontiguousarray(np.hstack(parts)) if parts else np.zeros((table.size, 0))

    def missing(self, table: Table) -> Bools:
        """Which scores stand for a missing value, n x columns."""
        parts = [np.isnan(table.numbers)]
        parts += [
            np.repeat((table.codes[:, [k]] == MISSING), len(share), axis=1)
            for k, share in enumerate(self.shares)
        ]
        return np.ascontiguousarray(np.hstack(parts))

    @property
    def feature(self) -> Ints:
        """Which feature each column of the scores comes from."""
        widths = [1] * len(self.numbers) + [len(share) for share in self.shares]
        return np.repeat(np.arange(len(widths)), widths).astype(np.int64)


def scales(table: Table) -> Scales:
    """How distances read this table."""
    numbers = tuple(number_scale(table.numbers[:, k]) for k in range(table.numbers.shape[1]))
    return Scales(numbers, level_shares(table))


def level_shares(table: Table) -> tuple[Floats, ...]:
    """Of each category the share of its levels among the customers whose level is known."""
    shares = []
    for k, levels in enumerate(table.levels):
        known = table.codes[:, k][table.codes[:, k] != MISSING]
        count = np.bincount(known, minlength=len(levels)).astype(np.float64)
        shares.append(count / max(len(known), 1))
    return tuple(shares)


def level_scores(codes: Ints, share: Floats) -> Floats:
    """(1[x=l] - p_l) / sqrt(p_l (L-1)), n x L, L counting the levels that occur; 0 where missing or never seen."""
    seen = int((share > 0).sum())
    if seen < 2:
        return np.zeros((len(codes), len(share)))
    size = np.sqrt(np.where(share > 0, share, 1.0) * (seen - 1))
    found: Floats = ((codes[:, None] == np.arange(len(share))) - share) / size
    found[:, share == 0] = 0.0
    found[(codes == MISSING) | (share[codes] == 0)] = 0.0
    return found


def number_scale(values: Floats) -> NumberScale:
    """The scale of one number from n values, NaN where missing; without two values every score is 0."""
    knots, count = np.unique(values[~np.isnan(values)], return_counts=True)
    if len(knots) < 2:
        return NumberScale(knots, np.zeros(len(knots)), 0.0, 0.0)
    cdf = unimodal(knots, count)
    score, share = special.ndtri(_clipped(cdf)), count / count.sum()
    mean = float(score @ share)
    spread = float(np.sqrt((score - mean) ** 2 @ share))
    corner = _corners(knots, cdf)
    return NumberScale(knots[corner], cdf[corner], mean, spread if spread > 1e-9 else 0.0)


def _clipped(cdf: Floats) -> Floats:
    return np.asarray(np.clip(cdf, LOWEST, HIGHEST))


def _corners(knots: Floats, cdf: Floats) -> Ints:
    """The first, the last, and where the slope changes."""
    slope = np.diff(cdf) / np.diff(knots)
    turns = np.flatnonzero(np.abs(np.diff(slope)) > 1e-9 * np.maximum(slope[:-1], slope[1:])) + 1
    return np.concatenate([[0], turns, [len(knots) - 1]]).astype(np.int64)


def unimodal(knots: Floats, count: Ints) -> Floats:
    """The unimodal distribution function nearest the empirical one (mid-ranks), at its m distinct values.

    Args:
        knots: m distinct values, ascending.
        count: how often each comes.
    Returns:
        m values in (0, 1), not descending: the convex minorant left of the mode, the concave majorant right of it; the
        mode is the first of 41 quantiles with the smallest largest distance. O(41 m).
    """
    total = int(count.sum())
    up_to = np.cumsum(count)
    cdf = (up_to - count / 2) / total
    wanted = np.array([round(q * (total - 1) / (MODES - 1)) for q in range(MODES)])
    modes = np.unique(np.searchsorted(up_to, wanted, side="right"))
    found = np.empty(len(knots))
    nearest_unimodal(np.ascontiguousarray(knots), cdf, modes.astype(np.int64), found)
    return found


def rank_scores(values: Floats, keys: Keys, purpose: str) -> Floats:
    """Normal scores of ranks, n: ties in the order of draws, N(0, 1) where missing."""
    missing = np.isnan(values)
    found = np.empty(len(values))
    there = np.flatnonzero(~missing)
    order = np.lexsort((uniform(keys[there], f"{purpose} tie"), values[there]))
    found[there[order]] = special.ndtri((np.arange(len(there)) + 0.5) / max(len(there), 1))
    found[missing] = normal(keys[missing], f"{purpose} missing")
    return found


def part_scores(table: Table, purpose: str, *, ranks: bool) -> Floats:
    """Scores of the p numbers as the valley test reads them, n x p.

    Args:
        table: a part; scores are made anew in each.
        purpose: of the draws.
        ranks: normal scores of ranks everywhere (at the root); else only where the part has few values.
    """
    many = table.numbers.shape[1]
    found = np.empty((table.size, many))
    for k, name in enumerate(table.names[:many]):
        values, said = table.numbers[:, k], f"{purpose} {name}"
        missing = np.isnan(values)
        count = np.unique(values[~missing], return_counts=True)[1]
        few = len(count) < FEWEST_VALUES or count.max() > MOST_AT_ONE_VALUE * count.sum()
        if ranks or few:
            found[:, k] = rank_scores(values, table.keys, said)
        else:
            found[:, k] = number_scale(values).of(values)
            found[missing, k] = normal(table.keys[missing], f"{said} missing")
    return found
