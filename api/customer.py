"""The customer portrait as a GraphQL type."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from typing import Annotated, Any

import strawberry

from api.context import ID, Info
from api.linked import NeighbourConnection, provenance_of, type_called
from api.paging import Connection, largest, page
from api.reports import report_path
from api.service import Interaction, WorkOrder
from api.trace import Contribution, OwnRisk, RiskOverride, ScoreInterval
from api.types import Account, Address, Arrears, Bill, Community, Money, Provenance, Run, SupplyElement
from services import portrait
from services.entity import Stored
from services.entity import stored as entity
from services.graph_answers import neighbours as answers
from services.graph_answers.grid import GridElement, feeders
from services.portrait import CustomerRisk, CustomerRow, PartyRisk
from services.schema import described, stored
from services.site import Site
from terms.errors import KehutuError
from terms.ids import EntityId


def money(properties: Mapping[str, Any], name: str) -> Money | None:
    """A stored amount, absent where there is none."""
    fen = properties.get(name)
    return None if fen is None else Money(fen=fen, currency="CNY")


@strawberry.type(description=described("ServicePoint"))
class ServicePoint:
    """See the description."""

    id: ID = strawberry.field(description="Canonical id.")
    service_point_no: str | None = strawberry.field(description=stored("ServicePoint", "servicePointNo"))
    name: str | None = strawberry.field(description=stored("ServicePoint", "name"))

    @strawberry.field(description="What feeds it, the nearest first: lines, transformers, the substation.")
    def fed_by(self, info: Info) -> list[SupplyElement]:
        point = EntityId(self.id)
        return [_element(found) for found in feeders(info.context.site, [point])[point]]


@strawberry.type(description="The risk of a customer's party, or of a party itself, in the current run.")
class Risk:
    """See the description."""

    found: strawberry.Private[CustomerRisk | PartyRisk]

    @strawberry.field(description="Probability of arrears within twelve months, 0 to 1.")
    def score(self) -> float:
        return self.found.score

    @strawberry.field(
        description="Limits of the score where buffers are uncertain; absent where no such buffer bears on it."
    )
    def interval(self) -> ScoreInterval | None:
        return self.found.interval  # type: ignore[return-value]  # read by attribute

    @strawberry.field(description="The expected loss; of a customer its part, by exposure, of its party's.")
    def expected_loss(self) -> Money:
        return self.found.expected_loss  # type: ignore[return-value]  # read by attribute

    @strawberry.field(description="The paths behind the score, the largest first.")
    def contributions(
        self, info: Info, first: int = 10, after: str | None = None
    ) -> Connection[Contribution]:
        answer = portrait.reasons(info.context.site, self.found, top=100)
        return page(
            answer.paths,
            lambda path: ">".join([path.seed.id, *(step.to.id for step in path.steps)]),
            first,
            after,
        )

    @strawberry.field(
        description="A person's judgement that stands in for the party's payment record; absent without one."
    )
    def override(self, info: Info) -> RiskOverride | None:
        return portrait.judgement(  # type: ignore[return-value]  # read by attribute
            info.context.site, self.found.model, self.found.party
        )

    @strawberry.field(
        description="Path of the party's one-page credit report on this server, as PDF; with .html instead of .pdf "
        "as a page. `?lang=en|zh`, else Accept-Language."
    )
    def report_url(self) -> str:
        return report_path(self.found.model.ids[self.found.party])

    @strawberry.field(description="The run that the figures come from.")
    def run(self) -> Run:
        return Run(id=ID(self.found.run.id))


@strawberry.type(description=described("Customer"))
class Customer:
    """See the description."""

    seen: strawberry.Private[Stored]
    site: strawberry.Private[Site]
    known: strawberry.Private[CustomerRow | None] = field(default=None)

    @classmethod
    def of(cls, info: Info, text: str) -> Customer | None:
        """A customer by id, old id or customer number, with its whole portrait; None where there is none."""
        site = info.context.site
        try:
            row = portrait.customer(site, text)
        except KehutuError as fault:
            if fault.code == "UNKNOWN_ID":
                return None
            raise
        return cls(
            seen=Stored(EntityId(row.id), "Customer", tuple(row.origins), row.properties),
            site=site,
            known=row,
        )

    @property
    def row(self) -> CustomerRow:
        """The whole portrait; of an entry of a list it is read when first needed."""
        if self.known is None:
            self.known = portrait.customer(self.site, self.seen.id)
        return self.known

    @strawberry.field(description="Canonical id.")
    def id(self) -> ID:
        return ID(self.seen.id)

    @strawberry.field(description=stored("Customer", "customerNo"))
    def customer_no(self) -> str | None:
        return self._text("customerNo")

    @strawberry.field(description=stored("Customer", "name"))
    def name(self) -> str | None:
        return self._text("name")

    @strawberry.field(description=stored("Customer", "kind"))
    def kind(self) -> str | None:
        return self._text("kind")

    @strawberry.field(description=stored("Customer", "phone"))
    def phone(self) -> str | None:
        return self._text("phone")

    @strawberry.field(description="real, benchmark or synthetic: where the records come from.")
    def origins(self) -> list[str]:
        return list(self.seen.origins)

    @strawberry.field(description="The person or enterprise behind the contract; absent where unknown.")
    def party(self, info: Info) -> Annotated[Party, strawberry.lazy("api.parties")] | None:  # type: ignore[name-defined]  # noqa: F821
        if not self.row.parties:
            return None
        first = self.row.parties[0]
        seen = entity(info.context.site, first["type"], first["id"])
        return None if seen is None else type_called(info, seen.type)(seen=seen)

    @strawberry.field(description="Addresses of the customer.")
    def addresses(self, first: int = 20, after: str | None = None) -> Connection[Address]:
        found = [Address(id=ID(a["id"]), text=a["text"] or "") for a in self.row.addresses]
        return page(found, _id, first, after)

    @strawberry.field(description="Where the customer is supplied, and what feeds it.")
    def service_points(self, first: int = 20, after: str | None = None) -> Connection[ServicePoint]:
        found = [
            ServicePoint(
                id=ID(point["id"]),
                service_point_no=_str(point["properties"].get("servicePointNo")),
                name=_str(point["properties"].get("name")),
            )
            for point in self.row.service_points
        ]
        return page(found, _id, first, after)

    @strawberry.field(description="Lines that feed the customer's service points, the nearest first.")
    def lines(self, first: int = 20, after: str | None = None) -> Connection[SupplyElement]:
        points = [EntityId(point["id"]) for point in self.row.service_points]
        found = {
            element.id: _element(element)
            for above in feeders(self.site, points).values()
            for element in above
            if element.type == "Line"
        }
        return page(list(found.values()), _id, first, after)

    @strawberry.field(description="Where the customer's bills and payments are booked.")
    def accounts(self, first: int = 20, after: str | None = None) -> Connection[Account]:
        found = [
            Account(
                id=ID(account["id"]),
                account_no=_str(account["properties"].get("accountNo")),
                prepayment=money(account["properties"], "prepayment"),
                deposit=money(account["properties"], "deposit"),
            )
            for account in self.row.accounts
        ]
        return page(found, _id, first, after)

    @strawberry.field(description="Bills, the newest first; at most the newest hundred.")
    def bills(self, first: int = 12, after: str | None = None) -> Connection[Bill]:
        found = [
            Bill(
                id=ID(bill["id"]),
                bill_no=_str(bill["properties"].get("billNo")),
                period=_str(bill["properties"].get("period")),
                energy=_float(bill["properties"].get("energy")),
                amount=money(bill["properties"], "amount"),
                due_on=_str(bill["properties"].get("dueOn")),
                paid_on=_str(bill["properties"].get("paidOn")),
            )
            for bill in self.row.bills
        ]
        shown = page(found, _id, first, after)
        shown.total_count = self.row.bill_count
        return shown

    @strawberry.field(description="Risk in the current run; absent without a run that knows the customer.")
    def risk(self, info: Info) -> Risk | None:
        found = portrait.risk(info.context.site, self.seen.id)
        return None if found is None else Risk(found=found)

    @strawberry.field(description="Arrears at the cut-off of the current run.")
    def arrears(self, info: Info) -> Arrears | None:
        found = portrait.risk(info.context.site, self.seen.id)
        if found is None:
            return None
        return Arrears(
            balance=found.balance,  # type: ignore[arg-type]  # read by attribute
            probability=found.probability,
            ageing=list(found.ageing),  # type: ignore[arg-type]  # read by attribute
        )

    @strawberry.field(
        description="Forecasts by the customer's own record; absent where the current run was made without a model."
    )
    def own_risk(self, info: Info) -> OwnRisk | None:
        return portrait.own(info.context.site, self.row, info.context.lang)  # type: ignore[return-value]  # by attribute

    @strawberry.field(description="The community of the customer's party in the current run.")
    def community(self, info: Info) -> Community | None:
        found = portrait.risk(info.context.site, self.seen.id)
        if found is None:
            return None
        return portrait.community(info.context.site, found.model, found.party)  # type: ignore[return-value]  # by attribute

    @strawberry.field(
        description="Which record says each value, the value shown first; of all fields, or of one."
    )
    def provenance(self, info: Info, field: str | None = None) -> list[Provenance]:
        return provenance_of(info, self.seen.id, field)

    @strawberry.field(description="The customer's own equipment.")
    def devices(
        self, info: Info, first: int = 20, after: str | None = None
    ) -> Connection[Annotated[Device, strawberry.lazy("api.equipment")]]:  # type: ignore[name-defined]  # noqa: F821
        device = type_called(info, "Device")
        found = [device(seen=_seen(row, "Device")) for row in self.row.devices]
        return _of_all(page(found, _seen_id, largest(first), after), self.row.device_count)

    @strawberry.field(description="Work that the customer asked for, the newest first; the newest hundred.")
    def work_orders(self, first: int = 20, after: str | None = None) -> Connection[WorkOrder]:
        found = [WorkOrder(seen=_seen(row, "WorkOrder")) for row in self.row.work_orders]
        return _of_all(page(found, _seen_id, largest(first), after), self.row.work_order_count)

    @strawberry.field(description="Contacts by any channel, the newest first; the newest hundred.")
    def interactions(self, first: int = 20, after: str | None = None) -> Connection[Interaction]:
        found = [Interaction(seen=_seen(row, "Interaction")) for row in self.row.interactions]
        return _of_all(page(found, _seen_id, largest(first), after), self.row.interaction_count)

    @strawberry.field(
        description="Its relations and the entities at their other ends; of all types, or of some."
    )
    def neighbours(
        self, info: Info, relations: list[str] | None = None, first: int = 20, after: str | None = None
    ) -> NeighbourConnection:
        return answers.neighbours(  # type: ignore[return-value]  # read by attribute
            info.context.site, self.seen.id, relations or (), largest(first), after
        )

    def _text(self, name: str) -> str | None:
        return _str(self.seen.properties.get(name))


def _id(item: Any) -> str:
    return str(item.id)


def _seen(row: Any, type_name: str) -> Stored:
    """An entry of a portrait as an entity of its own."""
    origins = row["properties"].get("origins") or ()
    return Stored(EntityId(row["id"]), type_name, tuple(origins), row["properties"])


def _seen_id(entry: Any) -> str:
    return str(entry.seen.id)


def _of_all(shown: Connection[Any], total: int) -> Connection[Any]:
    """The page with the number of all entries, of which the portrait holds the newest."""
    shown.total_count = total
    return shown


def _str(value: object) -> str | None:
    return None if value is None else str(value)


def _float(value: object) -> float | None:
    return float(value) if isinstance(value, int | float) else None


def _element(found: GridElement) -> SupplyElement:
    return SupplyElement(id=ID(found.id), type=found.type, name=found.name, distance=found.distance)
