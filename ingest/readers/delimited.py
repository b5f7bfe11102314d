"""Text tables: CSV, TSV and the like.

RFC 4180 read strictly: a row that does not have as many cells as the header, a stray quotation mark or bytes of
another encoding is a bad row, so nothing ever shifts by a column. An unclosed quotation mark costs its own line only:
reading goes on with the next one. Line ends may be LF, CRLF, CR or mixed, and stay as they are inside quotes.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Sequence
from itertools import chain
from typing import BinaryIO, Final, NamedTuple, Protocol, TypeAlias, cast

from ingest.readers import COLUMN_LIMIT, FIELD_LIMIT, BadRow, Opened, Request, Row
from ingest.readers.encoding import encoding_of
from ingest.readers.input import check_options, content_of, json_of, open_file, reading, whole_number
from ingest.readers.likely import settings_of
from ingest.readers.lines import KEPT, WHOLE, Block, Fault, blocks_of
from terms.cleanup import on_failure
from terms.errors import KehutuError
from terms.texts import Texts

_TOLD: Final = re.compile(r'"?sep=(.)"?[\r\n]*', re.IGNORECASE)
"""How Excel has a first line tell the delimiter."""
_DELIMITERS: Final = ",;\t|"
_SAMPLE_LINES: Final = 100
_OPTIONS: Final = frozenset({"columns", "skip"})
_TABLE: Final = Texts("a text table (CSV)", "文本表（CSV）")


_Record: TypeAlias = tuple[int, list[str]]
"""The line on which a record starts, and its cells."""


class _BadRecord(NamedTuple):
    line: int
    fault: Fault
    raw: str


class _FromAPlace(Iterator[str], Protocol):
    """The iterator of a list, whose place can be set as when it is unpickled."""

    def __setstate__(self, place: int, /) -> None: ...


def read(request: Request) -> Opened:
    """A text table with a header.

    Options: ``columns`` (a list: the file has no header), ``skip`` (lines before the header).
    Raises:
        KehutuError: ``FILE_MISSING``, ``FILE_UNREADABLE``, ``FILE_NOT_A_TABLE``, ``FILE_OTHER_FORMAT``,
            ``FILE_ENCODING_UNKNOWN``, ``FILE_HEADER_FAULTY``, ``FILE_TOO_WIDE``.
    """
    check_options(request, "csv", _OPTIONS, takes=frozenset({"encoding", "delimiter"}))
    file = open_file(request)
    with on_failure(file.close), reading(request.name):
        return _opened(file, request)


def _opened(file: BinaryIO, request: Request) -> Opened:
    head = file.read(65_536)
    file.seek(0)
    if json_of(head):
        settings = settings_of(head)
        raise KehutuError(
            "FILE_OTHER_FORMAT", file=request.name, found="JSON", expected=_TABLE, settings=settings
        )
    what = content_of(head)
    if what is not None:
        raise KehutuError("FILE_NOT_A_TABLE", file=request.name, found=what, expected=_TABLE)
    encoding = encoding_of(file, request)
    blocks = blocks_of(file, encoding, request.name)
    first = next(blocks, Block([], {}))
    skip = whole_number(request, "csv", "skip")
    opened = Opened(iter(()), None, {"encoding": encoding.name})
    start = next((i for i, line in enumerate(first.lines) if i >= skip and line.strip("\r\n\t ")), None)
    if start is None:
        file.close()
        opened.notices.add("NOTICE_EMPTY", file=request.name)
        return opened
    told = _TOLD.fullmatch(first.lines[start])
    if told is not None:
        start = next((i for i, line in enumerate(first.lines) if i > start and line.strip("\r\n\t ")), start)
    names = _names(request)
    sample = first.lines[start : start + _SAMPLE_LINES]
    delimiter = request.delimiter or (told[1] if told else _delimiter(sample, names, request))
    opened.detected["delimiter"] = delimiter
    records = _records(chain([first], blocks), delimiter, start)
    header = names or _header(records, start, delimiter, first.lines[start], request)
    columns = _columns(header, start + 1, request.name)
    opened.columns = columns
    rows = _rows(records, columns, len(header), request.name)
    opened.rows = _until_the_end(rows, file, opened, request.name)
    return opened


def _names(request: Request) -> list[str] | None:
    """The names of the columns, of a file that has no header."""
    given = request.options.get("columns")
    if given is None or (isinstance(given, list) and given):
        return None if given is None else [str(name) for name in given]
    expected = Texts("a list of names is expected", "应为名称的列表")
    raise KehutuError("READER_OPTION_INVALID", reader="csv", option="columns", found=given, expected=expected)


def _until_the_end(
    rows: Iterator[Row | BadRow], file: BinaryIO, opened: Opened, name: str
) -> Iterator[Row | BadRow]:
    """The rows; closes the file after the last one and notes when there was none."""
    with file, reading(name):
        first = next(rows, None)
        if first is None:
            opened.notices.add("NOTICE_EMPTY", file=name)
            return
        yield first
        yield from rows


def _rows(
    records: Iterator[_Record | _BadRecord], columns: tuple[str, ...], width: int, name: str
) -> Iterator[Row | BadRow]:
    """``width``: cells of the header; more than columns where it ends in delimiters, which name nothing."""
    count = len(columns)
    for record in records:
        if isinstance(record, _BadRecord):
            yield BadRow(name, record.line, record.fault[0], record.fault[1], {"": record.raw})
            continue
        line, cells = record
        if (len(cells) == width == count) or _fits(cells, count, width):
            yield Row(name, line, dict(zip(columns, cells, strict=False)))
        elif cells:
            details: dict[str, object] = {"field": "", "found": len(cells), "expected": count}
            yield BadRow(name, line, "ROW_RAGGED", details, {"": _cut(delimited(cells))})


def _fits(cells: Sequence[str], count: int, width: int) -> bool:
    return count <= len(cells) <= width and not any(cells[count:])


def delimited(cells: Sequence[str]) -> str:
    """Cells as one line of CSV."""
    out = io.StringIO()
    csv.writer(out, lineterminator="").writerow(cells)
    return out.getvalue()


def _header(
    records: Iterator[_Record | _BadRecord], start: int, delimiter: str, line: str, request: Request
) -> list[str]:
    if line.count(delimiter) >= COLUMN_LIMIT:
        found = line.count(delimiter) + 1
        raise KehutuError("FILE_TOO_WIDE", file=request.name, found=found, limit=COLUMN_LIMIT)
    first = next(records)
    if isinstance(first, _BadRecord):
        code, details = first.fault
        fault = KehutuError(code, file=request.name, line=first.line, **details)
        # The place is said already.
        en = fault.message("en").removeprefix(f"{request.name}, line {first.line}").lstrip(",: ").rstrip(".")
        zh = (
            fault.message("zh")
            .removeprefix(f"{request.name} 第 {first.line} 行")
            .lstrip("，： ")
            .rstrip("。")
        )
        reason = Texts(en, zh)
        raise KehutuError("FILE_HEADER_FAULTY", file=request.name, line=start + 1, reason=reason)
    return first[1]


def _columns(header: Sequence[str], line: int, name: str) -> tuple[str, ...]:
    names = [cell.strip() for cell in header]
    while names and not names[-1]:
        names.pop()
    if "" in names:
        number = names.index("") + 1
        reason = Texts(f"column {number} has no name", f"第 {number} 列没有名称")
        raise KehutuError("FILE_HEADER_FAULTY", file=name, line=line, reason=reason)
    seen: set[str] = set()
    for column in names:
        if column in seen:
            twice = column[:80]
            reason = Texts(f"two columns have the name '{twice}'", f"有两列都叫“{twice}”")
            raise KehutuError("FILE_HEADER_FAULTY", file=name, line=line, reason=reason)
        seen.add(column)
    return tuple(names)


def _delimiter(sample: Sequence[str], names: Sequence[str] | None, request: Request) -> str:
    """The delimiter under which the header has the mapped columns and most rows have as many cells as it."""
    widest = max(sample[0].count(d) for d in _DELIMITERS) + 1
    if widest > COLUMN_LIMIT:
        raise KehutuError("FILE_TOO_WIDE", file=request.name, found=widest, limit=COLUMN_LIMIT)
    lines = [line for line in sample if len(line) < FIELD_LIMIT]

    def fit(delimiter: str) -> tuple[int, bool, float, int]:
        rows = [cells for cells in csv.reader(lines, delimiter=delimiter) if cells]
        header = names or ([cell.strip() for cell in rows[0]] if rows else [])
        equal = sum(len(cells) == len(header) for cells in rows)
        mapped = len(request.wanted.intersection(header)) if names is None else 0
        return mapped, len(header) > 1, round(equal / max(1, len(rows)), 1), len(header)

    return max(_DELIMITERS, key=fit)


def _records(blocks: Iterator[Block], delimiter: str, skip: int) -> Iterator[_Record | _BadRecord]:
    """Records with the line on which they start; an empty line is a record without cells."""
    lines: list[str] = []
    faulty: dict[int, Fault] = {}
    number = 1  # of lines[0]
    start = skip
    upcoming = next(blocks, None)
    while upcoming is not None:
        # What is left of the last block is the beginning of a record that may go on.
        kept = len(lines) - start if lines else 0
        faulty = (
            {position - start: fault for position, fault in faulty.items() if position >= start}
            if lines
            else {}
        )
        if lines:
            number += start
            start = 0
        lines = lines[len(lines) - kept :] + upcoming.lines
        faulty.update({position + kept: fault for position, fault in upcoming.faulty.items()})
        upcoming = next(blocks, None)
        while start < len(lines):
            source = cast(_FromAPlace, iter(lines))
            source.__setstate__(start)  # no copy, no walk
            reader = csv.reader(source, delimiter=delimiter, strict=True)
            base = start
            try:
                for cells in reader:
                    end = base + reader.line_num
                    if faulty and (bad := _first_fault(faulty, start, end)) is not None:
                        yield _BadRecord(number + start, bad, _cut("".join(lines[start:end])))
                    else:
                        yield number + start, cells
                    start = end
            except csv.Error as fault:
                unfinished = base + reader.line_num >= len(lines) and "end of data" in str(fault)
                if unfinished and upcoming is not None:
                    break
                bad = _first_fault(faulty, start, start + 1) or _cell_fault(str(fault), lines[start])
                yield _BadRecord(number + start, bad, _cut(lines[start]))
                start += 1


def _first_fault(faulty: dict[int, Fault], start: int, end: int) -> Fault | None:
    return next((faulty[position] for position in range(start, end) if position in faulty), None)


def _cell_fault(reason: str, line: str) -> Fault:
    """What the parser stopped at. A cell that outgrows the limit beyond its own line is an unclosed one."""
    if "field limit" in reason and len(line) > FIELD_LIMIT:
        return "ROW_FIELD_TOO_LONG", {"field": WHOLE, "found": len(line), "expected": FIELD_LIMIT}
    if "expected after" in reason:
        found = Texts("closed in the middle of a cell", "在单元格中间闭合")
        expected = Texts("the next delimiter is expected after it", "其后应为分隔符")
    else:
        found, expected = Texts("not closed", "未闭合"), Texts("a closing one is expected", "应有闭合的引号")
    in_chinese = {"found_zh": found.zh, "expected_zh": expected.zh}
    return "ROW_QUOTE", {"field": "", "found": found.en, "expected": expected.en, **in_chinese}


def _cut(text: str) -> str:
    text = text.rstrip("\r\n")
    return text if len(text) <= KEPT else text[:KEPT] + "…"
