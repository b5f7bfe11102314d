"""Break weights when guarantees are called in full with some chance, or not at all."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import norm

from algorithms.risk.parameters import GUARANTEE, LOAN, PERSON, RiskParameters
from algorithms.risk.weights import EvidenceEdges, MoneyEdges, Weights, break_weights
from tests.algorithms.test_risk_weights import evidence, money, sure

START = RiskParameters()
NONE = EvidenceEdges.none()


def weights(
    edges: MoneyEdges, called: float | None, clues: EvidenceEdges = NONE, parameters: RiskParameters = START
) -> Weights:
    buffer = np.array([1.0, 200.0])
    return break_weights(2, edges, clues, buffer, sure(2), parameters=parameters, called=called)


def chance(amount: float) -> float:
    return float(norm.cdf(math.log(amount / 200.0) / 0.8))


def test_a_call_takes_all_or_nothing() -> None:
    assert weights(money((0, 1, GUARANTEE, 100.0)), 0.6).csr.data == pytest.approx([0.6 * chance(100.0)])


def test_guarantees_far_above_the_buffer_break_it_as_often_as_they_are_called() -> None:
    assert weights(money((0, 1, GUARANTEE, 1e9)), 0.6).csr.data == pytest.approx([0.6])
    assert weights(money((0, 1, GUARANTEE, 1e9)), None).csr.data == pytest.approx([1.0])


def test_two_guarantees_of_one_pair_are_called_together() -> None:
    one = weights(money((0, 1, GUARANTEE, 100.0)), 0.6)
    two = weights(money((0, 1, GUARANTEE, 40.0), (0, 1, GUARANTEE, 60.0)), 0.6)
    assert two.csr.data == pytest.approx(one.csr.data)


def test_other_money_is_lost_with_or_without_the_call() -> None:
    made = weights(money((0, 1, GUARANTEE, 100.0), (0, 1, LOAN, 100.0)), 0.6)
    loan = chance(45.0)
    assert made.csr.data == pytest.approx([0.6 * chance(145.0) + 0.4 * loan])
    parts = {part.relation: part.value for part in made.parts(0)}
    assert parts == pytest.approx({"guarantee": 0.6 * (chance(145.0) - loan), "loan": loan})


def test_evidence_comes_on_top_and_the_whole_stays_below_one() -> None:
    sure_thing = money((0, 1, GUARANTEE, 1e9), (0, 1, LOAN, 1e9))
    made = weights(sure_thing, 0.6, evidence((0, 1, PERSON, 1.0)))
    assert made.csr.data.tolist() == [1.0]
    assert sum(part.value for part in made.parts(0)) == pytest.approx(1.0)
    little = weights(money((0, 1, GUARANTEE, 100.0)), 0.6, evidence((0, 1, PERSON, 1.0)))
    assert little.csr.data == pytest.approx([0.6 * chance(100.0) + 0.15])


def test_a_certain_call_is_a_pass_through_of_one_and_the_pass_through_itself_is_not_used() -> None:
    edges = money((0, 1, GUARANTEE, 100.0), (0, 1, LOAN, 30.0))
    full = weights(edges, None, parameters=replace(START, rho_guarantee=1.0))
    assert weights(edges, 1.0).csr.data == pytest.approx(full.csr.data)
    for rho in (0.0, 0.3):
        other = weights(edges, 0.6, parameters=replace(START, rho_guarantee=rho))
        assert other.csr.data.tolist() == weights(edges, 0.6).csr.data.tolist()
    assert weights(edges, 0.0).csr.data == pytest.approx([chance(0.45 * 30.0)])


@pytest.mark.parametrize("called", [-0.1, 1.1, float("nan")])
def test_a_chance_out_of_range_is_refused(called: float) -> None:
    with pytest.raises(ValueError, match="called is"):
        weights(money((0, 1, GUARANTEE, 100.0)), called)
