"""A walk over the pages of a list meets each entry once, and a cursor fits its own list alone."""

from __future__ import annotations

import base64
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.database import Ledger
from services.access.asker import EVERYONE
from services.paging import Cursors, Page, page_by_id, page_in
from services.site import ledger_as_seen_by
from terms.errors import KehutuError

NUMBERS = st.lists(st.integers(0, 60), unique=True, max_size=25)
QUESTION = ("numbers", "odd")


@pytest.fixture(scope="module")
def ledger(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ledger]:
    with Ledger.open(tmp_path_factory.mktemp("paged")) as opened:
        yield opened


@pytest.fixture(scope="module")
def cursors(ledger: Ledger) -> Cursors:
    return Cursors.of(ledger_as_seen_by(ledger, EVERYONE), *QUESTION)


def ordered(cursors: Cursors, entries: Sequence[int], first: int, after: str | None) -> Page[int]:
    return page_in(cursors, sorted(entries), lambda entry: [entry], first=first, after=after)


@given(st.lists(NUMBERS, min_size=1, max_size=6), st.integers(1, 7))
@settings(max_examples=200)
def test_what_is_there_throughout_is_met_once_whatever_comes_and_goes(
    cursors: Cursors, states: list[list[int]], first: int
) -> None:
    met: list[int] = []
    after = None
    for step in range(100):
        now = states[min(step, len(states) - 1)]
        page = ordered(cursors, now, first, after)
        assert len(page.nodes) <= first
        assert page.total_count == len(now)
        met += page.nodes
        if not page.page_info.has_next_page and step >= len(states) - 1:
            break
        after = page.page_info.end_cursor or after
    assert met == sorted(set(met))
    always = set.intersection(*map(set, states))
    assert always <= set(met) <= set.union(*map(set, states))


@given(st.lists(st.text(max_size=4), unique=True, max_size=20), st.integers(0, 7))
@settings(max_examples=200)
def test_pages_of_a_list_in_its_own_order_put_together_are_the_list(
    cursors: Cursors, entries: list[str], first: int
) -> None:
    met: list[str] = []
    after = None
    while True:
        page = page_by_id(cursors, entries, str, first=first, after=after)
        told = page.page_info
        assert page.nodes == entries[len(met) : len(met) + first]
        assert told.has_next_page == (len(met) + first < len(entries))
        assert told.has_previous_page == (after is not None)
        assert (told.start_cursor, told.end_cursor) == (
            (page.edges[0].cursor, page.edges[-1].cursor) if page.edges else (None, None)
        )
        met += page.nodes
        if not told.has_next_page or first == 0:
            break
        after = told.end_cursor
    assert met == (entries if first else [])


KEYS = st.lists(st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(max_size=12), max_size=4)


@given(KEYS)
def test_a_cursor_gives_back_the_keys_that_it_was_made_of(cursors: Cursors, keys: list[object]) -> None:
    assert cursors.read(cursors.write(keys)) == keys


@given(KEYS, st.data())
def test_a_cursor_that_somebody_changed_is_refused(
    cursors: Cursors, keys: list[object], data: st.DataObject
) -> None:
    cursor = cursors.write(keys)
    at = data.draw(st.integers(0, len(cursor) - 1))
    other = data.draw(st.characters().filter(lambda letter: letter != cursor[at]))
    for changed in (cursor[:at] + other + cursor[at + 1 :], cursor[:at], cursor + other):
        with pytest.raises(KehutuError) as refused:
            cursors.read(changed)
        assert refused.value.code == "CURSOR_UNKNOWN"


@given(KEYS)
@settings(max_examples=50)
def test_a_cursor_of_another_list_is_refused(cursors: Cursors, keys: list[object]) -> None:
    for other in (Cursors.of(cursors.seen, "numbers", "even"), Cursors.of(cursors.seen, "numbers")):
        with pytest.raises(KehutuError) as refused:
            other.read(cursors.write(keys))
        assert refused.value.code == "CURSOR_UNKNOWN"


def test_a_cursor_of_another_site_is_refused(cursors: Cursors, home: Path) -> None:
    with Ledger.open(home) as ledger:
        other = Cursors.of(ledger_as_seen_by(ledger, EVERYONE), *QUESTION)
        with pytest.raises(KehutuError) as refused:
            other.read(cursors.write([1]))
    assert refused.value.code == "CURSOR_UNKNOWN"


@pytest.mark.parametrize("first", [-1, 1_001])
def test_a_page_of_an_impossible_size_is_refused(cursors: Cursors, first: int) -> None:
    with pytest.raises(KehutuError) as refused:
        ordered(cursors, [1], first, None)
    assert refused.value.code == "PAGE_SIZE"


@given(
    st.lists(
        st.one_of(st.from_regex(r"[a-z]{4,20}", fullmatch=True), st.integers(1000, 2**53)),
        min_size=1,
        max_size=4,
    )
)
def test_a_cursor_tells_nothing_of_the_entry_that_it_stands_at(
    cursors: Cursors, place: list[str | int]
) -> None:
    cursor = cursors.write(place)
    raw = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
    assert cursors.read(cursor) == place
    assert cursor == cursors.write(place)
    for key in place:
        assert str(key).encode() not in raw
    # Two places that differ in one letter differ everywhere: what one holds does not help with the other.
    first, second = (base64.urlsafe_b64decode(cursors.write([one * 40]) + "==") for one in ("a", "b"))
    assert sum(one == other for one, other in zip(first, second, strict=True)) < len(first) // 4
