"""Which entity stands at the end of a relation: its place in the stream of nodes, and its id."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Any, Final, Literal, NamedTuple, TypeAlias

import numpy as np
import orjson

from ingest.bulk.context import Context, Numbers
from ledger.scan import Row

NONE: Final = -1
"""The place of an end that is no entity."""


Side: TypeAlias = Literal["source", "target"]


class Claim(NamedTuple):
    """A relation statement of a record, as plain JSON."""

    row: Row
    said: dict[str, Any]


class Ends:
    """Finds entities by key, many at once; a record that was split off from its key's entity takes its own."""

    def __init__(self, context: Context) -> None:
        self._keys = context.load("keys")
        self._places = context.load("places")
        apart = orjson.loads((context.folder / "apart.json").read_bytes())
        self._apart = {(seq, type_, key): (int(place), str(id_)) for seq, type_, key, place, id_ in apart}
        self._records = frozenset(seq for seq, _, _ in self._apart)
        self._folder = context.folder

    @cached_property
    def _ids(self) -> dict[str, str]:
        """Ids of entities by their other keys."""
        found: dict[str, str] = {}
        for file in sorted(self._folder.glob("ids-*.json")):
            found.update(orjson.loads(file.read_bytes()))
        return found

    def places(self, claims: Sequence[Claim], side: Side) -> Numbers:
        """The places in the stream of nodes of one end of each claim."""
        if not len(self._keys):
            return np.full(len(claims), NONE)
        hashes = np.fromiter((hash(claim.said[side]) for claim in claims), np.int64, len(claims))
        position = np.minimum(np.searchsorted(self._keys, hashes), len(self._keys) - 1)
        found = np.where(self._keys[position] == hashes, self._places[position], NONE)
        if self._records:
            for number, claim in enumerate(claims):
                if (end := self._split(claim, side)) is not None:
                    found[number] = end[0]
        return np.asarray(found, np.int64)

    def id(self, claim: Claim, side: Side) -> str:
        """The id of the entity at one end of a claim."""
        end = self._split(claim, side) if self._records else None
        key = claim.said[side]
        return self._ids.get(key, key) if end is None else end[1]

    def _split(self, claim: Claim, side: Side) -> tuple[int, str] | None:
        """Place and id of the entity where it is another than that of its key."""
        if claim.row.seq not in self._records:
            return None
        return self._apart.get((claim.row.seq, claim.said[f"{side}_type"], claim.said[side]))
