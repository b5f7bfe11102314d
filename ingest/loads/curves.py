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
from ledger.curves import Intervals
from ledger.database import Ledger
from ledger.tables import to_micros

_GAPS: Final = 5
"""Elements with gaps that a notice names."""


@dataclass(slots=True)
class _Taken:
    """Intervals on their way: columns, and of each the number of the row that brought it."""

    elements: dict[str, int] = field(default_factory=dict)
    element: array[int] = field(default_factory=lambda: array("q"))
    at: array[int] = field(default_factory=lambda: array("q"))
    value: array[float] = field(default_factory=lambda: array("d"))
    stated: array[int] = field(default_factory=lambda: array("q"))
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
            self.taken.stated.append(to_micros(observed or self.started))
            self.taken.row.append(number)

    def _new(self, code: int, readings: list[Reading]) -> list[tuple[int, float]]:
        """Intervals that no earlier row has told.

        Raises:
            RowFaultError: an earlier row tells one of them otherwise.
        """
        new = []
        for one in readings:
            at, known = one.at, self.known.get((code, one.at))
            if known is not None and one.again:
                # Clocks were set back: the second time that the file tells this local time is the later one.
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
        accepted, duplicate = self._counted(ledger, made, row)
        if not len(made):
            return Acknowledged(accepted, duplicate, {})
        name = curves.name_of(made, timeless=self.assumed)
        there = {one.name: one for one in curves.standing(ledger)}.get(name)
        sha256 = there.sha256 if there is not None else curves.keep(ledger.home, name, made).sha256
        ends = int((made.at + 60 * made.minutes).max())
        kept = {"name": name, "sha256": sha256, "begins": int(made.at.min()), "ends": ends}
        kept |= {"channel": self.source.channel, "origin": self.source.origin}
        return Acknowledged(accepted, duplicate, kept)

    def foreseen(self, ledger: Ledger | None) -> tuple[int, int]:
        """How many rows would tell something new, and how many would not."""
        return self._counted(ledger, *self.taken.sorted(self.curve.curve.minutes))

    def _counted(self, ledger: Ledger | None, made: Intervals, row: np.ndarray[Any, Any]) -> tuple[int, int]:
        self._notice_gaps(made)
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
    there, _ = curves.read(ledger, made.elements, int(made.at.min()), int(made.at.max()) + 1)
    if not len(there):
        return np.zeros(len(made), dtype=np.bool_)
    span = 1 << 40
    key, asked = there.element * span + there.at, made.element * span + made.at
    place = np.minimum(np.searchsorted(key, asked), len(key) - 1)
    same = (key[place] == asked) & (there.value[place] == made.value) & (there.minutes[place] == made.minutes)
    return np.asarray(same)
