"""Excel workbooks (.xlsx): one sheet is one table, its first row the header."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator, Sequence
from typing import Final

from python_calamine import (
    CalamineError,
    CalamineSheet,
    CalamineWorkbook,
    SheetVisibleEnum,
)

from ingest.readers import COLUMN_LIMIT, BadRow, Opened, Request, Row
from ingest.readers.input import check_options, content_of, open_file, reading, whole_number
from terms.errors import KehutuError

SIZE_LIMIT: Final = 1 << 30
RATIO_LIMIT: Final = 200
"""A workbook is a zip archive and is read into memory as a whole: bytes it may unpack to, and so many times its own
size (sheets of repeated text reach about 50)."""


def read(request: Request) -> Opened:
    """The sheet that ``table`` names, else the first visible one; rows are numbered as in the sheet.

    The header is its first row that is not blank. Option: ``skip`` (rows above the header).
    Raises:
        KehutuError: ``FILE_MISSING``, ``FILE_UNREADABLE``, ``FILE_NOT_A_TABLE``, ``FILE_DAMAGED``,
            ``FILE_HEADER_FAULTY``, ``FILE_TOO_WIDE``, ``ARCHIVE_REFUSED``, ``READER_TABLE_UNKNOWN``.
    """
    check_options(request, "xlsx", frozenset({"skip"}), takes=frozenset({"table"}))
    skip = whole_number(request, "xlsx", "skip")
    with open_file(request) as file, reading(request.name):
        head = file.read(16)
        if not head.startswith(b"PK\x03\x04"):
            what = content_of(head) or ("an empty file" if not head else "something else")
            raise KehutuError("FILE_NOT_A_TABLE", file=request.name, found=what, expected="an Excel workbook")
        file.seek(0)
        try:
            _check_size(zipfile.ZipFile(file), request.name)
            file.seek(0)
            workbook = CalamineWorkbook.from_filelike(file)
            sheet, others = _chosen(workbook, request)
            rows = sheet.to_python(skip_empty_area=False)
            ranges = sheet.merged_cell_ranges or []
        except (CalamineError, zipfile.BadZipFile, OSError, ValueError) as fault:
            raise KehutuError(
                "FILE_DAMAGED", file=request.name, reason=str(fault).rstrip(".")[:200]
            ) from fault
    start = next((i for i, cells in enumerate(rows) if i >= skip and any(cell != "" for cell in cells)), None)
    if start is None:
        opened = Opened(iter(()), None)
        opened.notices.add("NOTICE_EMPTY", file=request.name)
        return opened
    names = _header(rows[start], start + 1, request.name)
    opened = Opened(_rows(names, rows[start + 1 :], start + 2, request.name), names)
    if len(rows) == start + 1:
        opened.notices.add("NOTICE_EMPTY", file=request.name)
    merged = sum(end[0] >= start for _, end in ranges)
    if merged:
        opened.notices.add("NOTICE_MERGED_CELLS", file=request.name, count=merged)
    if others:
        opened.notices.add(
            "NOTICE_OTHER_SHEETS", file=request.name, sheet=sheet.name, others=", ".join(others)
        )
    return opened


def _check_size(archive: zipfile.ZipFile, name: str) -> None:
    packed = sum(entry.compress_size for entry in archive.infolist())
    unpacked = sum(entry.file_size for entry in archive.infolist())
    if unpacked > SIZE_LIMIT or unpacked > RATIO_LIMIT * max(packed, 10_000):
        reason = f"it unpacks to {unpacked:,} bytes from {packed:,}"
        raise KehutuError("ARCHIVE_REFUSED", file=name, reason=reason)


def _chosen(workbook: CalamineWorkbook, request: Request) -> tuple[CalamineSheet, list[str]]:
    """The sheet to read, and the visible ones that are left unread without anybody having said so."""
    visible = [s.name for s in workbook.sheets_metadata if s.visible == SheetVisibleEnum.Visible]
    if request.table is None:
        if not visible:
            raise ValueError("it has no visible sheet")
        return workbook.get_sheet_by_name(visible[0]), visible[1:]
    if request.table not in workbook.sheet_names:
        known = ", ".join(workbook.sheet_names)
        raise KehutuError("READER_TABLE_UNKNOWN", reader="xlsx", found=request.table, known=known)
    return workbook.get_sheet_by_name(request.table), []


def _header(cells: Sequence[object], line: int, name: str) -> tuple[str, ...]:
    names = [str(cell).strip() for cell in cells]
    while names and not names[-1]:
        names.pop()
    if len(names) > COLUMN_LIMIT:
        raise KehutuError("FILE_TOO_WIDE", file=name, found=len(names), limit=COLUMN_LIMIT)
    for position, found in enumerate(names):
        if not found or found in names[:position]:
            reason = (
                f"column {position + 1} has no name"
                if not found
                else f"two columns have the name '{found[:80]}'"
            )
            raise KehutuError("FILE_HEADER_FAULTY", file=name, line=line, reason=reason)
    return tuple(names)


def _rows(
    names: tuple[str, ...], rows: Sequence[Sequence[object]], first: int, file: str
) -> Iterator[Row | BadRow]:
    for line, cells in enumerate(rows, start=first):
        if all(cell == "" for cell in cells):
            continue
        values = dict(zip(names, map(_value, cells), strict=False))
        if any(cell != "" for cell in cells[len(names) :]):
            details: dict[str, object] = {"expected": len(names), "found": len(cells)}
            yield BadRow(
                file, line, "ROW_RAGGED", details, {**values, "": [str(c) for c in cells[len(names) :]]}
            )
        else:
            yield Row(file, line, values)


def _value(cell: object) -> object:
    """Excel knows floats only: a whole number is one again."""
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 2**53:
        return int(cell)
    return None if cell == "" else cell
