"""Rows of a sheet as nearly every program writes them, found by patterns: three times as fast as by parsing.

The patterns know one way of writing, and a row counts only if they cover all of it. At the first thing of another kind
reading by patterns ends for good; what is left goes to the parser, and so does all that stands behind the rows.

The rows of a table are written alike: the same columns in the same styles. Such a row is taken apart by one pattern
that is made of the rows before it, its *shape*.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from io import BytesIO
from typing import IO, Final, NamedTuple, TypeAlias

from ingest.readers.workbook.cell_references import LAST_COLUMN, LAST_ROW, position_of
from ingest.readers.workbook.xml import BLOCK

_Found: TypeAlias = tuple[str, str, str, str, str, str]
"""A cell as it stands: all of it, letters, attributes, formula, value, text of its own."""

RawCell: TypeAlias = tuple[str, str | None, str | None, str | None, str | None]
"""Letters, style, type and text of a cell, and its formula."""

_LONGEST: Final = 1 << 20
_ATTRIBUTES: Final = r'(?: [A-Za-z][\w:.]*="[^"<>&]*")*'
_CELL: Final = re.compile(
    rf'(<c r="([A-Z]{{1,3}})[0-9]{{1,7}}"({_ATTRIBUTES})(?:/>|>'
    rf"((?:<f{_ATTRIBUTES}(?:/>|>[^<]*</f>))?)"
    rf"(?:(<v>[^<]*)</v>|<v/>|<is><t{_ATTRIBUTES}>([^<]*)</t></is>)?</c>))"
)
_ROW: Final = re.compile(rf'(?:<row{_ATTRIBUTES}/>)*<row r="([0-9]{{1,7}})"({_ATTRIBUTES})>')
_HEAD: Final = re.compile(rb"(?:\xef\xbb\xbf)?(?:<\?xml [^<>]*\?>\s*)?<worksheet[\s>]")
_ENCODING: Final = re.compile(rb"encoding\s*=\s*[\"'](?!utf-8)", re.IGNORECASE)
_ROWS_BEGIN: Final = b"<sheetData>"
_ROW_END: Final = b"</row>"
_ATTRIBUTE: Final = re.compile(r'([\w:.]+)="([^"]*)"')
_MOST_STYLES: Final = 1_024
_MOST_COLUMNS: Final = 256
_MOST_LETTERS: Final = 2
_MOST_SHAPES: Final = 64
"""So many patterns are made for a sheet at most; a row that fits none is taken apart cell by cell."""
_REFERENCE: Final = re.compile(r"&([^;]{0,8});?")
_CHARACTERS: Final = {"amp": "&", "lt": "<", "gt": ">", "quot": '"', "apos": "'"}


class RawRow(NamedTuple):
    """A row as it is written."""

    line: int
    cells: list[RawCell]
    hidden: bool


class Shape:
    """How the cells of a row are written, where each is a plain value or blank: its columns, with style and type.

    A cell may be missing. ``take``: the match of all cells of a row, with a group for the text of each.
    """

    def __init__(self, columns: Mapping[str, str]) -> None:
        """``columns``: letters -> the text of the attributes, in the order of the columns."""
        self._columns = columns
        self.columns: Final = tuple((letters, *_STYLES[given]) for letters, given in columns.items())
        cells = (
            rf'(?:<c r="{letters}[0-9]{{1,7}}"{re.escape(given)}(?:/>|><v>([^<&]*)</v></c>))?'
            for letters, given in columns.items()
        )
        self.take: Final = re.compile("".join(cells)).fullmatch

    def joined(self, found: Sequence[_Found]) -> Shape | None:
        """The shape of rows like these and like another one; none where that holds something else than values."""
        columns = dict(self._columns)
        for _, letters, attributes, formula, value, own in found:
            if formula or own or "&" in value or len(letters) > _MOST_LETTERS:
                return None
            columns[letters] = attributes
        if len(columns) > _MOST_COLUMNS:
            return None
        return Shape(dict(sorted(columns.items(), key=lambda column: (len(column[0]), column[0]))))


class ShapedRow(NamedTuple):
    """A row of a shape. ``texts``: of its cells, in the order of the shape's columns; none where one is blank."""

    line: int
    texts: tuple[str | None, ...]
    hidden: bool
    shape: Shape


class _OtherWritingError(Exception):
    """Something that the patterns do not know."""


class PlainRows:
    """The rows at the beginning of a sheet that are written in the usual way; to be walked once.

    ``line``: of the last one. ``rest``: after the last one, the sheet without its rows so far.
    """

    def __init__(self, part: IO[bytes], *, block: int = BLOCK) -> None:
        self.line = 0
        self._part = part
        self._block = block
        self._head = b""
        self._pending = b""
        self._shape = Shape({})
        self._shapes = 0

    def __iter__(self) -> Iterator[RawRow | ShapedRow]:
        """Rows with cells that hold anything."""
        if not self._begins():
            return
        while True:
            *rows, self._pending = self._pending.split(_ROW_END)
            for number, row in enumerate(rows):
                try:
                    found = self._row(row.decode())
                except (_OtherWritingError, UnicodeDecodeError):
                    self._pending = _ROW_END.join((*rows[number:], self._pending))
                    return
                self.line = found.line
                yield found
            if len(self._pending) > _LONGEST or not (data := self._part.read(self._block)):
                return
            self._pending += data

    def _row(self, text: str) -> RawRow | ShapedRow:
        begin = _ROW.match(text)
        if begin is None or "\r" in text:
            raise _OtherWritingError
        line, start = int(begin[1]), begin.end()
        if not 0 < line <= LAST_ROW:
            raise _OtherWritingError
        hidden = ' hidden="1"' in begin[2] or ' hidden="true"' in begin[2]
        fits = self._shape.take(text, start)
        if fits is not None:
            return ShapedRow(line, fits.groups(), hidden, self._shape)
        found: list[_Found] = _CELL.findall(text, start)
        if sum([len(cell[0]) for cell in found]) != len(text) - start or len(found) > LAST_COLUMN:
            raise _OtherWritingError
        if self._shapes < _MOST_SHAPES and (shape := self._shape.joined(found)) is not None:
            self._shape = shape
            self._shapes += 1
        return RawRow(line, _cells(found, text), hidden)

    @property
    def rest(self) -> Rest:
        """What is left to parse."""
        return Rest(self._head + self._pending, self._part)

    def _begins(self) -> bool:
        """Read as far as the rows; whether what stands before them is as usual."""
        while _ROWS_BEGIN not in self._pending and len(self._pending) < BLOCK:
            data = self._part.read(BLOCK)
            if not data:
                return False
            self._pending += data
        head, begin, rows = self._pending.partition(_ROWS_BEGIN)
        if not begin or not _HEAD.match(head) or b"<!" in head or _ENCODING.search(head):
            return False
        self._head, self._pending = head + begin, rows
        return True


class Rest:
    """Bytes in hand, and behind them those of a part."""

    def __init__(self, first: bytes, part: IO[bytes]) -> None:
        self._first = BytesIO(first)
        self._part = part

    def read(self, size: int) -> bytes:
        """At most so many bytes; none at the end."""
        return self._first.read(size) or self._part.read(size)


def _cells(found: Sequence[_Found], text: str) -> list[RawCell]:
    cells: list[RawCell] = []
    for _, letters, attributes, formula, value, own in found:
        if len(letters) > 2 and position_of(letters) > LAST_COLUMN:
            raise _OtherWritingError
        if value or own or formula:
            style, kind = _STYLES[attributes]
            inside = _inside(formula) if formula else None
            cells.append((letters, style, kind, value[3:] if value else own or None, inside))
    if "&" in text:
        cells = list(map(_with_characters, cells))
    return cells


class _Styles(dict[str, tuple[str | None, str | None]]):
    """Style and type by the text of a cell's attributes: there are few, and each is taken apart once."""

    def __missing__(self, attributes: str) -> tuple[str | None, str | None]:
        given = dict(_ATTRIBUTE.findall(attributes))
        found = given.get("s"), given.get("t")
        if len(self) < _MOST_STYLES:
            self[attributes] = found
        return found


_STYLES: Final = _Styles()


def _inside(formula: str) -> str:
    """The text of ``<f>…</f>``."""
    return formula[formula.index(">") + 1 :].removesuffix("</f>")


def _with_characters(cell: RawCell) -> RawCell:
    """A cell with the characters that its text and formula refer to (``&amp;``)."""
    letters, style, kind, text, formula = cell
    return letters, style, kind, _characters(text), _characters(formula)


def _characters(text: str | None) -> str | None:
    return text if text is None or "&" not in text else _REFERENCE.sub(_character, text)


def _character(found: re.Match[str]) -> str:
    character = _CHARACTERS.get(found[1])
    if character is None or not found[0].endswith(";"):
        raise _OtherWritingError
    return character
