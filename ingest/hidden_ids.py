"""Rows that an identity number names: their record id holds a keyed hash of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields
from typing import TypeAlias

from graph.search_text import normalise
from ingest.conversions import code_of
from ingest.lists import Values, found, one_of
from ingest.mapping import Mapper
from ingest.refusals import NotAcceptedError

Hasher: TypeAlias = Callable[[str], str]
"""The ledger's keyed hash, for what must not be kept."""


@dataclass(frozen=True, slots=True)
class HiddenIds(Mapper):
    """Takes rows whose own id is, or holds, an identity number: in the record id stands its keyed hash.

    The record id is written on relations and shown as the source of every value, and an identity number is not kept.
    """

    hasher: Hasher

    @classmethod
    def of(cls, plain: Mapper, hasher: Hasher) -> HiddenIds:
        return cls(**{name.name: getattr(plain, name.name) for name in fields(plain)}, hasher=hasher)

    def _record_id(self, values: Values) -> str:
        cells = {column: found(values, column) for column in self.ids}
        for column in self.secret.intersection(self.ids):
            try:
                text = code_of(one_of(cells[column]))
            except NotAcceptedError:
                continue  # refused below, with its place
            cells[column] = None if text is None else self.hasher(normalise(text))
        return Mapper._record_id(self, cells)
