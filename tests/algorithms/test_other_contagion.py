"""DebtRank 2012, the hard cascade and clearing: published answers, invariants, comparisons with linear DebtRank."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from algorithms.risk.clearing import clear
from algorithms.risk.debtrank import debtrank_2012, hard_cascade
from algorithms.risk.propagation import solve
from graph.arrays import Csr
from tests.algorithms.risk_graphs import Case, case, cases


def test_each_party_transmits_once() -> None:
    graph = case(3, [(0, 1, 0.4), (1, 2, 0.5), (2, 0, 0.25)], {0: 0.5})
    result = debtrank_2012(graph.csr(), graph.own)
    assert result.h.tolist() == pytest.approx([0.525, 0.2, 0.1])
    assert result.steps == 4
    assert result.value(np.array([0.0, 1.0, 1.0])) == pytest.approx(0.15)
    assert result.value(np.zeros(3)) == 0.0


@settings(max_examples=60, deadline=None)
@given(cases())
def test_debtrank_2012_never_exceeds_linear_debtrank(graph: Case) -> None:
    once = debtrank_2012(graph.csr(), graph.own)
    assert (once.h <= solve(graph.csr(), graph.own).h + 1e-9).all()
    assert (once.h >= graph.own).all()
    assert once.steps <= graph.size + 2


def test_a_cascade_fails_those_whose_losses_reach_their_buffer() -> None:
    exposure = case(4, [(0, 1, 5.0), (0, 2, 4.0), (1, 2, 4.0), (2, 3, 1.0)], {}).csr()
    result = hard_cascade(exposure, np.array([1.0, 5.0, 8.0, 2.0]), np.array([True, False, False, False]))
    assert result.round.tolist() == [0, 1, 2, -1]
    assert result.loss.tolist() == [0.0, 5.0, 8.0, 1.0]


def test_a_party_without_loss_does_not_fail_for_want_of_a_buffer() -> None:
    result = hard_cascade(case(2, [], {}).csr(), np.zeros(2), np.array([True, False]))
    assert result.failed.tolist() == [True, False]


def debts(size: int, owed: list[tuple[int, int, float]]) -> Csr:
    return case(size, owed, {}).csr()


def test_a_shortfall_is_shared_pro_rata() -> None:
    result = clear(debts(3, [(0, 1, 6.0), (0, 2, 2.0), (1, 2, 5.0)]), np.array([4.0, 1.0, 0.0]))
    assert result.paid.tolist() == [4.0, 4.0, 0.0]
    assert result.defaulted.tolist() == [True, True, False]
    assert result.recovery.tolist() == [0.5, 0.8, 1.0]
    assert result.equity.tolist() == [0.0, 0.0, 5.0]
    assert result.rounds == 2


def test_default_costs_are_paid_by_the_creditors() -> None:
    owed = debts(2, [(0, 1, 10.0)])
    assert clear(owed, np.array([8.0, 0.0]), alpha=0.5).paid.tolist() == [4.0, 0.0]
    assert clear(owed, np.array([10.0, 0.0]), alpha=0.5).paid.tolist() == [10.0, 0.0]


def test_two_firms_without_cash_clear_in_full_and_senior_debt_empties_them() -> None:
    owed = debts(2, [(0, 1, 10.0), (1, 0, 10.0)])
    assert clear(owed, np.zeros(2)).paid.tolist() == [10.0, 10.0]
    result = clear(owed, np.zeros(2), outside=np.array([3.0, 0.0]), seniority="senior")
    assert result.paid.tolist() == [0.0, 0.0]
    equal = clear(owed, np.zeros(2), outside=np.array([3.0, 0.0]))
    assert equal.paid.tolist() == pytest.approx([0.0, 0.0], abs=1e-9)
    assert equal.due.tolist() == [13.0, 10.0]


BOOKS = st.integers(2, 5).flatmap(
    lambda n: st.tuples(
        st.just(n),
        st.lists(st.tuples(st.integers(0, n - 1), st.integers(0, n - 1), st.integers(1, 20)), max_size=3 * n),
        st.lists(st.integers(0, 15), min_size=n, max_size=n),
        st.lists(st.integers(0, 8), min_size=n, max_size=n),
    )
)
Book = tuple[int, list[tuple[int, int, int]], list[int], list[int]]


@settings(max_examples=150, deadline=None)
@given(BOOKS)
def test_eisenberg_noe_is_the_greatest_vector_of_the_linear_programme(book: Book) -> None:
    size, owed, cash, outside = book
    matrix = debts(size, [(i, j, float(x)) for i, j, x in owed if i != j])
    result = clear(matrix, np.array(cash, dtype=float), outside=np.array(outside, dtype=float))
    whole = np.zeros((size, size))
    whole[matrix.rows(), matrix.indices] = matrix.data
    due = whole.sum(axis=1) + outside
    share = np.divide(whole, due[:, None], out=np.zeros_like(whole), where=due[:, None] > 0)
    best = linprog(
        -np.ones(size), A_ub=np.eye(size) - share.T, b_ub=np.array(cash), bounds=[(0, d) for d in due]
    )
    assert result.paid == pytest.approx(best.x, abs=1e-6)
    assert (result.paid >= 0).all()
    assert (result.paid <= due).all()
    to_outsiders = (result.paid * np.divide(outside, due, out=np.zeros(size), where=due > 0)).sum()
    assert result.equity.sum() + to_outsiders == pytest.approx(sum(cash), abs=1e-7)


@settings(max_examples=100, deadline=None)
@given(BOOKS, st.floats(0.0, 1.0), st.floats(0.0, 1.0), st.integers(1, 9), st.sampled_from([0.01, 100.0]))
def test_clearing_rises_with_cash_and_with_what_defaults_leave_and_scales(
    book: Book, alpha: float, beta: float, more: int, scale: float
) -> None:
    size, owed, cash, outside = book
    matrix = debts(size, [(i, j, float(x)) for i, j, x in owed if i != j])
    money, extra = np.array(cash, dtype=float), np.array(outside, dtype=float)
    costly = clear(matrix, money, outside=extra, alpha=alpha, beta=beta)
    free = clear(matrix, money, outside=extra)
    richer = clear(matrix, money + more, outside=extra, alpha=alpha, beta=beta)
    assert (costly.paid <= free.paid + 1e-7).all()
    assert (richer.paid >= costly.paid - 1e-7).all()
    scaled = Csr(matrix.indptr, matrix.indices, matrix.data * scale)
    again = clear(scaled, money * scale, outside=extra * scale, alpha=alpha, beta=beta)
    assert again.paid / scale == pytest.approx(costly.paid, abs=1e-7)


@settings(max_examples=60, deadline=None)
@given(BOOKS)
def test_senior_outsiders_are_paid_first(book: Book) -> None:
    size, owed, cash, outside = book
    matrix = debts(size, [(i, j, float(x)) for i, j, x in owed if i != j])
    money, extra = np.array(cash, dtype=float), np.array(outside, dtype=float)
    result = clear(matrix, money, outside=extra, seniority="senior")
    rows = matrix.rows()
    share = matrix.data / result.due[rows]
    received = np.bincount(matrix.indices, share * result.paid[rows], minlength=size)
    expected = np.maximum(0.0, np.minimum(result.due, money - extra + received))
    assert result.paid == pytest.approx(expected, abs=1e-7)


def test_clearing_loses_no_more_than_linear_debtrank() -> None:
    generator = np.random.default_rng(2)
    for _ in range(30):
        size = 8
        source, target = generator.integers(0, size, (2, 20))
        kept = source != target
        claims = Csr.from_edges(size, source[kept], target[kept], generator.integers(1, 20, kept.sum()) * 1.0)
        assets = np.bincount(claims.indices, claims.data, minlength=size)
        liabilities = np.bincount(claims.rows(), claims.data, minlength=size)
        equity = generator.integers(1, 20, size) * 1.0
        cash = np.maximum(0.0, liabilities + equity - assets)
        equity = cash + assets - liabilities
        shock = np.minimum(cash, equity * generator.random(size) * (generator.random(size) < 0.4))
        result = clear(claims, cash - shock)
        paid = np.bincount(claims.indices, claims.data * result.recovery[claims.rows()], minlength=size)
        loss = equity - np.maximum(0.0, cash - shock + paid - liabilities)
        harm = Csr(claims.indptr, claims.indices, claims.data / equity[claims.indices])
        h = solve(harm, shock / equity).h
        assert (loss <= h * equity + 1e-6).all()


def test_debts_without_meaning_are_refused() -> None:
    with pytest.raises(ValueError, match="debt 0 is -1"):
        clear(debts(2, [(0, 1, -1.0)]), np.zeros(2))
    with pytest.raises(ValueError, match="cash 1 is nan"):
        clear(debts(2, []), np.array([0.0, np.nan]))
    with pytest.raises(ValueError, match="alpha = 2"):
        clear(debts(2, []), np.zeros(2), alpha=2.0)
