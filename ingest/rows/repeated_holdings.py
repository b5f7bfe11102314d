"""Rows of one source that tell a holding of the same two without a part number, and may mean parts of it."""

from __future__ import annotations

from datetime import date
from typing import Final, NamedTuple

from graph.validity import OPEN, Span
from ingest.notices import Place
from ingest.rows.first_by_id import FirstById

_LINES: Final = 40
"""Bits of a line's number."""


class Holding(NamedTuple):
    """A holding of which a row tells no part number. ``pair``: a hash of the two ends."""

    pair: int
    span: Span


class Holdings:
    """Which holdings a source has told, as 64 bit hashes: 48 bytes each."""

    def __init__(self) -> None:
        self._files: list[tuple[str, str | None]] = []
        self._places, self._records, self._spans = FirstById(), FirstById(), FirstById()

    def add(self, holding: int, record: int, span: Span, here: Place) -> Place | None:
        """Note a row; the place of the first row of its holding, where that is another record and for the same time.

        Args:
            holding: a hash of the two and of the day on which the row was true; ``record``: of the record's id.
            here: where the row stands.
        """
        file = (here.file, here.sheet)
        if not self._files or self._files[-1] != file:
            self._files.append(file)
        first = self._places.add(holding, (len(self._files) - 1) << _LINES | (here.line or 0))
        of_record = self._records.add(holding, record)
        of_time = self._spans.add(holding, _packed(span))
        if first is None or of_time is None or of_record == record or not _unpacked(of_time).overlaps(span):
            return None
        name, sheet = self._files[first >> _LINES]
        return Place(name, first & ((1 << _LINES) - 1), sheet)

    def settle(self) -> None:
        """Between batches."""
        for seen in (self._places, self._records, self._spans):
            seen.settle()


def _packed(span: Span) -> int:
    since, until = (date.fromisoformat(day).toordinal() if day and day != OPEN else 0 for day in span)
    return since << 32 | until


def _unpacked(packed: int) -> Span:
    since, until = packed >> 32, packed & 0xFFFFFFFF
    return Span(*(date.fromordinal(day).isoformat() if day else "" for day in (since, until)))
