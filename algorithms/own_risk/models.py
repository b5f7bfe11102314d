"""Which models are tried, and how one is chosen: by rows that came later, or that were kept apart."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from algorithms.own_risk import scorecard, trees
from algorithms.own_risk.calibration import Calibration, calibrate
from algorithms.own_risk.columns import Table, learn, take
from algorithms.own_risk.scorecard import Scorecard
from algorithms.own_risk.trees import Trees
from graph.arrays import Floats, Ints
from terms.delayed import loaded

Fold: TypeAlias = tuple[Ints, Ints]
"""Rows to learn from, and rows to judge by."""


Forecaster: TypeAlias = Scorecard | Trees
"""What gives probabilities, and says which column adds how much."""

Fit: TypeAlias = Callable[[Table, Floats, int], Forecaster]
"""(table, what happened, seed) -> a forecaster."""


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
        return scorecard.fit(learn(table), table, happened, strength=strength)

    return fit


def fit_trees(leaves: int, rounds: int) -> Fit:
    """Boosted trees of so many leaves and rounds at a learning rate of 0.05."""

    def fit(table: Table, happened: Floats, seed: int) -> Forecaster:
        return trees.fit(learn(table), table, happened, leaves=leaves, rounds=rounds, seed=seed)

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
    candidates: Mapping[str, Fit],
    *,
    seed: int,
    positives: int | None = None,
) -> Learned:
    """Fit every candidate on each fold, keep the one with the least log loss on rows it had not seen, fit it on all.

    Args:
        table: n training rows.
        happened: n, 0 or 1; both occur among the rows that each fold learns from.
        folds: at least one.
        candidates: by name, the simplest first: a tie goes to the earlier one.
        seed: of the trees.
        positives: to whom it happened, where several rows are of one; it decides how is calibrated.

    One thread, so that equal input gives equal bytes whatever the machine's number of cores.
    """
    # Loaded before the limit is set, which sees only libraries that are there: else the first call of a process runs
    # on all cores, and on a busy machine its threads wait for each other ten times as long as they compute.
    loaded("sklearn.ensemble")
    loaded("sklearn.linear_model")
    judged = np.concatenate([rows for _, rows in folds])
    with loaded("threadpoolctl").threadpool_limits(limits=1):
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
        return Learned(best, model, calibrate(happened[judged], unseen[best], positives), losses)


def log_loss(happened: Floats, chance: Floats) -> float:
    """Mean of -ln of the chance given to what happened, bounded at 1e-9."""
    bounded = np.clip(chance, 1e-9, 1.0 - 1e-9)
    return float(-np.where(happened > 0, np.log(bounded), np.log1p(-bounded)).mean())
