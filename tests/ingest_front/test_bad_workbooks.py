"""Cells of workbooks, one table: what Excel shows of them counts for keys and texts, what they hold for numbers."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ingest.loads.retry import retry
from ledger import quarantine
from terms.errors import KehutuError
from tests.ingest_front.bad_workbooks import CASES, COLUMNS, MANIFEST, MENDED, PROPERTIES, Case, book_of
from tests.workbooks import Cell, workbook


def value_of(desk, column: str) -> object:
    """What the one record says of a column."""
    (statements,) = desk.statements()
    stated = (*statements.nodes, *statements.relations)
    found = [one.set[PROPERTIES[column]] for one in stated if PROPERTIES[column] in one.set]
    return found[0] if found else None


@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_cell_is_read_as_written(desk, case):
    desk.write("book.xlsx", book_of(case))
    (report,) = desk.load(MANIFEST).sources
    assert report.error is None
    if not case.refused:
        assert desk.reasons() == []
        assert value_of(desk, case.column) == case.value
        return
    assert desk.reasons() == [(2, case.column, case.refused)]
    (row,) = desk.refused()
    cell = "ABCDEFGHI"[COLUMNS.index(case.column)] + "2"
    assert f"book.xlsx, sheet '表', cell {cell}" in KehutuError(row.code, **row.details).message()
    assert f"工作表“表”，单元格 {cell}" in KehutuError(row.code, **row.details).message("zh")


REFUSED = [case for case in CASES if case.refused]


@pytest.mark.parametrize("case", REFUSED, ids=str)
def test_a_refused_cell_is_refused_again_as_long_as_nothing_has_changed(desk, case):
    """What the quarantine keeps is read like the cell itself."""
    desk.write("book.xlsx", book_of(case))
    desk.load(MANIFEST)
    before = desk.refused()
    (desk.folder / "book.xlsx").unlink()
    (again,) = retry(desk.ledger, desk.folder / "m0.yaml")
    assert (again.outcome, again.code) == ("quarantined", case.refused)
    assert [(row.id, row.details) for row in desk.refused()] == [(row.id, row.details) for row in before]


@pytest.mark.parametrize("case", REFUSED, ids=str)
def test_the_remedy_works_in_the_workbook(desk, case):
    """The cell is corrected in Excel, the workbook saved, the row tried again."""
    desk.write("book.xlsx", book_of(case))
    desk.load(MANIFEST)
    cell, value = MENDED[case.column]
    desk.write("book.xlsx", book_of(replace(case, cell=cell, from_1904=False)))
    (done,) = retry(desk.ledger, desk.folder / "m0.yaml")
    assert (done.outcome, quarantine.count(desk.ledger)) == ("accepted", 0)
    assert value_of(desk, case.column) == value


@pytest.mark.parametrize("case", REFUSED, ids=str)
def test_the_remedy_works_by_hand(desk, case):
    """The cell is given with ``quarantine retry --set``."""
    desk.write("book.xlsx", book_of(case))
    desk.load(MANIFEST)
    by_hand = {"day": ("2024-05-01", "2024-05-01"), "money": ("12.5", 1250), "energy": ("3", 3.0)}
    text, value = by_hand.get(case.column, MENDED[case.column])
    (done,) = retry(desk.ledger, desk.folder / "m0.yaml", changes={case.column: str(text)})
    assert done.outcome == "accepted"
    assert value_of(desk, case.column) == value


def test_a_condition_on_a_cell_with_an_error_is_no_answer(desk):
    manifest = MANIFEST.replace("optional: true", "optional: true\n        when: {column: text, equals: yes}")
    desk.write("book.xlsx", book_of(Case("", "text", Cell("#REF!", type="e"))))
    desk.load(manifest)
    assert desk.reasons() == [(2, "text", "ROW_CELL_ERROR")]


@pytest.mark.parametrize("equals", ["007", "7"])
def test_a_condition_may_mean_a_number_as_it_is_shown_or_as_it_is(desk, equals):
    manifest = MANIFEST.replace("optional: true", f"when: {{column: text, equals: '{equals}'}}")
    desk.write("book.xlsx", workbook({"a": [COLUMNS, ["R1", "M1", Cell("7", "000")]]}))
    desk.load(manifest)
    assert [node.set.get("meterNo") for node in desk.statements()[0].nodes[:1]] == ["M1"]


def test_a_date_is_no_part_of_a_key_with_a_prefix(desk):
    manifest = MANIFEST.replace("{meterNo: key}", "{meterNo: {column: key, prefix: M-}}")
    desk.write("book.xlsx", book_of(Case("", "key", Cell("45413", "yyyy-m"))))
    desk.load(manifest)
    assert desk.reasons() == [(2, "key", "ROW_CELL_DATE")]


@pytest.mark.parametrize("case", [case for case in CASES if case.value is not None], ids=str)
def test_a_cell_that_is_kept_is_read_like_the_cell(desk, case):
    """The row waits in quarantine for another reason, and is taken from there when that is put right."""
    row = [None, *(case.cell if name == case.column else None for name in COLUMNS[1:])]
    desk.write(
        "book.xlsx", workbook({"表": [COLUMNS, row]}, from_1904=case.from_1904, uncomputed=case.uncomputed)
    )
    desk.load(MANIFEST)
    (desk.folder / "book.xlsx").unlink()
    (done,) = retry(desk.ledger, desk.folder / "m0.yaml", changes={"id": "R1"})
    assert done.outcome == "accepted"
    assert value_of(desk, case.column) == case.value


def test_a_record_may_be_named_by_a_date_and_a_column_that_is_not_mapped_may_hold_anything(desk):
    rows = [["id", "day", "note"], ["R1", Cell("45413", 14), Cell("#N/A", type="e")]]
    desk.write("book.xlsx", workbook({"a": rows}))
    (report,) = desk.load(
        "sources:\n  - name: book\n    path: book.xlsx\n    channel: marketing\n    recordId: [id, day]\n"
        "    observedAt: day\n    mapping: [{node: Bill, key: {local: id}}]\n"
    ).sources
    assert (report.accepted, [record.record_id for record in desk.records()]) == (1, ["R1/2024-05-01"])
