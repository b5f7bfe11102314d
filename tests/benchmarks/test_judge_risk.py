"""The judge: baselines stay below what they approximate, isolation cuts, and the page says what was not met."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from algorithms.risk.fitting import called_weights
from benchmarks import contagion_models, group_page, judge_groups, judge_risk, risk_page, worlds
from benchmarks.world_cases import case


@pytest.fixture(scope="module")
def world() -> worlds.World:
    return worlds.make("b", 1)


def test_rounds_rise_to_the_solution(world: worlds.World) -> None:
    seen = case(world)
    one, two, many = (
        contagion_models.after_rounds(count, called_weights)(seen, judge_risk.START) for count in (1, 2, 400)
    )
    h = contagion_models.linear(seen, judge_risk.START)
    assert (one >= seen.own).all()
    assert (two >= one).all()
    assert many == pytest.approx(h, abs=1e-9)


def test_isolated_firms_harm_nobody_and_fail_as_before(world: worlds.World) -> None:
    firms = np.flatnonzero(world.known)
    cut = judge_risk.isolated(world, firms)
    assert not np.isin(cut.source, firms).any()
    assert judge_risk.by_contagion(cut, 100) < judge_risk.by_contagion(world, 100)
    assert np.array_equal(worlds.outcomes(cut, 100).alone, worlds.outcomes(world, 100).alone)


def _report(fitted: float) -> dict[str, Any]:
    """A report in which the fitted forecast has AUC* ``fitted``, all else 0.7, and the ceiling 0.8."""
    score = {"auc": 0.7, "ap": 0.4, "error": 0.01, "error_calibrated": 0.005}
    ceiling = {**score, "auc": 0.8, "base_rate": 0.05, "auc_of_half": 0.8, "ap_of_half": 0.4, "noise": 0.001}
    titles = [title for title, *_ in contagion_models.MODELS] + list(
        judge_risk.tree_columns(judge_risk.START)
    )
    models = {title: [score] * 5 for title in titles}
    models[risk_page.FITTED] = [{**score, "auc": fitted}] * 5
    return {
        "command": "judge",
        "machine": "none",
        "seconds": {"wall": 1, "cpu": 1},
        "draws": 100,
        "isolation_years": 0,
        "a": {"h": [{"spearman": 0.995, "below": 2.0}] * 5},
        "worlds": {
            name: {"ceiling": [ceiling] * 5, "models": dict(models), "fits": {}, "trees": {}}
            for name in risk_page.WORLDS
        },
    }


def test_the_page_says_which_targets_are_met() -> None:
    good, bad = (
        [line for line in risk_page.page(_report(auc)).splitlines() if "fitted: AUC* to the ceiling" in line]
        for auc in (0.7985, 0.75)
    )
    assert [line.rsplit("| ", 1)[1] for line in good] == [" |", "met |"]  # (b) has no target of its own
    assert [line.rsplit("| ", 1)[1] for line in bad] == [" |", "**not met** |"]


def test_judging_again_gives_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(judge_risk, "ISOLATED", 1)
    assert judge_risk.thresholds(20) == judge_risk.thresholds(20)
    assert judge_risk.isolation("b2", 20, 1) == judge_risk.isolation("b2", 20, 1)


def test_the_page_says_where_trees_with_the_forecast_win() -> None:
    report = _report(0.78)
    models = report["worlds"]["b"]["models"]
    better = {**models[risk_page.FITTED][0], "auc": 0.79}
    models[f"{risk_page.TREES[1]} and close groups"] = [better] * 5
    section = (
        risk_page.page(report)
        .split("## Trees with the chance by close groups as a feature")[1]
        .split("## ")[0]
    )
    won = [line for line in section.splitlines() if "**the trees win" in line]
    assert [line.split(" | ")[0] for line in won] == ["| (b) trees, two hops and close groups"]
    assert "the trees win: AUC*" in won[0]
    assert section.count("not beaten") == 3


def test_worlds_of_groups_are_told_with_their_targets() -> None:
    found = judge_groups.judge_all(("b2",), ("pairs, g 10",), (0,), 40)
    scores = found["pairs, g 10"]["b2"][0]
    assert scores["groups error"] < scores["h error"]
    assert scores["bound"] <= 1e-9
    told = group_page.section(found, 40)
    assert "1 test seeds, ceilings of 40 draws" in told
    assert told.count("| pairs, g 10 | b2 |") == 1
    exact = {"pairs, g 10": {"b2": [scores | {f"groups {each}": 0.0 for each in ("auc", "ap", "error")}]}}
    far = {"pairs, g 10": {"b2": [scores | {"groups auc": 0.0047, "groups ap": 0.0, "groups error": 0.0}]}}
    assert [met for *_, met in group_page.targets(exact)] == [True]
    assert [met for *_, met in group_page.targets(far)] == [False]
    level = scores | {"groups auc": 0.011, "h auc": 0.010}
    dense = {"dense trade": {"b": [level], "b2": [level]}}
    assert [met for what, *_, met in group_page.targets(dense) if "over h" in what] == [False, True]
