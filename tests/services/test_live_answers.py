"""What a run that follows loads answers, and what becomes of a load that it cannot follow."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from ledger import runs
from services.analysis import analyse
from services.arrears.history import history
from services.arrears.watch.watching import RuleKind, watch, watch_list
from services.arrears.why.trace import trace
from services.graph_answers.run_changes import changes_in
from services.live.following import follow
from services.risk.current import current, model_of
from services.runs.tables import depth_of
from services.settings import Settings, settings
from services.site import Site, open_site
from terms.ids import RunId
from tests.everyone import seen
from tests.services.live_world import all_rows, code, first_world, new_party, take


@pytest.fixture
def site(kept_home: Path) -> Iterator[Site]:
    with open_site(settings(kept_home)) as opened:
        yield opened


def test_answers_and_history_are_those_of_the_continued_run(site: Site) -> None:
    world = first_world()
    take(site, world, all_rows(world))
    analyse(site)
    first, _ = current(site)
    party = code(5)
    watch(seen(site), party, RuleKind.RISE, 0.2, author="wang", idempotency_key="rise")
    take(site, world, [world.bill(5, month, paid=False) for month in range(4, 12)])
    followed = follow(site)
    assert followed.outcome == "continued"
    assert trace(seen(site), party).run.id == followed.run
    assert followed.run is not None
    changed = changes_in(seen(site), followed.run)
    assert len(changed) == followed.changed
    assert changed[0].loss.fen == max(abs(change.loss.fen) for change in changed)
    [own] = [change for change in changed if change.party.id == f"enterprise:{party}"]
    assert own.after == 1.0 > (own.before or 0.0)
    assert sum(change.loss.fen for change in changed) == followed.loss.fen
    assert changes_in(seen(site), first.id) == ()
    assert trace(seen(site), party).score == 1.0
    points = history(seen(site), party)
    assert [point.run.id for point in points] == [followed.run, first.id]
    assert points[0].score == 1.0
    assert points[1].score < 0.8
    # Later loads do not hide a rise since the last full run.
    quiet = follow(site, take(site, world, [world.guarantee(3)]))
    assert quiet.outcome == "continued"
    assert depth_of(current(site)[0]) == 2
    found = watch_list(seen(site))
    assert found.run_before is not None
    assert found.run_before.id == first.id
    assert [alert.rule.kind for alert in found.watched[0].alerts] == [RuleKind.RISE]
    assert history(seen(site), party)[0].score == 1.0


def test_a_party_that_is_gone_has_no_point_in_later_runs(site: Site) -> None:
    world = first_world()
    take(site, world, all_rows(world))
    analyse(site)
    number = len(world.rows["enterprises"])
    assert follow(site, take(site, world, new_party(world))).outcome == "continued"
    assert len(history(seen(site), code(number))) == 1
    gone = [
        (source, {**row, "state": "gone"})
        for source, rows in world.rows.items()
        for row in rows.values()
        if code(number) in row.values() or f"A{number}" in row.values()
    ]
    assert follow(site, take(site, world, gone)).outcome == "continued"
    assert all(name != f"enterprise:{code(number)}" for name in current(site)[1].ids)
    assert history(seen(site), code(1))[0].current


def test_it_can_be_turned_off_and_never_fails_a_load(site: Site) -> None:
    world = first_world()
    take(site, world, all_rows(world))
    analyse(site)
    run, _ = current(site)
    off = Site(Settings(home=site.home, live_runs=False), site.schema, site.ledger, site.store)
    take(site, world, [world.guarantee(3)])
    assert follow(off).outcome == "off"
    assert current(site)[0].id == run.id
    damaged = site.home / run.files["links"].path
    content = damaged.read_bytes()
    damaged.unlink()
    model_of.__globals__["_load"].cache_clear()
    followed = follow(site)
    assert followed.outcome == "failed"
    assert followed.fault is not None
    assert followed.fault.code == "COLUMNS_MISSING"
    damaged.write_bytes(content)
    assert follow(site).outcome == "continued"


def test_a_fault_of_ours_is_reported_and_not_raised(site: Site) -> None:
    world = first_world()
    take(site, world, all_rows(world))
    analyse(site)
    run, _ = current(site)
    parts = {**run.parts, "risk": {**run.parts["risk"], "parameters": {"unheard-of": 1}}}
    runs.save(site.ledger, replace(run, id=RunId("odd"), parts=parts))
    runs.turn(site.ledger, RunId("odd"))
    followed = follow(site, take(site, world, [world.guarantee(3)]))
    assert followed.outcome == "failed"
    assert followed.fault is not None
    assert followed.fault.code == "LIVE_RUN_FAILED"
    assert "unheard-of" in followed.fault.message()
