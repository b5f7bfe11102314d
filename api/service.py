"""Work orders and contacts with customers."""

from __future__ import annotations

from typing import Annotated

import strawberry

from api import stored as of
from api.context import ID, Info
from api.linked import Linked, linked, type_called
from api.types import Named
from services.entity import RelationDirection
from services.schema import described


@strawberry.type(description=described("WorkOrder"))
class WorkOrder(Linked):
    """See the description."""

    id: ID = of.identity()
    name: str = of.called("WorkOrder")
    type: str = of.kind_of_entity()
    origins: list[str] = of.origins()
    work_order_no: str | None = of.text("WorkOrder", "workOrderNo")
    title: str | None = of.text("WorkOrder", "title")
    kind: str | None = of.text("WorkOrder", "kind")
    priority: str | None = of.text("WorkOrder", "priority")
    state: str | None = of.text("WorkOrder", "state")
    opened_at: str | None = of.text("WorkOrder", "openedAt")
    window_start: str | None = of.text("WorkOrder", "windowStart")
    window_end: str | None = of.text("WorkOrder", "windowEnd")
    duration: float | None = of.number("WorkOrder", "duration")
    closed_at: str | None = of.text("WorkOrder", "closedAt")
    description: str | None = of.text("WorkOrder", "description")
    region: str | None = of.text("WorkOrder", "region")

    @strawberry.field(description="The customer who asked for it; absent where nobody did.")
    def customer(self, info: Info) -> Annotated[Customer, strawberry.lazy("api.customer")] | None:  # type: ignore[name-defined]  # noqa: F821
        asked = linked(info, self.seen, "REQUESTED", RelationDirection.IN)
        return type_called(info, "Customer").of(info, asked[0].id) if asked else None

    @strawberry.field(description="Who does the work; absent while nobody is assigned.")
    def technician(self, info: Info) -> Named | None:
        assigned = linked(info, self.seen, "ASSIGNED_TO", RelationDirection.OUT)
        return assigned[0] if assigned else None

    @strawberry.field(description="What it is about.")
    def concerns(self, info: Info) -> list[Named]:
        return linked(info, self.seen, "CONCERNS", RelationDirection.OUT)

    @strawberry.field(description="Skills that the work needs.")
    def requires(self, info: Info) -> list[Named]:
        return linked(info, self.seen, "REQUIRES", RelationDirection.OUT)


@strawberry.type(description=described("Interaction"))
class Interaction(Linked):
    """See the description."""

    id: ID = of.identity()
    name: str = of.called("Interaction")
    type: str = of.kind_of_entity()
    origins: list[str] = of.origins()
    interaction_no: str | None = of.text("Interaction", "interactionNo")
    kind: str | None = of.text("Interaction", "kind")
    at: str | None = of.text("Interaction", "at")
    summary: str | None = of.text("Interaction", "summary")
    description: str | None = of.text("Interaction", "description")
    satisfaction: float | None = of.number("Interaction", "satisfaction")

    @strawberry.field(description="What it is about.")
    def concerns(self, info: Info) -> list[Named]:
        return linked(info, self.seen, "CONCERNS", RelationDirection.OUT)
