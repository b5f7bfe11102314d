"""What every entity of the API can be asked: its neighbours, and who says each of its values."""

from __future__ import annotations

import datetime
from typing import Any

import strawberry
from strawberry.types.base import StrawberryObjectDefinition

from api.context import ID, Info
from api.paging import Edge, PageInfo, largest
from api.types import Money, Named, Provenance
from services import entity as entities
from services import portrait
from services.entity import Stored
from services.graph_answers import neighbours as answers


def type_called(info: Info, name: str) -> Any:
    """A type of the API by its name. By the schema: types lead to each other both ways, their modules may not."""
    found = info.schema.get_type_by_name(name)
    assert isinstance(found, StrawberryObjectDefinition)  # noqa: S101  # every entity's type is an object of the schema
    return found.origin


RelationDirection = strawberry.enum(
    entities.RelationDirection,
    description="OUT: the relation leads from the entity to the other. IN: it comes from the other.",
)


@strawberry.type(description="How many relations of one type and direction an entity has.")
class RelationCount:
    """See the description."""

    relation: str = strawberry.field(description="Type of the relation.")
    direction: entities.RelationDirection = strawberry.field(
        description="Whether out of the entity or into it."
    )
    type: str = strawberry.field(description="Type of the entities at the other end.")
    count: int = strawberry.field(description="Number of relations.")


@strawberry.type(description="One relation of an entity, and the entity at its other end.")
class Neighbour:
    """See the description."""

    id: ID = strawberry.field(description="Canonical id of the other entity.")
    name: str = strawberry.field(description="What people call it; its id where it has no name.")
    type: str = strawberry.field(description="Type of the other entity.")
    relation: str = strawberry.field(description="Type of the relation.")
    direction: entities.RelationDirection = strawberry.field(
        description="Whether out of the entity or into it."
    )
    key: str = strawberry.field(description="What tells parallel relations apart, e.g. a contract number.")
    since: str | None = strawberry.field(description="From when it holds, an ISO date; absent where unknown.")
    amount: Money | None = strawberry.field(description="Amount of money, of relations that have one.")
    share: float | None = strawberry.field(description="Share from 0 to 1, of relations that have one.")
    record_id: str = strawberry.field(description="The record that reports it, as source/recordId.")
    origins: list[str] = strawberry.field(
        description="real, benchmark or synthetic: where the relation's records come from."
    )


@strawberry.type(description="A page of neighbours, with counts of all of them.")
class NeighbourConnection:
    """See the description."""

    edges: list[Edge[Neighbour]] = strawberry.field(description="The entries of the page, in order.")
    page_info: PageInfo = strawberry.field(description="Where the page stands.")
    total_count: int = strawberry.field(description="Number of relations that were asked for.")
    counts: list[RelationCount] = strawberry.field(
        description="Their number by type of relation, direction and type of the other end."
    )


@strawberry.type
class Linked:
    """A type of the API over a stored entity. Its fields are inherited; it is no type of the schema itself."""

    seen: strawberry.Private[Stored]

    @strawberry.field(
        description="Its relations and the entities at their other ends; of all types, or of some."
    )
    def neighbours(
        self, info: Info, relations: list[str] | None = None, first: int = 20, after: str | None = None
    ) -> NeighbourConnection:
        return answers.neighbours(  # type: ignore[return-value]  # read by attribute
            info.context.site, self.seen.id, relations or (), largest(first), after
        )

    @strawberry.field(
        description="Which record says each value, the value shown first; of all fields, or of one."
    )
    def provenance(self, info: Info, field: str | None = None) -> list[Provenance]:
        return provenance_of(info, self.seen.id, field)


def provenance_of(info: Info, entity: str, field: str | None) -> list[Provenance]:
    """Who says each value of an entity."""
    return [
        Provenance(
            field=found.field,
            value=found.value,
            current=found.current,
            source=found.source,
            record_id=found.record_id,
            channel=found.channel,
            origin=found.origin,
            observed_at=instant(found.observed_at),
            recorded_at=instant(found.recorded_at),
        )
        for found in portrait.provenance(info.context.site, entity, field)
    ]


def linked(info: Info, seen: Stored, relation: str, direction: entities.RelationDirection) -> list[Named]:
    """Entities at the other ends of relations of one type."""
    return entities.linked(info.context.site, seen, relation, direction)  # type: ignore[return-value]  # by attribute


def instant(moment: datetime.datetime) -> str:
    """An instant as ISO text in UTC."""
    return moment.isoformat().replace("+00:00", "Z")
