"""How a value is taken out of a row, and what is said of a cell that cannot be taken."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, NamedTuple, TypeAlias, TypeVar

from ingest.cells.conversions import PLAIN, Reading, instant_of
from ingest.cells.doubtful import Convert, Taken, value_of
from ingest.cells.texts import code_of
from ingest.input_errors import NotAcceptedError
from ingest.readers.lists import Values, filled, first_of, found, one_of, placed
from ingest.readers.shown import Shown
from ingest.statements import Value

Take: TypeAlias = Callable[[Values], Taken]
"""Takes one value out of a row; ``None`` where it is absent. Raises :class:`RowFaultError`."""

Found = TypeVar("Found")
_SHOWN: Final = 80
_REMEMBERED: Final = 4_096
_SHORT: Final = 40
"""Of each column so many texts of at most so many characters are remembered with what they became."""


class Fault(NamedTuple):
    """Why a row cannot be taken: a code of the catalogue and the details for its text."""

    code: str
    details: dict[str, object]


class RowFaultError(Exception):
    """Carries a :class:`Fault` out of the depth of a row; caught by :meth:`Mapper.map`."""

    def __init__(self, code: str, **details: object) -> None:
        super().__init__(code)
        self.fault = Fault(code, details)

    def within(self, places: Mapping[str, int]) -> RowFaultError:
        """The same fault of an element of a list: its field is named with the place."""
        code, details = self.fault
        return RowFaultError(code, **{**details, "field": placed(str(details["field"]), places)})


def shown(cell: object) -> str:
    """An offending value on one line, cut after 80 characters; what cannot be seen is written as its code."""
    if isinstance(cell, list):
        cell = ", ".join(map(str, filled(cell)))
    text = cell if isinstance(cell, str) else str(cell)
    cut = text[:_SHOWN] + "…" if len(text) > _SHOWN else text
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in cut)


def refused(fault: NotAcceptedError, column: str, cell: object, property_name: str = "") -> RowFaultError:
    """The fault of a cell, with its place."""
    found = len(str(cell)) if fault.code == "ROW_FIELD_TOO_LONG" else shown(cell)
    details: dict[str, object] = {"field": column, "found": found, "expected": fault.expected}
    if fault.zh is not None:
        details["expected_zh"] = fault.zh
    if property_name:
        details["property"] = property_name
    return RowFaultError(fault.code, **details)


class Filled(NamedTuple):
    """A property and the function that takes its value from a row; ``column`` names its origin in faults."""

    name: str
    column: str
    take: Take
    proxy: bool = False


def of_column(
    name: str,
    column: str,
    convert: Callable[[object], Found],
    *,
    first: bool = False,
    repeats: bool = False,
) -> Callable[[Values], Found]:
    """Takes the value of one column; of a list that holds several the first, or none at all.

    Args:
        repeats: the column holds few different texts: what each became is remembered.
    """
    choose = first_of if first else one_of

    def take(values: Values) -> Found:
        cell = values.get(column)
        if cell is None:  # or stands at a path
            cell = found(values, column)
        try:
            return convert(choose(cell) if type(cell) is list else cell)
        except NotAcceptedError as fault:
            raise refused(fault, column, cell, name) from None

    if not repeats:
        return take
    remembered: dict[str, Found] = {}
    # The reader of workbooks gives equal cells as one object, which is held here so that its number stays its own.
    shown_cells: dict[int, tuple[Shown, Found]] = {}

    def take_again(values: Values) -> Found:
        cell = values.get(column)
        if type(cell) is str:
            if cell in remembered:
                return remembered[cell]
            value = take(values)
            if len(cell) <= _SHORT:
                if len(remembered) >= _REMEMBERED:
                    remembered.clear()
                remembered[cell] = value
            return value
        if type(cell) is Shown:
            known = shown_cells.get(id(cell))
            if known is not None:
                return known[1]
            value = take(values)
            if len(shown_cells) >= _REMEMBERED:
                shown_cells.clear()
            shown_cells[id(cell)] = cell, value
            return value
        return take(values)

    return take_again


def of_columns(
    name: str,
    parts: Mapping[str, Convert],
    join: Callable[[Sequence[str]], str],
    convert: Callable[[object], Found | None],
) -> Callable[[Values], Found | None]:
    """Takes the texts of several columns, each read in its way and all put together; absent ones are left out."""

    def take(values: Values) -> Found | None:
        joined: object = None
        column = ", ".join(parts)
        try:
            texts = []
            for column, part in parts.items():
                joined = found(values, column)
                if (text := value_of(part(one_of(joined)))) is not None:
                    texts.append(str(text))
            column, joined = ", ".join(parts), join(texts)
            return convert(joined) if texts else None
        except NotAcceptedError as fault:
            raise refused(fault, column, joined, name) from None

    return take


def of_lists(
    name: str, columns: Sequence[str], convert: Callable[[object], Found]
) -> Callable[[Values], Found]:
    """Takes the first of all values of some columns."""

    def take(values: Values) -> Found:
        cells = [cell for column in columns for cell in filled(found(values, column))]
        try:
            return convert(cells[0] if cells else None)
        except NotAcceptedError as fault:
            raise refused(fault, ", ".join(columns), cells, name) from None

    return take


def of_rest(
    name: str,
    columns: Sequence[str],
    part: Convert,
    join: Callable[[Sequence[str]], str],
    convert: Callable[[object], Found | None],
) -> Callable[[Values], Found | None]:
    """Takes all values of some columns but the first, each read by ``part``, and puts them together."""

    def take(values: Values) -> Found | None:
        cells = [cell for column in columns for cell in filled(found(values, column))]
        try:
            said = [value_of(part(cell)) for cell in cells]
            texts = list(dict.fromkeys(str(text) for text in said if text is not None))[1:]
            return convert(join(texts)) if texts else None
        except NotAcceptedError as fault:
            raise refused(fault, ", ".join(columns), cells, name) from None

    return take


def of_const(value: Value | None) -> Take:
    """The same value for every row."""
    return lambda _values: value


@dataclass(frozen=True, slots=True)
class Condition:
    """Holds for rows whose column has one of these values, or where ``negated`` for all others.

    ``None`` stands for an empty cell. Of a list it is enough that one element has such a value.
    """

    column: str
    values: frozenset[str | None]
    negated: bool = False

    def holds(self, values: Values) -> bool:
        cell = found(values, self.column)
        if isinstance(cell, list):
            return any(map(self._fits, filled(cell) or (None,)))
        return self._fits(cell)

    def _fits(self, cell: object) -> bool:
        try:
            # A number may be meant as it is shown (007) or as it is (7).
            fits = code_of(cell) in self.values or (
                isinstance(cell, Shown) and str(cell.value) in self.values
            )
        except NotAcceptedError as fault:
            raise refused(fault, self.column, cell) from None
        return fits is not self.negated


@dataclass(frozen=True, slots=True)
class Observed:
    """When a row was true: a column's cell, a constant, or not stated."""

    column: str | None = None
    format: str | None = None
    const: datetime | None = None
    reading: Reading = PLAIN
    remembered: dict[str, datetime | None] = field(default_factory=dict, compare=False)
    """What texts became: most rows of a source were true on few days."""

    def take(self, values: Values) -> datetime | None:
        if self.column is None:
            return self.const
        cell = found(values, self.column)
        if type(cell) is str and cell in self.remembered:
            return self.remembered[cell]
        try:
            at = instant_of(one_of(cell), self.format, self.reading)
        except NotAcceptedError as fault:
            raise refused(fault, self.column, cell, "observedAt") from None
        if type(cell) is str and len(cell) <= _SHORT:
            if len(self.remembered) >= _REMEMBERED:
                self.remembered.clear()
            self.remembered[cell] = at
        return at
