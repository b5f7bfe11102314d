"""What the ledger tells around some keys: the records and judgements that identity needs, at one or more moments."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TypeAlias

from graph.schema.model import Schema
from ingest.identity import Identity, clusters
from ingest.sightings import Sighting, SightingRef, Told, name_of, names_sighting, record_of
from ledger import judgements as judged
from ledger.database import Ledger
from ledger.judgements import Judgement
from ledger.moments import Moment, referring, refs_of
from ledger.records import Ref, mentioning, versions
from terms.ids import Key

Origins: TypeAlias = Mapping[str, frozenset[str]]
"""Keys that records refer to, with the origins of those records."""


class Neighbourhood:
    """Grows from keys to everything that is, or was at one of its moments, one entity with them.

    ``told``: for every record read so far what its current version says at each moment (None: nothing).
    ``keys``: all keys reached. For each of them every sighting that states it and every judgement that touches it
    has been read, so :meth:`identity` is exact for them.

    Mentions of role ``end`` link nothing and are never read here: a substation has millions.
    """

    def __init__(self, ledger: Ledger, schema: Schema, moments: Sequence[Moment]) -> None:
        self.schema = schema
        self.moments = tuple(moments)
        self.told: dict[Ref, tuple[Told | None, ...]] = {}
        self.keys: set[Key] = set()
        self.judgements: set[Judgement] = set()
        self._ledger = ledger
        self._sightings: tuple[dict[SightingRef, Sighting], ...] = tuple({} for _ in self.moments)
        self._ref_of: dict[int, Ref] = {}
        self._judged = judged.exist(ledger)

    def read(self, refs: Iterable[Ref]) -> None:
        """Read records, all versions of each, unless they have been read."""
        for ref, found in versions(self._ledger, [ref for ref in refs if ref not in self.told]).items():
            read: dict[int, Told] = {}
            for record in found:
                self._ref_of[record.seq] = ref
            told: list[Told | None] = []
            for moment in self.moments:
                current = moment.current(found)
                if current is not None and current.seq not in read:
                    read[current.seq] = Told.read(current)
                told.append(None if current is None else read[current.seq])
            self.told[ref] = tuple(told)

    def read_numbers(self, seqs: Iterable[int]) -> set[Ref]:
        """Read the records of which these are versions; returns them."""
        numbers = set(seqs)
        self.read(refs_of(self._ledger, numbers - self._ref_of.keys()))
        return {self._ref_of[number] for number in numbers}

    def reach(self, seeds: Iterable[Key]) -> None:
        """Add keys and all that is linked with them; names of sightings stand for the keys those state."""
        frontier = self._keys_of(seeds) - self.keys
        while frontier:
            self.keys |= frontier
            mentioned = mentioning(self._ledger, frontier, roles=("node",))
            self.read_numbers(seq for seqs in mentioned.values() for seq in seqs)
            partners: set[Key] = set()
            names: set[Key] = set()
            for key, seqs in mentioned.items():
                for ref in {self._ref_of[seq] for seq in seqs}:
                    for found, told in zip(self._sightings, self.told[ref], strict=True):
                        for sighting in () if told is None else told.sightings:
                            if key in sighting.keys:
                                found[sighting.ref] = sighting
                                partners.update(sighting.keys)
                                if self._judged:
                                    names.add(name_of(sighting.ref, self.schema))
            if self._judged:
                partners |= self._partners(frontier | names)
            frontier = partners - self.keys

    def sightings(self, place: int) -> list[Sighting]:
        """All sightings that state one of the keys, at a moment, in the order of their records."""
        return [self._sightings[place][ref] for ref in sorted(self._sightings[place])]

    def judged(self, place: int) -> list[Judgement]:
        """All judgements that touch one of the keys or sightings, at a moment, in order of acknowledgement."""
        moment = self.moments[place]
        return sorted((j for j in self.judgements if moment.sees(j)), key=lambda j: j.seq)

    def referred(self, place: int) -> dict[Key, frozenset[str]]:
        """The keys that current records refer to and none describes, at a moment, with the origins of the records."""
        stated = {key for sighting in self._sightings[place].values() for key in sighting.keys}
        found = referring(self._ledger, self.keys - stated, self.moments[place])
        return {Key(key): origins for key, origins in found.items()}

    def identity(self, place: int, referred: Iterable[Key]) -> Identity:
        """The entities that the keys reached belong to, at a moment."""
        sightings = self._sightings[place].values()
        return clusters(sightings, self.judged(place), schema=self.schema, referred=referred)

    def _partners(self, ends: Iterable[Key]) -> set[Key]:
        """Keys that a judgement, counting or not, holds to be the same as one of these."""
        found = judged.touching(self._ledger, ends)
        new = [judgement for judgement in found if judgement not in self.judgements]
        self.judgements.update(new)
        return self._keys_of(end for j in new if j.verdict == "same" for end in (j.left, j.right))

    def _keys_of(self, ends: Iterable[Key]) -> set[Key]:
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
