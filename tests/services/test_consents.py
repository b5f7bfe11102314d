"""Whether customers may be approached: what counts, how it is recorded, and that it holds at once for everybody."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any, get_args

import pytest
from click.testing import CliRunner, Result
from fastapi.testclient import TestClient
from hypothesis import given
from hypothesis import strategies as st

from api.app import create_app
from cli.main import main
from graph.schema.load import schema
from ledger.audit import listing
from ledger.runs import current
from services.access.asker import asker
from services.access.tokens.issuing import issue
from services.analysis import analyse
from services.consents.consents import consents, record_consent, refusals
from services.consents.standing import (
    ConsentDecision,
    ConsentState,
    ContactChannel,
    Purpose,
    standing_for,
    standing_of,
)
from services.loading import ingest
from services.operation.rebuild import rebuild
from services.settings import ConsentPurpose, settings
from services.site import Site, open_site
from terms.errors import KehutuError
from tests.everyone import seen
from tests.small_site import write

DAYS = st.none() | st.dates(date(2026, 1, 1), date(2026, 1, 4))
DECISIONS = st.lists(
    st.builds(
        ConsentDecision,
        id=st.uuids().map(str),
        purpose=st.sampled_from(Purpose),
        channel=st.none() | st.sampled_from(ContactChannel),
        state=st.sampled_from(ConsentState),
        decided_on=DAYS,
        recorded_at=st.sampled_from(["", "2026-01-02T08:00:00Z", "2026-01-03T08:00:00Z"]),
        author=st.just(""),
        record_id=st.just("forms/1"),
    ),
    max_size=8,
)
DEFAULTS = st.dictionaries(st.sampled_from(Purpose), st.sampled_from(ConsentState))
TODAY = date(2026, 1, 3)
FORMS = """
sources:
  - name: forms
    path: forms.csv
    channel: mobile-app
    recordId: no
    observedAt: 2026-03-31
    mapping:
      - node: Consent
        key: {consentNo: no}
        set:
          purpose: purpose
          channel: channel
          state: {column: state, words: {同意: given, 拒绝: refused}}
          decidedOn: day
      - relation: DECIDES
        from: {Customer: {customerNo: customer}}
        to: {Consent: {consentNo: no}}
"""
ONE, TWO, THREE = "4400000001", "4400000002", "4400000003"


def plain_state(
    decisions: list[ConsentDecision],
    purpose: Purpose,
    channel: ContactChannel | None,
    defaults: dict[Purpose, ConsentState],
) -> ConsentState:
    """From the text alone: the latest decision wins; a decision about another channel says nothing."""
    winner: ConsentDecision | None = None
    for one in decisions:
        if one.purpose is not purpose or (one.decided_on is not None and one.decided_on > TODAY):
            continue
        if one.channel is not None and one.channel is not channel:
            continue
        if winner is None or _after(one, winner):
            winner = one
    return defaults.get(purpose, ConsentState.GIVEN) if winner is None else winner.state


def _after(one: ConsentDecision, other: ConsentDecision) -> bool:
    if one.decided_on != other.decided_on:
        return other.decided_on is None or (one.decided_on is not None and one.decided_on > other.decided_on)
    if one.recorded_at != other.recorded_at:
        return one.recorded_at > other.recorded_at
    if one.state is not other.state:
        return one.state is ConsentState.REFUSED
    return one.id > other.id


@given(DECISIONS, DEFAULTS, st.randoms())
def test_the_latest_decision_about_a_purpose_counts(decisions, defaults, random):
    found = standing_of(decisions, defaults, TODAY)
    told = {(one.purpose, one.channel): one.state for one in found}
    for purpose in Purpose:
        general = plain_state(decisions, purpose, None, defaults)
        assert told[purpose, None] is general
        for channel in ContactChannel:
            wanted = plain_state(decisions, purpose, channel, defaults)
            assert standing_for(decisions, purpose, channel, defaults, TODAY).state is wanted
            assert told.get((purpose, channel), general) is wanted
    shuffled = list(decisions)
    random.shuffle(shuffled)
    assert standing_of(shuffled, defaults, TODAY) == found


def test_purposes_channels_and_states_are_those_of_the_model() -> None:
    declared = schema().nodes["Consent"].properties
    for name, known in (("purpose", Purpose), ("channel", ContactChannel), ("state", ConsentState)):
        values = declared[name].values
        assert values is not None
        assert [one.value for one in known] == list(values)
    assert set(get_args(ConsentPurpose)) == {one.value for one in Purpose}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """Three customers; the second has filled in forms."""
    folder = tmp_path_factory.mktemp("consents")
    chosen = settings(folder / "home")
    ingest(chosen, write(folder))
    ingest(
        chosen,
        _forms(
            folder,
            ("F1", TWO, "marketing", "", "拒绝", "2026-01-05"),
            ("F2", TWO, "marketing", "letter", "同意", "2026-02-05"),
            ("F3", TWO, "survey", "", "maybe", "2026-02-05"),
        ),
    )
    with open_site(chosen) as opened:
        yield opened


def _forms(folder: Path, *rows: tuple[str, ...]) -> Path:
    lines = ["no,customer,purpose,channel,state,day", *(",".join(row) for row in rows)]
    (folder / "forms.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    manifest = folder / "forms.yaml"
    manifest.write_text(FORMS, encoding="utf-8")
    return manifest


def run(site: Site, *words: str) -> Result:
    return CliRunner().invoke(main, [*words, "--home", str(site.home)])


def states(site: Site, customer: str) -> dict[tuple[str, str | None], str]:
    answer = json.loads(run(site, "consent", "show", customer, "--json").stdout)
    return {(one["purpose"], one["channel"]): one["state"] for one in answer["standing"]}


def test_a_source_of_forms_is_mapped_like_any_other(site: Site) -> None:
    assert states(site, TWO) == {
        ("MARKETING", None): "REFUSED",
        ("MARKETING", "LETTER"): "GIVEN",
        ("SURVEY", None): "GIVEN",
        ("DATA_SHARING", None): "GIVEN",
    }
    shown = run(site, "consent", "show", TWO)
    assert shown.exit_code == 0
    assert "forms/F1" in shown.output
    assert "nothing decided" in shown.output
    assert "营销推荐" in run(site, "consent", "show", TWO, "--lang", "zh").output
    refused = json.loads(run(site, "quarantine", "list", "--json").stdout)
    assert [(one["line"], one["field"]) for one in refused] == [(4, "state")]


def test_a_recorded_decision_holds_at_once_and_survives_a_rebuild(site: Site) -> None:
    words = ("consent", "record", ONE, "--purpose", "marketing", "--state", "REFUSED", "--key", "k1")
    assert run(site, *words, "--author", "li").exit_code == 0
    assert states(site, ONE)["MARKETING", None] == "REFUSED"
    assert run(site, *words, "--author", "li").exit_code == 0
    assert len(consents(seen(site), ONE).decisions) == 1
    rebuild(site.settings, grace=0)
    assert states(site, ONE)["MARKETING", None] == "REFUSED"
    assert [one.action for one in listing(site.ledger) if one.subject == f"customer:{ONE}"] == [
        "consent marketing refused"
    ]
    conflict = run(site, *words[:-1], "k1", "--author", "wang")
    assert "IDEMPOTENCY_CONFLICT" in conflict.output
    for state in ("given", "refused", "given"):
        assert run(site, *words[:5], "--state", state).exit_code == 0
    assert states(site, ONE)["MARKETING", None] == "GIVEN"


def test_no_run_is_made_anew_for_a_decision(site: Site) -> None:
    analyse(site)
    before = current(site.ledger).id
    record_consent(seen(site), THREE, Purpose.SURVEY, ConsentState.GIVEN, author="li", idempotency_key="run")
    assert current(site.ledger).id == before


def test_a_refusal_holds_whoever_asks(site: Site) -> None:
    customers = [f"customer:{number}" for number in (ONE, TWO, THREE)]
    record_consent(
        seen(site), THREE, Purpose.SURVEY, ConsentState.REFUSED, author="li", idempotency_key="three"
    )
    elsewhere = asker("planner", regions=["CN/31/"])
    for who in (seen(site), site.as_seen_by(elsewhere)):
        assert set(refusals(who, customers, Purpose.SURVEY)) == {customers[2]}
        assert set(refusals(who, customers, Purpose.MARKETING, ContactChannel.SMS)) >= {customers[1]}
        assert customers[1] not in refusals(who, customers, Purpose.MARKETING, ContactChannel.LETTER)


def test_a_customer_reads_its_own_refusal(site: Site) -> None:
    own = consents(site.as_seen_by(asker("customer", customers=[TWO])), TWO)
    assert {(one.purpose, one.channel): one.state for one in own.standing}[Purpose.MARKETING, None] is (
        ConsentState.REFUSED
    )
    assert [one.record_id for one in own.decisions] == ["forms/F2", "forms/F1"]
    with pytest.raises(KehutuError, match="names no entity"):
        consents(site.as_seen_by(asker("customer", customers=[TWO])), ONE)


def test_the_day_of_a_decision_is_that_of_its_recording(site: Site) -> None:
    again = {"author": "li", "idempotency_key": "day"}
    first = record_consent(seen(site), TWO, Purpose.DATA_SHARING, ConsentState.GIVEN, **again)
    [decision] = [one for one in first.decisions if one.purpose is Purpose.DATA_SHARING]
    day = datetime.fromisoformat(decision.recorded_at).astimezone(site.ledger.zone).date()
    assert decision.decided_on == day
    assert record_consent(seen(site), TWO, Purpose.DATA_SHARING, ConsentState.GIVEN, **again) == first


def test_the_default_of_a_purpose_is_set_by_the_site(site: Site, tmp_path: Path) -> None:
    chosen = settings(tmp_path / "home")
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / "config.toml").write_text(
        'consent = {marketing = "refused", data-sharing = "refused"}\n', encoding="utf-8"
    )
    chosen = settings(tmp_path / "home")
    strict = Site(chosen, site.schema, site.ledger, site.store)
    found = {one.purpose: one.state for one in consents(seen(strict), THREE).standing if one.channel is None}
    assert found[Purpose.MARKETING] is ConsentState.REFUSED
    assert set(refusals(seen(strict), [f"customer:{THREE}"], Purpose.DATA_SHARING)) == {f"customer:{THREE}"}
    (tmp_path / "home" / "config.toml").write_text('consent = {marketting = "refused"}\n', encoding="utf-8")
    with pytest.raises(KehutuError, match="consent"):
        settings(tmp_path / "home")


def test_what_cannot_be_a_decision_is_refused(site: Site) -> None:
    ahead = (date.today() + timedelta(days=3)).isoformat()
    words = ("consent", "record", THREE, "--purpose", "marketing", "--state", "GIVEN")
    assert "CONSENT_AHEAD" in run(site, *words, "--on", ahead).output
    company = run(site, "consent", "show", "91330100MA2DEBTOR1")
    assert (company.exit_code, "NOT_A_CUSTOMER" in company.output) == (1, True)
    assert run(site, "consent", "show", "9999").exit_code == 1
    assert run(site, *words[:3], "--purpose", "spam", "--state", "GIVEN").exit_code == 2


def test_apps_read_and_record_decisions_over_graphql(site: Site) -> None:
    read = """query ($id: ID!) { customer(id: $id) { consent { standing { purpose channel state
        decision { decidedOn author } } } } }"""
    change = """mutation ($id: ID!) { recordConsent(customer: $id, purpose: SURVEY, state: REFUSED, channel: PHONE,
        decidedOn: "2026-03-01", idempotencyKey: "q1") { standing { purpose channel state decision { author } } } }"""
    with TestClient(create_app(site)) as client:
        token = issue(site.settings, site.ledger, asker("analyst", subject="app-7"))
        head = {"Authorization": f"Bearer {token}"}

        def ask(query: str) -> dict[str, Any]:
            body = {"query": query, "variables": {"id": ONE}}
            answer: dict[str, Any] = client.post("/graphql", json=body, headers=head).json()
            assert "errors" not in answer, answer
            return dict(answer["data"])

        changed = ask(change)["recordConsent"]
        now = ask(read)["customer"]
    phone = {"purpose": "SURVEY", "channel": "PHONE", "state": "REFUSED"}
    assert {**phone, "decision": {"author": "app-7"}} in changed["standing"]
    assert {**phone, "decision": {"decidedOn": "2026-03-01", "author": "app-7"}} in now["consent"]["standing"]
