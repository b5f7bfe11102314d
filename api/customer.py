"""The customer portrait as a GraphQL type."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import strawberry

from api.context import ID, Info
from api.paging import Connection, page
from api.types import (
    Account,
    Address,
    Arrears,
    Bill,
    Community,
    Contribution,
    Money,
    Named,
    Provenance,
    Run,
    SupplyElement,
    described,
    stored,
)
from graph.queries import CustomerPortrait
from services import portrait
from services.portrait import CustomerRisk


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
    fed_by: list[SupplyElement] = strawberry.field(
        description="What feeds it, the nearest first: lines, transformers, the substation."
    )


@strawberry.type(description="A customer's risk: that of its party in the current run.")
class Risk:
    """See the description."""

    found: strawberry.Private[CustomerRisk]

    @strawberry.field(description="Probability of arrears within twelve months, 0 to 1.")
    def score(self) -> float:
        return self.found.score

    @strawberry.field(description="The customer's part, by exposure, of its party's expected loss.")
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

    @strawberry.field(description="The run that the figures come from.")
    def run(self) -> Run:
        return Run(id=ID(self.found.run.id))


@strawberry.type(description=described("Customer"))
class Customer:
    """See the description."""

    row: strawberry.Private[CustomerPortrait]

    @strawberry.field(description="Canonical id.")
    def id(self) -> ID:
        return ID(self.row.id)

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
        return self.row.origins

    @strawberry.field(description="The person or enterprise behind the contract; absent where unknown.")
    def party(self, info: Info) -> Named | None:
        if not self.row.parties:
            return None
        first = self.row.parties[0]
        return portrait.named(info.context.site, first["id"])  # type: ignore[return-value]  # read by attribute

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
                fed_by=[_element(element) for element in point["fed_by"]],
            )
            for point in self.row.service_points
        ]
        return page(found, _id, first, after)

    @strawberry.field(description="Lines that feed the customer's service points, the nearest first.")
    def lines(self, first: int = 20, after: str | None = None) -> Connection[SupplyElement]:
        found = {
            element["id"]: _element(element)
            for point in self.row.service_points
            for element in point["fed_by"]
            if element["type"] == "Line"
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
        found = portrait.risk(info.context.site, self.row.id)
        return None if found is None else Risk(found=found)

    @strawberry.field(description="Arrears at the cut-off of the current run.")
    def arrears(self, info: Info) -> Arrears | None:
        found = portrait.risk(info.context.site, self.row.id)
        if found is None:
            return None
        return Arrears(balance=found.balance, probability=found.score)  # type: ignore[arg-type]  # by attribute

    @strawberry.field(description="The community of the customer's party in the current run.")
    def community(self, info: Info) -> Community | None:
        found = portrait.risk(info.context.site, self.row.id)
        if found is None:
            return None
        return portrait.community(info.context.site, found.model, found.party)  # type: ignore[return-value]  # by attribute

    @strawberry.field(
        description="Which record says each value, the value shown first; of all fields, or of one."
    )
    def provenance(self, info: Info, field: str | None = None) -> list[Provenance]:
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
            for found in portrait.provenance(info.context.site, self.row.id, field)
        ]

    def _text(self, name: str) -> str | None:
        return _str(self.row.properties.get(name))


def instant(moment: Any) -> str:
    """An instant as ISO text in UTC."""
    return str(moment.isoformat()).replace("+00:00", "Z")


def _id(item: Any) -> str:
    return str(item.id)


def _str(value: object) -> str | None:
    return None if value is None else str(value)


def _float(value: object) -> float | None:
    return float(value) if isinstance(value, int | float) else None


def _element(element: Any) -> SupplyElement:
    return SupplyElement(
        id=ID(element["id"]),
        type=element["type"],
        name=element["name"] or element["id"],
        distance=element["distance"],
    )
