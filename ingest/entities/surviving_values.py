"""Which values of an entity survive among the claims of its records, and which claims are rivals."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache, partial
from typing import Final

from graph.schema.keys import value_of
from graph.schema.model import NodeType, Property, Schema
from graph.write import NodeRow
from ingest.identity.clusters import Cluster
from ingest.identity.entities_in_records import Sighting
from ingest.statements import Value
from ledger.records import Record
from terms.ids import EntityId, Key, RecordId

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Claim:
    """One record's value of a property. ``assumed``: its time is that of the load. ``current``: it is the one shown."""

    value: Value
    source: str
    record_id: str
    channel: str
    observed_at: datetime
    recorded_at: datetime
    assumed: bool
    proxy: bool
    origin: str
    current: bool

    @property
    def record(self) -> RecordId:
        """The record as it is named to people: ``source/recordId``."""
        return RecordId(f"{self.source}/{self.record_id}")


@dataclass(frozen=True, slots=True)
class Chosen:
    """The value of a property and who claims what, the winner first. No claims: the value is read off a key."""

    value: Value
    claims: tuple[Claim, ...]


@dataclass(frozen=True, slots=True)
class ResolvedEntity:
    """An entity with the provenance of all its values. ``records``: all that describe it, by name."""

    id: EntityId
    type: str
    keys: tuple[Key, ...]
    values: dict[str, Chosen]
    origins: tuple[str, ...]
    records: tuple[RecordId, ...]


def node_row(cluster: Cluster, schema: Schema, referred: frozenset[str] = frozenset()) -> NodeRow:
    """An entity as the graph shows it.

    Args:
        referred: the origins of the records that refer to it; they count where no record describes it.
    """
    node_type = schema.nodes[cluster.type]
    survivors = winners(cluster, schema)
    properties: dict[str, object] = {name: s.statement.set[name] for name, s in survivors.items()}
    proxies = sorted(name for name, s in survivors.items() if name in s.statement.proxy)
    if proxies:
        properties["proxies"] = proxies
    _add_key_values(properties, cluster.keys, node_type)
    origins = {sighting.record.origin for sighting in cluster.sightings} or referred
    return NodeRow(cluster.type, cluster.id, cluster.keys, tuple(sorted(origins)), properties)


def entity_of(cluster: Cluster, schema: Schema, referred: frozenset[str] = frozenset()) -> ResolvedEntity:
    """The same entity with every claim: for each property the surviving one first, its rivals by preference."""
    node_type = schema.nodes[cluster.type]
    values: dict[str, Chosen] = {}
    for name, prop in node_type.properties.items():
        if not prop.kept:
            continue
        told = [s for s in cluster.sightings if name in s.statement.set]
        told.sort(key=partial(_preference, prop, schema))
        if told:
            claims = tuple(_claim(s, name, current=s is told[0]) for s in told)
            values[name] = Chosen(claims[0].value, claims)
    derived: dict[str, object] = {name: chosen.value for name, chosen in values.items()}
    _add_key_values(derived, cluster.keys, node_type)
    for name, value in derived.items():
        values.setdefault(name, Chosen(str(value), ()))
    origins = {sighting.record.origin for sighting in cluster.sightings} or referred
    records = tuple(dict.fromkeys(sighting.ref.record for sighting in cluster.sightings))
    return ResolvedEntity(cluster.id, cluster.type, cluster.keys, values, tuple(sorted(origins)), records)


def preference(record: Record, prop: Property | None, schema: Schema) -> tuple[int, int, str, str]:
    """Sort key of a claim, the survivor first: trust in its channel, then the latest, then the record id.

    ``prop`` with channels of its own puts them before the schema's order; unknown channels come last.
    """
    ranks = _ranks(prop.priority if prop is not None else (), schema.channels)
    age = -((record.observed_at - _EPOCH) // _MICROSECOND)
    return ranks.get(record.channel, len(ranks)), age, record.source, record.record_id


@lru_cache(maxsize=256)
def _ranks(priority: tuple[str, ...], channels: tuple[str, ...]) -> Mapping[str, int]:
    return {channel: place for place, channel in enumerate(dict.fromkeys((*priority, *channels)))}


def winners(cluster: Cluster, schema: Schema) -> dict[str, Sighting]:
    """For every property with a value the sighting whose claim survives."""
    known = schema.nodes[cluster.type].properties
    if len(cluster.sightings) == 1:
        only = cluster.sightings[0]
        return {name: only for name in only.statement.set if name in known and known[name].kept}
    rivals: dict[str, list[Sighting]] = {}
    for sighting in cluster.sightings:
        for name in sighting.statement.set:
            rivals.setdefault(name, []).append(sighting)
    found = {}
    for name, told in rivals.items():
        if name in known and (prop := known[name]).kept:
            # Sightings stand in the order of their record ids; the first of equals wins.
            found[name] = min(told, key=partial(_preference, prop, schema))
    return found


def _preference(prop: Property, schema: Schema, sighting: Sighting) -> tuple[int, int, str, str]:
    return preference(sighting.record, prop, schema)


def _add_key_values(properties: dict[str, object], keys: Iterable[Key], node_type: NodeType) -> None:
    """Key properties that no record gives a value: an entity that is only referred to has its number anyway."""
    for key in keys:
        stated = value_of(key, node_type)
        if stated is not None and node_type.properties[stated[0]].kept:
            properties.setdefault(*stated)


def _claim(sighting: Sighting, name: str, *, current: bool) -> Claim:
    record = sighting.record
    return Claim(
        value=sighting.statement.set[name],
        source=record.source,
        record_id=record.record_id,
        channel=record.channel,
        observed_at=record.observed_at,
        recorded_at=record.recorded_at,
        assumed=record.observed_assumed,
        proxy=name in sighting.statement.proxy,
        origin=record.origin,
        current=current,
    )
