"""How a row that is named by an identity number gets its record id: it holds a keyed hash of the number."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields
from functools import lru_cache
from typing import TypeAlias

from graph.search_text import normalise
from ingest.cells.absence import filler
from ingest.cells.doubtful import value_of
from ingest.input_errors import NotAcceptedError
from ingest.readers.lists import Values, found, one_of
from ingest.rows.mapping import Mapper
from terms.ids import Key

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
                text = value_of(self.id_of[column](one_of(cells[column])))
            except NotAcceptedError:
                continue  # refused below, with its place
            named = text is not None and not filler(str(text))
            cells[column] = self.hasher(normalise(str(text))) if named else None
        return Mapper._record_id(self, cells)


def remembered(make: Callable[[str], Key]) -> Callable[[str], Key]:
    """Folding and hashing an address costs more than the rest of its row, and premises are shared."""
    cached = lru_cache(maxsize=32_768)(make)
    return lambda text: cached(text) if len(text) < 200 else make(text)
