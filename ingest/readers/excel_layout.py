"""Where the table lies in a sheet: the rows of its names, its first row, and what the names are."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, pairwise
from typing import Final, NamedTuple

from ingest.readers import COLUMN_LIMIT, Request
from ingest.readers.input import whole_number
from ingest.readers.workbook.cell_references import LAST_ROW, Merged, letters_of, position_of
from ingest.readers.workbook.sheet import SheetRow
from terms.errors import KehutuError
from terms.texts import Texts

_MOST_HEADERS: Final = 10


@dataclass(frozen=True, slots=True)
class Layout:
    """What the options of a source say of a sheet.

    Attributes:
        header: numbers of the rows of names, ascending; none: the first row that is not blank.
        skip: rows above the names.
        footer: rows at the end that are none of the table.
        columns: the names, where the sheet is not to be asked.
    """

    header: tuple[int, ...] = ()
    skip: int = 0
    footer: int = 0
    columns: tuple[str, ...] = ()


class Names(NamedTuple):
    """The names of a table. ``line``: the row of the first; ``columns``: letters and name of each column."""

    line: int
    columns: tuple[tuple[str, str], ...]


def layout_of(request: Request) -> Layout:
    """The layout that the options give.

    Raises:
        KehutuError: ``READER_OPTION_INVALID``.
    """
    header = _header(request)
    skip = whole_number(request, "xlsx", "skip")
    if header and skip:
        _invalid("skip", skip, Texts("give `header` or `skip`, not both", "请只给出 `header` 或 `skip` 之一"))
    return Layout(header, skip, whole_number(request, "xlsx", "footer"), _columns(request))


def names_of(
    rows: Iterator[SheetRow], layout: Layout, merged: Sequence[Merged], file: str
) -> tuple[Names, Iterator[SheetRow]]:
    """The names, and the rows that follow them; no columns where the sheet has nothing.

    Args:
        merged: the merged ranges that begin in the header: what stands in one is a name for all its columns.
    Raises:
        KehutuError: ``FILE_HEADER_FAULTY``, ``FILE_TOO_WIDE``.
    """
    first = layout.header[0] if layout.header else layout.skip + 1
    last = layout.header[-1] if layout.header else first
    above: dict[int, SheetRow] = {}
    following: Iterator[SheetRow] = rows
    for row in rows:
        if row.line < first:
            continue
        if layout.header and row.line <= last:
            above[row.line] = row
            continue
        if layout.header or layout.columns:
            following = chain((row,), rows)
        else:
            above[row.line] = row
        break
    if layout.columns:
        columns = tuple((letters_of(i), name) for i, name in enumerate(layout.columns, start=1))
        return Names(max(first, last), columns), following
    if not above:
        return Names(first, ()), iter(())
    lines = layout.header or tuple(above)
    texts = [_texts(above.get(line)) for line in lines]
    for line, (upper, below) in zip(lines, pairwise(texts), strict=False):
        _spread(upper, below, line, merged)
    return Names(lines[0], _joined(texts, lines[-1], file)), following


def _texts(row: SheetRow | None) -> dict[int, str]:
    """The texts of a row of names, by position."""
    cells: Mapping[str, object] = {} if row is None else row.cells
    texts = {position_of(letters): str(cell).strip() for letters, cell in cells.items()}
    return {position: text for position, text in texts.items() if text}


def _spread(row: dict[int, str], below: Mapping[int, str], line: int, merged: Sequence[Merged]) -> None:
    """Give the name of a group to all columns of the group.

    A group is a merged range. In a sheet that merges nothing in this row, it goes on to the next name.
    """
    ranges = [one for one in merged if one.top == line and one.right > one.left]
    for one in ranges:
        if one.left in row:
            row.update(dict.fromkeys(range(one.left, one.right + 1), row[one.left]))
    if not ranges and not any(one.top == line for one in merged):
        group = ""
        for position in range(1, max([*row, *below], default=0) + 1):
            group = row.get(position, group)
            if group and position in below:
                row[position] = group


def _joined(texts: Sequence[Mapping[int, str]], line: int, file: str) -> tuple[tuple[str, str], ...]:
    width = max((position for row in texts for position in row), default=0)
    if width > COLUMN_LIMIT:
        raise KehutuError("FILE_TOO_WIDE", file=file, found=width, limit=COLUMN_LIMIT)
    names: dict[str, int] = {}
    for position in range(1, width + 1):
        parts = dict.fromkeys(row[position] for row in texts if position in row)
        name = " ".join(parts)
        if not name or name in names:
            reason = Texts(f"two columns have the name '{name[:80]}'", f"有两列同名“{name[:80]}”")
            if not name:
                reason = Texts(f"column {position} has no name", f"第 {position} 列没有名称")
            raise KehutuError("FILE_HEADER_FAULTY", file=file, line=line, reason=reason)
        names[name] = position
    return tuple((letters_of(position), name) for name, position in names.items())


def _header(request: Request) -> tuple[int, ...]:
    found = request.options.get("header")
    if found is None:
        return ()
    listed = found if isinstance(found, list) else [found]
    numbers = [n for n in listed if isinstance(n, int) and not isinstance(n, bool) and 0 < n <= LAST_ROW]
    if not 0 < len(listed) <= _MOST_HEADERS or len(numbers) < len(listed) or sorted(set(numbers)) != numbers:
        expected = Texts(
            "the number of a row is expected, or a list of them, ascending", "应为行号，或升序的行号列表"
        )
        _invalid("header", found, expected)
    return tuple(numbers)


def _columns(request: Request) -> tuple[str, ...]:
    found = request.options.get("columns")
    if found is None:
        return ()
    names = [str(name).strip() for name in found] if isinstance(found, list) else []
    if not names or "" in names or len(set(names)) < len(names) or len(names) > COLUMN_LIMIT:
        expected = Texts("a list of names is expected, each of them once", "应为名称列表，每个名称只出现一次")
        _invalid("columns", found, expected)
    return tuple(names)


def _invalid(option: str, found: object, expected: Texts) -> None:
    raise KehutuError("READER_OPTION_INVALID", reader="xlsx", option=option, found=found, expected=expected)
