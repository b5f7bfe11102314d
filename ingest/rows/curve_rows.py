"""How a row of a load curve becomes intervals: pure, from the cells of the row alone."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Final, NamedTuple

from graph.schema.model import Property
from ingest.cells.column_reading import ColumnReading
from ingest.cells.conversions import instant_of
from ingest.cells.doubtful import value_of
from ingest.cells.numbers import numbers_of
from ingest.cells.row_values import RowFaultError, Take, refused, shown
from ingest.cells.texts import code_of
from ingest.cells.whole_columns import Decided
from ingest.input_errors import NotAcceptedError, WrongUseError
from ingest.manifests.cell_text import Cell
from ingest.manifests.curve_text import PROFILE, Curve
from ingest.manifests.manifest_text import Source
from ingest.manifests.yaml_lines import Places
from ingest.readers.lists import Values
from terms.texts import Texts

_POWER: Final = Property("power", "decimal", "", "", "usage", unit="kW")
_ENERGY: Final = Property("energy", "decimal", "", "", "usage", unit="kWh")
_SHARE: Final = Property("share", "decimal", "", "", "usage", unit="ratio")
_HOURS: Final = 60
_LARGEST: Final = 1e9
"""kW: more than all power stations of a country."""


class Reading(NamedTuple):
    """One interval. ``at``: when it begins, seconds since 1970, of two equal local times the first; ``power``: kW, or
    share; ``column``: where it stood."""

    at: int
    power: float
    column: str
    again: int
    """Seconds until the same local time comes again, where clocks are set back; 0: it comes once."""


@dataclass(frozen=True, slots=True)
class CurveRows:
    """Takes the rows of a source of curves."""

    curve: Curve
    zone: tzinfo
    time: Callable[[Values], datetime | None]
    profile: Take | None
    number: Callable[[object], float | None]
    value: str
    columns: frozenset[str]

    def take(self, values: Values) -> list[Reading]:
        """The intervals of a row; a reading that is absent is none.

        Raises:
            RowFaultError: a time or a reading cannot be taken.
        """
        begins = self.time(values)
        if begins is None:
            expected = Texts("when it was read", "读数时间")
            raise refused(NotAcceptedError.of(expected), self.curve.at.column or "", "")
        if not self.curve.columns:
            one = self._one(begins, values, self.value)
            return [] if one is None else [one]
        day = begins.astimezone(self.zone).replace(hour=0, minute=0, second=0, microsecond=0, tzinfo=None)
        step = timedelta(minutes=self.curve.minutes)
        first = step if self.curve.ends else timedelta()
        found = []
        for number, column in enumerate(self.curve.columns):
            local = (day + number * step + first).replace(tzinfo=self.zone)
            if values.get(column) not in (None, ""):
                one = self._one(local, values, column)
                if one is not None:
                    found.append(one)
        return found

    def _one(self, at: datetime, values: Values, column: str) -> Reading | None:
        cell = values.get(column)
        try:
            number = self.number(cell)
        except NotAcceptedError as fault:
            raise refused(fault, column, cell) from None
        if number is None:
            return None
        if abs(number) > _LARGEST:
            raise refused(NotAcceptedError.of(Texts("a load", "负荷")), column, cell)
        if number < 0 and not self.curve.signed:
            raise RowFaultError("CURVE_NEGATIVE", field=column, found=shown(cell))
        minutes = self.curve.minutes
        where = self.curve.at.column or ""
        instant = at.astimezone(UTC)
        there = instant.astimezone(self.zone).replace(tzinfo=None)
        if at.tzinfo is self.zone and there != at.replace(tzinfo=None):
            raise RowFaultError("CURVE_TIME_SKIPPED", field=where, found=f"{at:%Y-%m-%d %H:%M}")
        seconds = int(instant.timestamp())
        if seconds % 60 or instant.microsecond or (at.hour * _HOURS + at.minute) % minutes:
            raise RowFaultError(
                "CURVE_OFF_GRID", field=where, found=f"{at:%Y-%m-%d %H:%M:%S}", minutes=minutes
            )
        again = 0
        if at.tzinfo is self.zone:
            first, second = at.utcoffset(), at.replace(fold=1).utcoffset()
            again = 0 if first is None or second is None else int((first - second).total_seconds())
        return Reading(seconds - 60 * minutes * self.curve.ends, number, column, max(again, 0))


def curve_rows(source: Source, at: Places, zone: tzinfo) -> CurveRows:
    """Check the curve of a source and make it ready.

    Raises:
        KehutuError: ``MANIFEST_FAULT`` with file and line.
    """
    curve = source.curve
    if curve is None:
        raise ValueError(f"source {source.name} has no curve")
    place = at.at("curve")
    reading = ColumnReading(source, Decided(), zone)
    columns = set(curve.columns)
    for name, cell in (("at", curve.at), ("value", curve.value)):
        if cell is None:
            continue
        if cell.column is None:
            place.fault(Texts("one column is expected here", "此处应为一列"), name)
        columns.add(cell.column)
    value = "" if curve.value is None or curve.value.column is None else curve.value.column
    time = curve.at

    def time_of(values: Values) -> datetime | None:
        cell = values.get(time.column or "")
        try:
            return instant_of(cell, time.format, reading.plain)
        except NotAcceptedError as fault:
            raise refused(fault, time.column or "", cell) from None

    profile = None
    if curve.type == PROFILE:
        of = curve.of[PROFILE]
        if not isinstance(of, Cell) or of.column is None:
            place.fault(Texts("`profile` names a column", "profile 应指明一列"), "of", PROFILE)
        columns.add(of.column)
        profile = _name_in(of.column)
    try:
        number = _number_of(curve, reading)
    except WrongUseError as fault:
        place.fault(fault.reason, "unit")
    return CurveRows(curve, zone, time_of, profile, number, value, frozenset(columns))


def _name_in(column: str) -> Take:
    def take(values: Values) -> str | None:
        return code_of(values.get(column))

    return take


def _number_of(curve: Curve, reading: ColumnReading) -> Callable[[object], float | None]:
    """What turns a cell into kW, or a share."""
    energy = curve.unit.endswith("Wh")
    factor = _HOURS / curve.minutes if energy else 1.0
    if curve.unit == "share":
        convert = numbers_of(_SHARE, None, reading.plain.absent, reading.of(None, curve.value).style).convert
    else:
        declared = _ENERGY if energy else _POWER
        style = reading.of(None, curve.value).style
        convert = numbers_of(declared, curve.unit, reading.plain.absent, style).convert

    plain = curve.unit in ("kW", "share")

    def number(cell: object) -> float | None:
        if plain and type(cell) is float and math.isfinite(cell):
            return cell
        found = value_of(convert(cell))
        return None if found is None else float(found) * factor

    return number
