"""Rows that could not be taken."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.database import Ledger
from ledger.quarantine import Quarantined, count, listing, put, settle, show
from terms.errors import KehutuError
from tests.ledger.rows import NOW
from tests.ledger.test_ledger_records import fresh


def bad(
    line: int = 2, *, source: str = "visits", value: object = "4401-7 3", code: str = "ROW_FIELD_INVALID"
) -> Quarantined:
    """A row of a home visit whose customer number is none."""
    return Quarantined(
        source=source,
        file=f"{source}.csv",
        line=line,
        field="customerNo",
        code=code,
        details={"found": "4401-7 3", "expected": "10 digits"},
        raw={"户号": value, "姓名": "王"},
        first_seen=NOW,
    )


def test_a_row_is_kept_with_its_reason(ledger: Ledger) -> None:
    entry = bad()
    put(ledger, [entry])
    assert listing(ledger) == [entry]
    assert show(ledger, entry.id) == entry
    assert (entry.state, entry.id[:2], len(entry.id)) == ("open", "q-", 14)


def test_the_same_row_again_is_the_same_entry_with_its_first_sight(ledger: Ledger) -> None:
    put(ledger, [bad()])
    put(ledger, [replace(bad(code="ROW_KEY_MISSING"), first_seen=NOW + timedelta(days=1))])
    [found] = listing(ledger)
    assert (found.code, found.first_seen) == ("ROW_KEY_MISSING", NOW)


def test_another_place_or_content_is_another_entry() -> None:
    assert len({bad().id, bad(3).id, bad(source="hotline").id, bad(value="x").id}) == 4


def test_a_settled_row_is_listed_as_retried_until_it_comes_again(ledger: Ledger) -> None:
    put(ledger, [bad(), bad(3)])
    settle(ledger, bad().id)
    assert [entry.line for entry in listing(ledger)] == [3]
    assert [entry.line for entry in listing(ledger, state="retried")] == [2]
    assert (count(ledger), count(ledger, state=None)) == (1, 2)
    put(ledger, [bad()])
    assert count(ledger) == 2


def test_rows_are_listed_by_source_and_line_in_pages(ledger: Ledger) -> None:
    put(ledger, [bad(n, source=source) for n in (10, 9, 2) for source in ("visits", "hotline")])
    pages = []
    after = None
    while page := listing(ledger, first=4, after=after):
        pages += [(entry.source, entry.line) for entry in page]
        after = page[-1].id
    assert pages == [(source, n) for source in ("hotline", "visits") for n in (2, 9, 10)]
    assert [entry.line for entry in listing(ledger, "visits")] == [2, 9, 10]
    assert count(ledger, "visits") == 3


def test_the_beginning_of_an_id_is_enough_where_it_fits_one(ledger: Ledger) -> None:
    entries = [bad(n) for n in range(40)]
    put(ledger, entries)
    assert show(ledger, entries[7].id[:-1]) == entries[7]
    for text, code in [
        ("q-", "QUARANTINE_AMBIGUOUS"),
        ("q-0", "UNKNOWN_QUARANTINE"),
        ("", "UNKNOWN_QUARANTINE"),
    ]:
        with pytest.raises(KehutuError) as caught:
            settle(ledger, text)
        assert caught.value.code == code


@settings(max_examples=40)
@given(
    raw=st.dictionaries(
        st.text(),
        st.none()
        | st.booleans()
        | st.integers()
        | st.floats()
        | st.text(st.characters(exclude_categories=()))
        | st.dates(),
        max_size=4,
    ),
    file=st.text(st.characters(exclude_categories=()), max_size=5),
)
def test_any_content_can_be_kept_and_twice_is_once(raw: dict[str, object], file: str) -> None:
    entry = replace(bad(), raw=raw, file=file)
    with fresh() as ledger:
        put(ledger, [entry, entry])
        put(ledger, [entry])
        [found] = listing(ledger)
        assert found.id == entry.id
        put(ledger, [found])
        assert count(ledger) == 1
        assert found.raw.keys() == raw.keys()
        for name, value in raw.items():
            kept = str(value) if isinstance(value, date) else value
            assert found.raw[name] == kept or kept != kept  # noqa: PLR0124  # NaN
