"""Which records and judgements identity needs around some keys, at one or more moments."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from graph.schema.model import Schema
from ingest.entities.large_entities import Recall, Remembered
from ingest.identity.clusters import Identity, clusters
from ingest.identity.entities_in_records import (
    RecordSightings,
    Sighting,
    SightingRef,
    name_of,
    names_sighting,
    record_of,
)
from ledger import judgements as judged
from ledger.as_it_was import Moment, referring, refs_of
from ledger.database import Ledger
from ledger.judgements import Judgement
from ledger.records import Ref, all_versions, mentioning
from terms.ids import Key


class Neighbourhood:
    """Grows from keys to everything that is, or was at one of its moments, one entity with them.

    ``told``: for every record read so far what its current version says at each moment (None: nothing).
    ``keys``: all keys reached. For each of them every sighting that states it and every judgement that touches it
    has been read, so :meth:`identity` is exact for them.

    Mentions of role ``end`` link nothing and are never read here: a substation has millions.
    """

    def __init__(
        self, ledger: Ledger, schema: Schema, moments: Sequence[Moment], recall: Recall | None = None
    ) -> None:
        self.schema = schema
        self.moments = tuple(moments)
        self.told: dict[Ref, tuple[RecordSightings | None, ...]] = {}
        self.keys: set[Key] = set()
        self.judgements: set[Judgement] = set()
        self._ends: set[Key] = set()  # keys and names of sightings
        self._ledger = ledger
        self._sightings: tuple[dict[SightingRef, Sighting], ...] = tuple({} for _ in self.moments)
        self._ref_of: dict[int, Ref] = {}
        self._judged = judged.exist(ledger)
        self._recall = Recall() if recall is None else recall
        self._changed: dict[Key, set[Ref]] = {}
        self._changed_refs: frozenset[Ref] = frozenset()

    def read(self, refs: Iterable[Ref]) -> None:
        """Read records, all versions of each, unless they have been read."""
        for ref, found in all_versions(self._ledger, [ref for ref in refs if ref not in self.told]).items():
            read: dict[int, RecordSightings] = {}
            for record in found:
                self._ref_of[record.seq] = ref
            told: list[RecordSightings | None] = []
            for moment in self.moments:
                current = moment.current(found)
                if current is not None and current.seq not in read:
                    read[current.seq] = RecordSightings.read(current)
                told.append(None if current is None else read[current.seq])
            self.told[ref] = tuple(told)

    def read_numbers(self, seqs: Iterable[int]) -> set[Ref]:
        """Read the records of which these are versions; returns them."""
        numbers = set(seqs)
        unknown = refs_of(self._ledger, numbers - self._ref_of.keys())
        self._ref_of.update(unknown)
        self.read(unknown.values())
        return {self._ref_of[number] for number in numbers}

    def changes(self, refs: Iterable[Ref]) -> None:
        """Name the records that do not say the same at all moments: all that is remembered stands but for these.

        What a judgement of these moments touches is not remembered any more after this.
        """
        self._changed_refs = frozenset(refs)
        names: set[Key] = set()
        for ref in self._changed_refs:
            for told in self.told[ref]:
                for sighting in () if told is None else told.sightings:
                    for key in sighting.keys:
                        self._changed.setdefault(key, set()).add(ref)
                    if self._judged:
                        names.add(name_of(sighting.ref, self.schema))
        if names:
            found = judged.touching(self._ledger, names)
            self._recall.forget(self.keys_of(end for j in found for end in (j.left, j.right)))

    def reach(self, seeds: Iterable[Key]) -> None:
        """Add keys, or the names of sightings, and all that is linked with them."""
        frontier = set(seeds) - self._ends
        while frontier:
            self._ends |= frontier
            names = {end for end in frontier if names_sighting(end)}
            keys = frontier - names
            self.keys |= keys
            recalled = {key: known for key in keys if (known := self._recalled(key)) is not None}
            partners = self.keys_of(names)
            for sighting in self._described(keys - recalled.keys()):
                partners.update(sighting.keys)
                if self._judged:
                    partners.add(name_of(sighting.ref, self.schema))
            for key, known in recalled.items():
                partners.update(known.keys)
                for sighting in self._remembered(key, known):
                    partners.update(sighting.keys)
            if self._judged:
                found = judged.touching(self._ledger, frontier - recalled.keys())
                self.judgements.update(found)
                # Also those that do not count: a record that is gone still ties what was judged to be the same as it.
                partners.update(end for j in found if j.verdict == "same" for end in (j.left, j.right))
            frontier = partners - self._ends

    def remember(self, identity: Identity) -> None:
        """Remember the large ones among the entities at the last moment, and no others of those reached."""
        large = [
            cluster
            for cluster in identity.clusters.values()
            if len(cluster.sightings) > self._recall.large
            or any(self._recall.get(key) for key in cluster.keys)
        ]
        self._recall.forget(self.keys)
        judged_ends = {end for j in self.judgements for end in (j.left, j.right)}
        for cluster in large:
            names = {name_of(s.ref, self.schema) for s in cluster.sightings} if judged_ends else set()
            if cluster.stated == set(cluster.keys) and judged_ends.isdisjoint(names | cluster.stated):
                told = (self.told[sighting.record.ref][-1] for sighting in cluster.sightings)
                self._recall.keep(cluster, (one for one in told if one is not None), self.schema)

    def _described(self, keys: set[Key]) -> Iterator[Sighting]:
        """Take up, and read, the sightings that state the keys."""
        mentioned = mentioning(self._ledger, keys, roles=("node",))
        self.read_numbers(seq for seqs in mentioned.values() for seq in seqs)
        for key, seqs in mentioned.items():
            yield from self._add(Key(key), {self._ref_of[seq] for seq in seqs})

    def _recalled(self, key: Key) -> Remembered | None:
        known = self._recall.get(key)
        if known is None or any(told.record.ref in self._changed_refs for told in known.told):
            return None
        return known

    def _remembered(self, key: Key, known: Remembered) -> Iterator[Sighting]:
        """Take up the sightings that stand for all others, and those of the records that change."""
        for told in known.told:
            self.told.setdefault(told.record.ref, (told,) * len(self.moments))
        refs = {told.record.ref for told in known.told} | self._changed.get(key, set())
        yield from self._add(key, refs)

    def _add(self, key: Key, refs: Iterable[Ref]) -> Iterator[Sighting]:
        """Take up the sightings of records that state a key, at each moment."""
        for ref in refs:
            for found, told in zip(self._sightings, self.told[ref], strict=True):
                for sighting in () if told is None else told.sightings:
                    if key in sighting.keys:
                        found[sighting.ref] = sighting
                        yield sighting

    def sightings(self, place: int) -> list[Sighting]:
        """All sightings that state one of the keys, at a moment, in the order of their records."""
        return [self._sightings[place][ref] for ref in sorted(self._sightings[place])]

    def judged(self, place: int) -> list[Judgement]:
        """All judgements that touch one of the keys or sightings, at a moment, in order of acknowledgement."""
        moment = self.moments[place]
        return sorted((j for j in self.judgements if moment.sees(j)), key=lambda j: j.seq)

    def unstated(self, place: int) -> set[Key]:
        """The keys reached that no current record describes, at a moment: entities only while records refer to them."""
        return self.keys - {key for sighting in self._sightings[place].values() for key in sighting.keys}

    def referred(self, place: int, keys: Iterable[Key]) -> dict[Key, frozenset[str]]:
        """Those of the keys that current records refer to, at a moment, with the origins of the records."""
        found = referring(self._ledger, keys, self.moments[place])
        return {Key(key): origins for key, origins in found.items()}

    def identity(self, place: int, referred: Iterable[Key]) -> Identity:
        """The entities that the keys reached belong to, at a moment."""
        sightings = self._sightings[place].values()
        return clusters(sightings, self.judged(place), schema=self.schema, referred=referred)

    def keys_of(self, ends: Iterable[Key]) -> set[Key]:
        """Keys as they are; for a sighting's name the keys that it states at any moment."""
        keys: set[Key] = set()
        names: set[Key] = set()
        for end in ends:
            (names if names_sighting(end) else keys).add(end)
        if names:
            refs = {record_of(name) for name in names}
            self.read(refs)
            for ref in refs:
                for told in self.told.get(ref, ()):
                    for sighting in () if told is None else told.sightings:
                        if name_of(sighting.ref, self.schema) in names:
                            keys.update(sighting.keys)
        return keys
