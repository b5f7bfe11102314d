"""Root fields that answer from the graph and from the site's history."""

from __future__ import annotations

import enum
from typing import Annotated, Any

import strawberry
from strawberry import Parent
from strawberry.scalars import JSON

from api import lists
from api.arguments import AsOf, Ended, RelationNames, RelationTypes, relation_names
from api.context import ID, Info
from api.costs import costs
from api.entities import Customer, Device, Enterprise, Line, Person, WorkOrder
from api.exposed import expose, expose_enum
from api.masked import plain_schema
from api.paging import largest
from api.weighing import Weighed, weighed
from services import entity as entities
from services import search as searching
from services.access.me import Me
from services.access.me import me as told_of
from services.arrears.answer.model import RunName
from services.communities import communities
from services.communities.answer import Community, CommunityOf
from services.entity import Entity, Value
from services.graph_answers import grid, history, loads
from services.graph_answers import load_curve as curve
from services.graph_answers import neighbours as around
from services.graph_answers import paths as ways
from services.graph_answers.grid import GridTrace
from services.graph_answers.history import QuarantinedRow
from services.graph_answers.load_curve import CurveBasis, LoadCurve
from services.graph_answers.loads import Load
from services.graph_answers.neighbours import Neighbours
from services.graph_answers.paths import Path
from services.paging import Page
from services.search import Hit
from services.segments import segments
from services.segments.answer import Segment
from terms.errors import KehutuError
from terms.money import Money


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


def value(found: Parent[Value]) -> JSON:
    """Text, number or truth value; dates as ISO text, amounts as {fen, currency}."""
    shown = found.value
    if isinstance(shown, Money):
        shown = {"fen": shown.fen, "currency": shown.currency}
    return JSON(shown)


expose_enum(CurveBasis)
expose(LoadCurve)
expose(Me)
expose(Weighed)
expose(Hit, name="SearchHit")
expose(Value, value=value)
expose(Entity)
expose(Path)
expose(Load)
expose(QuarantinedRow)


@strawberry.enum(description="Rows in quarantine by what became of them.")
class QuarantineState(enum.Enum):
    """The values are those of the ledger."""

    OPEN = strawberry.enum_value("open", description="Still to be put right.")
    RETRIED = strawberry.enum_value("retried", description="Taken after all.")


@strawberry.type
class GraphAnswers:
    """Fields of the root; see ``api.schema``."""

    @strawberry.field(description="Who asks, as the site understands it.")
    def me(self, info: Info) -> Me:
        return told_of(info.context.asker)

    @strawberry.field(
        description="What a document would cost, and what of it is not shown in clear to who asks; it is not executed."
    )
    def weigh(self, info: Info, document: str) -> Weighed:
        return weighed(document, info.context.asker, plain_schema(info.schema))

    @strawberry.field(description="A customer by id, old id or customer number; null where there is none.")
    def customer(self, info: Info, id: ID) -> Customer | None:
        return Customer.found(info, id)

    @strawberry.field(description="An enterprise by id, old id or credit code; null where there is none.")
    def enterprise(self, info: Info, id: ID) -> Enterprise | None:
        seen = entities.stored(info.context.seen, "Enterprise", id)
        return None if seen is None else Enterprise.of(seen)

    @strawberry.field(description="A person by id or old id; null where there is none.")
    def person(self, info: Info, id: ID) -> Person | None:
        seen = entities.stored(info.context.seen, "Person", id)
        return None if seen is None else Person.of(seen)

    @strawberry.field(description="A line by id, old id or number; null where there is none.")
    def line(self, info: Info, id: ID) -> Line | None:
        seen = entities.stored(info.context.seen, "Line", id)
        return None if seen is None else Line.of(seen)

    @strawberry.field(description="A device by id, old id or number; null where there is none.")
    def device(self, info: Info, id: ID) -> Device | None:
        seen = entities.stored(info.context.seen, "Device", id)
        return None if seen is None else Device.of(seen)

    @strawberry.field(description="A work order by id, old id or number; null where there is none.")
    def work_order(self, info: Info, id: ID) -> WorkOrder | None:
        seen = entities.stored(info.context.seen, "WorkOrder", id)
        return None if seen is None else WorkOrder.of(seen)

    @strawberry.field(
        description="An entity of whatever type by id, old id or business number, as `kehutu show` prints it; null "
        "where there is none."
    )
    def entity(self, info: Info, id: ID, as_of: AsOf = None) -> Entity | None:
        try:
            return entities.show(info.context.seen, id, info.context.lang, as_of)
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
    ) -> Page[Hit]:
        names = [kind.value for kind in types or ()]
        return searching.search(info.context.seen, text, names, largest(first), after)

    @strawberry.field(
        description="Relations of an entity and the entities at their other ends, with counts by type of relation."
    )
    @costs(150)
    def neighbours(
        self,
        info: Info,
        id: ID,
        *,
        relations: RelationNames = None,
        first: int = 50,
        after: str | None = None,
        as_of: AsOf = None,
        ended: Ended = False,
        relation_types: RelationTypes = None,
    ) -> Neighbours:
        seen, wanted = info.context.seen, relation_names(relation_types, relations)
        return around.neighbours(seen, id, wanted, largest(first), after, as_of=as_of, ended=ended)

    @strawberry.field(
        description="Ways from one entity to another along relations of any type, whichever way each runs; the "
        "shortest first. `maxLength`: 1 to 6."
    )
    @costs(400)
    def paths(
        self,
        info: Info,
        from_: Annotated[ID, strawberry.argument(name="from")],
        to: ID,
        *,
        max_length: int = ways.DEFAULT_LENGTH,
        first: int = 10,
        after: str | None = None,
        relations: RelationNames = None,
        relation_types: RelationTypes = None,
    ) -> Page[Path]:
        return ways.paths(
            info.context.seen,
            from_,
            to,
            max_length=max_length,
            first=largest(first),
            after=after,
            relations=relation_names(relation_types, relations),
        )

    @strawberry.field(
        description="What feeds an element of the network (UP; also a customer), or what it feeds (DOWN)."
    )
    @costs(200)
    def grid_trace(
        self, info: Info, id: ID, direction: grid.GridDirection, first: int = 50, after: str | None = None
    ) -> GridTrace:
        return grid.grid_trace(info.context.seen, id, direction, largest(first), after)

    @strawberry.field(
        description="Power by interval of a customer, service point, meter or another element. "
        "`from` and `to` are days or instants (ISO); the last week that is known where both are absent."
    )
    @costs(100)
    def load_curve(
        self,
        info: Info,
        id: ID,
        from_: Annotated[str | None, strawberry.argument(name="from")] = None,
        to: str | None = None,
    ) -> LoadCurve:
        return curve.load_curve(info.context.seen, id, from_, to)

    customers: Page[Customer] = lists.list_field(lists.CUSTOMERS, Customer, Customer.of, Customer.together)
    enterprises: Page[Enterprise] = lists.list_field(lists.ENTERPRISES, Enterprise, Enterprise.of)
    persons: Page[Person] = lists.list_field(lists.PERSONS, Person, Person.of)
    lines: Page[Line] = lists.list_field(lists.LINES, Line, Line.of)
    devices: Page[Device] = lists.list_field(lists.DEVICES, Device, Device.of)
    work_orders: Page[WorkOrder] = lists.list_field(lists.WORK_ORDERS, WorkOrder, WorkOrder.of)

    @strawberry.field(description="Analysis runs, the newest first.")
    def runs(self, info: Info, first: int = 20, after: str | None = None) -> Page[RunName]:
        return history.runs(info.context.seen, largest(first), after)

    @strawberry.field(description="An analysis run by its id; null where there is none.")
    def run(self, info: Info, id: ID) -> RunName | None:
        try:
            return history.run(info.context.seen, id)
        except KehutuError as fault:
            if fault.code == "UNKNOWN_RUN":
                return None
            raise

    @strawberry.field(
        description="Communities of the current run, of parties or of customers, the largest first."
    )
    def communities(
        self,
        info: Info,
        of: CommunityOf = CommunityOf.PARTIES,
        first: int = 20,
        after: str | None = None,
    ) -> Page[Community]:
        return communities.communities(info.context.seen, largest(first), after, of, lang=info.context.lang)

    @strawberry.field(
        description="A community of the current run by its id; null where the run has none of it."
    )
    def community(self, info: Info, id: ID) -> Community | None:
        return communities.community(info.context.seen, id, lang=info.context.lang)

    @strawberry.field(
        description="Classes of customers of the current run, the largest first; none where there are none."
    )
    def segments(self, info: Info, first: int = 20, after: str | None = None) -> Page[Segment]:
        return segments.segments(info.context.seen, largest(first), after, lang=info.context.lang)

    @strawberry.field(description="Loads, the newest first.")
    def loads(self, info: Info, first: int = 20, after: str | None = None) -> Page[Load]:
        return loads.loads(info.context.seen, largest(first), after, lang=info.context.lang)

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
    ) -> Page[QuarantinedRow]:
        wanted: Any = None if state is None else state.value
        return history.quarantine(
            info.context.seen,
            source=source,
            state=wanted,
            first=largest(first),
            after=after,
            lang=info.context.lang,
        )
