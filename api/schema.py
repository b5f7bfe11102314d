"""The root of the GraphQL schema."""

from __future__ import annotations

import datetime
import enum

import strawberry
from graphql import GraphQLError
from strawberry.schema.config import StrawberryConfig
from strawberry.types import ExecutionContext

from api.arrears import Overridden, RiskCluster, ShockInput, WhatIf, clusters_page
from api.context import ID, Context, Info
from api.customer import Customer
from api.links import GuaranteeCircle, Owners, circles_page
from api.paging import Connection, page
from api.scalars import Fen, FenAmount
from api.types import RiskTrace
from services import portrait
from services import search as searching
from services.arrears.circles import guarantee_circles
from services.arrears.clusters import risk_clusters
from services.arrears.overriding import override
from services.arrears.owners import THRESHOLD, owners
from services.arrears.trace import trace
from services.arrears.what_if import what_if
from terms.errors import KehutuError, Lang


@strawberry.enum(description="Types that can be searched.")
class SearchType(enum.Enum):
    """The value is the type's name in the graph."""

    CUSTOMER = "Customer"
    ENTERPRISE = "Enterprise"
    PERSON = "Person"
    SERVICE_POINT = "ServicePoint"
    LINE = "Line"
    TRANSFORMER = "Transformer"
    SUBSTATION = "Substation"
    ADDRESS = "Address"


@strawberry.type(description="An entity that a search found.")
class SearchHit:
    """See the description."""

    id: ID = strawberry.field(description="Canonical id.")
    type: str = strawberry.field(description="Type of the entity.")
    name: str = strawberry.field(description="What people call it.")
    origins: list[str] = strawberry.field(
        description="real, benchmark or synthetic: where its records come from."
    )


@strawberry.type(description="What can be asked of the customer graph.")
class Query:
    """See the description."""

    @strawberry.field(description="A customer by id, old id or customer number; null where there is none.")
    def customer(self, info: Info, id: ID) -> Customer | None:
        try:
            return Customer(row=portrait.customer(info.context.site, id))
        except KehutuError as fault:
            if fault.code == "UNKNOWN_ID":
                return None
            raise

    @strawberry.field(description="Why a party is at risk: paths and amounts that add up to the fen.")
    def risk_trace(self, info: Info, id: ID, top: int = 10) -> RiskTrace:
        return trace(info.context.site, id, top)  # type: ignore[return-value]  # read by attribute

    @strawberry.field(
        description="What would happen if all shocks came together; changes nothing that is stored."
    )
    def what_if(self, info: Info, shocks: list[ShockInput]) -> WhatIf:
        return WhatIf(answer=what_if(info.context.site, [shock.to_shock() for shock in shocks]))

    @strawberry.field(description="Communities of linked parties at risk, the largest expected loss first.")
    def risk_clusters(self, info: Info, first: int = 10, after: str | None = None) -> Connection[RiskCluster]:
        return clusters_page(risk_clusters(info.context.site), first, after)

    @strawberry.field(
        description="Enterprises that guarantee each other in a ring, the largest guarantees inside first."
    )
    def guarantee_circles(
        self, info: Info, first: int = 10, after: str | None = None
    ) -> Connection[GuaranteeCircle]:
        return circles_page(guarantee_circles(info.context.site), first, after)

    @strawberry.field(
        description="Who owns an enterprise in the end, through all chains and loops of holdings."
    )
    def owners(self, info: Info, id: ID, threshold: float = THRESHOLD) -> Owners:
        return Owners(found=owners(info.context.site, id, threshold))

    @strawberry.field(description="Entities by name, number, phone or pinyin; every word must fit.")
    def search(
        self,
        info: Info,
        text: str,
        types: list[SearchType] | None = None,
        first: int = 20,
        after: str | None = None,
    ) -> Connection[SearchHit]:
        names = [kind.value for kind in types or ()]
        hits = searching.search(info.context.site, text, names, searching.LARGEST)
        return page(hits, lambda hit: hit.id, first, after)


@strawberry.type(
    description="What can be changed; every change has a key under which saying it twice counts once."
)
class Mutation:
    """See the description."""

    @strawberry.mutation(
        description="Set a party's own distress in place of what its payment record says, until a day; with `own` "
        "absent an earlier judgement is taken back. The current run is continued at once."
    )
    def override_risk(
        self,
        info: Info,
        id: ID,
        *,
        reason: str,
        author: str,
        until: datetime.date,
        idempotency_key: str,
        own: float | None = None,
    ) -> Overridden:
        return override(  # type: ignore[return-value]  # read by attribute
            info.context.site,
            id,
            own,
            reason=reason,
            author=author,
            until=until,
            idempotency_key=idempotency_key,
        )


class Schema(strawberry.Schema):
    """Errors of ours carry their code and remedy; the faults of a resolver show neither text nor trace."""

    def process_errors(
        self, errors: list[GraphQLError], execution_context: ExecutionContext | None = None
    ) -> None:
        """Rewrite errors in place for the client."""
        lang: Lang = "en"
        if execution_context is not None and isinstance(execution_context.context, Context):
            lang = execution_context.context.lang
        for error in errors:
            fault = error.original_error
            if isinstance(fault, KehutuError):
                error.message = fault.message(lang)
                error.extensions = {"code": fault.code, "remedy": fault.remedy(lang)}
            elif fault is not None and not isinstance(fault, GraphQLError):
                error.message = "Internal fault."
                error.extensions = {"code": "INTERNAL_FAULT"}
        super().process_errors(errors, execution_context)


schema = Schema(
    query=Query,
    mutation=Mutation,
    config=StrawberryConfig(scalar_map={FenAmount: Fen}, disable_field_suggestions=False),
)


def sdl() -> str:
    """The schema in the schema definition language, as committed in ``api/schema.graphql``."""
    return schema.as_str() + "\n"
