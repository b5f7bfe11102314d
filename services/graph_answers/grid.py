"""What feeds an element of the network, and what and whom it feeds."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum

from graph import seen_queries
from graph.schema.keys import type_of
from services.names import Named, names_of
from services.paging import Cursors, Edge, PageInfo, page_in
from services.reading.days import day_of
from services.seen import Seen
from terms.errors import KehutuError
from terms.ids import EntityId

STRIDE = 4
"""Steps that one query takes. Each may find an element over as many ways as the network has loops within them:
bounded, where one query over the whole network doubles its ways with every loop. Measured on a radial network of
10,856 elements in 60 steps: strides of 4, 8, 16 and 100 take 1.2, 1.2, 1.5 and 1.2 s."""

STRIDE_FROM_A_POINT = 8
"""The same for the way up from one service point: few elements, so that fewer queries count for more."""

ELEMENTS = ("Substation", "Line", "Transformer", "ServicePoint")
Step = Callable[..., Sequence[seen_queries.Feeding | seen_queries.Fed]]


class GridDirection(Enum):
    """Which way along the network."""

    UP = "up"
    """Towards the source."""
    DOWN = "down"
    """Towards the customers."""


@dataclass(frozen=True, slots=True)
class GridElement:
    """An element of the network above or below another."""

    id: EntityId
    """Canonical id."""
    name: str
    """What people call it; its id where it has no name."""
    type: str
    """Substation, Line, Transformer or ServicePoint."""
    distance: int
    """Steps from the element that was asked for, the shortest way."""
    origins: tuple[str, ...]
    """real, benchmark or synthetic: where its records come from."""


@dataclass(frozen=True, slots=True)
class SupplyElement:
    """An element of the network that feeds a service point."""

    id: EntityId
    """Canonical id."""
    type: str
    """Line, Transformer or Substation."""
    name: str
    """What people call it."""
    distance: int
    """Steps from the service point towards the source."""


@dataclass(frozen=True, slots=True)
class TypeCount:
    """How many entities are of a type."""

    type: str
    """The type."""
    count: int
    """Number of entities."""


@dataclass(frozen=True, slots=True)
class GridTrace:
    """A page of a trace along the network, with counts of the whole."""

    edges: tuple[Edge[GridElement], ...]
    """The entries of the page, the nearest first."""
    page_info: PageInfo
    """Where the page stands."""
    total_count: int
    """Number of elements in the whole trace."""
    counts: tuple[TypeCount, ...]
    """Their number by type."""
    customer_count: int
    """Customers that are supplied at or below the element; 0 in a trace upwards."""


@dataclass(frozen=True, slots=True)
class Found:
    distance: int
    id: EntityId
    type: str


def grid_trace(
    seen: Seen, text: str, direction: GridDirection, first: int = 50, after: str | None = None
) -> GridTrace:
    """Elements that feed one (``UP``) or that it feeds (``DOWN``), the nearest first, then by id.

    Args:
        text: id, old id or number of a substation, line, transformer or service point; or of a customer, whose
            service points are then one step up.

    Raises:
        KehutuError: ``UNKNOWN_ID``, ``NOT_IN_THE_GRID``, ``PAGE_SIZE``, ``CURSOR_UNKNOWN``.
    """
    entity = seen.entity(text)
    cursors = Cursors.of(seen, "gridTrace", entity, direction.name)
    found = trace(seen, entity, direction)
    customers = len(customers_below(seen, entity, found)) if direction is GridDirection.DOWN else 0
    chosen = page_in(cursors, found, lambda e: [e.distance, e.id], first=first, after=after)
    names = names_of(seen, [element.id for element in chosen.nodes])
    return GridTrace(
        edges=tuple(Edge(_named(edge.node, names), edge.cursor) for edge in chosen.edges),
        page_info=chosen.page_info,
        total_count=chosen.total_count,
        counts=tuple(TypeCount(*pair) for pair in sorted(Counter(element.type for element in found).items())),
        customer_count=customers,
    )


def feeders(seen: Seen, points: Sequence[EntityId]) -> dict[EntityId, tuple[SupplyElement, ...]]:
    """For each service point everything between it and its sources, the nearest first, then by id."""
    found = {point: trace(seen, point, GridDirection.UP, STRIDE_FROM_A_POINT) for point in points}
    names = names_of(seen, {element.id for above in found.values() for element in above})
    return {
        point: tuple(SupplyElement(e.id, e.type, names[e.id].name, e.distance) for e in above)
        for point, above in found.items()
    }


def _named(found: Found, names: Mapping[str, Named]) -> GridElement:
    named = names[found.id]
    return GridElement(found.id, named.name, found.type, found.distance, named.origins)


def trace(seen: Seen, entity: EntityId, direction: GridDirection, stride: int = STRIDE) -> list[Found]:
    """All elements above or below one on the latest day of the data, by distance and id; so many steps a query.

    Raises:
        KehutuError: ``NOT_IN_THE_GRID``.
    """
    declared, day = type_of(entity, seen.schema).name, day_of(seen).isoformat()
    traced: dict[str, Found] = {}
    base = 0
    edge: dict[str, list[str]] = {declared: [entity]}
    if declared == "Customer" and direction is GridDirection.UP:
        points = [row.id for row in seen_queries.points_of_customer(seen, customer=entity, day=day)]
        traced = {point: Found(1, EntityId(point), "ServicePoint") for point in points}
        base, edge = 1, {"ServicePoint": points} if points else {}
    elif declared not in ELEMENTS:
        raise KehutuError("NOT_IN_THE_GRID", id=entity, known=", ".join(ELEMENTS))
    step: Step = seen_queries.feeding if direction is GridDirection.UP else seen_queries.fed
    while edge:
        nearest: dict[str, Found] = {}
        for type_name, ids in edge.items():
            for row in step(seen, type=type_name, ids=ids, day=day, steps=stride):
                found = Found(base + row.distance, EntityId(row.id), row.type)
                known = nearest.get(row.id)
                if (
                    row.id not in traced
                    and row.id != entity
                    and (known is None or found.distance < known.distance)
                ):
                    nearest[row.id] = found
        traced |= nearest
        base += stride
        edge = defaultdict(list)
        for found in nearest.values():
            if found.distance == base:
                edge[found.type].append(found.id)
    return sorted(traced.values(), key=lambda element: (element.distance, element.id))


def points_below(seen: Seen, entity: EntityId, below: Sequence[Found]) -> list[str]:
    """Ids of the service points of a trace down, its beginning included."""
    points: list[str] = [element.id for element in below if element.type == "ServicePoint"]
    return [entity, *points] if type_of(entity, seen.schema).name == "ServicePoint" else points


def customers_below(seen: Seen, entity: EntityId, below: Sequence[Found]) -> list[str]:
    """Ids of the customers supplied at an element or below it, ascending; ``below``: its trace down."""
    points = points_below(seen, entity, below)
    day = day_of(seen).isoformat()
    return (
        [row.id for row in seen_queries.customers_supplied_at(seen, points=points, day=day)] if points else []
    )
