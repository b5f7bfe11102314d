"""What is known of one entity of any type: its values, its keys, and how many relations it has."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import Enum

from graph import seen_queries
from graph.schema.keys import type_of
from graph.schema.model import NodeType, Property
from graph.validity import alive
from services.assumption import Assumption, before_data
from services.names import NAMING, Named, names_of
from services.reading.days import before_all, day_of
from services.seen import Seen
from terms.errors import KehutuError, Lang
from terms.ids import EntityId
from terms.money import Money


@dataclass(frozen=True, slots=True)
class Value:
    """One stored value of an entity."""

    name: str
    """Name of the property."""
    label: str
    """What it means, in the language of the asker."""
    value: object
    """Text, number or truth value; dates as ISO text, amounts as {fen, currency}."""
    unit: str | None
    """Its unit; CNY of amounts, which are in fen."""


class RelationDirection(Enum):
    """Which way a relation runs, seen from an entity."""

    IN = "in"
    """The relation comes from the other entity."""
    OUT = "out"
    """The relation leads to the other entity."""


@dataclass(frozen=True, slots=True)
class RelationCount:
    """How many relations of one type and direction an entity has."""

    relation: str
    """Type of the relation."""
    direction: RelationDirection
    """Whether out of the entity or into it."""
    type: str
    """Type of the entities at the other end."""
    count: int
    """Number of relations that hold on the day of the answer."""
    ended: int
    """How many more have ended by then, or not begun."""


@dataclass(frozen=True, slots=True)
class Entity:
    """Any entity, of whatever type."""

    id: EntityId
    """Canonical id."""
    type: str
    """Type of the entity."""
    name: str
    """What people call it; its id where it has no name."""
    keys: tuple[str, ...]
    """Every key that it is known under, old ids included."""
    origins: tuple[str, ...]
    """real, benchmark or synthetic: where its records come from."""
    values: tuple[Value, ...]
    """Its stored values, in the order of the model."""
    relations: tuple[RelationCount, ...]
    """How many relations it has, by type, direction and type of the other end."""
    ended: bool
    """Whether the entity itself has ended: its last day lies before the day of the answer."""
    data_time: date
    """The day of the answer: the one asked for, else the latest of the data."""
    assumptions: tuple[Assumption, ...]
    """Why the answer is empty; no entry where it is not."""


@dataclass(frozen=True, slots=True)
class Stored:
    """An entity as the graph holds it. ``ended``: by the latest day of the data; of a part of a portrait, as a part."""

    id: EntityId
    type: str
    origins: tuple[str, ...]
    properties: dict[str, object]
    ended: bool = False

    @property
    def name(self) -> str:
        """What people call it."""
        return label(self.properties, self.id)


def show(seen: Seen, text: str, lang: Lang = "en", as_of: date | None = None) -> Entity:
    """An entity by id, old id or business number.

    Args:
        as_of: the day on which relations are counted; the latest of the data when absent. What is known of it is what
            is known now.

    Raises:
        KehutuError: ``UNKNOWN_ID``.
    """
    entity = seen.entity(text)
    declared = type_of(entity, seen.schema)
    found = seen_queries.entity(seen, type=declared.name, id=entity)
    if found is None:
        raise KehutuError("UNKNOWN_ID", id=text)
    day = day_of(seen, as_of)
    nothing = as_of is not None and before_all(seen, as_of)
    return Entity(
        id=entity,
        type=declared.name,
        name=label(found.properties, entity),
        keys=tuple(found.keys),
        origins=tuple(found.origins),
        values=values(declared, found.properties, lang),
        relations=() if nothing else counts(seen, declared.name, entity, day),
        ended=has_ended(declared, found.properties, day),
        data_time=day,
        assumptions=(before_data(day),) if nothing else (),
    )


def has_ended(declared: NodeType, properties: Mapping[str, object], day: date) -> bool:
    """Whether the last day of an entity, where its type knows one and a record tells it, lies before a day."""
    last_day = properties.get(declared.ended) if declared.ended else None
    return not alive(None if last_day is None else str(last_day), day.isoformat())


def stored(seen: Seen, type_name: str, text: str) -> Stored | None:
    """An entity of one type by id, old id or business number; None where there is none."""
    declared = seen.schema.nodes[type_name]
    entity = seen.named(text, [declared.prefix])
    if entity is None or type_of(entity, seen.schema) is not declared:
        return None
    found = seen_queries.entity(seen, type=type_name, id=entity)
    if found is None:
        return None
    return entity_of(seen, type_name, entity, found.origins, found.properties, day=day_of(seen))


def stored_all(seen: Seen, type_name: str, ids: Sequence[str]) -> dict[str, Stored]:
    """Those of many entities of one type that exist, by canonical id; one query."""
    rows = seen_queries.entities(seen, type=type_name, ids=list(ids))
    day = day_of(seen)
    return {row.id: entity_of(seen, type_name, row.id, row.origins, row.properties, day=day) for row in rows}


def entity_of(
    seen: Seen,
    type_name: str,
    entity: str,
    origins: Sequence[str],
    properties: dict[str, object],
    *,
    day: date,
) -> Stored:
    """An entity as a query gave it, with whether it has ended by a day."""
    ended = has_ended(seen.schema.nodes[type_name], properties, day)
    return Stored(EntityId(entity), type_name, tuple(origins), properties, ended)


def counts(seen: Seen, type_name: str, entity: EntityId, day: date) -> tuple[RelationCount, ...]:
    """Relations of an entity on a day, by type, direction and type of the other end."""
    rows = seen_queries.neighbour_counts(seen, type=type_name, id=entity, day=day.isoformat())
    return tuple(
        RelationCount(r.relation, RelationDirection(r.direction), r.neighbour, r.count, r.ended) for r in rows
    )


def values(declared: NodeType, properties: dict[str, object], lang: Lang = "en") -> tuple[Value, ...]:
    """Stored values in the order of the schema, with labels in a language; no copies of a run."""
    copies = declared.copies
    return tuple(
        Value(p.name, p.en if lang == "en" else p.zh, shown(p, properties[p.name]), _unit(p))
        for p in declared.properties.values()
        if p.kept and p not in copies and properties.get(p.name) is not None
    )


def shown(declared: Property, value: object) -> object:
    """A stored value as answers show it."""
    return Money(value) if declared.type == "money" and isinstance(value, int) else value


def label(properties: dict[str, object], entity: str) -> str:
    """What people call an entity; its id where it has no name."""
    return next((str(properties[name]) for name in NAMING if properties.get(name)), entity)


def _unit(declared: Property) -> str | None:
    return "CNY" if declared.type == "money" else declared.unit


def linked(
    seen: Seen, entity: Stored, relation: str, direction: RelationDirection, first: int = 100
) -> list[Named]:
    """Entities that relations of one type, on the latest day of the data, lead to or come from; by id, each once."""
    ask = seen_queries.neighbours_out if direction is RelationDirection.OUT else seen_queries.neighbours_in
    day = day_of(seen).isoformat()
    rows = ask(seen, type=entity.type, id=entity.id, relation=relation, day=day, first=first)
    return list(names_of(seen, [row.neighbour for row in rows]).values())
