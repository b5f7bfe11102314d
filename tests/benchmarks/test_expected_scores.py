"""Scores against chances equal the ordinary ones where chances are 0 and 1, and their mean over outcomes elsewhere."""

from __future__ import annotations

import numpy as np
import pytest

from algorithms import metrics
from benchmarks import expected_scores


def test_certain_chances_give_the_ordinary_scores() -> None:
    generator = np.random.default_rng(0)
    for _ in range(20):
        forecast = generator.integers(0, 12, 60) / 12
        outcome = (generator.random(60) < 0.3).astype(float)
        assert expected_scores.auc(forecast, outcome) == pytest.approx(metrics.auc(outcome, forecast))
        assert expected_scores.average_precision(forecast, outcome) == pytest.approx(
            metrics.average_precision(outcome, forecast)
        )


def test_chances_give_the_mean_over_many_outcomes() -> None:
    generator = np.random.default_rng(1)
    chance = generator.beta(1, 8, 400)
    forecast = chance * generator.lognormal(0, 0.5, 400)
    years = generator.random((600, 400)) < chance
    of_years = [metrics.auc(year.astype(float), forecast) for year in years]
    assert expected_scores.auc(forecast, chance) == pytest.approx(np.mean(of_years), abs=0.005)


def test_the_chance_itself_scores_best() -> None:
    generator = np.random.default_rng(2)
    chance = generator.beta(1, 8, 400)
    for _ in range(20):
        other = chance * generator.lognormal(0, 0.3, 400)
        assert expected_scores.auc(other, chance) < expected_scores.auc(chance, chance)
        assert expected_scores.average_precision(other, chance) < expected_scores.average_precision(
            chance, chance
        )
    assert expected_scores.error(chance, chance) == 0.0


def test_calibration_rises_and_keeps_the_mean() -> None:
    generator = np.random.default_rng(3)
    chance = generator.beta(1, 8, 2000)
    forecast = np.sqrt(chance)
    level, rate = expected_scores.calibration(forecast, generator.binomial(100, chance) / 100)
    assert (np.diff(rate) >= 0).all()
    after = np.interp(forecast, level, rate)
    assert after.mean() == pytest.approx(chance.mean(), abs=0.002)
    assert expected_scores.error(after, chance) < 0.01
