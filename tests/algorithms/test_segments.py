"""Customer classes as a whole: found where they exist, nowhere else, and the same whatever the order of rows."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from algorithms.segments.agreement import UNKNOWN, adjusted_rand
from algorithms.segments.classes import Classes, NoClasses, find, join_loose, silhouette
from algorithms.segments.draws import keys_of
from algorithms.segments.refits import Refit
from algorithms.segments.rules import depth
from algorithms.segments.scores import scales
from algorithms.segments.table import MISSING, Table, distinct, in_hashed_order
from algorithms.segments.valley_tree import ValleyTree
from graph.arrays import Floats, Ints

CLASSES = 4
ROWS = 500
"""Rows of the planted table."""


def a_table(numbers: Floats, codes: Ints | None = None) -> Table:
    rows = len(numbers)
    codes = np.zeros((rows, 0), dtype=np.int64) if codes is None else codes
    names = tuple(f"c{k}" for k in range(numbers.shape[1] + codes.shape[1]))
    levels = tuple(tuple("abcde"[: int(column.max()) + 1]) for column in codes.T)
    return Table(keys_of(f"customer {k}" for k in range(rows)), numbers, codes, names, levels)


def planted(rows: int, seed: int) -> tuple[Table, Ints]:
    """Four classes in four numbers and a category; a skewed number without meaning; some cells are missing."""
    draw = np.random.default_rng(seed)
    true = draw.choice(CLASSES, rows, p=[0.4, 0.3, 0.2, 0.1])
    centres = 8 * np.eye(CLASSES) + draw.normal(size=(CLASSES, CLASSES))
    numbers = np.column_stack([centres[true] + draw.normal(size=(rows, CLASSES)), draw.lognormal(size=rows)])
    numbers[draw.random(numbers.shape) < 0.02] = np.nan
    codes = np.where(draw.random(rows) < 0.9, true % 3, draw.integers(0, 3, rows))
    codes[draw.random(rows) < 0.05] = MISSING
    return a_table(numbers, codes[:, None]), true.astype(np.int64)


def none(table: Table) -> Ints:
    return np.zeros(len(table.names), dtype=np.int64)


@pytest.fixture(scope="module")
def found() -> tuple[Classes, Table, Ints]:
    """Classes of the planted table, the table in hashed order, and the true classes in its order."""
    table, true = planted(ROWS, 1)
    hashed, order = in_hashed_order(table)
    answer = find(hashed, none(table))
    assert isinstance(answer, Classes)
    return answer, hashed, true[order]


def test_planted_classes_are_found_stable_and_told_by_rules(found: tuple[Classes, Table, Ints]) -> None:
    answer, table, true = found
    assert adjusted_rand(answer.label, true) > 0.95
    assert answer.stability.ari > 0.9
    assert answer.stability.jaccard.min() > 0.75
    assert len(answer.stability.jaccard) == CLASSES
    assert answer.fidelity > 0.95
    assert depth(answer.rules) <= 4
    assert answer.p < 0.05
    assert np.bincount(answer.label).tolist() == sorted(np.bincount(answer.label).tolist(), reverse=True)
    assert answer.silhouette == pytest.approx(silhouette(scales(table).of(table), answer.label))
    assert answer.information >= answer.tree_information - 1e-9


def test_the_order_of_rows_and_the_units_of_numbers_change_nothing(
    found: tuple[Classes, Table, Ints],
) -> None:
    table, _ = planted(ROWS, 1)
    mixed = table.rows(np.random.default_rng(3).permutation(ROWS))
    scaled = Table(mixed.keys, mixed.numbers * 8 + 0.5, mixed.codes, mixed.names, mixed.levels)
    again = find(in_hashed_order(mixed)[0], none(mixed))
    assert isinstance(again, Classes)
    assert again.label.tobytes() == found[0].label.tobytes()
    assert again.strength.tobytes() == found[0].strength.tobytes()
    assert again.rules == found[0].rules
    assert again.stability.ari == found[0].stability.ari
    other = find(in_hashed_order(scaled)[0], none(scaled), way=again.way)
    assert isinstance(other, Classes)
    assert other.label.tolist() == found[0].label.tolist()


def test_a_new_customer_is_assigned_and_moves_nobody(found: tuple[Classes, Table, Ints]) -> None:
    answer, table, true = found
    label, strength = answer.model.assign(table)
    assert label.tolist() == answer.label.tolist()
    assert strength.tolist() == answer.strength.tolist()
    newer, theirs = planted(200, 2)
    newer = Table(newer.keys, newer.numbers, newer.codes, newer.names, newer.levels)
    first = planted(ROWS, 1)[0].rows(np.arange(3))
    assert answer.model.assign(first)[0].tolist() == [
        int(answer.label[table.keys == key][0]) for key in first.keys
    ]
    assert len(answer.model.assign(newer)[0]) == len(theirs)
    assert set(np.unique(answer.strength)) <= {0, 0.2, 0.4, 0.6, 0.8, 1}
    assert true.size == ROWS


def test_one_more_customer_moves_hardly_anybody_at_a_refit(found: tuple[Classes, Table, Ints]) -> None:
    table, _ = planted(ROWS, 1)
    newcomer = Table(
        keys_of(["newcomer"]), table.numbers[:1] + 0.3, table.codes[:1], table.names, table.levels
    )
    more = Table(
        np.concatenate([table.keys, newcomer.keys]),
        np.vstack([table.numbers, newcomer.numbers]),
        np.vstack([table.codes, newcomer.codes]),
        table.names,
        table.levels,
    )
    hashed, order = in_hashed_order(more)
    again = find(hashed, none(more), way=found[0].way)
    assert isinstance(again, Classes)
    assert again.searched is None
    stayed = again.label[order != ROWS] == found[0].label
    assert stayed.mean() >= 0.995


NULLS: dict[str, Callable[[np.random.Generator], Table]] = {
    "Gaussian": lambda draw: a_table(draw.normal(size=(400, 6))),
    "uniform": lambda draw: a_table(draw.random((400, 6))),
    "correlated Gaussian": lambda draw: a_table(draw.normal(size=(400, 6)) @ draw.normal(size=(6, 6))),
    "correlated lognormal": lambda draw: a_table(
        np.exp(draw.normal(size=(400, 6)) @ draw.normal(size=(6, 6)) / 2)
    ),
    "multivariate t": lambda draw: a_table(
        draw.normal(size=(400, 6)) / np.sqrt(draw.chisquare(3, size=(400, 1)) / 3)
    ),
    "counts": lambda draw: a_table(draw.poisson(2, size=(400, 6)).astype(np.float64)),
    "one-hot": lambda draw: a_table(np.eye(5)[draw.integers(0, 5, 400)]),
    "categories": lambda draw: a_table(np.zeros((400, 0)), draw.integers(0, 4, (400, 6))),
    "banana": lambda draw: a_table(
        np.column_stack([(x := draw.normal(size=400)), x**2 + draw.normal(size=400), draw.normal(size=400)])
    ),
}


@pytest.mark.parametrize("null", NULLS)
def test_a_cloud_without_a_gap_has_no_classes(null: str) -> None:
    table = in_hashed_order(NULLS[null](np.random.default_rng(7)))[0]
    answer = find(table, none(table))
    assert isinstance(answer, NoClasses)
    assert answer.p >= 0.05


def test_too_few_customers_and_no_features_have_no_classes() -> None:
    far = np.repeat([[0.0], [100.0]], 5, axis=0)
    for table in (a_table(far), a_table(np.zeros((50, 0))), a_table(np.full((50, 2), np.nan))):
        answer = find(in_hashed_order(table)[0], none(table))
        assert answer == NoClasses(1.0)


def test_a_record_kept_a_thousand_times_counts_once() -> None:
    draw = np.random.default_rng(4)
    numbers = draw.normal(size=(300, 3))
    table = a_table(np.vstack([numbers, np.repeat(numbers[:1], 1000, axis=0)]))
    assert int(distinct(table).sum()) == 300
    few = a_table(draw.integers(0, 3, (300, 2)).astype(np.float64))
    assert distinct(few).all()


def test_a_side_of_a_cut_is_never_smaller_than_fifteen_or_one_in_a_hundred() -> None:
    draw = np.random.default_rng(5)
    numbers = np.vstack([draw.normal(size=(500, 3)), 30 + draw.normal(size=(14, 3))])
    table = in_hashed_order(a_table(numbers))[0]
    tree = ValleyTree(table, "x")
    for wanted in (2, 3, 4):
        assert np.bincount(tree.so_many_parts(wanted)).min() >= 15


def test_loose_classes_join_their_nearest_until_none_is_left() -> None:
    draw = np.random.default_rng(6)
    table = in_hashed_order(a_table(draw.normal(size=(120, 2))))[0]
    scale = scales(table)
    base = np.arange(120, dtype=np.int64) % 3
    every = np.arange(120, dtype=np.int64)
    model = None

    def refit(label: Ints) -> Refit:
        return Refit(every, label, model, label, np.arange(int(label.max()) + 1)).named(base)  # type: ignore[arg-type]

    steady, refits, joined = join_loose(scale, scale.of(table), base, [refit(base)])
    assert (steady.tolist(), joined) == (base.tolist(), 0)
    assert refits[0].names.tolist() == [0, 1, 2]
    once = np.where(base == 2, draw.integers(0, 2, 120), base)
    label, refits, joined = join_loose(scale, scale.of(table), base, [refit(np.append(once[:-1], 2))])
    assert joined == 1
    assert len(np.unique(label)) == 2
    assert UNKNOWN not in refits[0].names
    chance = [refit(draw.integers(0, 3, 120)) for _ in range(3)]
    label, _, joined = join_loose(scale, scale.of(table), base, chance)
    assert (np.unique(label).tolist(), joined) == ([0], 2)
