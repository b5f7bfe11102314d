"""How a source of load curves is loaded: its rows become intervals of one file, or go into quarantine as others do.

The whole of a source is held in memory, some 150 bytes an interval. A source is acknowledged as a whole, by the end of
its load: loading the same input again states the same intervals, and takes nothing more.
"""

from __future__ import annotations

from array import array
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Final

import numpy as np

from ingest.cells.row_values import RowFaultError
from ingest.loads.batches import TOLERANCE, Taking
from ingest.manifests.curve_text import PROFILE
from ingest.manifests.manifest_text import Source
from ingest.readers import Reader, Row
from ingest.rows.curve_rows import CurveRows, Reading
from ingest.rows.mapping import Mapped, Mapper
from ledger import curves
from ledger.curves import CurveFile, Intervals
from ledger.database import Ledger
from ledger.tables import to_micros

_GAPS: Final = 5
"""Elements with gaps that a notice names."""
_UNTOLD: Final = -1 << 62
"""Microseconds since 1970 of a time that a row does not say."""


@dataclass(slots=True)
class _Taken:
    """Intervals on their way: columns, and of each the number of the row that brought it."""

    elements: dict[str, int] = field(default_factory=dict)
    element: array[int] = field(default_factory=lambda: array("q"))
    at: array[int] = field(default_factory=lambda: array("q"))
    value: array[float] = field(default_factory=lambda: array("d"))
    stated: array[int] = field(default_factory=lambda: array("q"))
    """``_UNTOLD`` where the row does not say: the beginning of the load stands in."""
    row: array[int] = field(default_factory=lambda: array("q"))
    rows: int = 0

    def sorted(self, minutes: int) -> tuple[Intervals, np.ndarray[Any, Any]]:
        """Intervals by element's key and time, and the row of each."""
        names = sorted(self.elements)
        place = np.empty(len(names), dtype=np.int64)
        for new, name in enumerate(names):
            place[self.elements[name]] = new
        element = place[np.array(self.element, dtype=np.int64)]
        at = np.array(self.at, dtype=np.int64)
        order = np.lexsort((at, element))
        lengths = np.full(len(order), minutes, dtype=np.int64)
        value, stated = np.array(self.value)[order], np.array(self.stated, dtype=np.int64)[order]
        made = Intervals(tuple(names), element[order], at[order], lengths, value, stated)
        return made, np.array(self.row, dtype=np.int64)[order]


@dataclass(frozen=True, slots=True)
class Acknowledged:
    """Rows that told something new, rows that told what was known, and what the load keeps of the source."""

    accepted: int
    duplicate: int
    kept: Mapping[str, Any]


class CurveTaking(Taking):
    """One source of curves on its way."""

    def __init__(
        self,
        source: Source,
        mapper: Mapper,
        read_source: Reader,
        *,
        started: datetime,
        size: int,
        rows: CurveRows,
    ) -> None:
        super().__init__(
            source,
            replace(mapper, columns=mapper.columns | rows.columns),
            read_source,
            started=started,
            size=size,
        )
        self.curve = rows
        self.taken = _Taken()
        self.known: dict[tuple[int, int], float] = {}
        self.again = 0
        """Rows that told what earlier ones had told."""

    def _record(self, row: Row, mapped: Mapped) -> None:
        """Keep the intervals of a row; a row that cannot be taken brings none."""
        try:
            name = self._element(row, mapped)
            self._take(row, mapped, name)
        except RowFaultError as fault:
            self._refuse(row, fault.fault.code, fault.fault.details, self._shown(row))

    def _element(self, row: Row, mapped: Mapped) -> str:
        if self.curve.profile is None:
            return mapped.statements.nodes[0].keys[0]
        name = self.curve.profile(row.values)
        if name is None:
            raise RowFaultError("ROW_KEY_MISSING", field=PROFILE, node=PROFILE)
        return f"{curves.PREFIX}{name}"

    def _take(self, row: Row, mapped: Mapped, name: str) -> None:
        readings = self.curve.take(row.values)
        if not readings:
            self.read -= 1
            self.left_out.add("LEFT_OUT_NO_READING", self._place(row))
            return
        observed = mapped.observed_at
        if max(one.at for one in readings) > (self.started + TOLERANCE).timestamp():
            last = max(one.at for one in readings)
            raise RowFaultError(
                "ROW_FROM_THE_FUTURE",
                field=self.curve.curve.at.column or "",
                found=datetime.fromtimestamp(last, self.mapper.zone).isoformat(),
                expected=f"at most {(self.started + TOLERANCE).isoformat(timespec='seconds')}",
                expected_zh=f"不晚于 {(self.started + TOLERANCE).isoformat(timespec='seconds')}",
            )
        code = self.taken.elements.setdefault(name, len(self.taken.elements))
        new = self._new(code, readings)
        self.assumed |= observed is None
        if not new:
            self.again += 1
            return
        number, self.taken.rows = self.taken.rows, self.taken.rows + 1
        for at, power in new:
            self.known[code, at] = power
            self.taken.element.append(code)
            self.taken.at.append(at)
            self.taken.value.append(power)
            self.taken.stated.append(_UNTOLD if observed is None else to_micros(observed))
            self.taken.row.append(number)

    def _new(self, code: int, readings: list[Reading]) -> list[tuple[int, float]]:
        """Intervals that no earlier row has told.

        Raises:
            RowFaultError: an earlier row tells one of them otherwise.
        """
        new = []
        for one in readings:
            at, known = one.at, self.known.get((code, one.at))
            if known is not None and one.again and not self.curve.curve.columns:
                # Clocks were set back: the second time that the file tells this local time is the later one.
                # A row of a day that comes again is the same day.
                at = one.at + one.again
                known = self.known.get((code, at))
            if known is None:
                new.append((at, one.power))
            elif known != one.power:
                local = datetime.fromtimestamp(at, self.mapper.zone)
                raise RowFaultError(
                    "CURVE_TWICE",
                    field=one.column,
                    found=one.power,
                    known=known,
                    at=f"{local:%Y-%m-%d %H:%M}",
                )
        return new

    def acknowledge(self, ledger: Ledger) -> Acknowledged:
        """Write the file, and say which rows the ledger knew."""
        made, row = self.taken.sorted(self.curve.curve.minutes)
        name, there = self._there(ledger, made)
        made = self._dated(made, self.started if there is None else there.started_at)
        sha256 = None if there is None else there.sha256
        # Before anything is counted: a file that was lost comes back with the input that brought it.
        if len(made) and (there is None or not curves.is_whole(ledger.home, there)):
            sha256 = curves.keep(ledger.home, name, made).sha256
        accepted, duplicate = self._counted(ledger, made, row, there)
        if not len(made):
            return Acknowledged(accepted, duplicate, {})
        ends = int((made.at + 60 * made.minutes).max())
        kept = {"name": name, "sha256": sha256, "begins": int(made.at.min()), "ends": ends}
        kept |= {"channel": self.source.channel, "origin": self.source.origin}
        return Acknowledged(accepted, duplicate, kept)

    def foreseen(self, ledger: Ledger | None) -> tuple[int, int]:
        """How many rows would tell something new, and how many would not."""
        made, row = self.taken.sorted(self.curve.curve.minutes)
        there = None if ledger is None else self._there(ledger, made)[1]
        return self._counted(ledger, made, row, there)

    def _there(self, ledger: Ledger, made: Intervals) -> tuple[str, CurveFile | None]:
        """The name of the file of some intervals, and the file where a load stands that brought the same."""
        name = curves.name_of(made, made.stated != _UNTOLD)
        return name, {one.name: one for one in curves.standing(ledger)}.get(name)

    def _dated(self, made: Intervals, began: datetime) -> Intervals:
        """Intervals of which each is stated at a time."""
        stated = np.where(made.stated == _UNTOLD, to_micros(began), made.stated)
        return replace(made, stated=stated)

    def _counted(
        self, ledger: Ledger | None, made: Intervals, row: np.ndarray[Any, Any], there: CurveFile | None
    ) -> tuple[int, int]:
        self._notice_gaps(made)
        if there is not None:
            return 0, self.taken.rows + self.again
        known = np.zeros(len(made), np.bool_)
        if ledger is not None and len(made):
            known = _known(ledger, made)
        new = np.ones(
            self.taken.rows, dtype=np.bool_
        )  # a row without any reading too: nobody has told it before
        new[row] = False
        new[row[~known]] = True
        accepted = int(new.sum())
        return accepted, self.taken.rows - accepted + self.again

    def _notice_gaps(self, made: Intervals) -> None:
        """Say between the first and the last interval of how many elements some are missing."""
        step = 60 * self.curve.curve.minutes
        inside = (made.element[1:] == made.element[:-1]) & (np.diff(made.at) > step)
        at = np.flatnonzero(inside)
        if len(at):
            missing = int((np.diff(made.at)[at] // step - 1).sum())
            whose = [made.elements[one] for one in np.unique(made.element[at]).tolist()]
            named = ", ".join(whose[:_GAPS]) + (f", … ({len(whose)})" if len(whose) > _GAPS else "")
            self.notices.add("NOTICE_CURVE_GAPS", source=self.source.name, missing=missing, elements=named)


def _known(ledger: Ledger, made: Intervals) -> np.ndarray[Any, Any]:
    """Which intervals the ledger tells in the same way."""
    names = {key: key for key in made.elements}
    there, _ = curves.read(ledger, names, int(made.at.min()), int(made.at.max()) + 1)
    if not len(there):
        return np.zeros(len(made), dtype=np.bool_)
    span = 1 << 40
    key, asked = there.element * span + there.at, made.element * span + made.at
    place = np.minimum(np.searchsorted(key, asked), len(key) - 1)
    same = (key[place] == asked) & (there.value[place] == made.value) & (there.minutes[place] == made.minutes)
    return np.asarray(same)
