"""Entities as types of the API: stored properties by name, typed and described by the schema of the graph."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, Self, TypeVar

import strawberry

from api.arguments import AsOf, Ended, RelationNames, RelationTypes, relation_names
from api.at_hand import at_hand
from api.context import ID, Info
from api.costs import costs
from api.exposed import expose
from api.masked import CLASSES
from api.paging import largest
from services import entity as entities
from services import portrait
from services.entity import RelationDirection, Stored
from services.graph_answers.neighbours import Neighbours, neighbours
from services.graph_answers.relation_provenance import RelationProvenance, relation_provenance
from services.names import Named
from services.paging import Page
from services.portrait import Provenance
from services.schema import Property, described, schema, stored
from terms.money import Money

C = TypeVar("C", bound=type)

KINDS: Final[dict[str, type]] = {
    "integer": int,
    "decimal": float,
    "share": float,
    "boolean": bool,
    "money": Money,
}
"""Types of properties and of the API; every other one is a text."""

expose(Neighbours, name="NeighbourConnection")
expose(RelationProvenance)


@strawberry.type
class Linked:
    """A type of the API over a stored entity. Its fields are inherited; it is no type of the schema itself."""

    seen: strawberry.Private[Stored]

    @classmethod
    def of(cls, seen: Stored) -> Self:
        """The entity as a type of the API."""
        return cls(seen=seen)

    @strawberry.field(description="Canonical id.")
    @at_hand
    def id(self) -> ID:
        return ID(self.seen.id)

    @strawberry.field(
        description="Whether it has ended by the latest day of the data; of a part of a portrait, as such a part."
    )
    @at_hand
    def ended(self) -> bool:
        return self.seen.ended

    @strawberry.field(description="real, benchmark or synthetic: where its records come from.")
    @at_hand
    def origins(self) -> list[str]:
        return list(self.seen.origins)

    @strawberry.field(
        description="Its relations and the entities at their other ends; of all types, or of some."
    )
    def neighbours(
        self,
        info: Info,
        *,
        relations: RelationNames = None,
        first: int = 20,
        after: str | None = None,
        as_of: AsOf = None,
        ended: Ended = False,
        relation_types: RelationTypes = None,
    ) -> Neighbours:
        seen, wanted = info.context.seen, relation_names(relation_types, relations)
        return neighbours(seen, self.seen.id, wanted, largest(first), after, as_of=as_of, ended=ended)

    @strawberry.field(
        description="Which record says each value, the value shown first; of all fields, or of one."
    )
    def provenance(self, info: Info, field: str | None = None) -> list[Provenance]:
        return portrait.provenance(info.context.seen, self.seen.id, field)

    @strawberry.field(
        description="Which records state its relations, and for which time; also of those that have ended."
    )
    @costs(100)
    def relation_provenance(
        self,
        info: Info,
        first: int = 20,
        after: str | None = None,
        as_of: AsOf = None,
        relation_types: RelationTypes = None,
    ) -> Page[RelationProvenance]:
        seen, wanted = info.context.seen, relation_names(relation_types, None)
        return relation_provenance(seen, self.seen.id, wanted, largest(first), after, as_of=as_of)


@strawberry.type
class Called(Linked):
    """An entity that always has a name: its id stands in."""

    @strawberry.field(description="What people call it; its id where it has no name.")
    @at_hand
    def name(self) -> str:
        return self.seen.name

    @strawberry.field(description="Type of the entity.")
    @at_hand
    def type(self) -> str:
        return self.seen.type


def entity(type_name: str, *names: str) -> Callable[[C], C]:
    """Make a class over a stored entity a type of the API.

    Args:
        type_name: of the model, whose text describes the type.
        names: stored properties that become fields: typed, described and named as the model says, absent where the
            entity has none.
    """

    def decorate(shown: C) -> C:
        for name in names:
            declared = schema().nodes[type_name].properties[name]
            setattr(shown, _python(name), _field(type_name, declared))
            CLASSES[f"{shown.__name__}.{name}"] = declared.personal
        return strawberry.type(shown, description=described(type_name))

    return decorate


def _field(type_name: str, declared: Property) -> Any:
    kind = KINDS.get(declared.type, str)

    @at_hand
    def read(root: Linked) -> Any:
        value = root.seen.properties.get(declared.name)
        if value is None:
            return None
        return Money(value) if kind is Money and isinstance(value, int) else kind(value)

    read.__annotations__ = {"root": strawberry.Parent[Linked], "return": kind | None}
    read.__name__ = _python(declared.name)
    return strawberry.field(resolver=read, name=declared.name, description=stored(type_name, declared.name))


def _python(name: str) -> str:
    """``netAssets`` as ``net_assets``.

    >>> _python("netAssets")
    'net_assets'
    """
    return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in name)


def linked(info: Info, seen: Stored, relation: str, direction: RelationDirection) -> list[Named]:
    """Entities at the other ends of relations of one type."""
    return entities.linked(info.context.seen, seen, relation, direction)
