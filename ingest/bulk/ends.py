"""Which entity stands at the end of a relation: its place in the stream of nodes, and its id where that is wanted."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

import numpy as np
import orjson

from ingest.bulk.context import Context, Numbers

NONE: Final = -1
"""The place of an end that is no entity."""


class End(NamedTuple):
    """An end as a record states it."""

    seq: int
    type: str
    key: str


class Ends:
    """Finds entities by key, many at once; a record that was split off from its key's entity takes its own."""

    def __init__(self, context: Context) -> None:
        self._keys = context.load("keys")
        self._places = context.load("places")
        apart = orjson.loads((context.folder / "apart.json").read_bytes())
        self._apart = {End(*end): (int(place), str(id_)) for *end, place, id_ in apart}
        self._records = frozenset(end.seq for end in self._apart)
        self._ids: dict[str, str] = {}
        if context.ends:
            for file in sorted(context.folder.glob("ids-*.json")):
                self._ids.update(orjson.loads(file.read_bytes()))

    def places(self, ends: Sequence[End]) -> Numbers:
        """Their places in the stream of nodes."""
        hashes = np.fromiter((hash(end.key) for end in ends), np.int64, len(ends))
        if not len(self._keys):
            return np.full(len(ends), NONE)
        position = np.minimum(np.searchsorted(self._keys, hashes), len(self._keys) - 1)
        found = np.where(self._keys[position] == hashes, self._places[position], NONE)
        if self._records:
            for number, end in enumerate(ends):
                if end.seq in self._records and end in self._apart:
                    found[number] = self._apart[end][0]
        return np.asarray(found, np.int64)

    def id(self, end: End) -> str:
        """The id of the entity."""
        if end.seq in self._records and end in self._apart:
            return self._apart[end][1]
        return self._ids.get(end.key, end.key)
