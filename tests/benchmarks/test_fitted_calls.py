"""The chance of a call is found from what became of a world whose guarantees are called with .6, from any start."""

from __future__ import annotations

from dataclasses import replace

import pytest

from algorithms.risk.estimation import estimate
from algorithms.risk.parameters import RiskParameters
from benchmarks import worlds
from benchmarks.world_cases import case

NAMES = ("called", "rho_trade_credit", "sigma")


@pytest.mark.parametrize("start", [0.25, 0.9])
def test_the_chance_of_a_call_is_found_from_a_world(start: float) -> None:
    """Pairs whose guarantees are ten times the buffer: a call breaks the guarantor, so failures tell of calls."""
    seen = case(worlds.make("b2", 1000, "pairs, g 10"), 100)
    found = estimate([seen], replace(RiskParameters(), called=start), NAMES)
    called = next(each for each in found.estimates if each.name == "called")
    assert called.kept == ""
    assert called.low <= 0.6 <= called.high
    assert called.value == pytest.approx(0.6, abs=0.06)
    assert called.high - called.low < 0.2
    assert found.parameters.called == called.value
    assert found.after > found.before
