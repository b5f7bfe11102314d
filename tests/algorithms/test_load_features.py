"""What the form of a load curve tells, against loops written from the contract's words."""

from __future__ import annotations

import math

import numpy as np
import pytest

from algorithms.customer_features.load import NAMES, LoadForms, figures_of
from algorithms.load_curves import load_figures


def in_words(power: list[float], minutes: int, begins: int) -> list[float]:
    """One reading after another."""
    days: dict[int, list[tuple[int, float]]] = {}
    for at, value in enumerate(power):
        second = begins + at * minutes * 60
        days.setdefault(second // 86_400, []).append((second % 86_400 // 3600, value))
    each = 24 * 60 // minutes
    some = [
        [(hour, value) for hour, value in day if not math.isnan(value)]
        for day in days.values()
        if len(day) == each and sum(not math.isnan(value) for _, value in day) >= 0.75 * each
    ]
    every = [value for day in some for _, value in day]
    if len(some) < 28 or not every or sum(every) <= 0:
        return [math.nan] * 6
    figures = [load_figures(np.array([value for _, value in day])) for day in some]
    mean = sum(every) / len(every)
    night = sum(value for day in some for hour, value in day if hour >= 23 or hour < 7)
    dear = sum(value for day in some for hour, value in day if 10 <= hour < 15 or 18 <= hour < 21)
    return [
        sum(one.load_factor for one in figures) / len(some),
        sum(one.peak_valley_ratio for one in figures) / len(some),
        math.sqrt(sum((value - mean) ** 2 for value in every) / len(every)) / mean,
        sum(one.ramp for one in figures) / len(some),
        night / sum(every),
        dear / sum(every),
    ]


@pytest.mark.parametrize("seed", range(12))
def test_figures_are_those_of_the_words(seed: int) -> None:
    draw = np.random.default_rng(seed)
    minutes = int(draw.choice([15, 30, 60]))
    many = int(draw.integers(26, 40)) * 24 * 60 // minutes
    power = draw.gamma(1.0, 2.0, many) * (1 + (np.arange(many) * minutes // 60 % 24 > 12))
    power[draw.random(many) < draw.choice([0.0, 0.02, 0.2])] = np.nan
    if seed == 3:
        power[:] = 0.0
    begins = int(draw.integers(0, 24)) * 3600
    found = figures_of(power, minutes, begins)
    assert found.tolist() == pytest.approx(in_words(power.tolist(), minutes, begins), nan_ok=True)


def test_a_flat_load_and_one_at_night() -> None:
    flat = figures_of(np.full(96 * 30, 3.0), 15, 0)
    told = dict(zip(NAMES, flat.tolist(), strict=True))
    assert told["load_factor"] == 1.0
    assert (told["load_peak_valley"], told["load_variation"], told["load_ramp"]) == (0.0, 0.0, 0.0)
    assert (told["night_share"], told["peak_share"]) == (pytest.approx(8 / 24), pytest.approx(8 / 24))
    night = np.tile(np.where(np.arange(24) < 6, 2.0, 0.0), 30)
    assert figures_of(night, 60, 0)[4:].tolist() == [1.0, 0.0]


def test_intervals_that_are_no_part_of_a_day_and_few_days_say_nothing() -> None:
    assert np.isnan(figures_of(np.ones(5000), 7, 0)).all()
    assert np.isnan(figures_of(np.ones(24 * 27), 60, 0)).all()
    assert np.isnan(figures_of(np.ones(24 * 28), 60, 3600)).all()
    assert np.isnan(figures_of(np.zeros(0), 60, 0)).all()


def test_customers_of_one_form_share_its_figures() -> None:
    told = LoadForms(np.array([1, -1, 0]), np.arange(12.0).reshape(2, 6)).features()
    assert told["load_factor"].tolist() == pytest.approx([6.0, float("nan"), 0.0], nan_ok=True)
