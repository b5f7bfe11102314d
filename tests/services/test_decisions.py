"""Every answer that decides something says it in the same words: a figure that its reasons add up to, and whence."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest

from algorithms.risk.parameters import EVIDENCE_RELATIONS
from services.arrears.answer.model import Shock, ShockKind
from services.arrears.answer.relation_names import RELATION_NAMES, LinkKind
from services.arrears.ownership.owners import owners
from services.arrears.what_if.published_views import View, loss_view
from services.arrears.what_if.what_if import what_if
from services.arrears.why.trace import trace
from services.decision import Explained
from services.risk.current import current
from services.site import Site
from terms.money import Money
from tests.everyone import seen
from tests.linked_site import code
from tests.small_site import DEBTOR, GUARANTOR, UPSTREAM

ROOT = Path(__file__).parents[2]
NO_FIGURE = {
    "HistoryPoint": "a point of a history; its figures are those of the trace of that run",
    "RelatedParties": "closeness of others, no figure of the party",
}
"""Answers of one run and day that decide nothing."""


def answers(site: Site) -> Iterator[Explained]:
    asking = seen(site)
    for party in (DEBTOR, GUARANTOR, UPSTREAM):
        yield trace(asking, party)
        yield trace(asking, party, top=1)
    yield what_if(asking, [Shock(ShockKind.DEFAULT, GUARANTOR)])
    yield what_if(asking, [Shock(ShockKind.SETTLE, DEBTOR)])
    for view in View:
        yield loss_view(asking, view, [(DEBTOR, 1.0)])


def test_reasons_and_the_rest_add_up_to_the_figure_to_the_fen(small_site: Site) -> None:
    run, _ = current(small_site)
    told = [answer.decision for answer in answers(small_site)]
    assert any(decision.reasons for decision in told)
    for decision in told:
        parts = [*(reason.amount for reason in decision.reasons), decision.rest]
        assert all(isinstance(part, Money) for part in parts)
        assert isinstance(decision.value, Money)
        assert sum(part.fen for part in parts if isinstance(part, Money)) == decision.value.fen
        assert (decision.unit, decision.run, decision.data_time) == ("fen", run.id, run.cut_off)


def test_the_decision_of_a_trace_says_what_would_change_it(small_site: Site) -> None:
    answer = trace(seen(small_site), UPSTREAM)
    decision = answer.decision
    assert decision.value == answer.expected_loss
    assert [remedy.effect for remedy in decision.would_change] == [one.effect for one in answer.would_change]
    assert decision.would_change[0].effect.fen > 0
    assert decision.reasons[0].what.split(" > ")[-1] == answer.party.name


def test_shares_of_owners_add_up_to_the_whole(linked_site: Site) -> None:
    decision = owners(seen(linked_site), code("K")).decision
    assert (decision.unit, decision.run, decision.value) == ("share", None, 1.0)
    assert decision.reasons
    assert sum(float(one.amount) for one in decision.reasons) + float(decision.rest) == pytest.approx(1.0)


DATED = {"run", "data_time"}


def fields_of(found: type) -> set[str]:
    return {one.name for one in dataclasses.fields(found)} if dataclasses.is_dataclass(found) else set()


def dated_answers() -> Iterator[type]:
    """Dataclasses of the services that name a run and the day of its data."""
    for path in sorted((ROOT / "services" / "arrears").rglob("*.py")):
        module = import_module(
            ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
        )
        for found in vars(module).values():
            if isinstance(found, type) and found.__module__ == module.__name__ and fields_of(found) >= DATED:
                yield found


def test_no_answer_about_a_run_and_a_day_leaves_its_decision_out() -> None:
    unexplained = {one.__name__ for one in dated_answers() if not issubclass(one, Explained)}
    assert unexplained == set(NO_FIGURE)


def test_the_kinds_of_links_are_those_of_the_model() -> None:
    assert {one.value for one in LinkKind} == set(RELATION_NAMES)
    assert {one.value for one in LinkKind if one.name.startswith("SHARED_")} == {
        f"SHARES {kind}" for kind in EVIDENCE_RELATIONS
    }
