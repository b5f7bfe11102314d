"""Scores of models and figures of load curves."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from algorithms import metrics
from algorithms.load_curves import load_figures, longest_run
from algorithms.spectrum import spectral_radius
from tests.algorithms.risk_graphs import Case, cases

OUTCOMES = st.lists(st.tuples(st.booleans(), st.integers(0, 10)), min_size=2, max_size=30)


@given(OUTCOMES)
def test_auc_counts_pairs_and_half_of_ties(rows: list[tuple[bool, int]]) -> None:
    positive = [p for y, p in rows if y]
    negative = [p for y, p in rows if not y]
    assume(positive and negative)
    pairs = [(p > q) + 0.5 * (p == q) for p in positive for q in negative]
    y, p = (np.array(c, dtype=float) for c in zip(*rows, strict=True))
    assert metrics.auc(y, p) == pytest.approx(sum(pairs) / len(pairs))


@given(OUTCOMES)
def test_average_precision_sums_precision_over_gains_of_recall(rows: list[tuple[bool, int]]) -> None:
    assume(any(y for y, _ in rows))
    total = sum(y for y, _ in rows)
    expected, before = 0.0, 0
    for level in sorted({p for _, p in rows}, reverse=True):
        taken = [y for y, p in rows if p >= level]
        expected += (sum(taken) - before) / total * sum(taken) / len(taken)
        before = sum(taken)
    y, p = (np.array(c, dtype=float) for c in zip(*rows, strict=True))
    assert metrics.average_precision(y, p) == pytest.approx(expected)


def test_scores_without_both_outcomes_are_not_a_number() -> None:
    assert math.isnan(metrics.auc(np.ones(2), np.array([0.1, 0.2])))
    assert math.isnan(metrics.average_precision(np.zeros(2), np.array([0.1, 0.2])))


def test_bins_of_calibration_are_closed_on_the_right() -> None:
    y, p = np.array([1.0, 0.0, 1.0]), np.array([0.0, 0.5, 0.75])
    # (0, 0.5] holds 0 and 0.5; (0.5, 1] holds 0.75.
    assert metrics.expected_calibration_error(y, p, bins=2) == pytest.approx((0.5 + 0.25) / 3)
    assert metrics.brier(y, p) == pytest.approx((1.0 + 0.25 + 0.0625) / 3)


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), min_size=1, max_size=30))
def test_macro_f1_is_the_mean_over_labels_of_precision_and_recall_together(
    rows: list[tuple[int, int]],
) -> None:
    scores = []
    for label in {*(own for own, _ in rows), *(told for _, told in rows)}:
        right = sum(own == told == label for own, told in rows)
        precision = right / max(1, sum(told == label for _, told in rows))
        recall = right / max(1, sum(own == label for own, _ in rows))
        scores.append(2 * precision * recall / (precision + recall) if right else 0.0)
    own, told = (np.array(c) for c in zip(*rows, strict=True))
    assert metrics.macro_f1(own, told) == pytest.approx(sum(scores) / len(scores))


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), min_size=2, max_size=30))
def test_adjusted_rand_counts_pairs(rows: list[tuple[int, int]]) -> None:
    a, b = (np.array(c) for c in zip(*rows, strict=True))
    pairs = [(i, j) for i in range(len(a)) for j in range(i)]
    same_a = sum(a[i] == a[j] for i, j in pairs)
    same_b = sum(b[i] == b[j] for i, j in pairs)
    both = sum(a[i] == a[j] and b[i] == b[j] for i, j in pairs)
    chance = same_a * same_b / len(pairs)
    most = (same_a + same_b) / 2
    expected = 1.0 if most == chance else (both - chance) / (most - chance)
    assert metrics.adjusted_rand(a, b) == pytest.approx(expected)
    assert metrics.adjusted_rand(a, a) == 1.0


def test_figures_of_a_load_curve() -> None:
    figures = load_figures(np.array([1.0, 3.0, 4.0, 4.0]))
    assert figures.load_factor == 0.75
    assert figures.peak_valley_ratio == 0.75
    assert figures.ramp == 0.5
    assert figures.cv == pytest.approx(math.sqrt(1.5) / 3.0)
    assert load_figures(np.zeros(3)).load_factor == 0.0


@given(st.lists(st.booleans(), max_size=20))
def test_the_longest_run(values: list[bool]) -> None:
    text = "".join("x" if v else " " for v in values)
    assert longest_run(np.array(values, dtype=bool)) == max((len(r) for r in text.split()), default=0)


@settings(max_examples=60, deadline=None)
@given(cases())
def test_the_spectral_radius_is_the_largest_eigenvalue(graph: Case) -> None:
    dense = np.zeros((graph.size, graph.size))
    np.add.at(dense, (graph.source, graph.target), graph.weight)
    expected = np.abs(np.linalg.eigvals(dense)).max()
    # Eigenvalues of a nilpotent part come out of the dense solver with errors of the root of its precision.
    assert spectral_radius(graph.csr()) == pytest.approx(expected, rel=1e-6, abs=1e-2)
