"""Capped linear propagation: the definition, its invariants and its certificate."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from algorithms.risk.exact import raw_of, solve_exactly
from algorithms.risk.network import Network
from algorithms.risk.propagation import solve
from graph.arrays import Csr
from tests.algorithms.risk_graphs import Case, case, cases


@settings(max_examples=200, deadline=None)
@given(cases())
def test_every_bound_holds_against_exact_fractions(graph: Case) -> None:
    links, own = graph.exact()
    exact = solve_exactly(links, own)
    result = solve(graph.csr(), graph.own)
    for j in range(graph.size):
        assert abs(Fraction(float(result.h[j])) - exact[j]) <= Fraction(float(result.bound[j]))
        assert result.bound[j] <= 1e-9
        assert result.raw[j] == pytest.approx(float(raw_of(links, own, exact, j)), rel=1e-9, abs=1e-12)


@pytest.mark.parametrize("gain", [0.999, 0.9999999, 1.0, 1.0 + 1e-9, 1.5])
@pytest.mark.parametrize("seed", [1e-12, 1e-5, 0.3])
@pytest.mark.parametrize("length", [2, 7, 500])
def test_a_long_ring_is_solved_and_proven(gain: float, seed: float, length: int) -> None:
    weight = np.ones(length)
    weight[length // 2] = gain
    parties = np.arange(length)
    ring = Csr.from_edges(length, parties, (parties + 1) % length, weight)
    own = np.zeros(length)
    own[0] = seed
    result = solve(ring, own)
    product = Fraction(float(gain))
    first = Fraction(1) if product >= 1 else min(Fraction(1), Fraction(seed) / (1 - product))
    assert abs(Fraction(float(result.h[0])) - first) <= Fraction(float(result.bound[0]))
    assert result.bound.max() <= (1e-9 if gain != 0.9999999 else 1e-6)
    assert result.sweeps <= 4000
    assert result.solves <= 12


def test_two_firms_at_one_hundred_percent_do_not_stop_early() -> None:
    result = solve(case(2, [(0, 1, 1.0), (1, 0, 1.0)], {}).csr(), np.array([1e-11, 0.0]))
    assert result.h.tolist() == [1.0, 1.0]
    assert result.sweeps < 100


def test_a_spark_far_below_rounding_still_fills_a_loop_of_gain_one() -> None:
    graph = case(3, [(0, 1, 1e-9), (1, 1, 1.0), (1, 2, 1.0), (2, 2, 0.5)], {0: 1e-12})
    result = solve(graph.csr(), graph.own)
    assert result.h.tolist() == [1e-12, 1.0, 1.0]
    assert result.bound.max() <= 1e-20


def test_a_ring_that_no_seed_reaches_stays_at_zero() -> None:
    graph = case(4, [(0, 1, 0.5), (2, 3, 1.8), (3, 2, 1.6)], {0: 0.5})
    result = solve(graph.csr(), graph.own)
    assert result.h.tolist() == [0.5, 0.25, 0.0, 0.0]
    assert result.reached.tolist() == [True, True, False, False]


def test_a_weight_of_zero_is_no_link() -> None:
    graph = case(3, [(0, 1, 0.0), (1, 2, 1.0), (2, 1, 1.0)], {0: 1.0})
    result = solve(graph.csr(), graph.own)
    assert result.h.tolist() == [1.0, 0.0, 0.0]
    assert not result.reached[1]


@settings(max_examples=60, deadline=None)
@given(cases())
def test_h_is_between_own_distress_and_one(graph: Case) -> None:
    result = solve(graph.csr(), graph.own)
    assert (result.h >= graph.own).all()
    assert (result.h <= 1.0).all()
    assert (result.h[~result.reached] == 0.0).all()
    unhit = np.setdiff1d(np.arange(graph.size), graph.target)
    assert (result.h[unhit] == graph.own[unhit]).all()
    assert (solve(graph.csr(), np.zeros(graph.size)).h == 0.0).all()


@settings(max_examples=60, deadline=None)
@given(cases(), st.data())
def test_more_distress_or_more_weight_never_lowers_h(graph: Case, data: st.DataObject) -> None:
    before = solve(graph.csr(), graph.own)
    own = graph.own.copy()
    party = data.draw(st.integers(0, graph.size - 1))
    own[party] = max(own[party], data.draw(st.floats(0.0, 1.0)))
    weight = graph.weight.copy()
    if len(weight):
        weight[data.draw(st.integers(0, len(weight) - 1))] += data.draw(st.floats(0.0, 1.0))
    after = solve(Csr.from_edges(graph.size, graph.source, graph.target, weight), own)
    assert (after.h >= before.h - before.bound - after.bound).all()


@settings(max_examples=60, deadline=None)
@given(cases(), st.data())
def test_relabelling_reordering_and_splitting_change_nothing(graph: Case, data: st.DataObject) -> None:
    result = solve(graph.csr(), graph.own)
    label = np.array(data.draw(st.permutations(range(graph.size))), dtype=np.int64)
    own = np.zeros(graph.size)
    own[label] = graph.own
    halves = np.concatenate([graph.weight / 2, graph.weight / 2])
    other = Csr.from_edges(
        graph.size, label[np.tile(graph.source, 2)], label[np.tile(graph.target, 2)], halves
    )
    moved = solve(other, own)
    np.testing.assert_allclose(moved.h[label], result.h, rtol=1e-9, atol=1e-12)


@settings(max_examples=60, deadline=None)
@given(cases(), st.data())
def test_any_start_gives_the_same_answer(graph: Case, data: st.DataObject) -> None:
    share = st.floats(0.0, 1.0)
    start = np.array(data.draw(st.lists(share, min_size=graph.size, max_size=graph.size)))
    cold = solve(graph.csr(), graph.own)
    warm = solve(graph.csr(), graph.own, start=start)
    assert (np.abs(cold.h - warm.h) <= cold.bound + warm.bound).all()
    assert warm.bound.max(initial=0.0) <= 1e-9


@settings(max_examples=60, deadline=None)
@given(cases(), st.data())
def test_linear_where_nothing_is_capped(graph: Case, data: st.DataObject) -> None:
    party = data.draw(st.integers(0, graph.size - 1))
    other = np.zeros(graph.size)
    other[party] = data.draw(st.sampled_from([1e-6, 0.01, 0.2]))
    both = np.minimum(1.0, graph.own + other)
    one, two, sum_ = (solve(graph.csr(), s) for s in (graph.own, other, both))
    assert (sum_.h >= np.maximum(one.h, two.h) - 1e-9).all()
    if max(r.raw.max() for r in (one, two, sum_)) < 1.0:
        np.testing.assert_allclose(sum_.h, one.h + two.h, rtol=1e-9, atol=1e-12)


def test_monte_carlo_of_the_threshold_model_agrees_without_cycles() -> None:
    graph = case(5, [(0, 1, 0.3), (0, 2, 0.2), (1, 3, 0.25), (2, 3, 0.4), (3, 4, 0.5)], {0: 0.5, 1: 0.1})
    result = solve(graph.csr(), graph.own)
    generator = np.random.default_rng(5)
    draws = 40_000
    threshold = generator.random((draws, 5))
    failed = np.zeros((draws, 5), dtype=bool)
    matrix = np.zeros((5, 5))
    matrix[graph.source, graph.target] = graph.weight
    for _ in range(5):
        failed = graph.own + failed @ matrix >= threshold
    error = np.sqrt(result.h * (1 - result.h) / draws)
    assert (np.abs(failed.mean(axis=0) - result.h) <= 4.5 * error).all()


@settings(max_examples=15, deadline=None)
@given(cases())
def test_monte_carlo_never_exceeds_h(graph: Case) -> None:
    result = solve(graph.csr(), graph.own)
    draws = 4000
    threshold = np.random.default_rng(1).random((draws, graph.size))
    failed = np.zeros((draws, graph.size), dtype=bool)
    matrix = np.zeros((graph.size, graph.size))
    np.add.at(matrix, (graph.source, graph.target), graph.weight)
    for _ in range(graph.size + 1):
        failed = graph.own + failed @ matrix >= threshold
    assert (failed.mean(axis=0) <= result.h + 5.0 * np.sqrt(result.h * (1 - result.h) / draws) + 1e-3).all()


def test_a_large_random_graph_is_proven_and_equal_to_plain_iteration() -> None:
    generator = np.random.default_rng(3)
    size = 5000
    source, target = generator.integers(0, size, (2, 20_000))
    matrix = Csr.from_edges(size, source, target, generator.random(20_000) * 0.4)
    own = np.where(generator.random(size) < 0.05, generator.random(size), 0.0)
    result = solve(matrix, own)
    h = own.copy()
    rows = matrix.rows()
    for _ in range(2000):
        h = np.minimum(1.0, own + np.bincount(matrix.indices, matrix.data * h[rows], size))
    assert result.bound.max() <= 1e-9
    np.testing.assert_allclose(result.h, h, rtol=1e-8, atol=1e-12)


def test_equal_input_gives_equal_bytes() -> None:
    generator = np.random.default_rng(4)
    source, target = generator.integers(0, 300, (2, 1200))
    weight = generator.random(1200)
    own = np.where(generator.random(300) < 0.1, 0.3, 0.0)
    once = solve(Csr.from_edges(300, source, target, weight), own)
    order = generator.permutation(1200)
    again = solve(Network.of(Csr.from_edges(300, source[order], target[order], weight[order])), own)
    for name in ("h", "raw", "bound"):
        assert getattr(once, name).tobytes() == getattr(again, name).tobytes()


def test_read_only_arrays_are_accepted() -> None:
    graph = case(2, [(0, 1, 0.5)], {0: 1.0})
    matrix = graph.csr()
    for array in (matrix.indptr, matrix.indices, matrix.data, graph.own):
        array.flags.writeable = False
    assert solve(matrix, graph.own).h.tolist() == [1.0, 0.5]


def test_no_parties_at_all() -> None:
    empty = Csr(np.zeros(1, dtype=np.int64), np.zeros(0, dtype=np.int64), np.zeros(0))
    assert len(solve(empty, np.zeros(0)).h) == 0


@pytest.mark.parametrize(
    ("edges", "own", "said"),
    [
        ([(0, 1, -0.5)], [0.1, 0.0], "entry 0 is -0.5"),
        ([(0, 1, np.nan)], [0.1, 0.0], "entry 0 is nan"),
        ([(0, 1, np.inf)], [0.1, 0.0], "entry 0 is inf"),
        ([(0, 1, 0.5)], [0.1, 1.5], "own distress of party 1 is 1.5"),
        ([(0, 1, 0.5)], [np.nan, 0.0], "own distress of party 0 is nan"),
        ([(0, 1, 0.5)], [0.1], "1 values of own distress for 2 parties"),
    ],
)
def test_input_without_meaning_is_refused_with_its_position(
    edges: list[tuple[int, int, float]], own: list[float], said: str
) -> None:
    with pytest.raises(ValueError, match=said):
        solve(case(2, edges, {}).csr(), np.array(own))
