"""The evaluator of reference cases: what agrees, what fails, what cannot be read."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from services.evaluation.reference import SUITES, differences, evaluate

RING = {
    "id": "ring",
    "input": {
        "nodes": ["b", "a"],
        "edges": [{"from": "a", "to": "b", "weight": 0.5}, {"from": "b", "to": "a", "amount": 1.0}],
        "equity": {"a": 2.0},
        "seeds": {"a": 0.3},
    },
    "expected": {
        "h": {"a": 0.4},
        "h_exact": {"a": "2/5", "b": "1/5"},
        "capped": [],
        "spectral_radius_W": 0.5,
    },
    "tolerance": {"abs": 1e-9, "rel": 0.0},
}


def write(folder: Path, suite: str, *cases: object) -> Path:
    file = folder / f"{suite}.json"
    file.write_text(json.dumps({"suite": suite, "definition": "", "cases": cases}))
    return file


def test_a_right_case_passes_and_names_its_order_does_not_matter(tmp_path: Path) -> None:
    assert evaluate([write(tmp_path, "linear_debtrank", RING)]) == (1, [])
    assert evaluate([tmp_path]) == (1, [])


def test_a_wrong_figure_is_named_with_what_was_got_and_wanted(tmp_path: Path) -> None:
    wrong = RING | {"expected": {"h": {"a": 0.41, "b": 0.21}}}
    passed, failed = evaluate([write(tmp_path, "linear_debtrank", wrong, RING)])
    assert passed == 1
    assert len(failed) == 1
    assert failed[0].startswith("FAILED linear_debtrank/ring: h.a got 0.")
    assert failed[0].endswith("want 0.41 (and 1 more)")


def test_what_cannot_be_read_fails_and_is_never_skipped(tmp_path: Path) -> None:
    write(tmp_path, "linear_debtrank", {"id": "x"}, "nonsense", RING | {"tolerance": {}})
    write(tmp_path, "never_heard_of", RING)
    (tmp_path / "broken.json").write_text("{")
    (tmp_path / "other.json").write_text("[1]")
    (tmp_path / "empty").mkdir()
    passed, failed = evaluate([tmp_path, tmp_path / "missing.json", tmp_path / "empty"])
    assert passed == 0
    assert len(failed) == 8
    assert any("unknown suite" in line for line in failed)
    assert any("empty: no suite found" in line for line in failed)


@pytest.mark.parametrize(
    ("got", "want", "agrees"),
    [
        ({"a": 1.0, "more": 5}, {"a": 1.0}, True),
        ({}, {"a": 0.0}, True),
        ({}, {"a": 0.1}, False),
        ({"a": {}}, {"a": {"b": 0}}, True),
        ({}, {"a": []}, False),
        ({"a": True}, {"a": 1}, False),
        ({"a": float("nan")}, {"a": 1.0}, False),
        ({"a": ["x"]}, {"a": ["x", "y"]}, False),
        ({"a": ["y", "x"]}, {"a": ["x", "y"]}, False),
        ({"a": 2 / 3}, {"a_exact": "2/3"}, True),
        ({"a": {"k": 0.5}}, {"a_exact": {"k": "1/3"}}, False),
        ([{"walk": ["a"], "share": 0.5}, {"walk": ["b"], "share": 0.3}], [], False),
        (
            [{"walk": ["b"], "share": 0.3}, {"walk": ["a"], "share": 0.5}],
            [{"walk": ["a"], "share": 0.5}, {"walk": ["b"], "share": 0.3}],
            True,
        ),
        ([{"walk": ["a"], "share": 0.5}], [{"walk": ["b"], "share": 0.5}], False),
        (
            [{"walk": ["a"], "share": 0.5}, {"walk": ["c"], "share": 0.5}],
            [{"walk": ["b"], "share": 0.5}, {"walk": ["a"], "share": 0.5}],
            True,
        ),
    ],
)
def test_what_counts_as_agreement(got: object, want: object, agrees: bool) -> None:
    assert (list(differences(got, want, 1e-9, 0.0)) == []) is agrees


def test_every_suite_has_an_adapter_that_answers_a_small_case(tmp_path: Path) -> None:
    chain = {
        "nodes": ["a", "b"],
        "edges": [{"from": "a", "to": "b", "amount": 1.0}],
        "equity": {"a": 1, "b": 2},
    }
    small = {
        "additive_attribution": (
            chain | {"seeds": {"a": 0.5}, "targets": ["b"], "K": 3, "money_weight": {"b": 8.0}},
            {
                "explain": {
                    "b": {"walks": [{"walk": ["a", "b"], "share": 1.0, "money": 2.0}], "tail_share": 0}
                }
            },
        ),
        "clearing": (
            {
                "nodes": ["a", "b"],
                "L": [[0, 4], [0, 0]],
                "e": {"a": 3},
                "ext": {"a": 2},
                "seniority": "senior",
            },
            {"p": {"a": 1.0}, "defaulted": ["a"], "shortfall": {"a": 3.0}, "fictitious_default_rounds": 1},
        ),
        "close_groups": (
            {
                "nodes": ["a", "b"],
                "edges": [{"from": "a", "to": "b", "weight": 0.5}, {"from": "b", "to": "a", "weight": 0.5}],
                "seeds": {"a": 0.3, "b": 0.3},
                "target": "b",
            },
            {
                "p": {"a": 0.405, "b": 0.405},
                "group": ["a", "b"],
                "paths": [{"parties": ["b"], "share": 2 / 3}, {"parties": ["a", "b"], "share": 1 / 3}],
            },
        ),
        "debtrank_2012": (
            chain | {"seeds": {"a": 1}, "economic_value": {"a": 1, "b": 3}},
            {"h": {"b": 0.5}, "debtrank": 0.375, "steps_T": 3},
        ),
        "guarantee_circles": (
            {"guarantees": [{"guarantor": "a", "borrower": "a", "amount": 2}]},
            {"circles": [{"members": ["a"], "kind": "self"}], "elementary_cycles": [{"bottleneck": 2.0}]},
        ),
        "linear_debtrank": (chain | {"seeds": {"a": 1}}, {"raw": {"b": 0.5}, "equity_loss": {"b": 1.0}}),
        "metrics": ({"curve": [1, 2], "rated": 1}, {"max_load_rate": 2, "samples_above_100pct": 1}),
        "ownership": (
            {"persons": ["p"], "companies": ["c"], "holdings": [{"owner": "p", "company": "c", "share": 1}]},
            {"ultimate": {"c": {"p": 1}}, "beneficial_owners": {"c": ["p"]}, "shares_complete": True},
        ),
        "personalised_pagerank": (
            chain | {"seeds": {"a": 1}, "restart": 0.5, "undirected": True},
            {"pi": {"a": 2 / 3, "b": 1 / 3}},
        ),
        "what_if": (
            chain | {"default": "a", "ead": {"b": 100}, "lgd": {"b": 0.5}},
            {"utility_hit": {"b": 25}, "ranking_others": ["b"], "equity_hit": {"b": 1.0}},
        ),
    }
    assert set(small) == set(SUITES)
    for suite, (given, expected) in small.items():
        case = {"id": "1", "input": given, "expected": expected, "tolerance": {"abs": 1e-9, "rel": 1e-9}}
        write(tmp_path, suite, case)
    assert evaluate([tmp_path]) == (10, [])
