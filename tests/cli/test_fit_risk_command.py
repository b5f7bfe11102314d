"""``kehutu fit risk`` as its user calls it; what it finds is tested in tests/services/test_fitting_risk.py."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from algorithms.risk.estimation import Estimate
from algorithms.risk.parameters import RiskParameters
from algorithms.risk.probability import IDENTITY
from cli import fit
from cli.main import main
from services.learning.risk import Band, Calibrated, FitReport, Likelihoods, Ranking, Year
from services.risk.fitted import in_force, keep
from services.site import Site

REPORT = FitReport(
    version="fit-0123456789",
    as_of=date(2026, 1, 5),
    learned=(Year(date(2024, 1, 5), 400, 60),),
    judged=Year(date(2025, 1, 5), 380, 45),
    estimates=(
        Estimate("called", 0.6, 0.7, 0.55, 0.82, ""),
        Estimate("rho_loan", 0.45, 0.45, 0.06, 3.2, "no links"),
        Estimate("sigma", 0.8, 0.8, 0.1, 5.7, "too little data"),
    ),
    parameters_in_force=True,
    likelihood=Likelihoods(-0.31, -0.25),
    out_of_time=Likelihoods(-0.30, -0.26),
    ranking_start=Ranking(0.8, 0.4),
    ranking=Ranking(0.85, 0.5),
    calibration=Calibrated("platt", True, 45, -0.26, -0.25, 0.08, 0.07),
    table=(Band(0.0, 0.01, 300, 0.004, 0.006, 0.01),),
)


def run(*words: object) -> Result:
    return CliRunner().invoke(main, [str(word) for word in words])


def test_without_history_it_refuses_and_says_what_it_needs(small_site: Site) -> None:
    answer = run("fit", "risk", "--home", small_site.home, "--json")
    assert answer.exit_code == 1
    assert "FIT_HISTORY_SHORT" in answer.output
    assert in_force(small_site.home) is None


def test_reset_goes_back_and_says_whether_there_was_anything(tmp_path: Path) -> None:
    keep(tmp_path, replace(RiskParameters(), rho_loan=0.3, fitted=True), IDENTITY, {})
    answer = run("fit", "risk", "--reset", "--home", tmp_path, "--json")
    assert (answer.exit_code, json.loads(answer.stdout)) == (0, {"reset": True})
    assert in_force(tmp_path) is None
    assert json.loads(run("fit", "risk", "--reset", "--home", tmp_path, "--json").stdout) == {"reset": False}
    assert "held already" in run("fit", "risk", "--reset", "--home", tmp_path).output
    assert "当前已是初始值" in run("fit", "risk", "--reset", "--home", tmp_path, "--lang", "zh").output


def test_a_report_tells_what_was_used_and_what_was_kept(capsys: pytest.CaptureFixture[str]) -> None:
    fit._print(REPORT, "en")
    told = " ".join(capsys.readouterr().out.split())
    for words in (
        "Learned from 2024-01-05 (60 of 400 parties defaulted); judged by the twelve months after 2025-01-05",
        "kept: no link depends on it",
        "kept: too little data",
        "The fitted ones are used",
        "AUC 0.800 to 0.850",
        "g, from score to probability: platt, learned from 45 defaults",
        "In force from the next `kehutu analyse` on: fit-0123456789.",
    ):
        assert words in told
    fit._print(REPORT, "zh")
    assert "检验年度" in capsys.readouterr().out
    worse = replace(
        REPORT,
        version=None,
        parameters_in_force=False,
        calibration=replace(REPORT.calibration, kind="identity", in_force=False),
    )
    fit._print(worse, "en")
    told = " ".join(capsys.readouterr().out.split())
    assert "the start values stay" in told
    assert "stays the identity" in told
    assert "Nothing was put in force." in told
