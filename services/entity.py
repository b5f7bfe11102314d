"""Any entity, of whatever type: its values as the schema describes them, and how many others it is linked with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from graph import queries
from graph.schema.keys import type_of
from graph.schema.model import NodeType, Property
from ledger.aliases import resolve
from services.names import Named, names_of
from services.site import Site
from terms.errors import KehutuError, Lang
from terms.ids import EntityId
from terms.money import Money

NAMING = ("name", "title", "summary", "text")
"""Properties that say what people call an entity, the best first."""


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
    """It comes from the other."""
    OUT = "out"
    """It leads from the entity to the other."""


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
    """Number of relations."""


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


@dataclass(frozen=True, slots=True)
class Stored:
    """An entity as the graph holds it."""

    id: EntityId
    type: str
    origins: tuple[str, ...]
    properties: dict[str, object]

    @property
    def name(self) -> str:
        """What people call it."""
        return label(self.properties, self.id)


def show(site: Site, text: str, lang: Lang = "en") -> Entity:
    """An entity by id, old id or business number.

    Raises:
        KehutuError: ``UNKNOWN_ID``.
    """
    entity = site.entity(text)
    declared = type_of(entity, site.schema)
    found = queries.entity(site.store, type=declared.name, id=entity)
    if found is None:
        raise KehutuError("UNKNOWN_ID", id=text)
    return Entity(
        id=entity,
        type=declared.name,
        name=label(found.properties, entity),
        keys=tuple(found.keys),
        origins=tuple(found.origins),
        values=values(declared, found.properties, lang),
        relations=counts(site, declared.name, entity),
    )


def stored(site: Site, type_name: str, text: str) -> Stored | None:
    """An entity of one type by id, old id or business number; None where there is none."""
    declared = site.schema.nodes[type_name]
    entity = resolve(site.ledger, text, [declared.prefix])
    if entity is None or type_of(entity, site.schema) is not declared:
        return None
    found = queries.entity(site.store, type=type_name, id=entity)
    if found is None:
        return None
    return Stored(entity, type_name, tuple(found.origins), found.properties)


def stored_all(site: Site, type_name: str, ids: Sequence[str]) -> dict[str, Stored]:
    """Those of many entities of one type that exist, by canonical id; one query."""
    rows = queries.entities(site.store, type=type_name, ids=list(ids))
    return {row.id: Stored(EntityId(row.id), type_name, tuple(row.origins), row.properties) for row in rows}


def counts(site: Site, type_name: str, entity: EntityId) -> tuple[RelationCount, ...]:
    """Relations of an entity by type, direction and type of the other end."""
    rows = queries.neighbour_counts(site.store, type=type_name, id=entity)
    return tuple(
        RelationCount(r.relation, RelationDirection(r.direction), r.neighbour, r.count) for r in rows
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
    site: Site, entity: Stored, relation: str, direction: RelationDirection, first: int = 100
) -> list[Named]:
    """Entities that relations of one type lead to, or come from; by id, each once."""
    ask = queries.neighbours_out if direction is RelationDirection.OUT else queries.neighbours_in
    rows = ask(site.store, type=entity.type, id=entity.id, relation=relation, first=first)
    return list(names_of(site.store, site.schema, [row.neighbour for row in rows]).values())
