"""Traces along the network."""

from __future__ import annotations

import strawberry

from api.context import ID
from api.paging import Edge, PageInfo
from services.graph_answers import grid

GridDirection = strawberry.enum(
    grid.GridDirection, description="UP: towards the source. DOWN: towards the customers."
)


@strawberry.type(description="An element of the network above or below another.")
class GridElement:
    """See the description."""

    id: ID = strawberry.field(description="Canonical id.")
    name: str = strawberry.field(description="What people call it; its id where it has no name.")
    type: str = strawberry.field(description="Substation, Line, Transformer or ServicePoint.")
    distance: int = strawberry.field(
        description="Steps from the element that was asked for, the shortest way."
    )
    origins: list[str] = strawberry.field(
        description="real, benchmark or synthetic: where its records come from."
    )


@strawberry.type(description="How many entities are of a type.")
class TypeCount:
    """See the description."""

    type: str = strawberry.field(description="The type.")
    count: int = strawberry.field(description="Number of entities.")


@strawberry.type(
    name="GridTraceConnection", description="A page of a trace along the network, with counts of the whole."
)
class GridTrace:
    """See the description."""

    edges: list[Edge[GridElement]] = strawberry.field(
        description="The entries of the page, the nearest first."
    )
    page_info: PageInfo = strawberry.field(description="Where the page stands.")
    total_count: int = strawberry.field(description="Number of elements in the whole trace.")
    counts: list[TypeCount] = strawberry.field(description="Their number by type.")
    customer_count: int = strawberry.field(
        description="Customers that are supplied at or below the element; 0 in a trace upwards."
    )
