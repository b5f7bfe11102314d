"""The utility world and the small published networks, as the page reports them."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from algorithms.risk.fitting import Case
from algorithms.risk.parameters import GUARANTEE
from algorithms.risk.weights import EvidenceEdges, MoneyEdges
from benchmarks import contagion_small, judge_world, risk_page

BANKS = {
    "shock_chain": [
        {"name": "A", "extasset": 10.0, "extliab": 9.0, "ibasset": {"B": 0.5}},
        {"name": "B", "extasset": 5.0, "extliab": 4.0, "ibliabtot": 0.5},
    ],
    "shock_cycle": [
        {"name": "A", "extasset": 10.0, "extliab": 9.0, "ibasset": {"B": 0.5}, "ibliabtot": 0.5},
        {"name": "B", "extasset": 5.0, "extliab": 4.0, "ibasset": {"A": 0.5}, "ibliabtot": 0.5},
    ],
    "shock_tree": [
        {"name": "A", "extasset": 3.0, "extliab": 2.0},
        {"name": "B", "extasset": 2.0, "extliab": 1.0, "ibasset": {"A": 0.5}},
    ],
}


@pytest.fixture
def measured(tmp_path: Path) -> dict[str, dict[str, object]]:
    for name, banks in BANKS.items():
        (tmp_path / f"{name}.json").write_text(json.dumps(banks), encoding="utf-8")
    return contagion_small.measure(tmp_path)


def test_losses_are_those_of_the_closed_form(measured: dict[str, dict[str, object]]) -> None:
    # A owns 1.5 and loses 0.2 of its own; B loses 0.1 of 0.5, a fifth; a third of that reaches A.
    assert measured["shock_chain"]["lost"] == pytest.approx([0.2 / 1.5 + 0.2 / 3, 0.2], abs=1e-6)
    for found in measured.values():
        assert found["lost"] == found["closed_form"]
        assert isinstance(found["distance"], float)
        assert found["distance"] < 1e-12


def test_another_data_set_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        contagion_small.measure(tmp_path)


def test_linked_are_those_that_a_failure_would_cost_money() -> None:
    nothing = np.zeros(4, np.int64)
    seen = Case(
        money=MoneyEdges(np.array([0, 2]), np.array([1, 2]), np.array([GUARANTEE] * 2), np.array([1.0, 1.0])),
        evidence=EvidenceEdges.none(),
        buffer=np.ones(4),
        uncertain_buffer=np.zeros(4, bool),
        own=np.zeros(4),
        judged=np.array([True, True, True, False]),
        failures=nothing,
    )
    assert judge_world._linked(seen).judged.tolist() == [False, True, False, False]


def test_the_page_tells_both(measured: dict[str, dict[str, object]]) -> None:
    score = {"auc": 0.7, "ap": 0.1, "auc_linked": 0.6, "ap_linked": 0.2}
    titles = ("own record", risk_page.FITTED, *risk_page.TREES)
    count = [{"parties": 100, "defaults": 4}] * 5
    report = {
        "utility_world": {
            "customers": 700,
            "seeds": 5,
            "learned": count,
            "judged": count,
            "linked": count,
            "estimates": [
                {
                    "name": "sigma",
                    "start": 0.8,
                    "value": 0.8,
                    "low": 0.1,
                    "high": 6.0,
                    "kept": "too little data",
                }
            ],
            "models": {title: [score] * 5 for title in titles},
        },
        "contagion_small": measured,
    }
    told = risk_page.utility_world(report)
    assert "20 defaults of 500 parties" in " ".join(told.split())
    assert "| sigma | 0.8 | 0.8 | 0.1 to 6 | kept: too little data |" in told
    assert "| AUC, over own record | +0.0000 [+0.0000, +0.0000] | undecided |" in told
    assert "| shock_cycle |" in risk_page.small_networks(report)
    assert risk_page.utility_world({}) == risk_page.small_networks({}) == ""
