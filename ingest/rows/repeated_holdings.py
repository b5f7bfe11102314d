"""Which rows of a source tell a holding of the same two again: whole, where they may mean parts of it, or once whole
and once in parts."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Final, NamedTuple

from graph.validity import OPEN, Span
from ingest.notices import Place
from ingest.rows.first_by_id import FirstById

_LINES: Final = 40
"""Bits of a line's number."""


class Holding(NamedTuple):
    """A holding as a row tells it. ``pair``: a hash of the two ends. ``part``: with the number of a part."""

    pair: int
    span: Span
    part: bool


class Holdings:
    """Which holdings a source has told, as 64 bit hashes: 48 bytes each way of telling."""

    def __init__(self) -> None:
        self._files: list[tuple[str, str | None]] = []
        self._whole, self._parts = _Firsts(), _Firsts()

    def add(self, holding: Holding, record: int, here: Place) -> Iterator[tuple[str, Place]]:
        """Note a row; what there is to say of it, with the place of the row that it goes with.

        Args:
            holding: its pair with the day on which the row was true; ``record``: hash of the record's id.
            here: where the row stands.
        """
        if not self._files or self._files[-1] != (here.file, here.sheet):
            self._files.append((here.file, here.sheet))
        place = (len(self._files) - 1) << _LINES | (here.line or 0)
        own, other = (self._parts, self._whole) if holding.part else (self._whole, self._parts)
        again = own.add(holding, record, place)
        if again is not None and not holding.part:
            yield "NOTICE_HOLDING_AGAIN", self._place(again)
        mixed = other.first(holding, record)
        if mixed is not None:
            yield "NOTICE_HOLDING_MIXED", self._place(mixed)

    def settle(self) -> None:
        """Between batches."""
        self._whole.settle()
        self._parts.settle()

    def _place(self, packed: int) -> Place:
        file, sheet = self._files[packed >> _LINES]
        return Place(file, packed & ((1 << _LINES) - 1), sheet)


class _Firsts:
    """The first row of each holding that is told in one way: its place, its record and its time."""

    def __init__(self) -> None:
        self._places, self._records, self._spans = FirstById(), FirstById(), FirstById()

    def add(self, holding: Holding, record: int, place: int) -> int | None:
        """Note a row; the place of the first one, where that is another record and for the same time."""
        first = self._places.add(holding.pair, place)
        of_record = self._records.add(holding.pair, record)
        of_time = self._spans.add(holding.pair, _packed(holding.span))
        return _of_another(first, of_record, of_time, holding, record)

    def first(self, holding: Holding, record: int) -> int | None:
        """The same for a row that is told in another way, and is not noted."""
        pair = holding.pair
        first = self._places.get(pair)
        if first is None:
            return None
        return _of_another(first, self._records.get(pair), self._spans.get(pair), holding, record)

    def settle(self) -> None:
        """Between batches."""
        for first in (self._places, self._records, self._spans):
            first.settle()


def _of_another(
    first: int | None, of_record: int | None, of_time: int | None, holding: Holding, record: int
) -> int | None:
    if first is None or of_time is None or of_record == record:
        return None
    return first if _unpacked(of_time).overlaps(holding.span) else None


def _packed(span: Span) -> int:
    since, until = (date.fromisoformat(day).toordinal() if day and day != OPEN else 0 for day in span)
    return since << 32 | until


def _unpacked(packed: int) -> Span:
    since, until = packed >> 32, packed & 0xFFFFFFFF
    return Span(*(date.fromordinal(day).isoformat() if day else "" for day in (since, until)))
