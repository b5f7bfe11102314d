"""Weights raised for losses that come together, against a plain computation and against draws of the sum."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import norm

from algorithms.risk.joint_losses import joint_losses
from algorithms.risk.parameters import GUARANTEE, PERSON, TRADE_CREDIT, RiskParameters
from algorithms.risk.weights import EvidenceEdges, MoneyEdges, Weights, break_weights
from graph.arrays import Floats
from tests.algorithms.test_risk_weights import evidence

START = RiskParameters()
NONE = EvidenceEdges.none()


def star(amounts: list[tuple[int, float]], clues: EvidenceEdges = NONE) -> tuple[Weights, Floats]:
    """Parties 1, 2, ... harm party 0, whose buffer is 1, by (relation, amount) each."""
    count = len(amounts)
    money = MoneyEdges(
        np.arange(1, count + 1),
        np.zeros(count, np.int64),
        np.array([relation for relation, _ in amounts], dtype=np.int64),
        np.array([amount for _, amount in amounts]),
    )
    buffer = np.ones(count + 1)
    sure = np.zeros(count + 1, bool)
    made = break_weights(count + 1, money, clues, buffer, sure, parameters=START, called=START.called)
    return made, buffer


def raised(made: Weights, buffer: Floats, chance: list[float]) -> Floats:
    sure = np.zeros(len(buffer), bool)
    return joint_losses(made, buffer, sure, np.array(chance), START).data


def plainly(amounts: list[tuple[int, float]], chance: list[float]) -> float:
    """The factor of party 0, one step after the other; guarantees have no part in it."""
    q, mean, variance, alone = 1.0, 0.0, 0.0, []
    for (relation, amount), p in zip(amounts, chance, strict=True):
        if relation == GUARANTEE:
            continue
        x = START.rho_trade_credit * amount
        q *= 1.0 - p
        mean += p * x
        variance += p * (1.0 - p) * x * x
        alone.append(p * float(norm.cdf(math.log(x) / START.sigma)))
    if len(alone) < 2:
        return 1.0
    q = 1.0 - q
    tau2 = math.log((variance + mean**2) * q / mean**2)
    wanted = q * float(norm.cdf((math.log(mean / q) - tau2 / 2) / math.sqrt(START.sigma**2 + tau2)))
    low, high = 1.0, 50.0
    for _ in range(60):
        middle = (low + high) / 2
        some = 1.0 - math.prod(1.0 - min(middle * one, 1.0) for one in alone)
        low, high = (middle, high) if some < wanted else (low, middle)
    return low


LINKS = st.lists(
    st.tuples(st.sampled_from([TRADE_CREDIT, GUARANTEE]), st.floats(0.05, 3.0), st.floats(0.001, 0.5)),
    min_size=2,
    max_size=12,
)


@settings(max_examples=200, deadline=None)
@given(LINKS)
def test_equal_to_the_plain_computation(links: list[tuple[int, float, float]]) -> None:
    amounts, chance = [(r, a) for r, a, _ in links], [p for *_, p in links]
    made, buffer = star(amounts)
    factor = np.array([1.0 if r == GUARANTEE else plainly(amounts, chance) for r, _ in amounts])
    want = np.minimum(1.0, made.csr.data * factor)
    found = raised(made, buffer, [0.0, *chance])
    assert found == pytest.approx(want, rel=1e-6)
    assert (found >= made.csr.data).all()


@pytest.mark.parametrize(("count", "amount", "chance"), [(10, 0.4, 0.1), (20, 0.3, 0.2), (40, 0.2, 0.1)])
def test_many_small_losses_break_as_often_as_their_sum_does(count: int, amount: float, chance: float) -> None:
    made, buffer = star([(TRADE_CREDIT, amount)] * count)
    generator = np.random.default_rng(1)
    sums = START.rho_trade_credit * amount * generator.binomial(count, chance, 400_000)
    truth = float((np.exp(START.sigma * generator.standard_normal(400_000)) < sums).mean())
    found = raised(made, buffer, [0.0] + [chance] * count)
    together = 1.0 - np.prod(1.0 - found * chance)
    alone = 1.0 - np.prod(1.0 - made.csr.data * chance)
    assert together == pytest.approx(truth, rel=0.15)
    assert alone < 0.8 * truth


def test_one_harming_party_keeps_its_weight_and_evidence_is_not_raised() -> None:
    for relation in (TRADE_CREDIT, GUARANTEE):
        made, buffer = star([(relation, 0.3)])
        assert raised(made, buffer, [0.0, 0.2]).tolist() == made.csr.data.tolist()
    plain, buffer = star([(TRADE_CREDIT, 0.3)] * 6)
    shared, _ = star([(TRADE_CREDIT, 0.3)] * 6, evidence((1, 0, PERSON, 1.0)))
    chance = [0.0] + [0.2] * 6
    assert raised(shared, buffer, chance) - raised(plain, buffer, chance) == pytest.approx(
        [0.15, 0.0, 0.0, 0.0, 0.0, 0.0], abs=1e-9
    )


def test_where_nobody_fails_nothing_is_raised_and_wrong_chances_are_refused() -> None:
    made, buffer = star([(TRADE_CREDIT, 0.3)] * 3)
    assert raised(made, buffer, [0.0] * 4).tolist() == made.csr.data.tolist()
    for wrong in ([0.1] * 3, [0.0, 1.5, 0.0, 0.0], [0.0, float("nan"), 0.0, 0.0]):
        with pytest.raises(ValueError, match="expected one in"):
            raised(made, buffer, wrong)
