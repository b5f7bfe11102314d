"""The watch list and a party's history, on a site that changes from run to run."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from ledger.audit import head, listing
from ledger.audit_verify import verify
from services.analysis import analyse
from services.arrears.history import history
from services.arrears.overrides.overriding import override
from services.arrears.watch.watching import RuleKind, Watched, unwatch, watch, watch_list
from services.loading import ingest
from services.risk.current import current
from services.settings import Settings, settings
from services.site import Site, open_site
from terms.errors import KehutuError
from tests.everyone import seen
from tests.small_site import DEBTOR, GUARANTOR, UPSTREAM, write

LATER = """
sources:
  - name: later
    path: later.csv
    channel: credit-bureau
    recordId: line
    observedAt: 2026-03-31
    mapping:
      - relation: LENDS_TO
        from: {Enterprise: {creditCode: lender}}
        to: {Enterprise: {creditCode: debtor}}
        key: {contractNo: line}
        set: {amount: {column: amount, unit: wan-yuan}}
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("watched")


@pytest.fixture(scope="module")
def site(folder: Path) -> Iterator[Site]:
    """A site that tests change, one after the other."""
    chosen = settings(folder / "home")
    ingest(chosen, write(folder))
    with open_site(chosen) as opened:
        analyse(opened)
        yield opened


def rule(site: Site, party: str, kind: RuleKind, level: float | None = None) -> str:
    made = watch(seen(site), party, kind, level, author="wang", idempotency_key=f"{party}{kind}{level}")
    return made.id


def alerts(site: Site) -> dict[str, set[RuleKind]]:
    return {w.party.name: {alert.rule.kind for alert in w.alerts} for w in watch_list(seen(site)).watched}


def watched(site: Site, name: str) -> Watched:
    [found] = [w for w in watch_list(seen(site)).watched if w.party.name == name]
    return found


def test_nobody_is_watched_at_first(site: Site) -> None:
    assert watch_list(seen(site)).watched == ()
    assert watch_list(seen(site)).run_before is None


def test_a_threshold_holds_in_the_first_run_already(site: Site) -> None:
    rule(site, DEBTOR, RuleKind.THRESHOLD)
    rule(site, GUARANTOR, RuleKind.THRESHOLD, 0.9)
    for kind in (RuleKind.RISE, RuleKind.NEW_PATH):
        rule(site, UPSTREAM, kind, 0.001)
    assert alerts(site) == {
        "Debtor Works": {RuleKind.THRESHOLD},
        "Guarantor Mills": set(),
        "Upstream Trading": set(),
    }
    assert next(iter(alerts(site))) == "Debtor Works"
    assert watched(site, "Debtor Works").before is None


def test_saying_it_again_makes_no_second_rule(site: Site) -> None:
    assert rule(site, DEBTOR, RuleKind.THRESHOLD) == rule(site, DEBTOR, RuleKind.THRESHOLD)
    assert len(watched(site, "Debtor Works").rules) == 1
    with pytest.raises(KehutuError) as caught:
        watch(
            seen(site),
            DEBTOR,
            RuleKind.RISE,
            0.2,
            author="wang",
            idempotency_key=f"{DEBTOR}{RuleKind.THRESHOLD}None",
        )
    assert caught.value.code == "IDEMPOTENCY_CONFLICT"


def test_a_new_link_is_a_new_path_and_a_rise(site: Site, folder: Path) -> None:
    before = current(site)[0]
    (folder / "later.csv").write_text(f"line,lender,debtor,amount\nL1,{UPSTREAM},{DEBTOR},600\n")
    (folder / "later.yaml").write_text(LATER)
    ingest(Settings(home=site.home), folder / "later.yaml")
    analyse(site)
    found = watched(site, "Upstream Trading")
    assert {alert.rule.kind for alert in found.alerts} == {RuleKind.RISE, RuleKind.NEW_PATH}
    [new] = [alert for alert in found.alerts if alert.rule.kind is RuleKind.NEW_PATH]
    assert [party.name for party in new.path] == ["Debtor Works", "Upstream Trading"]
    assert found.before is not None
    [rise] = [alert for alert in found.alerts if alert.rule.kind is RuleKind.RISE]
    assert rise.value == pytest.approx(found.score - found.before)
    assert watch_list(seen(site)).run_before is not None
    assert watch_list(seen(site)).run_before.id == before.id  # type: ignore[union-attr]  # just checked


def test_what_was_there_before_is_no_news(site: Site) -> None:
    override(
        seen(site),
        GUARANTOR,
        0.0001,
        reason="audit",
        author="wang",
        until=date(2026, 12, 31),
        idempotency_key="tiny",
    )
    assert alerts(site)["Upstream Trading"] == set()


def test_history_has_every_run_with_the_current_one_first(site: Site) -> None:
    points = history(seen(site), "4400000003")
    assert len(points) == 3
    assert [point.current for point in points] == [True, False, False]
    assert points[0].run.id == current(site)[0].id
    assert points[1].score > points[2].score
    assert points[0].expected_loss.fen > 0
    assert len(history(seen(site), UPSTREAM, first=2)) == 2


def test_a_rule_is_taken_off_once(site: Site) -> None:
    made = rule(site, DEBTOR, RuleKind.THRESHOLD)
    unwatch(seen(site), made)
    assert "Debtor Works" not in alerts(site)
    with pytest.raises(KehutuError) as caught:
        unwatch(seen(site), made)
    assert caught.value.code == "UNKNOWN_ID"


def test_the_audit_trail_says_who_decided_what_about_whom_and_says_it_once(site: Site) -> None:
    last = head(site.ledger).number
    made = [
        watch(seen(site), GUARANTOR, RuleKind.RISE, 0.3, author=" li ", idempotency_key="of li") for _ in "12"
    ]
    for own in (0.2, 0.2, None):
        override(
            seen(site),
            GUARANTOR,
            own,
            reason="seen the books",
            author="zhao",
            until=date(2026, 12, 31),
            idempotency_key=f"by zhao {own}",
        )
    unwatch(seen(site), made[0].id, author="qian")
    with pytest.raises(KehutuError):
        unwatch(seen(site), made[0].id, author="sun")
    party = f"enterprise:{GUARANTOR}"
    told = [(entry.actor, entry.action, entry.subject) for entry in listing(site.ledger, after=last)]
    assert told == [
        ("li", "watch rise", party),
        ("zhao", "override", party),
        ("zhao", "override withdraw", party),
        ("qian", "watch remove", made[0].id),
    ]
    assert verify(site.ledger) is None


@pytest.mark.parametrize("level", [0.0, -1.0, 1.5, float("nan")])
def test_a_level_that_means_nothing_is_refused(site: Site, level: float) -> None:
    with pytest.raises(KehutuError) as caught:
        watch(seen(site), DEBTOR, RuleKind.RISE, level, author="wang", idempotency_key="level")
    assert caught.value.code == "WATCH_LEVEL"


def test_history_of_nobody_says_so(site: Site) -> None:
    with pytest.raises(KehutuError) as caught:
        history(seen(site), "account:A1")
    assert caught.value.code == "NOT_A_PARTY"
