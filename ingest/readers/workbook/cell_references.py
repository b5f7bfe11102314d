"""Places in a sheet: rows, columns by their letters, and ranges of merged cells."""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from ingest.readers.workbook.xml import UnreadableError

LAST_ROW: Final = 1_048_576
LAST_COLUMN: Final = 16_384
_REFERENCE: Final = re.compile(r"\$?([A-Za-z]{1,3})\$?[0-9]*")
_RANGE: Final = re.compile(r"\$?([A-Z]{1,3})\$?([0-9]{1,7}):\$?([A-Z]{1,3})\$?([0-9]{1,7})")


class Merged(NamedTuple):
    """A range of merged cells: first and last column (from 1) and row."""

    left: int
    top: int
    right: int
    bottom: int


class Columns(NamedTuple):
    """Columns beside each other: the first and the last (from 1)."""

    first: int
    last: int


def position_of(letters: str) -> int:
    """The number of a column; 0 for no letters.

    >>> position_of("A"), position_of("XFD")
    (1, 16384)
    """
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number


def letters_of(position: int) -> str:
    """The letters of a column, from its number.

    >>> letters_of(1), letters_of(16_384)
    ('A', 'XFD')
    """
    letters = ""
    while position:
        position, rest = divmod(position - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def columns_between(first: str, last: str) -> list[Columns]:
    """The columns that two numbers name, as they are written; none where they name none."""
    if not (first.isascii() and first.isdigit() and last.isascii() and last.isdigit()):
        return []
    if len(first) > 5 or len(last) > 5:
        return []
    return [Columns(int(first), int(last))]


def line_of(number: str, before: int) -> int:
    """The number of a row: as written, else one after the row before."""
    if not number:
        line = before + 1
    elif number.isascii() and number.isdigit() and len(number) <= 7:
        line = int(number)
    else:
        raise UnreadableError(f"a row has the number '{number[:20]}'", f"有一行的行号为“{number[:20]}”")
    if not 0 < line <= LAST_ROW:
        raise UnreadableError(
            f"it has a row {line:,}, and Excel ends at {LAST_ROW:,}",
            f"有第 {line:,} 行，而 Excel 最多 {LAST_ROW:,} 行",
        )
    return line


def column_of(reference: str) -> str:
    """The letters of a cell's reference."""
    found = _REFERENCE.fullmatch(reference)
    letters = found[1].upper() if found else ""
    if not letters or position_of(letters) > LAST_COLUMN:
        raise UnreadableError(
            f"a cell has the place '{reference[:20]}'", f"有单元格的位置为“{reference[:20]}”"
        )
    return letters


def merged_range(reference: str) -> Merged | None:
    """A range as ``B2:C3``; ``None`` for what is none."""
    found = _RANGE.fullmatch(reference)
    if found is None:
        return None
    left, top, right, bottom = found.groups()
    return Merged(position_of(left), int(top), position_of(right), int(bottom))
