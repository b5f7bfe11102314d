"""A load is taken back: its records do not count any more, those of other loads do, and nothing is removed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ledger import load_records, loads, scan, withdrawals
from ledger.database import Ledger
from ledger.load_records import Range
from ledger.readings import read_before
from ledger.records import (
    NewRecord,
    acknowledge,
    append,
    content_hash,
    current,
    head,
    observed,
    since,
    versions,
)
from terms.errors import KehutuError
from tests.ledger.rows import NOW, row


def brought(ledger: Ledger, load: str, *rows: NewRecord) -> list[str]:
    """Load rows; what became of each."""
    try:
        loads.get(ledger, load)
    except KehutuError:
        loads.start(ledger, load, "m.yaml", at=NOW, reading=2)
    return [one.outcome for one in acknowledge(ledger, rows, recorded_at=NOW, load=load)]


def take_back(ledger: Ledger, load: str) -> int:
    with ledger.writer():
        withdrawals.begin(ledger, load, at=NOW)
        return sum(withdrawals.withdraw(ledger, load, at=NOW))


def shown(ledger: Ledger) -> dict[str, bytes]:
    """Content of the current records, by id."""
    refs = {record.ref for record in since(ledger, 0, 1_000)}
    return {ref[1]: r.payload for ref, r in current(ledger, refs).items() if not r.deleted}


def of(record_id: str, content: str, day: int = 0, *, deleted: bool = False) -> NewRecord:
    return row(record_id, content, at=NOW + timedelta(days=day), deleted=deleted)


def test_what_a_load_brought_goes_and_an_earlier_version_comes_forward(ledger: Ledger) -> None:
    brought(ledger, "a", of("1", "old"), of("2", "kept"))
    brought(ledger, "b", of("1", "new", 1), of("3", "only here"), of("2", "", 1, deleted=True))
    before = head(ledger)
    assert take_back(ledger, "b") == 3
    assert set(shown(ledger)) == {"1", "2"}
    assert shown(ledger) == {r.record_id: r.payload for r in since(ledger, 0, 2)}
    # Nothing is removed: the ledger has grown.
    assert head(ledger) == before + 3
    assert loads.get(ledger, "b").withdrawn_at == NOW


def test_again_it_changes_nothing(ledger: Ledger) -> None:
    brought(ledger, "a", of("1", "x"))
    assert (take_back(ledger, "a"), take_back(ledger, "a")) == (1, 0)
    assert (shown(ledger), head(ledger)) == ({}, 2)


def test_what_another_load_states_too_stays_until_that_is_taken_back(ledger: Ledger) -> None:
    assert brought(ledger, "b", of("1", "x"), of("2", "y")) == ["accepted", "accepted"]
    assert brought(ledger, "a", of("1", "x")) == ["duplicate"]
    assert take_back(ledger, "b") == 1
    assert set(shown(ledger)) == {"1"}
    assert take_back(ledger, "a") == 1
    assert shown(ledger) == {}


def test_what_no_load_brought_stays(ledger: Ledger) -> None:
    append(ledger, [of("1", "x")], recorded_at=NOW)
    brought(ledger, "a", of("1", "x"), of("2", "y"))
    assert take_back(ledger, "a") == 1
    assert set(shown(ledger)) == {"1"}


def test_the_same_rows_come_in_again_and_count_as_new(ledger: Ledger) -> None:
    rows = (of("1", "x"), of("2", "y"))
    brought(ledger, "a", *rows)
    take_back(ledger, "a")
    assert brought(ledger, "b", *rows) == ["accepted", "accepted"]
    assert brought(ledger, "c", *rows) == ["duplicate", "duplicate"]
    assert len(shown(ledger)) == 2
    assert [len(group) for group in versions(ledger, [rows[0][:2]]).values()] == [1]


def test_the_cut_off_is_that_of_what_stands(ledger: Ledger) -> None:
    brought(ledger, "a", of("1", "x"))
    brought(ledger, "b", of("2", "y", 9))
    assert observed(ledger) == (NOW, NOW + timedelta(days=9))
    take_back(ledger, "b")
    assert observed(ledger) == (NOW, NOW)


def test_a_load_that_is_taken_back_acknowledges_nothing_more(ledger: Ledger) -> None:
    brought(ledger, "a", of("1", "x"))
    take_back(ledger, "a")
    with pytest.raises(KehutuError) as caught:
        brought(ledger, "a", of("2", "y"))
    assert (caught.value.code, head(ledger)) == ("LOAD_WITHDRAWN", 2)


def test_a_load_of_an_earlier_version_is_taken_back_where_its_records_are_certain(ledger: Ledger) -> None:
    loads.start(ledger, "old", "m.yaml", at=NOW, reading=2)
    append(ledger, [of("1", "x"), of("2", "y")], recorded_at=NOW)
    counts = {"name": of("1", "x").source, "read": 2, "accepted": 2, "quarantined": 0, "duplicate": 0}
    loads.finish(ledger, "old", [counts], at=NOW + timedelta(minutes=1))
    with ledger.writing() as connection:
        connection.exec_driver_sql("UPDATE load SET reading = NULL")
    append(ledger, [of("3", "z")], recorded_at=NOW + timedelta(minutes=2))
    assert take_back(ledger, "old") == 2
    assert set(shown(ledger)) == {"3"}


def test_a_load_of_an_earlier_version_is_refused_where_they_are_not(ledger: Ledger) -> None:
    loads.start(ledger, "old", "m.yaml", at=NOW, reading=2)
    append(ledger, [of("1", "x"), of("2", "y")], recorded_at=NOW)
    counts = {"name": of("1", "x").source, "read": 1, "accepted": 1, "quarantined": 0, "duplicate": 0}
    loads.finish(ledger, "old", [counts], at=NOW + timedelta(minutes=1))
    with ledger.writing() as connection:
        connection.exec_driver_sql("UPDATE load SET reading = NULL")
    with pytest.raises(KehutuError) as caught:
        take_back(ledger, "old")
    assert caught.value.code == "LOAD_RECORDS_UNKNOWN"
    assert len(shown(ledger)) == 2


@given(st.sets(st.integers(0, 40)))
def test_ranges_hold_the_numbers_and_no_others(numbers: set[int]) -> None:
    found = list(load_records.ranges(numbers))
    assert {n for one in found for n in range(one.first, one.last + 1)} == numbers
    assert all(b.first > a.last + 1 for a, b in pairwise(found))
    assert list(load_records.ranges([3, 1, 2, 2])) == [Range(1, 3)]


def told(record_id: str, day: int) -> NewRecord:
    """What a source says of a record on a day; one of several versions of one instant would depend on their order."""
    return of(record_id, f"as of {day}", day, deleted=(int(record_id) + day) % 3 == 0)


ROWS = st.lists(st.builds(told, st.sampled_from("12"), st.integers(0, 3)), max_size=6)


@settings(max_examples=25)
@given(st.lists(st.tuples(st.sampled_from("abc"), ROWS), max_size=5), st.sets(st.sampled_from("abc")))
def test_after_any_loads_those_taken_back_might_never_have_been(
    tmp_path_factory: pytest.TempPathFactory, history: Sequence[tuple[str, list[NewRecord]]], back: set[str]
) -> None:
    folder = tmp_path_factory.mktemp("home")
    with Ledger.open(folder / "all") as ledger, Ledger.open(folder / "rest") as rest:
        for load, rows in history:
            brought(ledger, load, *rows)
            if load not in back:
                brought(rest, load, *rows)
        for load in sorted(back & {load for load, _ in history}):
            take_back(ledger, load)
        assert shown(ledger) == shown(rest)
        # The whole ledger at once shows the same.
        old = scan.superseded_until(ledger, head(ledger))
        at_once = {found.record_id: found.payload for found in scan.rows(ledger, 0, head(ledger), old)}
        assert at_once == shown(rest)
        # Loaded again, every row counts as it did at first.
        loads_again = [load for load, _ in history if load in back]
        if loads_again:
            rows = next(rows for load, rows in history if load == loads_again[0])
            assert brought(ledger, "again", *rows) == brought(rest, "again", *rows)
            assert shown(ledger) == shown(rest)


def test_records_of_an_earlier_reading_are_named_until_they_are_stated_again(ledger: Ledger) -> None:
    loads.start(ledger, "old", "m.yaml", at=NOW, reading=1)
    rows = [of("1", "x"), of("2", "y"), of("3", "z")]
    acknowledge(ledger, rows, recorded_at=NOW, load="old")
    counts = {"name": rows[0].source, "read": 3, "accepted": 3, "quarantined": 0, "duplicate": 0}
    loads.finish(ledger, "old", [counts], at=NOW)
    (found,) = read_before(ledger, 2)
    assert (found.source, found.records, found.unnamed, found.loads) == (rows[0].source, 3, 0, ("old",))
    # One is read as before, one otherwise, one is not in the file any more.
    brought(ledger, "new", of("1", "x"), of("2", "read otherwise"))
    (found,) = read_before(ledger, 2)
    assert found.records == 1
    take_back(ledger, "new")
    assert next(read_before(ledger, 2)).records == 3
    take_back(ledger, "old")
    assert list(read_before(ledger, 2)) == []


def test_records_without_an_id_of_their_own_are_told_apart(ledger: Ledger) -> None:
    loads.start(ledger, "old", "m.yaml", at=NOW, reading=1)
    row_ = of(content_hash(b"x", deleted=False).hex(), "x")
    acknowledge(ledger, [row_], recorded_at=NOW, load="old")
    counts = {"name": row_.source, "read": 1, "accepted": 1, "quarantined": 0, "duplicate": 0}
    loads.finish(ledger, "old", [counts], at=NOW)
    assert [found.unnamed for found in read_before(ledger, 2)] == [1]
