"""How good ranked lists are: where the hidden service stands, what of the catalogue is shown, how surprising it is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from algorithms.recommendation.hidden import Held
from graph.arrays import Floats

TOP: Final = 3
GAIN: Final = 1.0 / np.log2(np.arange(2, 2 + TOP))
"""What a hidden service is worth at each place (Jarvelin and Kekalainen 2002, TOIS 20:422): one is relevant, so the
ideal is 1."""


@dataclass(frozen=True, slots=True, eq=False)
class ListScores:
    """Scores of one forecast. ``ndcg``, ``recall``: n, of each customer. ``coverage``: share of the services that are
    among anybody's three. ``novelty``: mean of -log2 of the share of customers who have what is shown, bits."""

    ndcg: Floats
    recall: Floats
    coverage: float
    novelty: float


def judge(score: Floats, held: Held) -> ListScores:
    """Judge the three best services that each customer does not have.

    Where scores are equal the hidden service gets the mean of the places that they share, so that no order of services
    helps it; lists are shown in the order of the services then.

    Args:
        score: n x m, larger is better; finite.
    """
    open_score = np.where(held.owned, -np.inf, score)
    rows = np.arange(len(held.hidden))
    mine = open_score[rows, held.hidden][:, None]
    above = (open_score > mine).sum(axis=1)
    equal = (open_score == mine).sum(axis=1)
    places = np.arange(TOP)
    shared = (places >= above[:, None]) & (places < (above + equal)[:, None])
    ndcg = (shared * GAIN).sum(axis=1) / equal
    recall = shared.sum(axis=1) / equal
    shown = np.argsort(-open_score, axis=1, kind="stable")[:, :TOP]
    real = np.isfinite(np.take_along_axis(open_score, shown, axis=1))
    coverage = len(np.unique(shown[real])) / score.shape[1] if score.shape[1] else 0.0
    share = np.maximum(held.owned.mean(axis=0), 1.0 / max(1, len(held.owned)))
    novelty = float(-np.log2(share[shown[real]]).mean()) if real.any() else 0.0
    return ListScores(ndcg, recall, coverage, novelty)


def interval(difference: Floats, *, draws: int, seed: int) -> tuple[float, float]:
    """The middle 95 % of the mean over bootstrap draws of customers (Efron 1979), paired: both forecasts at once.

    Args:
        difference: n, one forecast's score less the other's.
    """
    generator = np.random.default_rng(seed)
    n = len(difference)
    means = np.array([difference[generator.integers(0, n, n)].mean() for _ in range(draws)])
    low, high = np.quantile(means, [0.025, 0.975])
    return float(low), float(high)
