"""Lines and devices."""

from __future__ import annotations

import strawberry

from api import stored as of
from api.context import ID, Info
from api.customer import Customer
from api.grid import GridTrace
from api.linked import Linked, linked
from api.paging import Connection, largest
from api.types import Named
from services.entity import RelationDirection
from services.graph_answers import grid, lists
from services.graph_answers.filters import Filter
from services.schema import described


@strawberry.type(description=described("Line"))
class Line(Linked):
    """See the description."""

    id: ID = of.identity()
    name: str = of.called("Line")
    type: str = of.kind_of_entity()
    origins: list[str] = of.origins()
    line_no: str | None = of.text("Line", "lineNo")
    kind: str | None = of.text("Line", "kind")
    voltage: float | None = of.number("Line", "voltage")
    length: float | None = of.number("Line", "length")
    rated_current: float | None = of.number("Line", "ratedCurrent")
    conductor: str | None = of.text("Line", "conductor")
    status: str | None = of.text("Line", "status")
    in_service_since: str | None = of.text("Line", "inServiceSince")
    region: str | None = of.text("Line", "region")

    @strawberry.field(description="What feeds it, the nearest first.")
    def fed_by(self, info: Info, first: int = 20, after: str | None = None) -> GridTrace:
        return grid.grid_trace(  # type: ignore[return-value]  # read by attribute
            info.context.site, self.seen.id, grid.GridDirection.UP, largest(first), after
        )

    @strawberry.field(description="What it feeds, the nearest first, with the number of customers.")
    def feeds(self, info: Info, first: int = 20, after: str | None = None) -> GridTrace:
        return grid.grid_trace(  # type: ignore[return-value]  # read by attribute
            info.context.site, self.seen.id, grid.GridDirection.DOWN, largest(first), after
        )

    @strawberry.field(description="Customers that it feeds, by id.")
    def customers(self, info: Info, first: int = 20, after: str | None = None) -> Connection[Customer]:
        found = lists.entities(
            info.context.site, "Customer", Filter(line=self.seen.id), first=largest(first), after=after
        )
        return found.map(lambda row: Customer(seen=row, site=info.context.site))  # type: ignore[return-value]  # by attribute


@strawberry.type(description=described("Device"))
class Device(Linked):
    """See the description."""

    id: ID = of.identity()
    name: str = of.called("Device")
    type: str = of.kind_of_entity()
    origins: list[str] = of.origins()
    device_no: str | None = of.text("Device", "deviceNo")
    kind: str | None = of.text("Device", "kind")
    rated_power: float | None = of.number("Device", "ratedPower")
    manufacturer: str | None = of.text("Device", "manufacturer")
    model: str | None = of.text("Device", "model")
    status: str | None = of.text("Device", "status")
    in_service_since: str | None = of.text("Device", "inServiceSince")
    region: str | None = of.text("Device", "region")

    @strawberry.field(description="The customer whose it is; absent where unknown.")
    def customer(self, info: Info) -> Customer | None:
        owners = linked(info, self.seen, "OWNS", RelationDirection.IN)
        return Customer.of(info, owners[0].id) if owners else None

    @strawberry.field(description="Where it is connected; absent where unknown.")
    def service_point(self, info: Info) -> Named | None:
        found = linked(info, self.seen, "INSTALLED_AT", RelationDirection.OUT)
        return found[0] if found else None

    @strawberry.field(description="Work orders and contacts with customers that concern it.")
    def concerned_by(self, info: Info) -> list[Named]:
        return linked(info, self.seen, "CONCERNS", RelationDirection.IN)
