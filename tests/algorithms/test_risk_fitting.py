"""Fitted parameters are those that the outcomes were made with, and every wrong input says so."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from algorithms.risk.fitting import Case, failing, fit, log_likelihood
from algorithms.risk.parameters import GUARANTEE, TRADE_CREDIT, RiskParameters
from algorithms.risk.weights import EvidenceEdges, MoneyEdges


def _case(truth: RiskParameters, seed: int, years: int) -> Case:
    """600 parties, 900 links; outcomes drawn from the model's own forecast."""
    generator = np.random.default_rng(seed)
    size, links = 600, 900
    money = MoneyEdges(
        generator.integers(0, size, links),
        generator.integers(0, size, links),
        generator.choice([GUARANTEE, TRADE_CREDIT], links),
        generator.lognormal(0.0, 1.0, links),
    )
    known = generator.random(size) < 0.05
    own = np.where(known, 1.0, generator.uniform(0.0, 0.05, size))
    buffer = generator.lognormal(0.5, 0.5, size)
    case = Case(
        money,
        EvidenceEdges.none(),
        buffer,
        np.zeros(size, bool),
        own,
        ~known,
        np.zeros(size, np.int64),
        years,
    )
    return replace(case, failures=generator.binomial(years, failing(case, truth)))


def test_the_values_that_made_the_outcomes_are_found() -> None:
    truth = RiskParameters(called=0.8, rho_trade_credit=0.3, sigma=0.5)
    cases = [_case(truth, 1, years=500)]
    names = ("called", "rho_trade_credit", "sigma")
    found = fit(cases, RiskParameters(), names)
    for name in names:
        assert getattr(found.parameters, name) == pytest.approx(getattr(truth, name), rel=0.1)
    assert found.parameters.status == "fitted"
    assert found.after > found.before
    assert found.after >= log_likelihood(cases, truth) - 1e-9
    assert found.parameters.rho_loan == RiskParameters().rho_loan


def test_equal_input_gives_equal_parameters() -> None:
    case = _case(RiskParameters(), 5, years=5)
    assert fit([case], RiskParameters(), ["sigma"]) == fit([case], RiskParameters(), ["sigma"])


def test_wrong_input_is_named() -> None:
    case = _case(RiskParameters(), 3, years=1)
    with pytest.raises(ValueError, match="rho_nothing"):
        fit([case], RiskParameters(), ["rho_nothing"])
    with pytest.raises(ValueError, match="rho_parent_support"):
        fit([case], RiskParameters(), ["rho_parent_support"])
    with pytest.raises(ValueError, match=r"called = 1\.0 at the start, expected above 0 and below 1"):
        fit([case], RiskParameters(called=1.0), ["called"])
    with pytest.raises(ValueError, match="judged"):
        fit([replace(case, judged=np.zeros(600, bool))], RiskParameters(), ["sigma"])
