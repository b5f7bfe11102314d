"""How the columns of a source are read, and the function that takes a value from them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import tzinfo
from typing import Final, TypeVar

from graph.schema.model import Property
from ingest.cells.absence import Absence
from ingest.cells.conversions import AS_WRITTEN, Reading, converter, is_code, part_converter
from ingest.cells.doubtful import Convert, value_of
from ingest.cells.number_styles import POINT, Style, declared_style
from ingest.cells.numbers import numbers_of
from ingest.cells.row_values import Take, of_column, of_columns, of_const, of_lists, of_rest
from ingest.cells.texts import code_of, text_of
from ingest.cells.whole_columns import Decided, Questions
from ingest.cells.workbook_values import shown_in_text
from ingest.input_errors import WrongUseError
from ingest.manifests.cell_text import Cell
from ingest.manifests.manifest_text import Source
from ingest.readers.lists import Values
from ingest.readers.shown import Shown
from terms.texts import Texts

_BETWEEN_REST: Final = "; "
Found = TypeVar("Found")


class ColumnReading:
    """The reading of each column of a source; ``questions``: what hangs on whole columns."""

    def __init__(self, source: Source, decided: Decided | None, zone: tzinfo) -> None:
        """``decided``: what is known of the columns of a file; ``None``: nothing yet."""
        self.source = source
        self.decided = decided
        self.plain = Reading(Absence(source.absent), source.strict_keys, zone=zone)
        self.as_written = replace(AS_WRITTEN, zone=zone)
        self.questions = Questions(absent=self.plain.absent)

    def of(self, column: str | None, cell: Cell | None = None) -> Reading:
        """How the cells of a column are read; what hangs on the whole of it may not be decided yet."""
        stated = self._stated(cell)
        if self.decided is None:
            return replace(self.plain, style=stated, floats=None)
        style = stated or dict(self.decided.styles).get(column or "", POINT)
        return replace(self.plain, style=style, floats=column in self.decided.floats)

    def take(self, prop: Property, cell: Cell, *, code: bool) -> Take:
        """The function that takes the value of a property from a row.

        Args:
            code: the property tells relations apart.
        Raises:
            WrongUseError: the mapping says of the columns what the property cannot take.
            NotAcceptedError: a constant, or the meaning of a word, is no value of the property.
        """
        prefix = cell.prefix or ""
        reading = self.as_written if cell.const is not None else self.of(cell.column, cell)
        self._ask(prop, cell, code=code)
        convert = converter(
            prop, unit=cell.unit, format=cell.format, words=cell.words, code=code, reading=reading
        )
        repeats = not (code or is_code(prop) or prop.type in {"decimal", "money"})
        if cell.const is not None:
            const = str(cell.const).lower() if isinstance(cell.const, bool) else str(cell.const)
            return of_const(value_of(convert(prefix + const)))
        return self.taken(prop, cell, convert, repeats=repeats)

    def taken(
        self, prop: Property, cell: Cell, convert: Callable[[object], Found | None], *, repeats: bool = True
    ) -> Callable[[Values], Found | None]:
        """The function that takes out of a row what a conversion makes of the columns.

        Args:
            repeats: a column of such values holds few different ones.
        """
        prefix, columns, reading = cell.prefix or "", columns_of(cell), self.of(cell.column, cell)
        joint = cell.join if cell.join is not None else _BETWEEN_REST if cell.rest else " "

        def join(texts: Sequence[str]) -> str:
            return prefix + joint.join(texts)

        if cell.rest:
            return of_rest(prop.name, columns, part_converter(code_of, prop, reading), join, convert)
        if cell.column is None and not cell.first:
            parts = {column: part_converter(text_of, prop, self.of(column)) for column in columns}
            return of_columns(prop.name, parts, join, convert)
        if prefix:
            convert = _with_prefix(prefix, part_converter(code_of, prop, reading), convert)
        if cell.column is None:
            return of_lists(prop.name, columns, convert)
        return of_column(prop.name, cell.column, convert, first=cell.first, repeats=repeats)

    def _stated(self, cell: Cell | None) -> Style | None:
        """The style that the manifest states for a value, or for all of its source."""
        own = declared_style(cell.decimal, cell.thousands) if cell is not None else None
        return own or declared_style(self.source.decimal, self.source.thousands)

    def _ask(self, prop: Property, cell: Cell, *, code: bool) -> None:
        """Note what hangs on the whole of the columns."""
        if code or is_code(prop):
            self.questions.codes.update(columns_of(cell))
        elif cell.column is not None and prop.type in {"decimal", "money", "share"}:
            if self._stated(cell) is None:
                self.questions.numbers[cell.column] = numbers_of(prop, cell.unit, self.plain.absent).proof
        elif (cell.decimal or cell.thousands) and prop.type != "integer":
            raise WrongUseError(
                Texts(
                    f"'decimal' and 'thousands' are for numbers, and {prop.name} is {prop.type}",
                    f"decimal 和 thousands 用于数值，而 {prop.name} 为 {prop.type}",
                )
            )


def columns_of(cell: Cell) -> tuple[str, ...]:
    """All columns that it names."""
    return cell.columns if cell.column is None else (cell.column,)


def _with_prefix(
    prefix: str, part: Convert, convert: Callable[[object], Found | None]
) -> Callable[[object], Found | None]:
    def with_prefix(cell: object) -> Found | None:
        text = value_of(part(shown_in_text(cell) if isinstance(cell, Shown) else cell))
        return None if text is None else convert(f"{prefix}{text}")

    return with_prefix
