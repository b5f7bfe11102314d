"""Excel workbooks (.xlsx): one sheet is one table, with one row of names or more above its rows."""

from __future__ import annotations

import struct
import zipfile
import zlib
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from typing import BinaryIO, Final

from ingest.notices import Place
from ingest.readers import BadRow, Opened, Request, Row
from ingest.readers.excel_layout import Layout, layout_of, names_of
from ingest.readers.input import EMPTY, OTHER, check_options, content_of, open_file, reading
from ingest.readers.shown import Shown
from ingest.readers.workbook.cell_references import Merged, position_of
from ingest.readers.workbook.package import OtherKindError, Sheet, TooLargeError, Workbook, open_workbook
from ingest.readers.workbook.sheet import SheetRow, SheetRows, merged_ranges
from ingest.readers.workbook.texts import SharedTexts, read_texts
from ingest.readers.workbook.values import Reading
from ingest.readers.workbook.xml import UnreadableError
from terms.errors import KehutuError
from terms.texts import Texts

_OPTIONS: Final = frozenset({"header", "skip", "footer", "columns"})
_DAMAGED: Final = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    RuntimeError,  # a password, or a way of packing that Python does not know
    # Of broken tables of contents.
    ValueError,
    KeyError,
    OverflowError,
    struct.error,
)
_WORKBOOK: Final = Texts("an Excel workbook (.xlsx)", "Excel 工作簿（.xlsx）")
_SHOWN: Final = 3
"""Cells beyond the last column that a quarantined row keeps."""


def read(request: Request) -> Opened:
    """The sheet that ``table`` names, else the first visible one; rows are numbered as in the sheet.

    Options: ``header`` (the number of the row of names, or a list of them; else the first that is not blank),
    ``skip`` (rows above the header), ``footer`` (rows at the end that are no rows of the table), ``columns`` (the
    names, of a sheet without any).
    Raises:
        KehutuError: ``FILE_MISSING``, ``FILE_UNREADABLE``, ``FILE_NOT_A_TABLE``, ``FILE_DAMAGED``,
            ``FILE_HEADER_FAULTY``, ``FILE_TOO_WIDE``, ``ARCHIVE_REFUSED``, ``READER_TABLE_UNKNOWN``.
    """
    check_options(request, "xlsx", _OPTIONS, takes=frozenset({"table"}))
    layout = layout_of(request)
    with ExitStack() as opening:
        file = opening.enter_context(open_file(request))
        with _told(request.name):
            workbook = _opened(file, request.name)
            sheet, opened = _chosen(workbook, request)
            merged: list[Merged] = []
            if len(layout.header) > 1:
                with workbook.part(sheet.part) as part:
                    merged = [one for one in merged_ranges(part) if one.top <= layout.header[-1]]
            texts = opening.enter_context(_texts(workbook))
            part = opening.enter_context(workbook.part(sheet.part))
            rows = SheetRows(part, Reading(texts, workbook.formats, workbook.from_1904, workbook.computed))
            table = _Table(request, sheet.name, layout, rows, opened)
            table.find_names(merged)
        opened.rows = table.rows(opening.pop_all())
    return opened


@contextmanager
def _told(name: str) -> Iterator[None]:
    """Turn what is wrong with a workbook into an error that names it."""
    with reading(name):
        try:
            yield
        except OtherKindError as fault:
            raise KehutuError(
                "FILE_NOT_A_TABLE", file=name, found=fault.reason, expected=_WORKBOOK
            ) from fault
        except TooLargeError as fault:
            raise KehutuError("ARCHIVE_REFUSED", file=name, reason=fault.reason) from fault
        except UnreadableError as fault:
            raise KehutuError("FILE_DAMAGED", file=name, reason=fault.reason) from fault
        except _DAMAGED as fault:
            # What the library says is English.
            reason = Texts(str(fault).rstrip(".")[:200], "其压缩内容有误或已加密")
            raise KehutuError("FILE_DAMAGED", file=name, reason=reason) from fault


def _opened(file: BinaryIO, name: str) -> Workbook:
    head = file.read(16)
    if not head.startswith(b"PK\x03\x04"):
        what = content_of(head) or (OTHER if head else EMPTY)
        raise KehutuError("FILE_NOT_A_TABLE", file=name, found=what, expected=_WORKBOOK)
    file.seek(0)
    return open_workbook(file)


@contextmanager
def _texts(workbook: Workbook) -> Iterator[SharedTexts]:
    texts = SharedTexts()
    if workbook.texts is not None:
        with workbook.part(workbook.texts) as part:
            texts = read_texts(part)
    try:
        yield texts
    finally:
        texts.close()


def _chosen(workbook: Workbook, request: Request) -> tuple[Sheet, Opened]:
    """The sheet to read; what is left unread without anybody having said so is noticed."""
    opened = Opened(iter(()), None)
    names = ", ".join(sheet.name for sheet in workbook.sheets)
    if request.table is not None:
        named = next((sheet for sheet in workbook.sheets if sheet.name == request.table), None)
        if named is None:
            raise KehutuError("READER_TABLE_UNKNOWN", reader="xlsx", found=request.table, known=names)
        return named, opened
    visible = [sheet for sheet in workbook.sheets if sheet.visible]
    hidden = [sheet for sheet in workbook.sheets if not sheet.visible]
    if not visible:
        if not hidden:
            raise UnreadableError("it has no sheet", "其中没有工作表")
        raise UnreadableError(
            f"it has no visible sheet; hidden are: {names} (name one as `table`)",
            f"其中没有可见的工作表；隐藏的有：{names}（可用 `table` 指定其一）",
        )
    chosen, *others = visible
    if others:
        listed = ", ".join(sheet.name for sheet in others)
        opened.notices.add("NOTICE_OTHER_SHEETS", file=request.name, sheet=chosen.name, others=listed)
    if hidden:
        listed = ", ".join(sheet.name for sheet in hidden)
        opened.notices.add("NOTICE_HIDDEN_SHEETS", file=request.name, sheet=chosen.name, others=listed)
    return chosen, opened


class _Table:
    """A sheet as a table: names first, then rows until the end or the footer."""

    def __init__(self, request: Request, sheet: str, layout: Layout, rows: SheetRows, opened: Opened) -> None:
        self.file = request.name
        self.wanted = request.wanted
        self.sheet = sheet
        self.layout = layout
        self.sheet_rows = rows
        self.opened = opened
        self.waiting: Iterator[SheetRow] = filter(_filled, rows)
        self.first = 0  # the row that the table begins with
        self.columns: tuple[tuple[str, str], ...] = ()

    def find_names(self, merged: Sequence[Merged]) -> None:
        """Read as far as the names; a sheet without any has no columns."""
        start, waiting = names_of(self.waiting, self.layout, merged, self.file)
        self.waiting = waiting
        self.first = start.line
        self.columns = start.columns
        opened = self.opened
        opened.sheet = self.sheet
        if not start.columns:
            opened.notices.add("NOTICE_EMPTY", Place(self.file, None, self.sheet), file=self.file)
            return
        opened.columns = tuple(name for _, name in start.columns)
        opened.letters = {name: letters for letters, name in start.columns}

    def rows(self, closing: ExitStack) -> Iterator[Row | BadRow]:
        """The rows; closes the file after the last one."""
        with closing, _told(self.file):
            if not self.columns:
                return
            row = None
            file, columns = self.file, self.columns
            known = {letters for letters, _ in columns}
            for row in self._without_footer():
                cells = row.cells
                if row.hidden:
                    place = Place(file, row.line, self.sheet)
                    self.opened.notices.add("NOTICE_HIDDEN_ROWS", place)
                values = {name: cells.get(letters) for letters, name in columns}
                yield Row(file, row.line, values) if known.issuperset(cells) else self._checked(row, values)
            self._notice_the_whole(empty=row is None)

    def _without_footer(self) -> Iterator[SheetRow]:
        """All rows but the last ones, which are counted."""
        if not self.layout.footer:
            yield from self.waiting
            return
        last: deque[SheetRow] = deque()
        for row in self.waiting:
            last.append(row)
            if len(last) > self.layout.footer:
                yield last.popleft()
        for row in last:
            self.opened.left_out.add("LEFT_OUT_FOOTER", Place(self.file, row.line, self.sheet))

    def _notice_the_whole(self, *, empty: bool) -> None:
        sheet = Place(self.file, None, self.sheet)
        if empty:
            self.opened.notices.add("NOTICE_EMPTY", sheet, file=self.file)
        merged = sum(one.bottom >= self.first for one in self.sheet_rows.about.merged)
        if merged:
            self.opened.notices.add("NOTICE_MERGED_CELLS", sheet, file=self.file, count=merged)
        hidden = self._hidden()
        if hidden:
            self.opened.notices.add(
                "NOTICE_HIDDEN_COLUMNS", sheet, file=self.file, columns=", ".join(hidden), count=len(hidden)
            )

    def _hidden(self) -> list[str]:
        """The columns that are read though they are hidden."""
        spans = self.sheet_rows.about.hidden
        return [
            name
            for letters, name in self.columns
            if (not self.wanted or name in self.wanted)
            and any(one.first <= position_of(letters) <= one.last for one in spans)
        ]

    def _checked(self, row: SheetRow, values: dict[str, object]) -> Row | BadRow:
        """A row with cells beyond the columns: faulty, unless there is nothing to be seen in them."""
        known = {letters for letters, _ in self.columns}
        beyond = {
            letters: cell for letters, cell in row.cells.items() if letters not in known and _seen(cell)
        }
        if not beyond:
            return Row(self.file, row.line, values)
        first = min(beyond, key=position_of)
        details: dict[str, object] = {
            "expected": len(self.columns),
            "found": str(beyond[first])[:80],
            "cell": f"{first}{row.line}",
        }
        texts = [str(beyond[letters]) for letters in sorted(beyond, key=position_of)[:_SHOWN]]
        raw = {name: str(cell) if isinstance(cell, Shown) else cell for name, cell in values.items()}
        return BadRow(self.file, row.line, "ROW_BEYOND_HEADER", details, {**raw, "": texts})


def _filled(row: SheetRow) -> bool:
    """Whether anything can be seen in a row."""
    return any(map(_seen, row.cells.values()))


def _seen(cell: object) -> bool:
    return not (isinstance(cell, str) and (not cell or cell.isspace()))
