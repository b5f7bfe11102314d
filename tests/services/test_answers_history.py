"""Runs, loads and quarantine, page by page."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from graph.schema.load import schema
from graph.store import Store
from ledger import loads as kept_loads
from ledger import quarantine as held
from ledger import runs as kept_runs
from ledger.database import Ledger
from services.graph_answers import history, loads
from services.settings import settings
from services.site import Site
from terms.errors import KehutuError
from terms.ids import RunId
from tests.everyone import seen

START = datetime(2026, 3, 1, 8, tzinfo=UTC)


@pytest.fixture
def site(ledger: Ledger, embedded_store: Store) -> Site:
    return Site(settings(ledger.home), schema(), ledger, embedded_store)


def test_runs_come_newest_first_and_one_is_current(site: Site) -> None:
    assert history.runs(seen(site)).total_count == 0
    for day in range(1, 6):
        run = kept_runs.Run(
            id=RunId(f"run-{day}"),
            parent=RunId(f"run-{day - 1}") if day > 1 else None,
            created_at=START + timedelta(days=day),
            cut_off=date(2026, 3, day),
            watermark=day,
            code_version="1",
            projection_hash="",
            parts={"risk": {"algorithm": "a", "parameters": {"tau": 24}, "engine": "local"}},
            files={},
        )
        kept_runs.save(site.ledger, run)
    kept_runs.turn(site.ledger, RunId("run-4"))
    first = history.runs(seen(site), 3)
    rest = history.runs(seen(site), 3, first.page_info.end_cursor)
    found = first.nodes + rest.nodes
    assert [run.id for run in found] == [f"run-{day}" for day in (5, 4, 3, 2, 1)]
    assert [run.current for run in found] == [False, True, False, False, False]
    assert (found[0].created_at, found[0].cut_off, found[0].parent) == (
        "2026-03-06T08:00:00Z",
        "2026-03-05",
        "run-4",
    )
    assert found[0].parts[0].parameters == {"tau": 24, "engine": "local"}
    assert history.run(seen(site), "run-2") == found[3]
    with pytest.raises(KehutuError) as caught:
        history.run(seen(site), "run-9")
    assert caught.value.code == "UNKNOWN_RUN"


def test_a_load_that_never_ended_is_shown_as_such(site: Site) -> None:
    for number in range(3):
        kept_loads.start(
            site.ledger, f"load-{number}", "site.yaml", at=START + timedelta(hours=number), reading=2
        )
    counts = {"name": "visits", "read": 3, "accepted": 1, "quarantined": 1, "duplicate": 1}
    kept_loads.finish(site.ledger, "load-1", [counts], at=START + timedelta(hours=5))
    page = loads.loads(seen(site), 2)
    assert [(load.id, load.finished_at) for load in page.nodes] == [
        ("load-2", None),
        ("load-1", "2026-03-01T13:00:00Z"),
    ]
    assert page.nodes[1].sources[0].quarantined == 1
    assert (page.total_count, page.page_info.has_next_page) == (3, True)


def test_quarantine_pages_by_place_and_state(site: Site) -> None:
    entries = [
        held.Quarantined(
            source=source,
            file=f"{source}.csv",
            line=line,
            field="" if line == 3 else "phone",
            code="ROW_RAGGED" if line == 3 else "ROW_KEY_MISSING",
            details={"file": "x", "line": line, "found": 2, "expected": 3, "type": "Customer", "field": "no"},
            raw={"no": str(line), "empty": None},
            first_seen=START,
        )
        for source in ("b", "a")
        for line in (3, 2, 1)
    ]
    held.put(site.ledger, entries)
    held.settle(site.ledger, entries[0].id)
    first = history.quarantine(seen(site), first=3)
    rest = history.quarantine(seen(site), first=3, after=first.page_info.end_cursor)
    rows = first.nodes + rest.nodes
    assert [(row.source, row.line) for row in rows] == [("a", 1), ("a", 2), ("a", 3), ("b", 1), ("b", 2)]
    assert first.total_count == rest.total_count == 5
    assert rows[0].raw == (history.RawValue("no", "1"),)
    assert rows[0].message != history.quarantine(seen(site), first=1, lang="zh").nodes[0].message
    assert (rows[2].field, rows[0].field) == (None, "phone")
    assert [row.line for row in history.quarantine(seen(site), state="retried").nodes] == [3]
    assert history.quarantine(seen(site), state=None, source="b").total_count == 3
    with pytest.raises(KehutuError) as caught:
        history.quarantine(seen(site), source="a", after=first.page_info.end_cursor)
    assert caught.value.code == "CURSOR_UNKNOWN"


def test_a_row_kept_by_another_version_is_shown_by_its_code(site: Site) -> None:
    row = held.Quarantined(
        source="a", file="a.csv", line=1, field="", code="ROW_OF_OLD", details={}, raw={}, first_seen=START
    )
    held.put(site.ledger, [row])
    [found] = history.quarantine(seen(site)).nodes
    assert (found.code, found.message, found.remedy) == ("ROW_OF_OLD", "ROW_OF_OLD", "")
