"""How good forecasts are, with intervals: ranking, chances, and the money that is found first."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from algorithms.metrics import auc, average_precision, brier, expected_calibration_error
from graph.arrays import Floats, Ints

RESAMPLES = 300
TOP = (0.01, 0.05, 0.10)


@dataclass(frozen=True, slots=True)
class Figure:
    """A value with its 95 % interval by bootstrap (percentiles)."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Precision:
    """Share of the first ``rows`` (``share`` of all), by falling forecast, to whom it happened."""

    share: float
    rows: int
    precision: Figure


@dataclass(frozen=True, slots=True)
class ForecastScores:
    """Scores of one forecast. ``calibration_error``: ECE over 15 bins; ``of_a_perfect_one``: what a forecaster whose
    chances are exactly right would show by chance with the same forecasts and rows: mean and the highest of 97.5 %.
    ``money_captured``: the money of those to whom it happened that lies among the first 1 %, as a share of all such
    money; None without money."""

    auc: Figure
    average_precision: Figure
    brier: Figure
    calibration_error: float
    of_a_perfect_one: float
    of_a_perfect_one_at_most: float
    precision_at: tuple[Precision, ...]
    money_captured: Figure | None


def judge(
    happened: Floats,
    chance: Floats,
    *,
    money: Floats | None = None,
    groups: Ints | None = None,
    seed: int = 0,
    resamples: int = RESAMPLES,
) -> ForecastScores:
    """Judge forecasts by what happened.

    Args:
        happened: n, 0 or 1, both occur.
        chance: n, probabilities.
        money: n, >= 0, what is at stake; None: not asked.
        groups: n, numbered from 0: the bootstrap draws whole groups; None: rows.
        seed: of the bootstrap and of the perfect forecaster.
    """
    rng = np.random.default_rng(seed)
    samples = [_sample(rng, len(chance), groups) for _ in range(resamples)]
    # A sample without both outcomes ranks nothing.
    samples = [rows for rows in samples if 0 < happened[rows].sum() < len(rows)]

    def figure(score: Callable[[Ints], float]) -> Figure:
        values = [score(rows) for rows in samples]
        low, high = np.nanpercentile(values, [2.5, 97.5]) if values else (np.nan, np.nan)
        return Figure(score(np.arange(len(chance))), float(low), float(high))

    perfect = [
        expected_calibration_error((rng.random(len(chance)) < chance).astype(np.float64), chance)
        for _ in range(resamples)
    ]
    captured = None
    if money is not None and float(money @ happened) > 0:
        at_stake = money * happened
        captured = figure(
            lambda rows: (
                among_the_first(at_stake[rows], chance[rows], _first(0.01, len(rows)))
                / max(float(at_stake[rows].sum()), 1e-300)
            )
        )

    def precision_at(share: float) -> Precision:
        def among(rows: Ints) -> float:
            first = _first(share, len(rows))
            return among_the_first(happened[rows], chance[rows], first) / first

        return Precision(share=share, rows=_first(share, len(chance)), precision=figure(among))

    return ForecastScores(
        auc=figure(lambda rows: auc(happened[rows], chance[rows])),
        average_precision=figure(lambda rows: average_precision(happened[rows], chance[rows])),
        brier=figure(lambda rows: brier(happened[rows], chance[rows])),
        calibration_error=expected_calibration_error(happened, chance),
        of_a_perfect_one=float(np.mean(perfect)),
        of_a_perfect_one_at_most=float(np.percentile(perfect, 97.5)),
        precision_at=tuple(precision_at(share) for share in TOP),
        money_captured=captured,
    )


def among_the_first(value: Floats, chance: Floats, first: int) -> float:
    """Sum of ``value`` over the ``first`` rows by falling chance; where equal chances reach over the end, their mean
    counts: what a random order among them would give."""
    order = np.argsort(-chance, kind="stable")
    limit = chance[order[first - 1]]
    above, tied = chance > limit, chance == limit
    left = first - int(above.sum())
    return float(value[above].sum() + left * value[tied].mean())


def _first(share: float, rows: int) -> int:
    return max(1, round(share * rows))


def _sample(rng: np.random.Generator, rows: int, groups: Ints | None) -> Ints:
    if groups is None:
        return rng.integers(0, rows, rows)
    order = np.argsort(groups, kind="stable")
    size = np.bincount(groups)
    start = np.cumsum(size) - size
    drawn = rng.integers(0, len(size), len(size))
    places = np.concatenate([np.arange(start[g], start[g] + size[g]) for g in drawn.tolist()])
    return np.asarray(order[places], dtype=np.int64)
