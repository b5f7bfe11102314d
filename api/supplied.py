"""Where customers are supplied, and contacts with them, as types of the API."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import strawberry

from api.context import Info
from api.exposed import expose
from api.stored import Called, Linked, entity, linked
from services.entity import RelationDirection
from services.graph_answers.grid import GridTrace, SupplyElement, feeders
from services.names import Named

OUT = RelationDirection.OUT

expose(SupplyElement)
expose(GridTrace, name="GridTraceConnection")


@entity("ServicePoint", "servicePointNo", "name")
class ServicePoint(Linked):
    """Where a customer is supplied."""

    @strawberry.field(description="What feeds it, the nearest first: lines, transformers, the substation.")
    def fed_by(self, info: Info) -> list[SupplyElement]:
        return list(feeders(info.context.seen, [self.seen.id])[self.seen.id])


@entity("Interaction", "interactionNo", "kind", "at", "summary", "description", "satisfaction")
class Interaction(Called):
    """A contact by any channel."""

    @strawberry.field(description="What it is about.")
    def concerns(self, info: Info) -> list[Named]:
        return linked(info, self.seen, "CONCERNS", OUT)


def of_now(rows: Sequence[Any], *, ended: bool = False) -> list[Any]:
    """Parts of a portrait that hold on its day, or all of them."""
    return [row for row in rows if ended or not row["ended"]]


def text_of(place: Named) -> str:
    """The text of an address; empty where only its key is known."""
    return "" if place.name == place.id else place.name
