"""Learning from records: columns, scorecards, calibration, splits, judgement."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from algorithms.metrics import auc
from algorithms.own_risk import scorecard
from algorithms.own_risk.calibration import ISOTONIC_FROM, calibrate
from algorithms.own_risk.columns import MISSING, Table, Texts, encode, learn
from algorithms.own_risk.forecast_scores import among_the_first, judge
from algorithms.own_risk.models import CANDIDATES, choose, fit_scorecard
from algorithms.own_risk.protected import protected
from algorithms.own_risk.scorecard import log_odds, logistic
from algorithms.own_risk.splits import by_group, by_time, share_of
from graph.arrays import Floats

NUMBERS = st.lists(st.one_of(st.just(math.nan), st.integers(-5, 5).map(float)), min_size=60, max_size=120)


def texts(values: list[str | None]) -> Texts:
    found = np.empty(len(values), dtype=object)
    found[:] = values
    return found


def material(rows: int, seed: int = 0) -> tuple[dict[str, Floats | Texts], Floats, Floats]:
    """A table whose outcome follows known chances: it rises with x, jumps with the colour, ignores the noise."""
    rng = np.random.default_rng(seed)
    x, noise = rng.normal(size=rows), rng.normal(size=rows)
    colour = rng.choice(["red", "green", "blue"], rows)
    chance = logistic(-2.0 + 1.2 * x + np.where(colour == "red", 1.0, 0.0))
    happened = (rng.random(rows) < chance).astype(np.float64)
    return {"x": x, "noise": noise, "colour": texts(colour.tolist())}, happened, chance


@given(values=NUMBERS)
def test_bins_keep_order_and_never_part_equal_values(values: list[float]) -> None:
    column = np.array(values)
    for coding in learn({"x": column}):
        codes = coding.codes(column)
        assert (codes[np.isnan(column)] == MISSING).all()
        known = np.flatnonzero(~np.isnan(column))
        order = known[np.argsort(column[known], kind="stable")]
        assert (np.diff(codes[order]) >= 0).all()
        for value in set(column[known].tolist()):
            assert len(set(codes[column == value].tolist())) == 1


@given(values=NUMBERS, order=st.randoms(use_true_random=False))
def test_how_a_column_is_read_does_not_depend_on_the_order_of_rows(
    values: list[float], order: object
) -> None:
    shuffled = list(values)
    order.shuffle(shuffled)  # type: ignore[attr-defined]  # a random.Random
    assert learn({"x": np.array(values)}) == learn({"x": np.array(shuffled)})


def test_a_text_that_was_never_seen_is_a_level_of_its_own_and_a_missing_one_too() -> None:
    (coding,) = learn({"colour": texts(["red"] * 30 + ["green"] * 30 + ["rare"] + [None] * 5)})
    codes = coding.codes(texts(["red", "green", "rare", "unheard of", None]))
    assert codes[2] == codes[3]
    assert len(set(codes.tolist())) == 4
    assert codes[4] == MISSING


def test_points_and_base_add_up_to_the_log_odds_and_average_to_nothing() -> None:
    table, happened, _ = material(3_000)
    card = scorecard.fit(learn(table), table, happened, strength=0.2)
    points = card.contributions(table)
    assert log_odds(card.forecast(table)) == pytest.approx(card.base + points.sum(axis=1), abs=1e-9)
    assert points.mean(axis=0) == pytest.approx(0.0, abs=1e-8)


def test_a_scorecard_finds_the_course_that_it_was_given() -> None:
    table, happened, chance = material(20_000)
    card = scorecard.fit(learn(table), table, happened, strength=0.2)
    # The standard error of a bin's frequency is about 0.01: the forecast is to be nearer the truth than the outcome.
    assert np.abs(card.forecast(table) - chance).mean() < 0.03
    spread = dict(zip(("x", "noise", "colour"), np.ptp(card.contributions(table), axis=0), strict=True))
    assert spread["x"] > spread["colour"] > spread["noise"]


def test_what_was_not_seen_in_training_counts_as_an_average_row() -> None:
    table, happened, _ = material(500)
    card = scorecard.fit(learn(table), table, happened, strength=0.2)
    unseen = {"x": np.array([np.nan]), "noise": np.array([np.nan]), "colour": texts([None])}
    assert card.contributions(unseen) == pytest.approx(0.0, abs=1e-12)


def test_a_column_that_the_table_lacks_is_missing() -> None:
    table, _, _ = material(500)
    codes = encode(learn(table), {"x": table["x"]})
    assert (codes[:, 1:] == MISSING).all()


@given(seed=st.integers(0, 1_000))
@settings(max_examples=20)
def test_calibration_never_turns_the_order_around(seed: int) -> None:
    rng = np.random.default_rng(seed)
    forecast = rng.random(4_000)
    for rate in (0.05, 0.6):  # Platt, isotonic
        happened = (rng.random(4_000) < rate).astype(np.float64)
        calibrated = calibrate(happened, forecast).apply(np.sort(forecast))
        assert (np.diff(calibrated) >= -1e-12).all()
        assert ((calibrated > 0) & (calibrated < 1)).all()


def test_platt_undoes_a_distortion_of_the_log_odds_and_isotonic_takes_over_with_enough_rows() -> None:
    rng = np.random.default_rng(1)
    chance = logistic(rng.normal(-1.5, 1.0, 6_000))
    happened = (rng.random(6_000) < chance).astype(np.float64)
    distorted = logistic(2.0 * log_odds(chance) + 1.0)
    enough = np.cumsum(happened) < ISOTONIC_FROM
    few, many = calibrate(happened[enough], distorted[enough]), calibrate(happened, distorted)
    assert (few.kind, many.kind) == ("platt", "isotonic")
    assert (few.slope, few.shift) == pytest.approx((0.5, -0.5), abs=0.1)
    assert np.abs(many.apply(distorted) - chance).mean() < np.abs(distorted - chance).mean() / 3


def test_the_choice_is_made_by_unseen_rows_and_repeats_to_the_last_bit() -> None:
    table, happened, _ = material(800)
    folds = by_group([str(k) for k in range(800)], 0, happened)
    first, second = (choose(table, happened, folds, CANDIDATES, seed=3) for _ in range(2))
    assert first.name == min(first.losses, key=lambda name: first.losses[name])
    assert first.losses == second.losses
    assert first.forecast(table).tobytes() == second.forecast(table).tobytes()


def test_a_model_of_noise_forecasts_the_share_of_the_training_rows() -> None:
    rng = np.random.default_rng(2)
    table: Table = {"noise": rng.normal(size=2_000)}
    happened = (rng.random(2_000) < 0.1).astype(np.float64)
    folds = by_group([str(k) for k in range(2_000)], 0, happened)
    learned = choose(table, happened, folds, {"logistic": fit_scorecard(0.02)}, seed=0)
    assert learned.forecast(table) == pytest.approx(happened.mean(), abs=0.03)


@given(groups=st.lists(st.integers(0, 12), min_size=40, max_size=80), seed=st.integers(0, 5))
def test_no_group_stands_on_both_sides_of_a_fold(groups: list[int], seed: int) -> None:
    names = [f"party {g}" for g in groups]
    happened = np.array([k % 2 for k in range(len(names))], dtype=np.float64)
    for past, judged in [
        *by_group(names, seed, happened),
        *by_time(np.arange(len(names)) // 3, names, happened),
    ]:
        assert not {names[k] for k in past.tolist()} & {names[k] for k in judged.tolist()}


@given(times=st.lists(st.integers(0, 9), min_size=20, max_size=60))
def test_folds_by_time_learn_from_what_is_older_only(times: list[int]) -> None:
    moments = np.array(times)
    happened = np.array([k % 2 for k in range(len(times))], dtype=np.float64)
    for past, judged in by_time(moments, None, happened):
        assert moments[past].max() < moments[judged].min()


def test_shares_by_hash_are_even_and_depend_on_the_seed() -> None:
    names = [str(k) for k in range(10_000)]
    shares = share_of(names, 0)
    assert shares.mean() == pytest.approx(0.5, abs=5 * math.sqrt(1 / 12 / 10_000))
    assert (share_of(names, 1) != shares).all()
    assert (share_of(names[::-1], 0) == shares[::-1]).all()


@given(
    rows=st.lists(st.tuples(st.integers(0, 3), st.integers(0, 100)), min_size=1, max_size=12),
    first=st.integers(1, 12),
)
def test_ties_at_the_end_of_the_first_count_by_their_mean(rows: list[tuple[int, int]], first: int) -> None:
    first = min(first, len(rows))
    chance, value = (np.array(column, dtype=float) for column in zip(*rows, strict=True))
    limit = sorted(chance.tolist(), reverse=True)[first - 1]
    above = [v for c, v in zip(chance.tolist(), value.tolist(), strict=True) if c > limit]
    tied = [v for c, v in zip(chance.tolist(), value.tolist(), strict=True) if c == limit]
    expected = sum(above) + (first - len(above)) * sum(tied) / len(tied)
    assert among_the_first(value, chance, first) == pytest.approx(expected)


def test_a_judgement_of_true_chances_is_no_worse_than_a_perfect_forecaster() -> None:
    _, happened, chance = material(5_000, seed=4)
    found = judge(happened, chance, money=np.ones(5_000))
    assert found.calibration_error <= found.of_a_perfect_one_at_most
    assert found.auc.low < found.auc.value == auc(happened, chance) < found.auc.high
    assert found.money_captured is not None
    first = found.precision_at[0]
    assert found.money_captured.value == pytest.approx(first.precision.value * first.rows / happened.sum())


def test_chances_that_are_twice_too_high_show_as_miscalibrated() -> None:
    _, happened, chance = material(5_000, seed=5)
    found = judge(happened, np.minimum(1.0, 2 * chance))
    assert found.calibration_error > found.of_a_perfect_one_at_most


def test_an_interval_by_groups_is_wider_where_the_rows_of_a_group_are_alike() -> None:
    _, happened, chance = material(400, seed=6)
    copies = np.repeat(np.arange(400), 10)
    alone = judge(happened[copies], chance[copies])
    grouped = judge(happened[copies], chance[copies], groups=copies)
    assert grouped.auc.high - grouped.auc.low > 2 * (alone.auc.high - alone.auc.low)


@pytest.mark.parametrize(
    "name",
    [
        "SEX", "gender", "AGE", "age_in_years", "MARRIAGE", "maritalStatus", "personal_status", "status_and_sex",
        "is_foreign_worker", "Ethnicity", "religion", "health_condition", "birth_date", "education", "性别", "客户年龄",
        "婚姻状况", "民族", "学历", "健康状况", "出生日期",
    ],
)  # fmt: skip
def test_protected_attributes_are_known_by_name(name: str) -> None:
    assert protected(name) is not None


@pytest.mark.parametrize(
    "name",
    ["account_age", "age_of_oldest_account", "mortgage", "usage", "tariff", "Essex", "户龄月数", "用电量"],
)
def test_names_that_only_look_like_them_are_not(name: str) -> None:
    assert protected(name) is None
