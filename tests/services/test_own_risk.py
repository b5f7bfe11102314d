"""``kehutu fit own-risk`` on a site: what it learns, what an analysis makes of it, and what it refuses."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner, Result
from fastapi.testclient import TestClient
from hypothesis import given
from hypothesis import strategies as st

from algorithms.own_risk.records import known_at
from api.app import create_app
from cli.main import main
from ledger import backup, runs
from services.analysis import analyse
from services.arrears.why.own_record import own_risk, record_of
from services.learning.own_risk import fit_own_risk
from services.loading import ingest
from services.own_risk import kept
from services.own_risk.registers import is_nan
from services.portrait import customer
from services.reading.runs import own_model
from services.risk.current import current
from services.risk.inputs import exposure
from services.risk.parts.own_risk import OWN_RISK as PART
from services.risk.situation import parameters_of
from services.settings import settings
from services.site import Site, open_site
from terms.cautions import sentence
from tests.everyone import seen
from tests.payers_site import IN_DEFAULT, STEADY_ONE, UNTIL, WITHOUT_BILLS, write

OWN_RISK = """
query ($id: ID!) {
  customer(id: $id) {
    arrears { probability }
    ownRisk { probability nextBillLate model reasons { feature text value unit odds } }
  }
}
"""


def run(*words: object) -> Result:
    return CliRunner().invoke(main, [str(word) for word in words])


@dataclass(frozen=True)
class Fitted:
    """The site, once before and once after the fit."""

    site: Site
    before: dict[str, float]
    card: dict[str, Any]


def own(site: Site) -> dict[str, float]:
    """Own distress by customer number in the current run."""
    _, model = current(site)
    return {
        name.split(":")[1]: float(model.own[model.inputs.customer_party[k]])
        for k, name in enumerate(model.inputs.customers)
    }


@pytest.fixture(scope="module")
def fitted(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Fitted]:
    folder = tmp_path_factory.mktemp("payers")
    chosen = settings(folder / "home")
    ingest(chosen, write(folder))
    with open_site(chosen) as site:
        assert analyse(site).risk.own_risk == "start rule"
        before = own(site)
        answer = run("fit", "own-risk", "--home", site.home, "--json")
        assert answer.exit_code == 0, answer.output
        report = analyse(site)
        card = json.loads(answer.stdout)
        assert report.risk.own_risk == card["version"]
        yield Fitted(site, before, card)


def test_the_card_says_what_was_learned_from_and_that_it_beats_the_rule_and_the_dummy(fitted: Fitted) -> None:
    card = fitted.card
    assert card["until"] == UNTIL.isoformat()
    for target in card["targets"]:
        model, rule, dummy = (judged["scores"] for judged in target["judged"])
        assert model["auc"]["low"] > dummy["auc"]["high"]
        assert model["brier"]["value"] < min(rule["brier"]["value"], dummy["brier"]["value"])
        assert max(target["learnedFrom"]) < min(target["judgedOn"])
        assert target["model"] == min(target["logLoss"], key=target["logLoss"].__getitem__)
    default, late = card["targets"]
    assert not default["gap"]  # two years and a quarter hold no year before a year
    assert late["gap"]


def test_an_analysis_puts_forecasts_in_the_place_of_the_rule(fitted: Fitted) -> None:
    after = own(fitted.site)
    assert after[IN_DEFAULT] == fitted.before[IN_DEFAULT] == 1.0
    assert after[WITHOUT_BILLS] == fitted.before[WITHOUT_BILLS] == 0.0
    changed = [name for name, value in after.items() if value != fitted.before[name]]
    assert len(changed) > len(after) / 2
    assert 0.0 < after[STEADY_ONE] < 0.1
    late = [name for name, value in fitted.before.items() if 0.1 < value < 1.0]
    assert np.mean([after[name] for name in late]) > 3 * after[STEADY_ONE]


def test_a_run_names_the_model_and_keeps_its_forecasts(fitted: Fitted) -> None:
    head, model = current(fitted.site)
    assert head.parts[PART.name]["model"] == fitted.card["version"]
    place = model.customer(f"customer:{WITHOUT_BILLS}")
    assert place is not None
    assert np.isnan(model.forecasts.default[place])
    assert np.isnan(model.forecasts.next_bill[place])
    known = ~np.isnan(model.forecasts.default)
    assert known.sum() == len(model.inputs.customers) - 1
    assert ((model.forecasts.default[known] > 0) & (model.forecasts.default[known] <= 1)).all()
    assert analyse(fitted.site).unchanged


def test_the_portrait_tells_the_forecast_and_its_reasons(fitted: Fitted) -> None:
    with TestClient(create_app(fitted.site)) as client:

        def asked(number: str, **headers: str) -> dict[str, Any]:
            body = {"query": OWN_RISK, "variables": {"id": number}}
            answer: dict[str, Any] = client.post("/graphql", json=body, headers=headers).json()
            assert "errors" not in answer, answer
            found: dict[str, Any] = answer["data"]["customer"]["ownRisk"]
            return found

        steady, chinese = asked(STEADY_ONE), asked(STEADY_ONE, **{"accept-language": "zh"})
        none = asked(WITHOUT_BILLS)
    assert steady["model"] == fitted.card["version"]
    assert steady["probability"] == pytest.approx(own(fitted.site)[STEADY_ONE])
    assert 0 < steady["nextBillLate"] < 0.3
    strength = [abs(np.log(reason["odds"])) for reason in steady["reasons"]]
    assert strength == sorted(strength, reverse=True)
    assert steady["reasons"]
    assert {r["feature"] for r in steady["reasons"]} <= set(fitted.card["targets"][0]["weights"])
    assert all("\u4e00" <= reason["text"][0] <= "\u9fff" for reason in chinese["reasons"])
    assert none == {"probability": None, "nextBillLate": None, "model": fitted.card["version"], "reasons": []}


def test_reasons_tell_all_of_the_forecast_of_the_run(fitted: Fitted) -> None:
    """What a portrait says of a customer gives the forecast that the run has of it, and its reasons make all of it."""
    head, model = current(fitted.site)
    who = seen(fitted.site)
    made_with = own_model(who, head)
    assert made_with is not None
    version, learned = made_with
    assert learned is not None
    told = 0
    for place, name in enumerate(model.inputs.customers):
        row = customer(who, name)
        answer = own_risk(who, head, model, row, top=1_000)
        assert answer is not None
        assert answer.model == version
        chance = model.forecasts.default[place]
        if np.isnan(chance) or chance == 1.0:
            continue
        told += 1
        base = learned.default.model.base
        odds = base + sum(np.log(reason.odds) for reason in answer.reasons)
        before = np.array([1 / (1 + np.exp(-odds))])
        assert learned.default.calibration.apply(before)[0] == pytest.approx(chance, rel=1e-9)
        assert answer.probability == chance
        assert answer.next_bill_late == model.forecasts.next_bill[place]
    assert told > 20


def test_a_day_before_the_end_of_the_data_keeps_the_start_rule(fitted: Fitted) -> None:
    head, _ = current(fitted.site)
    earlier = exposure(fitted.site, np.datetime64("2025-06-05"), parameters_of(head))
    assert earlier.forecasts is None
    (caution,) = [c for c in earlier.cautions if c.subject == fitted.card["version"]]
    assert fitted.card["version"] in sentence(caution.code, "en", subject=caution.subject)
    assert set(earlier.parties.own) <= {k / 24 for k in range(13)} | {1.0}


def test_people_read_the_card_in_both_languages(fitted: Fitted) -> None:
    home = fitted.site.home
    english, chinese = (
        run("fit", "own-risk", "--show", "--home", home, "--lang", lang).stdout for lang in ("en", "zh")
    )
    assert fitted.card["version"] in english
    for part in ("start rule", "Not for", "late among the last twelve bills", "share months"):
        assert part in english
    for part in ("不得用于", "最近12期账单逾期占比", "历史太短"):
        assert part in chinese
    assert (home / "columns" / "fits" / f"{fitted.card['version']}.md").read_text() == english.rstrip(
        "\n"
    ) + "\n"


def test_a_backup_carries_the_model(fitted: Fitted, tmp_path: Path) -> None:
    backup.backup(fitted.site.ledger, tmp_path / "kept")
    backup.restore(tmp_path / "kept", tmp_path / "home")
    restored, model = kept.in_force(tmp_path / "home"), kept.in_force(fitted.site.home)
    assert restored is not None
    assert model is not None
    assert restored.card == model.card


def test_the_same_record_gives_the_same_model_to_the_byte(fitted: Fitted) -> None:
    path = fitted.site.home / "columns" / "fits" / "own-risk.json"
    first = path.read_bytes()
    assert fit_own_risk(fitted.site).version == fitted.card["version"]
    assert path.read_bytes() == first


@pytest.mark.parametrize(
    ("until", "code", "said"),
    [
        (
            "2024-12-31",
            "OWN_RISK_SHORT",
            "Until 2024-12-31 there are 13 months of bills; learning own risk needs 20.",
        ),
        (
            "2025-07-31",
            "OWN_RISK_TOO_FEW",
            "customers have an outcome to learn from until 2025-07-31; 40 are needed.",
        ),
    ],
)
def test_a_record_that_is_too_short_is_refused_and_the_model_in_force_stays(
    fitted: Fitted, until: str, code: str, said: str
) -> None:
    refused = run("fit", "own-risk", "--as-of", until, "--home", fitted.site.home)
    assert refused.exit_code == 1
    assert code in refused.output
    assert said in refused.output
    model = kept.in_force(fitted.site.home)
    assert model is not None
    assert model.until == date(2026, 1, 5)


def test_a_damaged_model_is_named(tmp_path: Path) -> None:
    folder = tmp_path / "columns" / "fits"
    folder.mkdir(parents=True)
    (folder / "own-risk.json").write_text('{"card": {}}')
    refused = run("fit", "own-risk", "--show", "--home", tmp_path)
    assert "FIT_DAMAGED" in refused.output
    assert "own-risk.json" in refused.output


def test_without_a_model_there_is_no_card_and_nothing_to_take_back(tmp_path: Path) -> None:
    shown = run("fit", "own-risk", "--show", "--home", tmp_path)
    assert shown.exit_code == 1
    assert "OWN_RISK_NONE" in shown.output
    assert "held already" in run("fit", "own-risk", "--reset", "--home", tmp_path).output


def test_taking_the_model_back_brings_the_start_rule_and_leaves_earlier_runs_as_they_are(
    fitted: Fitted,
) -> None:
    with_model, _ = current(fitted.site)
    assert run("fit", "own-risk", "--reset", "--home", fitted.site.home).exit_code == 0
    assert analyse(fitted.site).risk.own_risk == "start rule"
    assert own(fitted.site) == fitted.before
    assert runs.get(fitted.site.ledger, with_model.id).parts[PART.name]["model"] == fitted.card["version"]
    assert kept.kept(fitted.site.home, fitted.card["version"]) is not None


DAYS = st.dates(date(2023, 1, 1), date(2026, 6, 1)).map(lambda day: day.isoformat())
MONTHS = st.sampled_from([f"{year}-{month:02d}" for year in (2023, 2024, 2025) for month in range(1, 13)])
BILLS = st.lists(
    st.fixed_dictionaries(
        {"period": MONTHS, "amount": st.integers(0, 10**6), "dueOn": DAYS},
        optional={"paidOn": DAYS, "issuedOn": DAYS, "energy": st.integers(0, 10**5).map(float)},
    ),
    max_size=20,
    unique_by=lambda bill: bill["period"],
)
CUT_OFF = "2025-06-05"


def known_on(bill: dict[str, Any]) -> str:
    """The day of issue, else the first day after the period."""
    year, month = map(int, bill["period"].split("-"))
    issued: str = bill.get("issuedOn", f"{year + month // 12}-{month % 12 + 1:02d}-01")
    return issued


@given(BILLS, st.randoms())
def test_a_record_is_what_was_known_in_whatever_order_it_is_told(
    bills: list[dict[str, Any]], chance: random.Random
) -> None:
    row = SimpleNamespace(parties=[], properties={"kind": "resident", "openedOn": "2020-01-01"})
    whole = known_at(record_of(row, bills), np.datetime64(CUT_OFF))
    # Paid later is unpaid, and issued later is not there.
    known = [
        {name: value for name, value in bill.items() if name != "paidOn" or value <= CUT_OFF}
        for bill in bills
        if known_on(bill) <= CUT_OFF
    ]
    chance.shuffle(known)
    again = known_at(record_of(row, known), np.datetime64(CUT_OFF))
    assert int(again.bills[0]) == int(whole.bills[0]) == len(known)
    overdue = [bill for bill in known if bill["dueOn"] < CUT_OFF and "paidOn" not in bill]
    assert int(again.overdue[0]) == int(whole.overdue[0]) == len(overdue)
    for name, column in whole.table.items():
        assert _same(column[0], again.table[name][0]), name


def _same(first: object, second: object) -> bool:
    if is_nan(first) and is_nan(second):
        return True
    return first == (pytest.approx(second, rel=1e-12) if isinstance(second, float) else second)
