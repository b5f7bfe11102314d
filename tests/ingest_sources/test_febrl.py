"""FEBRL persons: rows as published, dates that are dates, names and addresses in one piece."""

from __future__ import annotations

from datetime import date

import pytest

from ingest.readers import Request, Row
from ingest.readers.febrl import read
from terms.errors import KehutuError


def persons(table: str | None = None) -> list[Row]:
    return [row for row in read(Request(path=None, name="febrl", table=table)).rows if isinstance(row, Row)]


def test_dataset1_has_500_persons_twice() -> None:
    ids = [str(row.values["rec_id"]) for row in persons()]
    assert len(ids) == len(set(ids)) == 1000
    assert sum(i.endswith("-org") for i in ids) == sum(i.endswith("-dup-0") for i in ids) == 500


def test_a_birth_date_is_a_day_or_absent() -> None:
    texts = [str(row.values["birthDate"]) for row in persons()]
    assert all(date.fromisoformat(text) for text in texts if text)
    assert texts.count("") == 44  # 41 empty cells and 3 that are no date


def test_parts_are_joined() -> None:
    first = persons()[0].values
    assert first["name"] == "waller"
    assert first["address"] == "6 tullaroop street, willaroo, st james, 4011, wa"


@pytest.mark.parametrize(("table", "rows"), [("dataset2", 5000), ("dataset4a", 5000), ("dataset4b", 5000)])
def test_the_other_data_sets_are_read_too(table: str, rows: int) -> None:
    assert len(persons(table)) == rows


def test_an_unknown_data_set_is_refused() -> None:
    with pytest.raises(KehutuError) as refused:
        persons("dataset9")
    assert refused.value.code == "READER_TABLE_UNKNOWN"
