"""What is remembered of a large entity between batches, so that a new neighbour of a hub costs little."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from graph.schema.model import Schema
from ingest.entities.surviving_values import winners
from ingest.identity.clusters import Cluster
from ingest.identity.entities_in_records import RecordSightings, Sighting, SightingRef
from terms.ids import Key

_LARGE: Final = 16
_MOST: Final = 20_000


@dataclass(frozen=True, slots=True, eq=False)
class Remembered:
    """A few of an entity's records that tell as much of it as all of them.

    They hold every surviving value, every origin and every key, and link its keys as early (in the order of record
    ids) as all of them do. So with any further records beside them they give the entity that all give with these,
    and they still do when one of the others is withdrawn.
    """

    keys: tuple[Key, ...]
    told: tuple[RecordSightings, ...]


class Recall:
    """Large entities by their keys, as they were after the last batch; no judgement touches them.

    ``large``: entities with more sightings are remembered; smaller ones are read again.
    """

    def __init__(self, large: int = _LARGE) -> None:
        self.large = large
        self._known: dict[Key, Remembered] = {}

    def get(self, key: Key) -> Remembered | None:
        """What is remembered of the entity with a key."""
        return self._known.get(key)

    def forget(self, keys: Iterable[Key]) -> None:
        """Drop the entities that have one of the keys."""
        for key in keys:
            known = self._known.get(key)
            for other in () if known is None else known.keys:
                self._known.pop(other, None)

    def keep(self, cluster: Cluster, told: Iterable[RecordSightings], schema: Schema) -> None:
        """Remember an entity.

        Args:
            told: the records of all its sightings.
        """
        of_ref = {one.record.ref: one for one in told}
        telling = {(s.source, s.record_id) for s in needed(cluster, schema)}
        remembered = Remembered(cluster.keys, tuple(of_ref[ref] for ref in sorted(telling)))
        for key in cluster.keys:
            self._known[key] = remembered
        while len(self._known) > _MOST:
            self.forget([next(iter(self._known))])


def needed(cluster: Cluster, schema: Schema) -> set[SightingRef]:
    """The sightings of an entity that tell as much of it as all of them; see :class:`Remembered`."""
    kept = {sighting.ref for sighting in winners(cluster, schema).values()}
    origins: set[str] = set()
    joined = {key: {key} for key in cluster.keys}
    linked: set[Key] = set()
    for sighting in cluster.sightings:  # in the order of record ids: the first to link two keys is kept
        if _links(sighting, joined, linked) or sighting.record.origin not in origins:
            origins.add(sighting.record.origin)
            kept.add(sighting.ref)
    return kept


def _links(sighting: Sighting, joined: dict[Key, set[Key]], linked: set[Key]) -> bool:
    """Whether a sighting is the first to state a key, or to link two; then the link is made."""
    first, *others = sighting.keys
    new = not linked.issuperset(sighting.keys)
    linked.update(sighting.keys)
    for other in others:
        if joined[other] is not joined[first]:
            new = True
            joined[first] |= joined[other]
            for key in joined[other]:
                joined[key] = joined[first]
    return new
