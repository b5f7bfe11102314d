"""Fitting on a site with a known truth: found, judged on a later year, used by every answer, and taken back."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from algorithms.risk.parameters import RiskParameters
from algorithms.risk.probability import IDENTITY
from ledger import documents
from ledger.backup import backup, restore
from services.analysis import analyse
from services.arrears.answer.model import Shock, ShockKind
from services.arrears.groups.clusters import clusters
from services.arrears.what_if.what_if import what_if
from services.arrears.why.trace import trace
from services.learning import cases, risk
from services.learning.cases import windows
from services.learning.risk import FitReport, fit_risk
from services.loading import ingest
from services.portrait import customer
from services.portrait import risk as risk_of
from services.risk.current import current
from services.risk.fitted import in_force, keep, reset
from services.risk.model import RiskModel
from services.risk.situation import fit_of, parameters_of
from services.settings import settings
from services.site import Site, open_site
from terms.errors import KehutuError
from tests.everyone import seen
from tests.history_site import TRUTH, write
from tests.small_site import write as write_small_site


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A site of two and a half years, analysed with the start values."""
    folder = tmp_path_factory.mktemp("history")
    chosen = settings(folder / "home")
    ingest(chosen, write(folder))
    with open_site(chosen) as opened:
        analyse(opened)
        yield opened


@pytest.fixture(scope="module")
def fitted(site: Site) -> tuple[FitReport, RiskModel, RiskModel]:
    """The report of a fit, the model before it and the one of the analysis after it."""
    _, before = current(site)
    report = fit_risk(site)
    analyse(site)
    return report, before, current(site)[1]


def test_years_do_not_overlap_and_know_nothing_later(site: Site) -> None:
    found = windows(site, date(2026, 1, 5), RiskParameters())
    assert [year.cut_off for year in found] == [date(2024, 1, 5), date(2025, 1, 5)]
    for year in found:
        assert not (year.case.judged & (year.case.own == 1.0)).any()
        assert year.defaults > 30
    in_default = [set(np.flatnonzero(year.case.own == 1.0).tolist()) for year in found]
    defaulted = set(np.flatnonzero(found[0].case.failures & found[0].case.judged).tolist())
    # Nothing is paid again in this site: who was in default, or got there, is in default a year later.
    assert in_default[0] | defaulted == in_default[1]


def test_the_truth_is_found_and_forecasts_the_later_year_better(
    fitted: tuple[FitReport, RiskModel, RiskModel],
) -> None:
    report = fitted[0]
    by_name = {each.name: each for each in report.estimates}
    for name in ("called", "rho_trade_credit", "sigma"):
        each = by_name[name]
        assert each.kept == ""
        # 95 % intervals of three values from one draw: within twice their width.
        width = np.log(each.high / each.low)
        assert abs(np.log(each.value / getattr(TRUTH, name))) < width
    assert {each.name for each in report.estimates if each.kept == "no links"} == {
        "rho_loan",
        "rho_ownership",
        "theta_person",
        "theta_premises",
        "theta_contact",
        "sigma_uncertain",
    }
    assert report.likelihood.fitted > report.likelihood.start
    assert report.parameters_in_force
    assert report.out_of_time.fitted > report.out_of_time.start
    assert report.ranking.auc > report.ranking_start.auc
    assert sum(band.parties for band in report.table) == report.judged.parties
    assert report.judged.defaults == round(sum(b.defaulted * b.parties for b in report.table))


def test_every_answer_uses_the_fit_and_money_adds_up(
    site: Site, fitted: tuple[FitReport, RiskModel, RiskModel]
) -> None:
    report, before, model = fitted
    run, _ = current(site)
    fit = fit_of(run)
    assert fit is not None
    assert fit.version == report.version == run.parts["risk"]["fit"]
    assert parameters_of(run).status == "fitted"
    assert model.probability == fit.probability
    assert before.probability == IDENTITY
    expected = np.rint(fit.probability(model.score) * model.inputs.lgd * model.exposure)
    assert np.array_equal(model.expected_loss, expected)

    at_risk = [int(at) for at in np.argsort(-model.expected_loss)[:5]]
    at_risk.append(int(np.argmax(np.where(model.own < 1.0, model.expected_loss, -1))))
    for party in at_risk:
        answer = trace(seen(site), model.ids[party])
        assert answer.parameters == "fitted"
        assert answer.score == model.score[party]
        assert answer.probability == fit.probability(model.score[[party]])[0]
        loss = answer.expected_loss.fen
        assert loss == model.expected_loss[party]
        assert sum(path.amount.fen for path in answer.paths) + answer.tail.amount.fen == loss
        assert all(0 < change.effect.fen <= loss for change in answer.would_change)

    found = clusters(seen(site), 100)
    assert found
    for cluster in found:
        assert sum(channel.amount.fen for channel in cluster.channels) == cluster.expected_loss.fen
        label = model.community_label(cluster.id)
        assert label is not None
        members = model.members(label)
        assert cluster.expected_loss.fen == model.expected_loss[members].sum()
        assert cluster.action is not None
        assert 0 < cluster.action.share <= 1 + 1e-9

    shown = risk_of(seen(site), customer(seen(site), "5500000007").id)
    assert shown is not None
    assert shown.arrears.probability == model.chance(shown.party)
    assert shown.expected_loss.fen == model.expected_loss[shown.party]


def test_a_what_if_costs_the_difference_of_two_analyses(
    site: Site, fitted: tuple[FitReport, RiskModel, RiskModel]
) -> None:
    model = fitted[2]
    party = int(
        np.argmax(np.where(model.own < 1.0, np.bincount(model.weights.csr.rows(), minlength=320), -1))
    )
    answer = what_if(seen(site), [Shock(ShockKind.DEFAULT, model.ids[party])])
    hit = {each.party.id: each for each in answer.hits}
    shocked = hit[model.ids[party]]
    whole = round(model.inputs.lgd[party] * model.exposure[party])
    assert shocked.loss.fen == whole - model.expected_loss[party]
    assert sum(each.loss.fen for each in answer.hits) + answer.rest.loss.fen == answer.total_loss.fen
    for name, each in hit.items():
        at = model.party(name)
        assert at is not None
        assert each.before == model.chance(at)
        assert (
            each.loss.fen
            == round(each.after * model.inputs.lgd[at] * model.exposure[at]) - model.expected_loss[at]
        )


def test_fitting_again_gives_the_same_and_a_backup_carries_it(
    site: Site, fitted: tuple[FitReport, RiskModel, RiskModel], tmp_path: Path
) -> None:
    report = fitted[0]
    assert fit_risk(site) == report
    backup(site.ledger, tmp_path / "backup")
    restore(tmp_path / "backup", tmp_path / "home")
    carried, here = in_force(tmp_path / "home"), in_force(site.home)
    assert carried == here
    assert carried is not None
    assert carried.version == report.version


def test_too_short_and_too_few_are_refused(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(KehutuError) as short:
        fit_risk(site, as_of=date(2025, 11, 5))
    assert short.value.code == "FIT_HISTORY_SHORT"
    assert short.value.details == {"found": 29, "needed": cases.LEAST_HISTORY}
    monkeypatch.setattr(risk, "LEAST_DEFAULTS", 10_000)
    with pytest.raises(KehutuError) as few:
        fit_risk(site)
    assert few.value.code == "FIT_TOO_FEW"


def test_after_a_reset_the_start_values_hold_again(
    site: Site, fitted: tuple[FitReport, RiskModel, RiskModel]
) -> None:
    before = fitted[1]
    kept = in_force(site.home)
    assert kept is not None
    assert reset(site.home)
    assert not reset(site.home)
    report = analyse(site)
    assert (report.risk.parameters, report.risk.fit) == ("unfitted", None)
    run, model = current(site)
    assert fit_of(run) is None
    assert np.array_equal(model.expected_loss, before.expected_loss)
    assert trace(seen(site), model.ids[0]).parameters == "unfitted"
    # The version is still there, for whoever wants to know what an earlier run was made with.
    assert documents.read(site.home, "fits", f"risk-{kept.version}") is not None


def test_a_site_without_history_is_refused(tmp_path: Path) -> None:
    chosen = settings(tmp_path / "home")
    ingest(chosen, write_small_site(tmp_path / "small"))
    with open_site(chosen) as opened, pytest.raises(KehutuError) as caught:
        fit_risk(opened)
    assert caught.value.code == "FIT_HISTORY_SHORT"


def test_a_damaged_fit_is_named(tmp_path: Path) -> None:
    kept = keep(tmp_path, replace(RiskParameters(), fitted=True), IDENTITY, {"as_of": "2026-01-05"})
    assert in_force(tmp_path) == kept
    for text in (b"{", b"{}", b'{"version": "x", "parameters": {"rho_guarantee": -1}, "probability": null}'):
        documents.write(tmp_path, "fits", "risk", text)
        with pytest.raises(KehutuError) as caught:
            in_force(tmp_path)
        assert caught.value.code == "FIT_DAMAGED"
