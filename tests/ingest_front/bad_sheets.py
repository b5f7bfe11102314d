"""Cells and sheets of workbooks, a part of the table of bad input (:mod:`tests.ingest_front.bad_input`)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Final

from tests.ingest_front import bad_workbooks
from tests.ingest_front.bad_case import Case, Mended
from tests.ingest_front.bad_workbooks import MENDED, PROPERTIES, book_of
from tests.workbooks import sheet_xml, workbook

STATED: Final = "recordId: id\nobservedAt: 2026-01-31"
CELL_MAPPING: Final = bad_workbooks.MANIFEST.partition("    mapping:\n")[2]
FIRMS: Final = """\
      - node: Enterprise
        key: {local: code}
        set: {name: name}
"""
TYPES: Final = {
    "key": "Meter", "text": "Customer", "money": "Bill", "energy": "Bill", "share": "INVESTS_IN", "day": "Bill",
    "instant": "Interaction", "shift": "Technician",
}  # fmt: skip
FOLLOWED: Final = {
    "ROW_CELL_DATE": "type the cell again as it should read",
    "ROW_CELL_NO_DATE": "Type the date again",
    "ROW_CELL_ERROR": "Correct the formula",
    "ROW_FORMULA_EMPTY": "Open the workbook in Excel and save it",
    "ROW_DIGITS_LOST": "Format the column as text",
    "ROW_FIELD_INVALID": "Correct the value at its source",
}
"""Code -> the part of its remedy that is followed in the workbook."""


def _of_cell(cell: bad_workbooks.Case) -> Case:
    """A cell of :mod:`tests.ingest_front.bad_workbooks` as a workbook of one row."""
    name = f"{TYPES[cell.column]}.{PROPERTIES[cell.column]}"
    mended = None
    if cell.refused:
        right, value = MENDED[cell.column]
        made = book_of(replace(cell, cell=right, from_1904=False))
        mended = Mended(FOLLOWED[cell.refused], made, told={"R1": {name: value}})
    return Case(
        87,
        f"{re.sub(r'[^0-9A-Za-z]+', '-', f'{cell.kind} {cell.column}')}.xlsx",
        book_of(cell),
        0 if cell.refused else 1,
        ((2, cell.column, cell.refused),) if cell.refused else (),
        told={} if cell.refused else {"R1": {name: cell.value}},
        stated=STATED,
        mapping=CELL_MAPPING,
        mended=mended,
        alone=True,
    )


_HEAD: Final = ["id", "code", "name"]
_MILLS, _TRADERS = ["1", "F1", "Mills"], ["2", "F2", "Traders"]
_BOTH: Final = {"1": {"Enterprise.name": "Mills"}, "2": {"Enterprise.name": "Traders"}}
_FIRST: Final = {"1": {"Enterprise.name": "Mills"}}
_SECOND: Final = {"2": {"Enterprise.name": "Traders"}}
_TABLE: Final = workbook({"表": [_HEAD, _MILLS]})
_CORNER: Final = sheet_xml(
    "<sheetData>"
    + "".join(
        f'<row r="{n}">'
        + "".join(f'<c r="{column}{n}" t="str"><v>{text}</v></c>' for column, text in zip("ABC", row, strict=True))
        + "</row>"
        for n, row in enumerate((_HEAD, _MILLS), start=1)
    )
    + '<row r="1048576"><c r="XFD1048576" t="str"><v> </v></c></row></sheetData>'
)  # fmt: skip


def _book(
    name: str, made: bytes, accepted: int, code: str = "", lines: Sequence[int | None] = (), **more: Any
) -> Case:
    """A workbook of firms; ``code``: what is noticed, with the lines."""
    given: dict[str, Any] = {"told": _FIRST if accepted == 1 else _BOTH if accepted else {}, **more}
    stated = f"{STATED}\n{given.pop('stated', '')}".strip()
    noticed = {code: tuple(lines)} if code else {}
    return Case(
        88, f"{name}.xlsx", made, accepted, stated=stated, mapping=FIRMS, noticed=noticed, alone=True, **given
    )


SHEETS: Final = (
    *map(_of_cell, bad_workbooks.CASES),
    _book("hidden-rows", workbook({"表": [_HEAD, _MILLS, _TRADERS]}, hidden_rows=[3]), 2, "NOTICE_HIDDEN_ROWS", (3,),
          mended=Mended("take the load back (`kehutu loads withdraw ID`), delete them in Excel", _TABLE,
                        told={**_FIRST, "2": None})),
    _book("hidden-columns", workbook({"表": [_HEAD, _MILLS]}, hidden_columns=["C"]), 1,
          "NOTICE_HIDDEN_COLUMNS", (None,),
          mended=Mended("show them in Excel", _TABLE, told=_FIRST)),
    _book("hidden-sheets", workbook({"旧": [_HEAD, _TRADERS], "表": [_HEAD, _MILLS]}, hidden=["旧"]), 1,
          "NOTICE_HIDDEN_SHEETS", (None,),
          mended=Mended("name a hidden sheet as `table`", stated=f"{STATED}\ntable: 旧", told=_SECOND)),
    _book("other-sheets", workbook({"表": [_HEAD, _MILLS], "新": [_HEAD, _TRADERS]}), 1, "NOTICE_OTHER_SHEETS", (None,),
          mended=Mended("Name the sheet to read as `table`", stated=f"{STATED}\ntable: 新", told=_SECOND)),
    _book("only-hidden-sheets", workbook({"表": [_HEAD, _MILLS]}, hidden=["表"]), 0, error="no visible sheet",
          mended=Mended("name one as `table`", stated=f"{STATED}\ntable: 表", told=_FIRST)),
    _book("merged-cells", workbook({"表": [_HEAD, _MILLS, ["2", "F2", ""]]}, merged=["C2:C3"]), 2,
          "NOTICE_MERGED_CELLS", (None,), told=_FIRST,
          mended=Mended("take the merging back", workbook({"表": [_HEAD, _MILLS, _TRADERS]}), told=_BOTH)),
    _book("beyond-the-names", workbook({"表": [_HEAD, [*_MILLS, "", "more"]]}), 0,
          refused=((2, "", "ROW_BEYOND_HEADER"),),
          mended=Mended("Clear the cell", _TABLE, told=_FIRST)),
    _book("a-name-for-it", workbook({"表": [_HEAD, [*_MILLS, "more"]]}), 0, refused=((2, "", "ROW_BEYOND_HEADER"),),
          mended=Mended("give its column a name in the header", workbook({"表": [[*_HEAD, "note"], [*_MILLS, "more"]]}),
                        told=_FIRST)),
    _book("a-title-above", workbook({"表": [["Firms"], _HEAD, _MILLS]}), 0, error="has no column",
          mended=Mended("`options: {skip: 1}`", stated=f"{STATED}\noptions: {{skip: 1}}", told=_FIRST)),
    _book("two-rows-of-names", workbook({"表": [["", "firm", ""], ["id", "code", "name"], ["1", "F1", "Mills"]]}), 0,
          error="column 1 has no name",
          mended=Mended("`options: {header: 2}`", stated=f"{STATED}\noptions: {{header: 2}}", told=_FIRST)),
    _book("names-in-two-rows", workbook({"表": [["", "", "legal"], ["id", "code", "name"], ["1", "F1", "Mills"]]}), 1,
          stated="options: {header: [1, 2], columns: [id, code, name]}"),
    _book("a-footer", workbook({"表": [_HEAD, _MILLS, ["made by Wang"]]}), 1, stated="options: {footer: 1}",
          left_out=("rows at the end of the sheet, as `footer` says (first in a-footer.xlsx, sheet '表', line 3): 1",)),
    _book("no-names", workbook({"表": [_MILLS, _TRADERS]}), 2, stated="options: {columns: [id, code, name]}"),
    _book("the-last-corner", workbook({"表": [_HEAD]}, parts={"xl/worksheets/sheet1.xml": _CORNER}), 1),
    _book("nothing", workbook({"表": []}), 0, "NOTICE_EMPTY", (None,)),
    _book("saved-as-xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504), 0, error="an old Excel workbook (.xls)",
          mended=Mended("Export the data again as an Excel workbook (.xlsx)", _TABLE, told=_FIRST)),
)  # fmt: skip
