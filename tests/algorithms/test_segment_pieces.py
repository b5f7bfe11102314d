"""Each piece of customer classes equals the plain reading of its text on random tables."""

from __future__ import annotations

import random
from collections.abc import Sequence

import numpy as np
import pytest

from algorithms.segments.agreement import UNKNOWN, adjusted_rand, consensus, jaccards, matched
from algorithms.segments.draws import keys_of, normal, uniform
from algorithms.segments.information import binned, information
from algorithms.segments.naming import NAMELESS, cosines, named
from algorithms.segments.rules import depth, learn, leaves, predicted, rules_of
from algorithms.segments.scores import level_scores, level_shares, number_scale, rank_scores
from algorithms.segments.table import MISSING, Table
from algorithms.segments.valley import valley, valley_p
from tests.algorithms import segments_reference as plain


def a_table(numbers: Sequence[Sequence[float | None]], codes: Sequence[Sequence[int]] = ()) -> Table:
    """Columns of numbers and of levels a, b, c, ..."""
    rows = len([*numbers, *codes][0])
    return Table(
        keys_of(str(i) for i in range(rows)),
        np.array(numbers, dtype=np.float64).reshape(-1, rows).T.copy(),
        np.array(codes, dtype=np.int64).reshape(-1, rows).T.copy(),
        tuple(f"c{k}" for k in range(len(numbers) + len(codes))),
        tuple(tuple("abcdefgh"[: max(column) + 1]) for column in codes),
    )


def values(draw: random.Random, many: int) -> list[float | None]:
    """Numbers of one of several shapes, some missing."""
    shape = draw.choice(["even", "tail", "two", "few"])
    pick = {
        "even": draw.random,
        "tail": lambda: draw.expovariate(1) ** 3,
        "two": lambda: draw.gauss(draw.choice([0, 6]), 1),
        "few": lambda: float(draw.randrange(5)),
    }[shape]
    share = draw.choice([0.0, 0.2])
    return [None if draw.random() < share else pick() for _ in range(many)]


@pytest.mark.parametrize("seed", range(25))
def test_a_number_reads_by_the_nearest_unimodal_distribution(seed: int) -> None:
    draw = random.Random(seed)
    column = values(draw, draw.randrange(12, 45))
    column[:2] = [0.25, 3.5]
    array = np.array(column, dtype=np.float64)
    assert number_scale(array).of(array) == pytest.approx(plain.number_scores(column), abs=1e-8)


def test_a_constant_and_an_empty_number_say_nothing() -> None:
    for column in ([2.0, 2.0, np.nan], [np.nan, np.nan, np.nan]):
        assert number_scale(np.array(column)).of(np.array([2.0, 9.0, np.nan])).tolist() == [0, 0, 0]


def test_a_level_reads_by_its_share() -> None:
    draw = random.Random(1)
    for _ in range(50):
        column = [draw.choice(["a", "b", "c", None]) for _ in range(20)] + ["a", "b"]
        codes = [MISSING if cell is None else "abc".index(cell) for cell in column]
        table = a_table([], [[*codes, 2]]).rows(np.arange(len(column)))
        found = level_scores(table.codes[:, 0], level_shares(table)[0])
        for level, expected in plain.level_scores(column).items():
            assert found[:, "abc".index(level)] == pytest.approx(expected, abs=1e-12)


def test_ranks_break_ties_by_the_draws_of_customers() -> None:
    draw = random.Random(2)
    for _ in range(100):
        column = values(draw, 30)
        keys = keys_of(str(draw.random()) for _ in range(30))
        expected = plain.rank_scores(
            column, uniform(keys, "x tie").tolist(), normal(keys, "x missing").tolist()
        )
        assert rank_scores(np.array(column, dtype=np.float64), keys, "x") == pytest.approx(expected, abs=1e-9)


def test_the_deepest_valley_is_that_of_the_text() -> None:
    draw = random.Random(3)
    none = 0
    for _ in range(60):
        many, far, share = draw.randrange(30, 300), draw.uniform(0, 7), draw.uniform(0.1, 0.9)
        places = [draw.gauss(far if draw.random() < share else 0, 1) for _ in range(many)]
        expected = plain.valleys(places)
        found = valley(np.array(places))
        if not expected:
            none += 1
            assert found is None
            continue
        z, runs = max(expected, key=lambda one: one[0])
        assert found is not None
        assert found.z == pytest.approx(z, abs=1e-6)
        assert found.widths == tuple(after - first for first, after in runs)
        low, width = min(places), (max(places) - min(places)) / 128
        edges = [low + width * runs[0][0], low + width * runs[1][0], low + width * runs[1][1]]
        assert found.edges[:3] == pytest.approx(edges)
        assert found.cut == pytest.approx((edges[1] + edges[2]) / 2)
    assert none < 60


def test_places_that_are_all_the_same_have_no_valley() -> None:
    assert valley(np.full(50, 1.5)) is None


def test_the_chance_of_a_valley_is_exact() -> None:
    draw = random.Random(4)
    for _ in range(300):
        counts = (draw.randrange(60), draw.randrange(40), draw.randrange(60))
        widths = (draw.randrange(1, 30), draw.randrange(1, 30), draw.randrange(1, 30))
        assert valley_p(counts, widths) == pytest.approx(plain.valley_p(counts, widths), abs=1e-12)


def test_information_is_that_of_counted_bins() -> None:
    draw = random.Random(5)
    for _ in range(100):
        numbers = [values(draw, 60) for _ in range(3)]
        levels = [[draw.choice([0, 1, 2, MISSING]) for _ in range(58)] + [0, 2]]
        label = [draw.randrange(4) for _ in range(60)]
        expected = plain.information([*(plain.quantile_bins(column) for column in numbers), *levels], label)
        found = information(binned(a_table(numbers, levels)), np.array(label))
        assert found == pytest.approx(expected, abs=1e-10)


def test_agreement_counts_pairs_and_matches_by_most_common_members() -> None:
    draw = random.Random(6)
    for _ in range(200):
        many, mine, theirs = draw.randrange(8, 40), draw.randrange(1, 5), draw.randrange(1, 5)
        base = [*range(mine), *(draw.randrange(mine) for _ in range(many))]
        refit = [draw.randrange(theirs) if draw.random() < 0.4 else one % theirs for one in base]
        for number in range(theirs):
            refit[number] = number
        one, other = np.array(base), np.array(refit)
        assert adjusted_rand(one, other) == pytest.approx(plain.adjusted_rand(base, refit))
        assert jaccards(one, other) == pytest.approx(plain.jaccards(base, refit))
        said = matched(one, other)[other]
        shared = sum(a == b for a, b in zip(base, plain.matched(base, refit), strict=True))
        assert int((said == one).sum()) == shared


def test_a_majority_decides_and_says_by_how_much() -> None:
    draw = random.Random(7)
    for _ in range(100):
        base = [draw.randrange(3) for _ in range(20)] + [2]
        refits = [[draw.choice([0, 1, 2, UNKNOWN]) for _ in base] for _ in range(5)]
        label, strength = plain.votes(base, refits)
        found = consensus(np.array(base), [np.array(one) for one in refits])
        nobody = [all(one[i] == UNKNOWN for one in refits) for i in range(len(base))]
        assert found.label.tolist() == label
        assert found.strength == pytest.approx(strength)
        assert any(nobody) or min(strength) > 0


def test_names_go_to_the_prototype_that_a_class_is_clearly_most_like() -> None:
    draw = np.random.default_rng(8)
    nameless = 0
    for _ in range(300):
        own, prototypes = (
            draw.normal(size=(draw.integers(1, 5), 3)),
            draw.normal(size=(draw.integers(1, 5), 3)),
        )
        own[0] = prototypes[0] + 0.1 * draw.normal(size=3)
        found = [None if one == NAMELESS else one for one in named(own, prototypes).tolist()]
        assert found == plain.named(own.tolist(), prototypes.tolist())
        nameless += found.count(None)
    assert nameless > 100
    assert cosines(np.zeros((1, 3)), np.ones((1, 3))).tolist() == [[0.0]]


@pytest.mark.parametrize("ahead", [1, 6])
def test_rules_look_one_split_ahead(ahead: int) -> None:
    draw = random.Random(9)
    for _ in range(12):
        numbers = [values(draw, 60) for _ in range(3)]
        codes = [[*(draw.choice([0, 1, 2]) for _ in range(57)), 0, 1, 2]]
        label = [draw.randrange(2) if draw.random() < 0.5 else int((row or 0) > 0.5) for row in numbers[0]]
        label[:3] = [0, 1, 2]
        table = a_table(numbers, codes)
        rows: list[plain.Row] = list(zip(*numbers, *codes, strict=True))
        asked = [plain.questions(rows, k, k == 3) for k in range(4)]
        expected = plain.rules(rows, label, asked, 4, ahead)
        found = learn(table, np.array(label), ahead=ahead)
        assert predicted(found, table).tolist() == [plain.told(expected, row) for row in rows]
        assert depth(found) <= 4


def test_looking_ahead_finds_what_only_two_questions_together_tell() -> None:
    draw = np.random.default_rng(10)
    points = draw.normal(size=(600, 6))
    label = ((points[:, 0] > 0) ^ (points[:, 1] > 0)).astype(np.int64)
    table = a_table(points.T.tolist())
    right = {
        ahead: (predicted(learn(table, label, most=2, ahead=ahead), table) == label).mean()
        for ahead in (1, 6)
    }
    assert right[6] > 0.95
    assert right[1] < 0.8


def test_a_rule_states_whom_it_covers_and_its_counter_examples() -> None:
    draw = np.random.default_rng(11)
    points = draw.normal(size=(400, 2))
    label = (points[:, 0] > 0.3).astype(np.int64)
    label[:20] = 1 - label[:20]
    table = a_table(points.T.tolist())
    tree = learn(table, label, most=1)
    rules = rules_of(tree, label)
    assert len(rules) == leaves(tree) == 2
    for rule in rules:
        takes = np.all([condition.holds(table) == yes for condition, yes in rule.conditions], axis=0)
        assert rule.size == takes.sum()
        assert rule.counter == (label[takes] != rule.label).sum() > 0
        assert rule.coverage == pytest.approx(
            (takes & (label == rule.label)).sum() / (label == rule.label).sum()
        )
