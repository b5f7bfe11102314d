"""Root fields that look into the graph and into the site's history."""

from __future__ import annotations

import enum
from typing import Annotated, Any

import strawberry
from strawberry.scalars import JSON

from api.context import ID, Info
from api.customer import Customer
from api.equipment import Device, Line
from api.grid import GridTrace
from api.history import Load, QuarantinedRow
from api.linked import NeighbourConnection, RelationCount
from api.lists import (
    CustomerFilter,
    CustomerOrder,
    DeviceFilter,
    DeviceOrder,
    EnterpriseFilter,
    EnterpriseOrder,
    LineFilter,
    LineOrder,
    PersonFilter,
    PersonOrder,
    WorkOrderFilter,
    WorkOrderOrder,
    to_filter,
    to_order,
)
from api.paging import Connection, largest
from api.parties import Enterprise, Person
from api.service import WorkOrder
from api.types import Community, Named, Run
from services import entity as entities
from services import search as searching
from services.graph_answers import grid, history, lists, loads
from services.graph_answers import neighbours as around
from services.graph_answers import paths as ways
from terms.errors import KehutuError
from terms.money import Money as Amount


@strawberry.enum(description="Types that can be searched.")
class SearchType(enum.Enum):
    """The value is the type's name in the graph."""

    CUSTOMER = "Customer"
    ENTERPRISE = "Enterprise"
    PERSON = "Person"
    ACCOUNT = "Account"
    SERVICE_POINT = "ServicePoint"
    METER = "Meter"
    DEVICE = "Device"
    LINE = "Line"
    TRANSFORMER = "Transformer"
    SUBSTATION = "Substation"
    SWITCH = "Switch"
    ADDRESS = "Address"
    AREA = "Area"
    WORK_ORDER = "WorkOrder"
    INTERACTION = "Interaction"
    ARREARS_CASE = "ArrearsCase"
    TECHNICIAN = "Technician"
    OUTAGE = "Outage"
    SERVICE = "Service"


@strawberry.type(description="An entity that a search found.")
class SearchHit:
    """See the description."""

    id: ID = strawberry.field(description="Canonical id.")
    type: str = strawberry.field(description="Type of the entity.")
    name: str = strawberry.field(description="What people call it.")
    origins: list[str] = strawberry.field(
        description="real, benchmark or synthetic: where its records come from."
    )


@strawberry.type(description="One stored value of an entity.")
class Value:
    """See the description."""

    name: str = strawberry.field(description="Name of the property.")
    label: str = strawberry.field(description="What it means, in the language of the asker.")
    unit: str | None = strawberry.field(description="Its unit; CNY of amounts, which are in fen.")

    @strawberry.field(
        description="Text, number or truth value; dates as ISO text, amounts as {fen, currency}."
    )
    def value(self) -> JSON:
        found: Any = self.value
        if isinstance(found, Amount):
            found = {"fen": found.fen, "currency": found.currency}
        return JSON(found)


@strawberry.type(description="Any entity, of whatever type.")
class Entity:
    """See the description."""

    id: ID = strawberry.field(description="Canonical id.")
    type: str = strawberry.field(description="Type of the entity.")
    name: str = strawberry.field(description="What people call it; its id where it has no name.")
    keys: list[str] = strawberry.field(description="Every key that it is known under, old ids included.")
    origins: list[str] = strawberry.field(
        description="real, benchmark or synthetic: where its records come from."
    )
    values: list[Value] = strawberry.field(description="Its stored values, in the order of the model.")
    relations: list[RelationCount] = strawberry.field(
        description="How many relations it has, by type, direction and type of the other end."
    )


@strawberry.type(description="From one entity of a path to the next.")
class PathStep:
    """See the description."""

    from_: Named = strawberry.field(name="from", description="Where the step begins.")
    relation: str = strawberry.field(description="Type of the relation.")
    forward: bool = strawberry.field(description="Whether the relation runs this way; else it runs back.")
    to: Named = strawberry.field(description="Where the step ends.")
    key: str = strawberry.field(description="What tells parallel relations apart, e.g. a contract number.")
    record_id: str = strawberry.field(description="The record that reports it, as source/recordId.")


@strawberry.type(description="A way from one entity to another that meets no entity twice.")
class Path:
    """See the description."""

    length: int = strawberry.field(description="Number of its relations.")
    steps: list[PathStep] = strawberry.field(description="From the one end to the other.")
    hidden: bool = strawberry.field(description="Whether it stands for what the asker may not see.")


@strawberry.enum(description="Rows in quarantine by what became of them.")
class QuarantineState(enum.Enum):
    """The values are those of the ledger."""

    OPEN = strawberry.enum_value("open", description="Still to be put right.")
    RETRIED = strawberry.enum_value("retried", description="Taken after all.")


@strawberry.type
class GraphAnswers:
    """Fields of the root; see ``api.schema``."""

    @strawberry.field(description="A customer by id, old id or customer number; null where there is none.")
    def customer(self, info: Info, id: ID) -> Customer | None:
        return Customer.of(info, id)

    @strawberry.field(description="An enterprise by id, old id or credit code; null where there is none.")
    def enterprise(self, info: Info, id: ID) -> Enterprise | None:
        seen = entities.stored(info.context.site, "Enterprise", id)
        return None if seen is None else Enterprise(seen=seen)

    @strawberry.field(description="A person by id or old id; null where there is none.")
    def person(self, info: Info, id: ID) -> Person | None:
        seen = entities.stored(info.context.site, "Person", id)
        return None if seen is None else Person(seen=seen)

    @strawberry.field(description="A line by id, old id or number; null where there is none.")
    def line(self, info: Info, id: ID) -> Line | None:
        seen = entities.stored(info.context.site, "Line", id)
        return None if seen is None else Line(seen=seen)

    @strawberry.field(description="A device by id, old id or number; null where there is none.")
    def device(self, info: Info, id: ID) -> Device | None:
        seen = entities.stored(info.context.site, "Device", id)
        return None if seen is None else Device(seen=seen)

    @strawberry.field(description="A work order by id, old id or number; null where there is none.")
    def work_order(self, info: Info, id: ID) -> WorkOrder | None:
        seen = entities.stored(info.context.site, "WorkOrder", id)
        return None if seen is None else WorkOrder(seen=seen)

    @strawberry.field(
        description="An entity of whatever type by id, old id or business number, as `kehutu show` prints it; null "
        "where there is none."
    )
    def entity(self, info: Info, id: ID) -> Entity | None:
        try:
            return entities.show(info.context.site, id, info.context.lang)  # type: ignore[return-value]  # by attribute
        except KehutuError as fault:
            if fault.code == "UNKNOWN_ID":
                return None
            raise

    @strawberry.field(
        description="Entities by name, number, phone or pinyin; every word must fit. By type, the shortest text first."
    )
    def search(
        self,
        info: Info,
        text: str,
        types: list[SearchType] | None = None,
        first: int = 20,
        after: str | None = None,
    ) -> Connection[SearchHit]:
        names = [kind.value for kind in types or ()]
        return searching.search(info.context.site, text, names, largest(first), after)  # type: ignore[return-value]  # by attribute

    @strawberry.field(
        description="Relations of an entity and the entities at their other ends, with counts by type of relation."
    )
    def neighbours(
        self,
        info: Info,
        id: ID,
        relations: list[str] | None = None,
        first: int = 50,
        after: str | None = None,
    ) -> NeighbourConnection:
        return around.neighbours(  # type: ignore[return-value]  # read by attribute
            info.context.site, id, relations or (), largest(first), after
        )

    @strawberry.field(
        description="Ways from one entity to another along relations of any type, whichever way each runs; the "
        "shortest first. `maxLength`: 1 to 6."
    )
    def paths(
        self,
        info: Info,
        from_: Annotated[ID, strawberry.argument(name="from")],
        to: ID,
        *,
        max_length: int = ways.DEFAULT_LENGTH,
        first: int = 10,
        after: str | None = None,
        relations: list[str] | None = None,
    ) -> Connection[Path]:
        return ways.paths(  # type: ignore[return-value]  # read by attribute
            info.context.site,
            from_,
            to,
            max_length=max_length,
            first=largest(first),
            after=after,
            relations=relations or (),
        )

    @strawberry.field(
        description="What feeds an element of the network (UP; also a customer), or what it feeds (DOWN)."
    )
    def grid_trace(
        self, info: Info, id: ID, direction: grid.GridDirection, first: int = 50, after: str | None = None
    ) -> GridTrace:
        return grid.grid_trace(  # type: ignore[return-value]  # read by attribute
            info.context.site, id, direction, largest(first), after
        )

    @strawberry.field(description="Customers, by id unless ordered otherwise.")
    def customers(
        self,
        info: Info,
        filter: CustomerFilter | None = None,
        order_by: CustomerOrder | None = None,
        first: int = 20,
        after: str | None = None,
    ) -> Connection[Customer]:
        found = _list(info, "Customer", filter, order_by, first=first, after=after)
        return found.map(lambda seen: Customer(seen=seen, site=info.context.site))  # type: ignore[no-any-return]

    @strawberry.field(description="Enterprises, by id unless ordered otherwise.")
    def enterprises(
        self,
        info: Info,
        filter: EnterpriseFilter | None = None,
        order_by: EnterpriseOrder | None = None,
        first: int = 20,
        after: str | None = None,
    ) -> Connection[Enterprise]:
        found = _list(info, "Enterprise", filter, order_by, first=first, after=after)
        return found.map(lambda seen: Enterprise(seen=seen))  # type: ignore[no-any-return]

    @strawberry.field(description="Persons, by id unless ordered otherwise.")
    def persons(
        self,
        info: Info,
        filter: PersonFilter | None = None,
        order_by: PersonOrder | None = None,
        first: int = 20,
        after: str | None = None,
    ) -> Connection[Person]:
        found = _list(info, "Person", filter, order_by, first=first, after=after)
        return found.map(lambda seen: Person(seen=seen))  # type: ignore[no-any-return]

    @strawberry.field(description="Lines, by id unless ordered otherwise.")
    def lines(
        self,
        info: Info,
        filter: LineFilter | None = None,
        order_by: LineOrder | None = None,
        first: int = 20,
        after: str | None = None,
    ) -> Connection[Line]:
        found = _list(info, "Line", filter, order_by, first=first, after=after)
        return found.map(lambda seen: Line(seen=seen))  # type: ignore[no-any-return]

    @strawberry.field(description="Devices, by id unless ordered otherwise.")
    def devices(
        self,
        info: Info,
        filter: DeviceFilter | None = None,
        order_by: DeviceOrder | None = None,
        first: int = 20,
        after: str | None = None,
    ) -> Connection[Device]:
        found = _list(info, "Device", filter, order_by, first=first, after=after)
        return found.map(lambda seen: Device(seen=seen))  # type: ignore[no-any-return]

    @strawberry.field(description="Work orders, by id unless ordered otherwise.")
    def work_orders(
        self,
        info: Info,
        filter: WorkOrderFilter | None = None,
        order_by: WorkOrderOrder | None = None,
        first: int = 20,
        after: str | None = None,
    ) -> Connection[WorkOrder]:
        found = _list(info, "WorkOrder", filter, order_by, first=first, after=after)
        return found.map(lambda seen: WorkOrder(seen=seen))  # type: ignore[no-any-return]

    @strawberry.field(description="Analysis runs, the newest first.")
    def runs(self, info: Info, first: int = 20, after: str | None = None) -> Connection[Run]:
        return history.runs(info.context.site, largest(first), after)  # type: ignore[return-value]  # by attribute

    @strawberry.field(description="An analysis run by its id; null where there is none.")
    def run(self, info: Info, id: ID) -> Run | None:
        try:
            return history.run(info.context.site, id)  # type: ignore[return-value]  # read by attribute
        except KehutuError as fault:
            if fault.code == "UNKNOWN_RUN":
                return None
            raise

    @strawberry.field(description="Communities of the current run, the largest first.")
    def communities(self, info: Info, first: int = 20, after: str | None = None) -> Connection[Community]:
        return history.communities(info.context.site, largest(first), after)  # type: ignore[return-value]  # by attribute

    @strawberry.field(description="Loads, the newest first.")
    def loads(self, info: Info, first: int = 20, after: str | None = None) -> Connection[Load]:
        return loads.loads(  # type: ignore[return-value]  # read by attribute
            info.context.site.ledger, largest(first), after, lang=info.context.lang
        )

    @strawberry.field(
        description="Rows that could not be taken, by source, file and line; without a state all of them."
    )
    def quarantine(
        self,
        info: Info,
        source: str | None = None,
        state: QuarantineState | None = QuarantineState.OPEN,
        first: int = 20,
        after: str | None = None,
    ) -> Connection[QuarantinedRow]:
        wanted: Any = None if state is None else state.value
        return history.quarantine(  # type: ignore[return-value]  # read by attribute
            info.context.site,
            source=source,
            state=wanted,
            first=largest(first),
            after=after,
            lang=info.context.lang,
        )


def _list(info: Info, type_name: str, narrow: Any, order: Any, *, first: int, after: str | None) -> Any:
    return lists.entities(
        info.context.site, type_name, to_filter(narrow), to_order(order), first=largest(first), after=after
    )
