"""The cells of a sheet, row by row, while the sheet is unpacked."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping
from typing import IO, Final, NamedTuple
from xml.parsers import expat

from ingest.readers import FIELD_LIMIT
from ingest.readers.workbook.cell_references import (
    LAST_COLUMN,
    Columns,
    Merged,
    column_of,
    columns_between,
    letters_of,
    line_of,
    merged_range,
    position_of,
)
from ingest.readers.workbook.plain_rows import PlainRows, RawRow, Shape, ShapedRow
from ingest.readers.workbook.values import MakeValue, Reading, Values
from ingest.readers.workbook.xml import BLOCK, DEPTH, UnreadableError, parser_within_limits, steps, too_deep

_ROW_CHARACTERS: Final = 4 << 20
_MOST_MERGED: Final = 200_000
_SMALL_BLOCK: Final = 1 << 12  # few cells wait at once, where each text of theirs comes from the disk


class SheetRow(NamedTuple):
    """A row with its number in the sheet. ``cells``: by the letters of their columns; empty cells are left out."""

    line: int
    cells: dict[str, object]
    hidden: bool


class AboutSheet(NamedTuple):
    """What a sheet says beside its rows: the ranges of merged cells, and which columns are hidden."""

    merged: list[Merged]
    hidden: list[Columns]

    def note(self, given: Mapping[str, str]) -> None:
        """Take up a tag that tells of merged cells, or of columns, by its attributes."""
        if "ref" in given:
            if len(self.merged) < _MOST_MERGED and (one := merged_range(given["ref"])):
                self.merged.append(one)
        elif given.get("hidden") in ("1", "true") and len(self.hidden) < LAST_COLUMN:
            self.hidden.extend(columns_between(given.get("min", ""), given.get("max", "")))


class SheetRows:
    """The rows of one sheet that hold anything, in the order of the file; to be walked once.

    ``about``: its merged cells and hidden columns, complete after the last row.
    """

    def __init__(self, part: IO[bytes], reading: Reading, *, block: int = BLOCK) -> None:
        """``block``: bytes that are unpacked at once."""
        self._part = part
        self._values = Values(reading)
        self._shape: Shape | None = None
        self._makers: list[tuple[str, MakeValue]] = []
        self._block = min(block, _SMALL_BLOCK) if reading.texts.spilled else block
        self.about = AboutSheet([], [])

    def __iter__(self) -> Iterator[SheetRow]:
        """The rows.

        Raises:
            UnreadableError: the sheet is faulty or beyond the limits.
        """
        for row in raw_rows(self._part, self.about, block=self._block):
            made = self._of_shape(row) if isinstance(row, ShapedRow) else self._made(row)
            if made.cells:
                yield made

    def _of_shape(self, row: ShapedRow) -> SheetRow:
        if row.shape is not self._shape:
            self._shape = row.shape
            self._makers = [(letters, self._values.maker(*given)) for letters, *given in row.shape.columns]
        cells: dict[str, object] = {}
        characters = 0
        for (letters, make), text in zip(self._makers, row.texts, strict=True):
            if text is not None and (value := make(text)) is not None:
                cells[letters] = value
                if value.__class__ is str:
                    characters += len(value)
        if characters > _ROW_CHARACTERS:
            raise too_much_in(row.line)
        return SheetRow(row.line, cells, row.hidden)

    def _made(self, row: RawRow) -> SheetRow:
        cells: dict[str, object] = {}
        value_of = self._values.of
        characters = 0
        for letters, style, kind, text, formula in row.cells:
            value = value_of(style, kind, text, formula)
            if value is not None:
                cells[letters] = value
                if value.__class__ is str:
                    characters += len(value)
        if characters > _ROW_CHARACTERS:
            raise too_much_in(row.line)
        return SheetRow(row.line, cells, row.hidden)


def too_much_in(line: int) -> UnreadableError:
    """What to raise of a row that no table has."""
    return UnreadableError(
        f"row {line} holds more than {LAST_COLUMN:,} cells or {_ROW_CHARACTERS:,} characters",
        f"第 {line} 行超过 {LAST_COLUMN:,} 个单元格或 {_ROW_CHARACTERS:,} 个字符",
    )


def merged_ranges(part: IO[bytes]) -> list[Merged]:
    """The ranges of merged cells of a sheet; they stand behind its rows."""
    about = AboutSheet([], [])
    for _ in raw_rows(part, about):
        pass
    return about.merged


def raw_rows(part: IO[bytes], about: AboutSheet, *, block: int = BLOCK) -> Iterator[RawRow | ShapedRow]:
    """Rows as they are written; adds to ``about`` what stands around them."""
    plain = PlainRows(part, block=block)
    yield from plain
    parser = parser_within_limits()
    found = _listen(parser, about, plain.line)
    for _ in steps(plain.rest, parser, block=block):
        while found:
            yield found.popleft()


def _listen(parser: expat.XMLParserType, about: AboutSheet, line: int) -> deque[RawRow]:  # noqa: PLR0915 - see below
    """Have a parser collect the rows of a sheet behind a line, its merged ranges and its hidden columns.

    Five calls for each cell are what reading costs: one function each for begin, text and end is the quickest.
    """
    found: deque[RawRow] = deque()
    known_letters: set[str] = set()
    depth = characters_of_row = 0
    row_number = letters = ""
    row: RawRow | None = None
    cell: dict[str, str] | None = None
    text: str | None = None
    formula: str | None = None
    taking = computing = spoken = False
    row_tag = cell_tag = value_tag = text_tag = formula_tag = spoken_tag = merged_tag = columns_tag = ""

    def start(name: str, given: dict[str, str]) -> None:
        nonlocal cell, text, taking, formula, computing, spoken, depth, line, row_number, row, letters
        nonlocal characters_of_row
        nonlocal row_tag, cell_tag, value_tag, text_tag, formula_tag, spoken_tag, merged_tag, columns_tag
        depth += 1
        if name in (value_tag, text_tag):
            taking = not spoken
            text = text or ""
        elif name == cell_tag:
            if cell is not None:
                raise UnreadableError(
                    f"a cell stands within a cell in row {line}", f"第 {line} 行有单元格嵌套"
                )
            cell = given
            text = None
            formula = None
        elif name == row_tag:
            if row is not None:
                raise UnreadableError(f"a row stands within row {line}", f"第 {line} 行内嵌套了另一行")
            row_number = given.get("r", "")
            line = line_of(row_number, line)
            row = RawRow(line, [], given.get("hidden") in ("1", "true"))
            letters = ""
            characters_of_row = 0
        elif name == formula_tag:
            computing = True
            formula = ""
        elif name == spoken_tag:
            spoken = True
        elif name in (merged_tag, columns_tag):
            about.note(given)
        elif depth == 1:
            prefix = name[: name.rfind(":") + 1]
            tags = [prefix + tag for tag in ("row", "c", "v", "t", "f", "rPh", "mergeCell", "col")]
            row_tag, cell_tag, value_tag, text_tag, formula_tag, spoken_tag, merged_tag, columns_tag = tags
        if depth > DEPTH:
            raise too_deep()

    def characters(more: str) -> None:
        nonlocal text, formula
        if taking and (text is None or len(text) <= FIELD_LIMIT):
            text = (text or "") + more
        elif computing and (formula is None or len(formula) <= FIELD_LIMIT):
            formula = (formula or "") + more

    def end(name: str) -> None:
        nonlocal cell, taking, computing, spoken, depth, letters, row, characters_of_row
        depth -= 1
        if name in (value_tag, text_tag):
            taking = False
        elif name == cell_tag and cell is not None:
            reference = cell.get("r")
            if reference is None:
                letters = letters_of(position_of(letters) + 1)
            else:
                letters = reference[: -len(row_number)] if row_number else reference
            if letters not in known_letters:
                letters = column_of(reference or letters)
                known_letters.add(letters)
            if row is not None and (text is not None or formula is not None):
                row.cells.append((letters, cell.get("s"), cell.get("t"), text, formula))
                characters_of_row += len(text or "")
                if len(row.cells) > LAST_COLUMN or characters_of_row > _ROW_CHARACTERS:
                    raise too_much_in(line)
            cell = None
        elif name == row_tag:
            if row is not None and row.cells:
                found.append(row)
            row = None
        elif name == formula_tag:
            computing = False
        elif name == spoken_tag:
            spoken = False

    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = characters
    return found
