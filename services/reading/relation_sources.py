"""Who says that two entities are related, and for which time; values as the asker may see them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from graph.validity import BOUNDS
from ingest.entities.claims import RelationIdentity
from ingest.entities.relation_view import Stated, stated_of
from services.seen import Seen
from services.site import whole

__all__ = ["RelationIdentity", "RelationSource", "StatedValue", "sources_of"]


@dataclass(frozen=True, slots=True)
class StatedValue:
    """One value that a record states of a relation."""

    name: str
    """Name of the property."""
    value: str
    """The value that the record reports."""
    unit: str | None
    """Its unit, where it has one; amounts are in fen."""
    current: bool
    """Whether it is the value that the relation shows."""


@dataclass(frozen=True, slots=True)
class RelationSource:
    """One record's statement of a relation: the time that it tells, what else it tells, and where it comes from."""

    since: str | None
    """First day on which the relation holds by this record, an ISO date; absent where it tells none."""
    until: str | None
    """First day on which it holds no more by this record, an ISO date; absent where it tells none."""
    current: bool
    """Whether the time that it tells counts; true where it tells none."""
    ended: bool | None
    """Whether the time that it tells has ended on the day of the answer, or not begun; absent where it tells none."""
    values: tuple[StatedValue, ...]
    """What else it tells, in the order of the model."""
    source: str
    """Source of the record."""
    record_id: str
    """The record, as source/recordId."""
    channel: str
    """Channel through which it came."""
    origin: str
    """real, benchmark or synthetic."""
    observed_at: datetime
    """When the source observed it, ISO instant in UTC."""
    recorded_at: datetime
    """When Kehutu acknowledged it, ISO instant in UTC."""


def sources_of(
    seen: Seen, relations: Collection[RelationIdentity], day: date
) -> dict[RelationIdentity, tuple[RelationSource, ...]]:
    """Who states relations between entities that the asker sees, for each the most preferred record first."""
    site = whole(seen)
    found = stated_of(site.ledger, site.schema, relations)
    return {
        relation: tuple(_source(seen, relation.type, stated, day) for stated in told)
        for relation, told in found.items()
    }


def _source(seen: Seen, relation: str, stated: Stated, day: date) -> RelationSource:
    record, span = stated.claim.record, stated.span
    return RelationSource(
        since=span.since or None if span else None,
        until=span.until or None if span else None,
        current=stated.current,
        ended=None if span is None else not span.holds(day.isoformat()),
        values=_values(seen, relation, stated),
        source=record.source,
        record_id=record.id,
        channel=record.channel,
        origin=record.origin,
        observed_at=record.observed_at,
        recorded_at=record.recorded_at,
    )


def _values(seen: Seen, relation: str, stated: Stated) -> tuple[StatedValue, ...]:
    told = stated.claim.statement.set
    found = []
    for name, declared in seen.schema.relations[relation].properties.items():
        if name in told and name not in BOUNDS:
            value = seen.shown(relation, (name,), told[name])
            text = str(value) if isinstance(value, str | int | float | bool) else ""
            found.append(StatedValue(name, text, declared.unit, current=name in stated.shown))
    return tuple(found)
