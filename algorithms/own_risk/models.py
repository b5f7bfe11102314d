"""The candidates among which a forecast is chosen, and how: by rows that came later, or that were kept apart."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeAlias

import numpy as np

from algorithms.own_risk import scorecard
from algorithms.own_risk.calibration import Calibration, calibrate
from algorithms.own_risk.columns import LEAST_ROWS, Coding, Levels, Table, encode, learn, take
from graph.arrays import Floats, Ints

Fold: TypeAlias = tuple[Ints, Ints]
"""Rows to learn from, and rows to judge by."""


class Forecaster(Protocol):
    """What gives probabilities."""

    def forecast(self, table: Table) -> Floats:
        """Probabilities of n rows, n."""


Fit: TypeAlias = Callable[[Table, Floats, int], Forecaster]
"""(table, what happened, seed) -> a forecaster."""


@dataclass(frozen=True, slots=True, eq=False)
class Trees:
    """Gradient-boosted trees of scikit-learn."""

    codings: tuple[Coding, ...]
    model: object

    def forecast(self, table: Table) -> Floats:
        """Probabilities of n rows, n."""
        chances = self.model.predict_proba(_matrix(self.codings, table))  # type: ignore[attr-defined]  # untyped
        return np.asarray(chances[:, 1], dtype=np.float64)


@dataclass(frozen=True, slots=True)
class Constant:
    """The dummy: the same chance for everybody."""

    chance: float

    def forecast(self, table: Table) -> Floats:
        """Probabilities of n rows, n."""
        return np.full(len(next(iter(table.values()))), self.chance)


def fit_scorecard(strength: float) -> Fit:
    """A scorecard with a penalty of that inverse weight."""

    def fit(table: Table, happened: Floats, seed: int) -> Forecaster:
        del seed
        return scorecard.fit(_codings(table), table, happened, strength=strength)

    return fit


def fit_trees(leaves: int, rounds: int) -> Fit:
    """Boosted trees of so many leaves and rounds at a learning rate of 0.05."""

    def fit(table: Table, happened: Floats, seed: int) -> Forecaster:
        from sklearn.ensemble import HistGradientBoostingClassifier  # noqa: PLC0415  # see scorecard.fit

        codings = _codings(table)
        model = HistGradientBoostingClassifier(
            learning_rate=0.05,
            max_iter=rounds,
            max_leaf_nodes=leaves,
            min_samples_leaf=LEAST_ROWS,
            l2_regularization=1.0,
            categorical_features=[isinstance(coding, Levels) for coding in codings],
            early_stopping=False,
            random_state=seed,
        )
        return Trees(codings, model.fit(_matrix(codings, table), happened > 0))

    return fit


CANDIDATES: dict[str, Fit] = {
    "logistic, C 0.02": fit_scorecard(0.02),
    "logistic, C 0.2": fit_scorecard(0.2),
    "logistic, C 2": fit_scorecard(2.0),
    "trees, 6 leaves": fit_trees(6, 120),
    "trees, 15 leaves": fit_trees(15, 120),
}
"""Regularised logistic regression on binned columns, and boosted trees."""


@dataclass(frozen=True, slots=True, eq=False)
class Learned:
    """The chosen model, calibrated, and what it was chosen by.

    ``losses``: mean log loss of every candidate on the rows of the folds that it had not seen, before calibration.
    """

    name: str
    model: Forecaster
    calibration: Calibration
    losses: dict[str, float]

    def forecast(self, table: Table) -> Floats:
        """Calibrated probabilities of n rows, n."""
        return self.calibration.apply(self.model.forecast(table))


def choose(
    table: Table,
    happened: Floats,
    folds: Sequence[Fold],
    candidates: dict[str, Fit],
    *,
    seed: int,
) -> Learned:
    """Fit every candidate on each fold, keep the one with the least log loss on rows it had not seen, fit it on all.

    Args:
        table: n training rows.
        happened: n, 0 or 1; both occur among the rows that each fold learns from.
        folds: at least one.
        candidates: by name, the simplest first: a tie goes to the earlier one.
        seed: of the trees.

    One thread, so that equal input gives equal bytes whatever the machine's number of cores.
    """
    from threadpoolctl import threadpool_limits  # noqa: PLC0415  # comes with scikit-learn

    judged = np.concatenate([rows for _, rows in folds])
    with threadpool_limits(limits=1):
        unseen = {
            name: np.concatenate(
                [
                    fit(take(table, past), happened[past], seed).forecast(take(table, rows))
                    for past, rows in folds
                ]
            )
            for name, fit in candidates.items()
        }
        losses = {name: log_loss(happened[judged], chances) for name, chances in unseen.items()}
        best = min(losses, key=lambda name: round(losses[name], 9))
        model = candidates[best](table, happened, seed)
        return Learned(best, model, calibrate(happened[judged], unseen[best]), losses)


def log_loss(happened: Floats, chance: Floats) -> float:
    """Mean of -ln of the chance given to what happened, bounded at 1e-9."""
    bounded = np.clip(chance, 1e-9, 1.0 - 1e-9)
    return float(-np.where(happened > 0, np.log(bounded), np.log1p(-bounded)).mean())


def _codings(table: Table) -> tuple[Coding, ...]:
    return learn(table)


def _matrix(codings: tuple[Coding, ...], table: Table) -> Floats:
    """n x columns for trees: numbers as they are, levels as codes, NaN where missing."""
    codes = encode(codings, table).astype(np.float64)
    for position, coding in enumerate(codings):
        if isinstance(coding, Levels):
            codes[codes[:, position] == 0, position] = np.nan
        elif coding.name in table:
            codes[:, position] = table[coding.name]
        else:
            codes[:, position] = np.nan
    return codes
