"""Of a refused row the quarantine keeps no identity number, whatever cell, list or object it stands in."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from ingest.rows.hidden_numbers import hidden_cells, hidden_details, masked

SECRET = frozenset({"idNo", "holders.idNo", "owner"})
NUMBERS = st.from_regex(r"[1-9][0-9]{16}[0-9X]", fullmatch=True)
ELSEWHERE = st.one_of(st.text(alphabet="abc 客户", max_size=12), st.integers(-(10**6), 10**6), st.none())


@st.composite
def rows(draw: st.DrawFn) -> tuple[dict[str, Any], set[str]]:
    """A row with identity numbers where the mapping hides them, and the numbers."""
    numbers = draw(st.lists(NUMBERS, min_size=4, max_size=6, unique=True))
    own, first, *others = numbers
    row: dict[str, Any] = {
        "idNo": own,
        "holders": [{"idNo": number, "share": draw(ELSEWHERE)} for number in others],
        "owner": draw(st.sampled_from([first, [first], ""])),
        "name": draw(ELSEWHERE),
        "note": draw(ELSEWHERE),
    }
    return row, set(numbers)


@given(rows())
def test_no_secret_number_is_kept_and_all_other_cells_are(made: tuple[dict[str, Any], set[str]]) -> None:
    row, numbers = made
    kept = hidden_cells(row, SECRET)
    text = json.dumps(kept, ensure_ascii=False)
    assert not [number for number in numbers if number in text]
    assert set(kept) == set(row)
    assert (kept["name"], kept["note"]) == (row["name"], row["note"])
    assert [holder["share"] for holder in row["holders"]] == [
        holder["share"]
        for holder in kept["holders"]  # type: ignore[attr-defined]
    ]
    assert hidden_cells(kept, SECRET).keys() == kept.keys()


@given(NUMBERS, st.text(alphabet="abc ,;客户", max_size=10), st.text(alphabet="abc ,;客户", max_size=10))
def test_a_line_that_is_no_row_keeps_no_number_in_any_cell(number: str, before: str, after: str) -> None:
    # A letter beside the digits makes it another number than identity numbers are.
    line = f"{before} {number} {after}"
    kept = hidden_cells({"column 1": line, "column 2": number}, SECRET, parsed=False)
    assert number not in json.dumps(kept)
    assert str(kept["column 1"]).startswith(before)
    assert hidden_cells({"column 1": line}, frozenset(), parsed=False) == {"column 1": line}


@given(NUMBERS, st.sampled_from(["idNo", "holders[2].idNo", "name, owner"]))
def test_the_reason_tells_no_number(number: str, field: str) -> None:
    told = hidden_details({"field": field, "found": number, "hint": f"as {number} is"}, SECRET)
    assert number not in json.dumps(told)
    assert told["field"] == field


@given(st.one_of(NUMBERS, st.text(max_size=30), st.integers()))
def test_what_is_shown_of_a_number_is_its_ends(cell: object) -> None:
    shown = masked(cell)
    assert len(shown.replace("…", "", 1)) <= 5
    assert masked(shown) == "…"  # what is masked stays so
