"""Customers, parties, equipment and service as types of the API. They lead to each other, so they stand together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import field
from typing import Any

import strawberry

from api.accounts import Account, Address, Bill
from api.arguments import Ended
from api.at_hand import at_hand
from api.context import Info
from api.customer_communities import Member, community_in_run
from api.exposed import expose_enum
from api.paging import largest, page
from api.portrait_risk import Risk
from api.stored import Called, entity, linked
from api.supplied import Interaction, ServicePoint, of_now, text_of
from api.wanted import wanted_in
from services import portrait
from services.arrears.why.own_record import OwnRisk
from services.communities.answer import Community, CommunityChange
from services.communities.changes import community_change
from services.entity import RelationDirection, Stored, entity_of, stored_all
from services.graph_answers import grid, lists
from services.graph_answers.filters import Filter
from services.graph_answers.grid import GridTrace, SupplyElement, feeders
from services.names import Named
from services.paging import Page
from services.portrait import Arrears, CustomerRow
from services.reading.days import day_of
from services.seen import Seen
from terms.errors import KehutuError
from terms.ids import EntityId

IN, OUT = RelationDirection.IN, RelationDirection.OUT

expose_enum(RelationDirection)
expose_enum(grid.GridDirection)


@entity(
    "WorkOrder",
    "workOrderNo",
    "title",
    "kind",
    "priority",
    "state",
    "openedAt",
    "windowStart",
    "windowEnd",
    "duration",
    "closedAt",
    "description",
    "region",
)
class WorkOrder(Called):
    """Work that is to be done, and who asked for it."""

    @strawberry.field(description="The customer who asked for it; absent where nobody did.")
    def customer(self, info: Info) -> Customer | None:
        asked = linked(info, self.seen, "REQUESTED", IN)
        return Customer.found(info, asked[0].id) if asked else None

    @strawberry.field(description="Who does the work; absent while nobody is assigned.")
    def technician(self, info: Info) -> Named | None:
        assigned = linked(info, self.seen, "ASSIGNED_TO", OUT)
        return assigned[0] if assigned else None

    @strawberry.field(description="What it is about.")
    def concerns(self, info: Info) -> list[Named]:
        return linked(info, self.seen, "CONCERNS", OUT)

    @strawberry.field(description="Skills that the work needs.")
    def requires(self, info: Info) -> list[Named]:
        return linked(info, self.seen, "REQUIRES", OUT)


@entity(
    "Line",
    "lineNo",
    "kind",
    "voltage",
    "length",
    "ratedCurrent",
    "conductor",
    "status",
    "inServiceSince",
    "retiredOn",
    "region",
)
class Line(Called):
    """A line with what feeds it and what it feeds."""

    @strawberry.field(description="What feeds it, the nearest first.")
    def fed_by(self, info: Info, first: int = 20, after: str | None = None) -> GridTrace:
        return grid.grid_trace(info.context.seen, self.seen.id, grid.GridDirection.UP, largest(first), after)

    @strawberry.field(description="What it feeds, the nearest first, with the number of customers.")
    def feeds(self, info: Info, first: int = 20, after: str | None = None) -> GridTrace:
        return grid.grid_trace(
            info.context.seen, self.seen.id, grid.GridDirection.DOWN, largest(first), after
        )

    @strawberry.field(description="Customers that it feeds, by id.")
    def customers(self, info: Info, first: int = 20, after: str | None = None) -> Page[Customer]:
        below = Filter(line=self.seen.id)
        found = lists.entities(info.context.seen, "Customer", below, first=largest(first), after=after)
        return Customer.together(found.map(Customer.of))


@entity(
    "Device",
    "deviceNo",
    "kind",
    "ratedPower",
    "manufacturer",
    "model",
    "status",
    "inServiceSince",
    "retiredOn",
    "region",
)
class Device(Called):
    """Equipment with whose it is and where it stands."""

    @strawberry.field(description="The customer whose it is; absent where unknown.")
    def customer(self, info: Info) -> Customer | None:
        owners = linked(info, self.seen, "OWNS", IN)
        return Customer.found(info, owners[0].id) if owners else None

    @strawberry.field(description="Where it is connected; absent where unknown.")
    def service_point(self, info: Info) -> Named | None:
        found = linked(info, self.seen, "INSTALLED_AT", OUT)
        return found[0] if found else None

    @strawberry.field(description="Work orders and contacts with customers that concern it.")
    def concerned_by(self, info: Info) -> list[Named]:
        return linked(info, self.seen, "CONCERNS", IN)


@entity("Customer", "customerNo", "name", "kind", "phone", "openedOn", "closedOn")
class Customer(Member):
    """A contract of supply with all that hangs on it; of its portrait is read what the document asks for."""

    known: strawberry.Private[CustomerRow | None] = field(default=None)
    beside: strawberry.Private[Sequence[Customer]] = field(default=())

    @classmethod
    def found(cls, info: Info, text: str) -> Customer | None:
        """A customer by id, old id or customer number, with what is asked of its portrait; None where there is none."""
        try:
            row = portrait.customer(info.context.seen, text, wanted_in(info))
        except KehutuError as fault:
            if fault.code == "UNKNOWN_ID":
                return None
            raise
        return cls.read(info.context.seen, row)

    @classmethod
    def read(cls, asked: Seen, row: CustomerRow) -> Customer:
        """A customer whose portrait has been read, as far as it was asked for."""
        day = day_of(asked)
        customer = cls.of(entity_of(asked, "Customer", row.id, row.origins or (), row.properties, day=day))
        customer.known = row
        return customer

    @staticmethod
    def together(found: Page[Customer]) -> Page[Customer]:
        """The customers of a page: when one portrait is asked for, those of all are read at once."""
        nodes = found.nodes
        for customer in nodes:
            customer.beside = nodes
        return found

    def row(self, info: Info) -> CustomerRow:
        """The portrait, as far as the document asks for it."""
        if self.known is None:
            unread = [one for one in self.beside if one.known is None] or [self]
            rows = portrait.customers(info.context.seen, [one.seen.id for one in unread], wanted_in(info))
            for one in unread:
                one.known = rows.get(one.seen.id)
        if self.known is None:
            raise KehutuError("UNKNOWN_ID", id=self.seen.id)
        return self.known

    @strawberry.field(description="The person or enterprise behind the contract; absent where unknown.")
    @at_hand
    def party(self, info: Info) -> Party | None:
        found = of_now(self.row(info).parties)
        return party_of(info, found[0]["id"], found[0]["type"], found[0]["properties"]) if found else None

    @strawberry.field(description="Addresses of the customer.")
    @at_hand
    def addresses(
        self, info: Info, first: int = 20, after: str | None = None, ended: Ended = False
    ) -> Page[Address]:
        found = of_now(self.row(info).addresses, ended=ended)
        rows = [{"id": row["id"], "properties": row, "ended": row["ended"]} for row in found]
        return self._listed(info, "Address", rows, None, first=first, after=after).map(Address.of)

    @strawberry.field(description="Where the customer is supplied, and what feeds it.")
    @at_hand
    def service_points(
        self, info: Info, first: int = 20, after: str | None = None, ended: Ended = False
    ) -> Page[ServicePoint]:
        rows = of_now(self.row(info).service_points, ended=ended)
        found = self._listed(info, "ServicePoint", rows, None, first=first, after=after)
        return found.map(ServicePoint.of)

    @strawberry.field(description="Lines that feed the customer's service points, the nearest first.")
    def lines(self, info: Info, first: int = 20, after: str | None = None) -> Page[SupplyElement]:
        points = [EntityId(point["id"]) for point in of_now(self.row(info).service_points)]
        above = feeders(info.context.seen, points).values()
        found = {element.id: element for path in above for element in path if element.type == "Line"}
        question = ("lines of", self.seen.id)
        return page(info, question, list(found.values()), lambda one: one.id, first=first, after=after)

    @strawberry.field(description="Where the customer's bills and payments are booked.")
    @at_hand
    def accounts(
        self, info: Info, first: int = 20, after: str | None = None, ended: Ended = False
    ) -> Page[Account]:
        rows = of_now(self.row(info).accounts, ended=ended)
        return self._listed(info, "Account", rows, None, first=first, after=after).map(Account.of)

    @strawberry.field(description="Bills, the newest first; at most the newest hundred.")
    @at_hand
    def bills(self, info: Info, first: int = 12, after: str | None = None) -> Page[Bill]:
        row = self.row(info)
        return self._listed(info, "Bill", row.bills, row.bill_count, first=first, after=after).map(Bill.of)

    @strawberry.field(description="Risk in the current run; absent without a run that knows the customer.")
    @at_hand
    def risk(self, info: Info) -> Risk | None:
        found = portrait.risk(info.context.seen, self.seen.id)
        return None if found is None else Risk(found=found)

    @strawberry.field(description="Arrears at the cut-off of the current run.")
    @at_hand
    def arrears(self, info: Info) -> Arrears | None:
        found = portrait.risk(info.context.seen, self.seen.id)
        return None if found is None else found.arrears

    @strawberry.field(
        description="Forecasts by the customer's own record; absent where the current run was made without a model."
    )
    def own_risk(self, info: Info) -> OwnRisk | None:
        return portrait.own(info.context.seen, self.row(info), info.context.lang)

    @strawberry.field(description="The customer's own equipment.")
    @at_hand
    def devices(
        self, info: Info, first: int = 20, after: str | None = None, ended: Ended = False
    ) -> Page[Device]:
        row = self.row(info)
        rows, total = of_now(row.devices, ended=ended), row.device_count
        total += row.ended_device_count if ended else 0
        return self._listed(info, "Device", rows, total, first=first, after=after).map(Device.of)

    @strawberry.field(description="Work that the customer asked for, the newest first; the newest hundred.")
    @at_hand
    def work_orders(self, info: Info, first: int = 20, after: str | None = None) -> Page[WorkOrder]:
        row = self.row(info)
        return self._listed(
            info, "WorkOrder", row.work_orders, row.work_order_count, first=first, after=after
        ).map(WorkOrder.of)

    @strawberry.field(description="Contacts by any channel, the newest first; the newest hundred.")
    @at_hand
    def interactions(self, info: Info, first: int = 20, after: str | None = None) -> Page[Interaction]:
        row = self.row(info)
        found = self._listed(
            info, "Interaction", row.interactions, row.interaction_count, first=first, after=after
        )
        return found.map(Interaction.of)

    def _listed(
        self,
        info: Info,
        type_name: str,
        rows: Sequence[Any],
        total: int | None,
        *,
        first: int,
        after: str | None,
    ) -> Page[Stored]:
        """Entries of the portrait as entities of their own. ``total``: of all, where it holds the newest only."""
        found = [
            Stored(
                EntityId(row["id"]),
                type_name,
                tuple(row["properties"].get("origins") or ()),
                row["properties"],
                bool(row.get("ended")),
            )
            for row in rows
        ]
        question = (type_name, self.seen.id)
        return page(info, question, found, lambda one: one.id, first=largest(first), after=after, total=total)


@strawberry.interface(description="A person or an enterprise: who carries the risk of its customers.")
class Party(Called):
    """A party with its customers."""

    @strawberry.field(description="Risk in the current run; absent without a run that knows the party.")
    @at_hand
    def risk(self, info: Info) -> Risk | None:
        found = portrait.party_risk(info.context.seen, self.seen.id)
        return None if found is None else Risk(found=found)

    @strawberry.field(description="The community of the party in the current run.")
    def community(self, info: Info) -> Community | None:
        return community_in_run(info, self.seen.id)

    @strawberry.field(
        description="Why the party is in another community than in the full run before; null where it is not."
    )
    def community_change(self, info: Info) -> CommunityChange | None:
        return community_change(info.context.seen, self.seen.id)

    @strawberry.field(description="Its contracts of supply.")
    def customers(self, info: Info, first: int = 20, after: str | None = None) -> Page[Customer]:
        found = linked(info, self.seen, "IS", IN)
        question = ("customers of", self.seen.id)
        shown = page(info, question, found, lambda one: one.id, first=first, after=after)
        rows = stored_all(info.context.seen, "Customer", [one.id for one in shown.nodes])
        return Customer.together(shown.map(lambda one: Customer.of(rows[one.id])))

    @strawberry.field(description="Where it lives or has its seat.")
    def addresses(self, info: Info, first: int = 20, after: str | None = None) -> Page[Address]:
        relation = "LIVES_AT" if self.seen.type == "Person" else "LOCATED_AT"
        found = linked(info, self.seen, relation, OUT)
        question = ("addresses of", self.seen.id)
        shown = page(info, question, found, lambda one: one.id, first=first, after=after)
        return shown.map(
            lambda one: Address.of(Stored(EntityId(one.id), "Address", one.origins, {"text": text_of(one)}))
        )


@entity("Person", "phone", "email", "birthDate", "region")
class Person(Party):
    """A natural person."""


@entity(
    "Enterprise",
    "creditCode",
    "registrationNo",
    "phone",
    "email",
    "industry",
    "scale",
    "status",
    "foundedOn",
    "dissolvedOn",
    "netAssets",
    "totalAssets",
    "totalLiabilities",
    "registeredCapital",
    "paidInCapital",
    "employees",
    "region",
)
class Enterprise(Party):
    """A legal person."""

    @strawberry.field(description="Who represents it by law.")
    def legal_representatives(self, info: Info) -> list[Named]:
        return linked(info, self.seen, "LEGAL_REPRESENTATIVE_OF", IN)

    @strawberry.field(description="Who sits on its board.")
    def directors(self, info: Info) -> list[Named]:
        return linked(info, self.seen, "DIRECTOR_OF", IN)


def party_of(info: Info, entity_id: str, type_name: str, properties: dict[str, object]) -> Party:
    """A person or an enterprise as a portrait holds it."""
    asked = info.context.seen
    origins: Any = properties.get("origins") or ()
    seen = entity_of(asked, type_name, entity_id, origins, properties, day=day_of(asked))
    return Person.of(seen) if type_name == "Person" else Enterprise.of(seen)
