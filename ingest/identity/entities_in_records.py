"""What a record says about entities: its statements, each with its name in judgements."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple
from urllib.parse import unquote

import orjson

from graph.schema.keys import record_key
from graph.schema.model import Schema
from ingest.statements import NodeStatement, RelationStatement, Statements
from ledger.records import Record, Ref
from terms.ids import Key, RecordId, record_id


class SightingRef(NamedTuple):
    """Where a sighting stands: the record and its place among the record's mentions of the same type, from 0.

    Comparing two of them compares their record ids first: the order of ties everywhere.
    """

    source: str
    record_id: str
    type: str
    place: int

    @property
    def record(self) -> RecordId:
        """The record as it is named to people: ``source/recordId``."""
        return record_id(self.source, self.record_id)


@dataclass(frozen=True, slots=True, eq=False)
class Sighting:
    """What one record says about one entity: the keys it states for it, and values."""

    ref: SightingRef
    record: Record
    statement: NodeStatement

    @property
    def type(self) -> str:
        """The node type."""
        return self.statement.type

    @property
    def keys(self) -> tuple[Key, ...]:
        """All keys that the record states for the entity, the declared first choice first; never empty."""
        return self.statement.keys


@dataclass(frozen=True, slots=True, eq=False)
class RecordSightings:
    """All that one version of a record says.

    ``sightings``: its node statements but bare references, in the record's order. ``references``: keys that it mentions
    by bare reference only.
    """

    record: Record
    statements: Statements
    sightings: tuple[Sighting, ...]
    references: frozenset[Key]
    _ends: dict[tuple[str, str], SightingRef]

    @classmethod
    def read(cls, record: Record) -> RecordSightings:
        """Read the payload of a record that is not a deletion."""
        statements = Statements.from_json(record.payload)
        placed: Counter[str] = Counter()
        sightings: list[Sighting] = []
        ends: dict[tuple[str, str], SightingRef] = {}
        referred: set[Key] = set()
        for statement in statements.nodes:
            place = placed[statement.type]
            placed[statement.type] += 1
            if bare(statement):
                referred.add(statement.keys[0])
                continue
            ref = SightingRef(record.source, record.record_id, statement.type, place)
            sightings.append(Sighting(ref, record, statement))
            ends.setdefault((statement.type, statement.keys[0]), ref)
        for sighting in sightings:
            referred.difference_update(sighting.keys)
        return cls(record, statements, tuple(sightings), frozenset(referred), ends)

    @property
    def relations(self) -> tuple[RelationStatement, ...]:
        """Its relation statements, in the record's order."""
        return self.statements.relations

    def end(self, type_name: str, key: str) -> SightingRef | None:
        """The sighting that an end of one of its relations means; None where the end is a bare reference."""
        return self._ends.get((type_name, key))


def sightings_among(record: Record, wanted: Callable[[Sequence[str]], bool]) -> Iterator[Sighting]:
    """Those sightings of a record that is no deletion of which the keys are wanted; of the others no object is made."""
    placed: dict[str, int] = {}
    for told in orjson.loads(record.payload)["nodes"]:
        type_name, keys = told["type"], told["keys"]
        place = placed.get(type_name, 0)
        placed[type_name] = place + 1
        if not wanted(keys):
            continue
        statement = NodeStatement(type_name, tuple(keys), told.get("set", {}), tuple(told.get("proxy", ())))
        if not bare(statement):
            yield Sighting(SightingRef(record.source, record.record_id, type_name, place), record, statement)


def bare(statement: NodeStatement) -> bool:
    """Whether a statement only proves that a key exists: one key and no value."""
    return len(statement.keys) == 1 and not statement.set


def name_of(ref: SightingRef, schema: Schema) -> Key:
    """The name of a sighting in judgements: ``customer@visits/17#1``.

    It looks like the key of an entity without keys, with ``@`` for ``:``, so it can never be mistaken for a key.
    """
    prefix = schema.nodes[ref.type].prefix
    return Key(record_key(prefix, ref.source, ref.record_id, ref.place).replace(":", "@", 1))


def names_sighting(text: str) -> bool:
    """Whether a text is the name of a sighting and not a key."""
    return "@" in text.partition(":")[0]


def record_of(name: str) -> Ref:
    """The record (source, record id) of a sighting's name.

    >>> record_of("customer@visits/17#1")
    ('visits', '17')
    """
    source, _, rest = name.partition("@")[2].partition("/")
    return unquote(source), unquote(rest.rpartition("#")[0])


def prefix_of(text: str) -> str:
    """The prefix of a key or of a sighting's name: equal for two that may be the same entity."""
    return text.partition(":")[0].partition("@")[0]
