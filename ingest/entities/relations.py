"""Which statements are the same relation, and what survives of their rival claims."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from graph.schema.model import Schema
from graph.validity import BOUNDS, stored_spans
from graph.write import RelationRow
from ingest.entities.claims import RelationClaim, RelationIdentity
from ingest.entities.periods import periods_of
from ingest.entities.surviving_values import preference
from ingest.identity.clusters import Identity
from ingest.identity.entities_in_records import RecordSightings
from ingest.statements import RelationStatement, Value, relation_key
from terms.ids import EntityId, Key, RecordId


@dataclass(frozen=True, slots=True)
class Warned:
    """Two relations that look like one, by the records that state them: a matter of data quality, not an error."""

    type: str
    source: EntityId
    target: EntityId
    amount: Value
    records: tuple[RecordId, RecordId]
    channels: tuple[str, str]


def identity_of(
    statement: RelationStatement, told: RecordSightings, identity: Identity
) -> RelationIdentity | None:
    """The relation that a statement means; None if an end is no entity (no record speaks of it any more).

    An end is the entity of the record's own sighting where it has one: a record that was split off takes its
    relations with it.
    """
    source = _end(statement.source_type, statement.source, told, identity)
    target = _end(statement.target_type, statement.target, told, identity)
    if source is None or target is None:
        return None
    return RelationIdentity(
        statement.type, statement.source_type, source, statement.target_type, target, statement.key
    )


def mentions_of(relation: RelationIdentity, source: Iterable[str], target: Sequence[str]) -> list[str]:
    """The ledger's names for all statements that may mean this relation: one for each pair of the ends' keys.

    Without its key, the names for all contracts between the two.
    """
    return [relation_key(relation.type, a, b, relation.key) for a in source for b in target]


def relation_row(relation: RelationIdentity, claims: Sequence[RelationClaim], schema: Schema) -> RelationRow:
    """What survives of the rival claims to one relation (at least one).

    Each property by its own order of channels, but ``since`` and ``until`` as a pair (:mod:`ingest.entities.periods`);
    ``recordId`` is the record whose value of the first declared property survived (the amount of a contract), or the
    preferred record where none has a value.
    """
    declared = schema.relations[relation.type]
    # One record may state a relation twice: the first of equals wins.
    ordered = sorted(claims, key=lambda c: preference(c.record, None, schema))
    periods = periods_of(ordered) if declared.spans else []
    properties: dict[str, object] = stored_spans([period.span for period in periods])
    proxies = []
    record = None
    for name, prop in declared.properties.items():
        told = [claim for claim in ordered if name in claim.statement.set]
        if declared.spans and name in BOUNDS:
            # The latest period is the one that the relation shows.
            told = [periods[-1].claim] if name in properties else []
        if not told or not prop.kept:
            continue
        winner = min(told, key=lambda c: preference(c.record, prop, schema)) if prop.priority else told[0]
        properties[name] = winner.statement.set[name]
        if name in winner.statement.proxy:
            proxies.append(name)
        if record is None and name not in declared.key:
            record = winner.record
    if proxies:
        properties["proxies"] = sorted(proxies)
    return RelationRow(
        type=relation.type,
        source_type=relation.source_type,
        source=relation.source,
        target_type=relation.target_type,
        target=relation.target,
        key=relation.key,
        record_id=(record or ordered[0].record).id,
        origins=tuple(sorted({claim.record.origin for claim in ordered})),
        properties=properties,
    )


def doubled(claims: Mapping[RelationIdentity, Sequence[RelationClaim]], schema: Schema) -> list[Warned]:
    """Contracts between the same two of equal amount that two channels report under different keys."""
    alike: dict[tuple[str, EntityId, EntityId, Value], list[tuple[RecordId, str]]] = defaultdict(list)
    for relation in sorted(claims):
        row = relation_row(relation, claims[relation], schema)
        amount = row.properties.get("amount")
        if relation.key and not schema.relations[relation.type].parts and isinstance(amount, int | float):
            channels = {claim.record.id: claim.record.channel for claim in claims[relation]}
            told = RecordId(row.record_id)
            alike[relation.type, relation.source, relation.target, amount].append((told, channels[told]))
    return [
        Warned(type_, source, target, amount, (one[0], other[0]), (one[1], other[1]))
        for (type_, source, target, amount), rows in alike.items()
        for one, other in combinations(rows, 2)
        if one[1] != other[1]
    ]


def _end(type_name: str, key: str, told: RecordSightings, identity: Identity) -> EntityId | None:
    sighting = told.end(type_name, key)
    if sighting is not None and (entity := identity.of_sighting.get(sighting)) is not None:
        return entity
    return identity.of_key.get(Key(key))
