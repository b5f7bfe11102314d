"""What is missing counts in no distance, reason or mean: by blocks of the covariance, one row at a time."""

from __future__ import annotations

import numpy as np
import pytest

from algorithms.segments.contrast import changes, contrast, unknowns
from algorithms.segments.draws import numbered
from algorithms.segments.model import ClassModel, model_of
from algorithms.segments.scores import scales
from algorithms.segments.table import MISSING, Table


def some(seed: int, rows: int = 60, numbers: int = 5) -> tuple[Table, ClassModel]:
    """A table with gaps, and a model of classes that were drawn by the way."""
    rng = np.random.default_rng(seed)
    label = rng.integers(0, 3, rows)
    label[:3] = range(3)
    values = rng.normal(size=(rows, numbers)) @ rng.normal(size=(numbers, numbers)) + 3 * label[:, None]
    values[rng.random(values.shape) < 0.3] = np.nan
    codes = rng.integers(-1, 3, (rows, 1))
    table = Table(
        numbered(rows), values, codes, (*(f"x{k}" for k in range(numbers)), "word"), (("a", "b", "c"),)
    )
    scale = scales(table)
    return table, model_of(scale, scale.of(table), label, scale.missing(table))


def plain(model: ClassModel, scores: np.ndarray, missing: np.ndarray) -> np.ndarray:
    """Distances of one customer in the covariance of what is known of it."""
    covariance = np.linalg.inv(model.root @ model.root.T)
    known = np.flatnonzero(~missing)
    inverse = np.linalg.inv(covariance[np.ix_(known, known)]) if len(known) else np.zeros((0, 0))
    return np.array([(scores - mean)[known] @ inverse @ (scores - mean)[known] for mean in model.means])


@pytest.mark.parametrize("seed", range(20))
def test_distances_are_those_of_what_is_known(seed: int) -> None:
    table, model = some(seed)
    scores, missing = model.scales.of(table), model.scales.missing(table)
    found = model.distances(scores, missing)
    for at in range(table.size):
        assert found[at] == pytest.approx(plain(model, scores[at], missing[at]), rel=1e-7, abs=1e-7)


def test_a_mean_is_that_of_the_known_values() -> None:
    table, _ = some(3)
    scale, label = scales(table), np.arange(60) % 2
    scores, missing = scale.of(table), scale.missing(table)
    model = model_of(scale, scores, label, missing)
    for one in range(2):
        for k in range(scores.shape[1]):
            rows = (label == one) & ~missing[:, k]
            assert model.means[one, k] == pytest.approx(scores[rows, k].mean())


def test_what_is_filled_with_the_middle_changes_nothing() -> None:
    table, model = some(4)
    scores, missing = model.scales.of(table), model.scales.missing(table)
    other = np.where(missing, 1e3, scores)
    assert model.distances(other, missing) == pytest.approx(
        model.distances(scores, missing), rel=1e-6, abs=1e-4
    )


@pytest.mark.parametrize("seed", range(10))
def test_reasons_add_up_to_half_the_difference_of_the_distances_and_changes_change(seed: int) -> None:
    table, model = some(seed)
    scores, missing = model.scales.of(table), model.scales.missing(table)
    for at in range(0, table.size, 7):
        row = table.rows(np.array([at]))
        own = int(model.assign(row)[0])
        found = contrast(model, row, own)
        far = plain(model, scores[at], missing[at])
        assert found.other == int(np.argsort(far, kind="stable")[1])
        assert found.margin == pytest.approx((far[found.other] - far[own]) / 2, rel=1e-6, abs=1e-6)
        assert not found.parts[: table.numbers.shape[1]][np.isnan(table.numbers[at])].any()
        assert all(one.value == int(one.value) for one in changes(model, row, found, range(5)))
        for change in [*changes(model, row, found), *changes(model, row, found, range(5))]:
            numbers, codes = row.numbers.copy(), row.codes.copy()
            if change.feature < numbers.shape[1]:
                numbers[0, change.feature] = change.value
            else:
                codes[0, 0] = int(change.value)
            now = Table(row.keys, numbers, codes, row.names, row.levels)
            assert int(model.assign(now)[0]) == change.to != own


def test_what_is_unknown_may_put_a_customer_elsewhere_once_it_is_known() -> None:
    told = 0
    for seed in range(6):
        table, model = some(seed)
        for at in range(table.size):
            row = table.rows(np.array([at]))
            own = int(model.assign(row)[0])
            for change in unknowns(model, row, contrast(model, row, own), range(5)):
                numbers, codes = row.numbers.copy(), row.codes.copy()
                if change.feature < numbers.shape[1]:
                    assert np.isnan(numbers[0, change.feature])
                    assert change.value == int(change.value)
                    numbers[0, change.feature] = change.value
                else:
                    assert codes[0, 0] == MISSING
                    codes[0, 0] = int(change.value)
                now = Table(row.keys, numbers, codes, row.names, row.levels)
                assert int(model.assign(now)[0]) == change.to != own
                assert not change.known
                told += 1
    assert told > 10
