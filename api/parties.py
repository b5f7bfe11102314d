"""Persons and enterprises: the parties that stand behind customers and carry their risk."""

from __future__ import annotations

import strawberry

from api import stored as of
from api.context import ID, Info
from api.customer import Customer, Risk
from api.linked import Linked, linked
from api.paging import Connection, largest, page
from api.types import Address, Community, Money, Named
from services import portrait
from services.entity import RelationDirection, Stored
from services.schema import described


@strawberry.interface(description="A person or an enterprise: who carries the risk of its customers.")
class Party:
    """See the description."""

    seen: strawberry.Private[Stored]

    id: ID = of.identity()
    type: str = of.kind_of_entity()
    origins: list[str] = of.origins()

    @strawberry.field(description="What people call it; its id where it has no name.")
    def name(self) -> str:
        return self.seen.name

    @strawberry.field(description="Risk in the current run; absent without a run that knows the party.")
    def risk(self, info: Info) -> Risk | None:
        found = portrait.party_risk(info.context.site, self.seen.id)
        return None if found is None else Risk(found=found)

    @strawberry.field(description="The community of the party in the current run.")
    def community(self, info: Info) -> Community | None:
        found = portrait.party_risk(info.context.site, self.seen.id)
        if found is None:
            return None
        return portrait.community(info.context.site, found.model, found.party)  # type: ignore[return-value]  # by attribute

    @strawberry.field(description="Its contracts of supply.")
    def customers(self, info: Info, first: int = 20, after: str | None = None) -> Connection[Customer]:
        found = linked(info, self.seen, "IS", RelationDirection.IN)
        shown = page(found, lambda customer: customer.id, largest(first), after)
        for edge in shown.edges:
            edge.node = Customer.of(info, edge.node.id)
        return shown

    @strawberry.field(description="Where it lives or has its seat.")
    def addresses(self, info: Info, first: int = 20, after: str | None = None) -> Connection[Address]:
        relation = "LIVES_AT" if self.seen.type == "Person" else "LOCATED_AT"
        found = [
            Address(id=ID(place.id), text="" if place.name == place.id else place.name)
            for place in linked(info, self.seen, relation, RelationDirection.OUT)
        ]
        return page(found, lambda address: str(address.id), first, after)


@strawberry.type(description=described("Person"))
class Person(Party, Linked):
    """See the description."""

    phone: str | None = of.text("Person", "phone")
    email: str | None = of.text("Person", "email")
    birth_date: str | None = of.text("Person", "birthDate")
    region: str | None = of.text("Person", "region")


@strawberry.type(description=described("Enterprise"))
class Enterprise(Party, Linked):
    """See the description."""

    credit_code: str | None = of.text("Enterprise", "creditCode")
    registration_no: str | None = of.text("Enterprise", "registrationNo")
    phone: str | None = of.text("Enterprise", "phone")
    email: str | None = of.text("Enterprise", "email")
    industry: str | None = of.text("Enterprise", "industry")
    scale: str | None = of.text("Enterprise", "scale")
    status: str | None = of.text("Enterprise", "status")
    founded_on: str | None = of.text("Enterprise", "foundedOn")
    net_assets: Money | None = of.money("Enterprise", "netAssets")
    total_assets: Money | None = of.money("Enterprise", "totalAssets")
    total_liabilities: Money | None = of.money("Enterprise", "totalLiabilities")
    registered_capital: Money | None = of.money("Enterprise", "registeredCapital")
    paid_in_capital: Money | None = of.money("Enterprise", "paidInCapital")
    employees: int | None = of.whole("Enterprise", "employees")
    region: str | None = of.text("Enterprise", "region")

    @strawberry.field(description="Who represents it by law.")
    def legal_representatives(self, info: Info) -> list[Named]:
        return linked(info, self.seen, "LEGAL_REPRESENTATIVE_OF", RelationDirection.IN)

    @strawberry.field(description="Who sits on its board.")
    def directors(self, info: Info) -> list[Named]:
        return linked(info, self.seen, "DIRECTOR_OF", RelationDirection.IN)
