"""Estimated parameters are those that the outcomes were made with; what the data do not tell is kept and says so."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from algorithms.risk.estimation import ESTIMATED, Estimation, estimate
from algorithms.risk.fitting import Case, failing, log_likelihood
from algorithms.risk.parameters import (
    CONTACT,
    GUARANTEE,
    PERSON,
    TRADE_CREDIT,
    RiskParameters,
)
from algorithms.risk.weights import EvidenceEdges, MoneyEdges

START = RiskParameters()


def _case(truth: RiskParameters, seed: int, *, years: int, size: int = 500) -> Case:
    """Money by guarantees and trade, evidence by persons and contacts; outcomes drawn from the model's own forecast.

    Half of the buffers are uncertain.
    """
    generator = np.random.default_rng(seed)
    links = 3 * size // 2
    money = MoneyEdges(
        generator.integers(0, size, links),
        generator.integers(0, size, links),
        generator.choice([GUARANTEE, TRADE_CREDIT], links),
        generator.lognormal(0.0, 1.0, links),
    )
    evidence = EvidenceEdges(
        generator.integers(0, size, size),
        generator.integers(0, size, size),
        generator.choice([PERSON, CONTACT], size),
        np.ones(size),
    )
    known = generator.random(size) < 0.08
    case = Case(
        money,
        evidence,
        generator.lognormal(0.5, 0.5, size),
        generator.random(size) < 0.5,
        np.where(known, 1.0, generator.uniform(0.0, 0.05, size)),
        ~known,
        np.zeros(size, np.int64),
        years,
    )
    return replace(case, failures=generator.binomial(years, failing(case, truth)))


@pytest.fixture(scope="module")
def found() -> Estimation:
    truth = RiskParameters(
        called=0.8,
        rho_trade_credit=0.25,
        theta_person=0.3,
        theta_contact=0.05,
        sigma=0.5,
        sigma_uncertain=1.6,
    )
    return estimate([_case(truth, 1, years=120)], START)


def test_the_values_that_made_the_outcomes_lie_in_the_intervals(found: Estimation) -> None:
    truth = {"called": 0.8, "rho_trade_credit": 0.25, "theta_person": 0.3, "theta_contact": 0.05}
    truth |= {"sigma": 0.5, "sigma_uncertain": 1.6}
    by_name = {each.name: each for each in found.estimates}
    for name, value in truth.items():
        assert by_name[name].kept == ""
        assert by_name[name].low <= value <= by_name[name].high
        assert by_name[name].value == pytest.approx(value, rel=0.25)
        assert getattr(found.parameters, name) == by_name[name].value
    assert found.parameters.status == "fitted"
    assert found.after > found.before


def test_what_no_link_depends_on_is_kept(found: Estimation) -> None:
    kept = {each.name: each for each in found.estimates if each.kept}
    assert set(kept) == {"rho_loan", "rho_ownership", "theta_premises"}
    for name, each in kept.items():
        assert each.kept == "no links"
        assert each.value == each.start == getattr(START, name) == getattr(found.parameters, name)


def test_with_little_data_everything_is_kept() -> None:
    case = _case(START, 7, years=1, size=12)
    found = estimate([case], START)
    assert {each.kept for each in found.estimates} <= {"no links", "too little data"}
    assert found.parameters == START
    assert found.parameters.status == "unfitted"
    assert found.after == found.before


@settings(max_examples=6, deadline=None)
@given(seed=st.integers(0, 1000), years=st.integers(1, 8))
def test_the_likelihood_never_falls(seed: int, years: int) -> None:
    case = _case(RiskParameters(called=0.8, sigma=0.6), seed, years=years, size=120)
    found = estimate([case], START, ("called", "theta_person", "sigma"))
    assert found.after >= found.before
    assert found.after == pytest.approx(log_likelihood([case], found.parameters), abs=1e-12)
    for each in found.estimates:
        assert each.low <= each.value <= each.high


def test_equal_input_gives_equal_estimates() -> None:
    case = _case(START, 5, years=20, size=120)
    names = ("called", "sigma")
    assert estimate([case], START, names) == estimate([case], START, names)


def test_wrong_input_is_named() -> None:
    case = _case(START, 3, years=1, size=40)
    with pytest.raises(ValueError, match="rho_parent_support"):
        estimate([case], START, [*ESTIMATED, "rho_parent_support"])
    with pytest.raises(ValueError, match="judged"):
        estimate([replace(case, judged=np.zeros(40, bool))], START)
