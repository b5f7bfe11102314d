"""Loading: what counts as what, in which order, and that nothing acknowledged is lost or doubled."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.loads import load as loading
from ingest.rows.first_by_id import FirstById
from ledger import loads
from ledger.database import Ledger
from ledger.records import head, since
from tests.loads import said

NODES = "    mapping: [{node: Customer, key: {local: id}, set: {name: name}}]\n"


def manifest(more: str = "", path: str = "a.csv") -> str:
    return f"sources:\n  - name: people\n    path: {path}\n    channel: survey\n{more}{NODES}"


def counts(report: loading.LoadReport) -> tuple[int, int, int, int]:
    (source,) = report.sources
    return source.read, source.accepted, source.quarantined, source.duplicate


def test_a_repeated_id_without_a_time_is_quarantined_every_time(desk):
    desk.write("a.csv", "id,name\n1,a\n2,b\n1,c\n1,a\n")
    for accepted, duplicate in ((2, 1), (0, 3)):
        assert counts(desk.load(manifest("    recordId: id\n"))) == (4, accepted, 1, duplicate)
        assert desk.reasons() == [(4, "id", "ROW_ID_REPEATED")]
    assert desk.names() == ["a", "b"]


def test_a_repeated_id_with_a_later_time_is_an_update(desk):
    desk.write("a.csv", "id,name,at\n1,a,2026-01-01\n1,b,2026-01-02\n1,b,2026-01-02\n")
    assert counts(desk.load(manifest("    recordId: id\n    observedAt: at\n"))) == (3, 2, 0, 1)
    assert counts(desk.load(manifest("    recordId: id\n    observedAt: at\n"))) == (3, 0, 0, 3)


def test_equal_rows_without_record_id_count_as_duplicate_with_a_warning(desk):
    desk.write("a.csv", "id,name\n1,a\n1,a\n1,a\n2,b\n")
    report = desk.load(manifest())
    assert counts(report) == (4, 2, 0, 2)
    assert any("2 of its rows equal another one" in w for w in said(report.sources[0]))


def test_without_a_time_the_time_of_the_load_stands_in_and_is_marked(desk):
    desk.write("a.csv", "id,name\n1,a\n")
    report = desk.load(manifest("    recordId: id\n"))
    (record,) = desk.records()
    assert record.observed_assumed
    assert abs(record.observed_at - datetime.now(UTC)) < timedelta(minutes=5)
    assert any("no `observedAt:`" in w for w in said(report.sources[0]))


def test_an_empty_cell_of_the_time_stands_for_the_time_of_the_load(desk):
    desk.write("a.csv", "id,name,at\n1,a,\n2,b,2026-01-01\n")
    assert counts(desk.load(manifest("    recordId: id\n    observedAt: at\n"))) == (2, 2, 0, 0)
    assert [r.observed_assumed for r in desk.records()] == [True, False]


def test_rows_from_the_future_are_quarantined(desk):
    soon = (datetime.now(UTC) + timedelta(hours=12)).isoformat()
    desk.write("a.csv", f"id,name,at\n1,a,9999-12-31\n2,b,2099-01-01\n3,c,{soon}\n4,d,2026-02-30\n")
    assert counts(desk.load(manifest("    recordId: id\n    observedAt: at\n"))) == (4, 1, 3, 0)
    assert desk.reasons() == [
        (2, "at", "ROW_FROM_THE_FUTURE"),
        (3, "at", "ROW_FROM_THE_FUTURE"),
        (5, "at", "ROW_FIELD_INVALID"),
    ]
    assert desk.refused()[0].details["found"] == "9999-12-31"


def test_an_empty_record_id_is_quarantined(desk):
    desk.write("a.csv", "id,no,name\n1,,a\n2,2,b\n")
    assert counts(desk.load(manifest("    recordId: no\n"))) == (2, 1, 1, 0)
    assert desk.reasons() == [(2, "no", "ROW_ID_MISSING")]


def test_several_columns_may_name_a_row(desk):
    desk.write("a.csv", "id,no,name\n1,1,a\n1,2,b\n")
    assert counts(desk.load(manifest("    recordId: [id, no]\n"))) == (2, 2, 0, 0)
    assert [r.record_id for r in desk.records()] == ["1/1", "1/2"]


def test_rows_are_withdrawn_and_come_back(desk):
    more = "    recordId: id\n    delete: {column: state, equals: [gone, lost]}\n"
    for text, deleted in (("here,a", False), ("gone,", True), ("here,a", False)):
        state, name = text.split(",")
        desk.write("a.csv", f"id,name,state\n1,{name},{state}\n")
        assert counts(desk.load(manifest(more))) == (1, 1, 0, 0)
        assert desk.records()[-1].deleted is deleted
        assert counts(desk.load(manifest(more))) == (1, 0, 0, 1)


def test_the_same_source_under_another_file_name_is_all_duplicates(desk):
    desk.write("a.csv", "id,name\n1,a\n2,b\n")
    desk.write("b.csv", "id,name\n2,b\n1,a\n")
    desk.load(manifest("    recordId: id\n"))
    assert counts(desk.load(manifest("    recordId: id\n", "b.csv"))) == (2, 0, 0, 2)


def test_many_batches_and_the_ledger_remembers_the_load(desk):
    total = 2 * loading.BATCH + 17
    desk.write("a.csv", "id,name\n" + "".join(f"{i},n{i}\n" for i in range(total)))
    heard: list[tuple[str, int]] = []
    path = desk.write("m.yaml", manifest("    recordId: id\n"))

    def listen(phase: str, done: int = 0, total: int | None = None) -> None:
        assert total is None  # nobody knows before the last row
        heard.append((phase, done))

    report = loading.load(desk.ledger, path, progress=listen)
    assert counts(report) == (total, total, 0, 0)
    assert heard[-1] == ("Loading people", total)
    (known,) = loads.listing(desk.ledger)
    assert (known.id, known.manifest, known.sources[0]["accepted"]) == (report.load, str(path), total)
    assert known.finished_at is not None


def test_a_naive_clock_is_not_needed(desk):
    at = datetime(2026, 5, 1, tzinfo=UTC)
    desk.write("a.csv", "id,name\n1,a\n")
    loading.load(desk.ledger, desk.write("m.yaml", manifest()), clock=lambda: at)
    (record,) = desk.records()
    assert (record.observed_at, record.recorded_at) == (at, at)


def test_strict_makes_quarantined_rows_a_failure(desk):
    path = desk.write("m.yaml", manifest("    recordId: id\n"))
    desk.write("a.csv", "id,name\n1,a\n,b\n")
    assert loading.load(desk.ledger, path).complete
    assert not loading.load(desk.ledger, path, strict=True).complete


@given(st.lists(st.tuples(st.integers(0, 60), st.integers(0, 3)), max_size=200), st.integers(1, 40))
def test_seen_remembers_the_first_content_of_every_id(rows, every):
    seen, expected = FirstById(recent=8), {}
    for position, (id_, content) in enumerate(rows):
        assert seen.add(id_, content) == expected.get(id_)
        expected.setdefault(id_, content)
        if position % every == 0:
            seen.settle()


def test_a_load_that_is_killed_is_finished_by_the_next_one(desk, home: Path):
    total = 30_000
    desk.write("a.csv", "id,name,at\n" + "".join(f"{i},n{i},2026-01-01\n" for i in range(total)))
    path = desk.write("m.yaml", manifest("    recordId: id\n    observedAt: at\n"))
    code = (
        "import sys; from pathlib import Path; from ingest.loads.load import load; from ledger.database import Ledger; "
        "load(Ledger.open(Path(sys.argv[1])), Path(sys.argv[2]))"
    )
    root = Path(__file__).parents[2]
    child = subprocess.Popen([sys.executable, "-c", code, str(home), str(path)], cwd=root)
    until = time.monotonic() + 60
    while head(desk.ledger) == 0 and child.poll() is None and time.monotonic() < until:
        time.sleep(0.01)
    os.kill(child.pid, signal.SIGKILL)
    child.wait()
    kept = head(desk.ledger)
    assert 0 < kept <= total
    assert kept % loading.BATCH == 0 or kept == total  # batches are whole
    report = loading.load(desk.ledger, path)
    assert counts(report) == (total, total - kept, 0, kept)
    with Ledger.open(desk.folder / "clean") as clean:
        loading.load(clean, path)
        assert [(r.record_id, r.hash) for r in since(clean, 0, total)] == [
            (r.record_id, r.hash) for r in since(desk.ledger, 0, total)
        ]


@pytest.mark.parametrize("origin", ["benchmark", "synthetic"])
def test_the_origin_is_kept(desk, origin):
    desk.write("a.csv", "id,name\n1,a\n")
    desk.load(manifest(f"    origin: {origin}\n"))
    assert desk.records()[0].origin == origin


def test_errors_and_warnings_are_told_in_the_language_asked_for(desk):
    desk.write("a.csv", "id,name\n")
    text = manifest("    recordId: id\n") + manifest("", "none.csv").partition("\n")[2].replace(
        "people", "none"
    )
    path = desk.write("m.yaml", text)
    empty, missing = loading.load(desk.ledger, path, lang="zh").sources
    assert said(empty) == ["a.csv 没有数据行。"]
    assert missing.error.startswith("找不到文件 none.csv")


def test_rows_for_which_no_entry_stands_are_noticed(desk):
    desk.write("a.csv", "id,name,kind\n1,a,x\n2,b,y\n3,c,y\n")
    path = desk.write(
        "m.yaml", manifest("    recordId: id\n").replace("key:", "when: {column: kind, equals: x}, key:")
    )
    (source,) = loading.load(desk.ledger, path).sources
    assert (source.read, source.accepted) == (3, 3)
    assert any("people: 2 rows state nothing" in warning for warning in said(source))
