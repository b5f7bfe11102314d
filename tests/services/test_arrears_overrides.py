"""A person's judgement in place of a payment record, on a small site of its own."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from graph.write import wipe
from ledger import runs
from services.analysis import analyse
from services.arrears.answer.model import Shock, ShockKind
from services.arrears.groups.clusters import clusters
from services.arrears.overrides.overriding import override
from services.arrears.what_if.what_if import what_if
from services.arrears.why.trace import trace
from services.loading import ingest, project
from services.portrait import customer, judgement, risk
from services.risk.current import current, model_of
from services.settings import settings
from services.site import Site, open_site
from terms.errors import KehutuError
from terms.ids import RunId
from tests.everyone import seen
from tests.services.test_arrears_what_if import breaks
from tests.small_site import DEBTOR, GUARANTOR, UPSTREAM, write

UNTIL = date(2026, 12, 31)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A site that tests change, one after the other."""
    folder = tmp_path_factory.mktemp("judged")
    chosen = settings(folder / "home")
    ingest(chosen, write(folder))
    with open_site(chosen) as opened:
        analyse(opened)
        yield opened


def judge(site: Site, party: str = DEBTOR, own: float | None = 0.5, **changes: Any) -> Any:
    words = {"reason": "pays since April", "author": "wang", "until": UNTIL, "idempotency_key": "first"}
    return override(seen(site), party, own, **{**words, **changes})


def test_a_judgement_changes_the_current_run_at_once_and_every_answer_shows_it(site: Site) -> None:
    before, _ = current(site)
    answer = judge(site)
    assert (answer.before, answer.after) == (1.0, 0.5)
    run, model = current(site)
    assert run.id == answer.run.id != before.id
    assert run.parent == before.id
    upstream = trace(seen(site), UPSTREAM)
    assert upstream.score == pytest.approx(0.5 * breaks(150, 1000) * breaks(300, 3000), rel=1e-12)
    assert upstream.bound <= 1e-9
    [shown] = upstream.overrides
    assert (shown.party.id, shown.own, shown.recorded, shown.author, shown.reason, shown.until) == (
        f"enterprise:{DEBTOR}",
        0.5,
        1.0,
        "wang",
        "pays since April",
        UNTIL,
    )
    assert clusters(seen(site))[0].overrides == (shown,)
    assert what_if(seen(site), [Shock(ShockKind.DEFAULT, DEBTOR)]).overrides == (shown,)
    found = risk(seen(site), customer(seen(site), "4400000001").id)
    assert found is not None
    assert judgement(seen(site), found.model, found.party) == shown
    assert answer.total_loss.fen == int(
        model.expected_loss.sum() - model_of(site, before).expected_loss.sum()
    )


def test_saying_it_again_under_the_same_key_changes_nothing(site: Site) -> None:
    before, _ = current(site)
    assert judge(site).repeated
    assert current(site)[0].id == before.id
    with pytest.raises(KehutuError) as caught:
        judge(site, own=0.7)
    assert caught.value.code == "IDEMPOTENCY_CONFLICT"


def test_a_new_run_and_a_rebuilt_graph_have_it(site: Site) -> None:
    wipe(site.store)
    project(site)
    analyse(site)
    assert trace(seen(site), GUARANTOR).score == pytest.approx(0.5 * breaks(150, 1000), rel=1e-12)
    assert trace(seen(site), GUARANTOR).overrides[0].recorded == 1.0


def test_it_does_not_move_the_cut_off_and_ends_with_its_last_day(site: Site) -> None:
    assert current(site)[0].cut_off == date(2026, 3, 31)
    analyse(site, as_of=date(2027, 1, 1))
    assert trace(seen(site), DEBTOR).overrides == ()
    assert trace(seen(site), DEBTOR).score == 1.0
    analyse(site)
    assert trace(seen(site), DEBTOR).score == 0.5


def test_a_later_judgement_replaces_it_and_can_be_taken_back(site: Site) -> None:
    assert judge(site, own=0.25, idempotency_key="second").before == 0.5
    assert trace(seen(site), DEBTOR).overrides[0].recorded == 1.0
    taken_back = judge(site, own=None, idempotency_key="third", reason="it was the wrong firm")
    assert taken_back.override is None
    assert (taken_back.before, taken_back.after) == (0.25, 1.0)
    analyse(site)
    assert trace(seen(site), DEBTOR).score == 1.0
    assert trace(seen(site), DEBTOR).overrides == ()


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"own": 1.2}, "OVERRIDE_VALUE"),
        ({"own": float("nan")}, "OVERRIDE_VALUE"),
        ({"reason": " "}, "OVERRIDE_NEEDS"),
        ({"author": ""}, "OVERRIDE_NEEDS"),
        ({"until": date(2026, 3, 30)}, "OVERRIDE_ENDED"),
        ({"idempotency_key": " "}, "IDEMPOTENCY_KEY"),
        ({"party": "nobody"}, "UNKNOWN_ID"),
        ({"party": "account:A1"}, "NOT_A_PARTY"),
    ],
)
def test_a_judgement_that_means_nothing_says_why(site: Site, changes: dict[str, Any], code: str) -> None:
    with pytest.raises(KehutuError) as caught:
        judge(site, **{"idempotency_key": "other", **changes})
    assert caught.value.code == code


def test_a_run_of_an_earlier_program_asks_for_a_new_one(site: Site) -> None:
    run, _ = current(site)
    files = {name: file for name, file in run.files.items() if name != "overrides"}
    earlier = replace(run, id=RunId("earlier"), parent=None, files=files)
    runs.save(site.ledger, earlier)
    with pytest.raises(KehutuError) as caught:
        model_of(site, earlier)
    assert caught.value.code == "RUN_OUTDATED"
