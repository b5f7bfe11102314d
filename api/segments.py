"""Classes of customers as the API shows them."""

from __future__ import annotations

import strawberry
from strawberry import Parent

from api.context import Info
from api.exposed import expose, expose_enum
from api.paging import largest
from api.similar import Comparable
from services.names import Named
from services.paging import Page
from services.segments import segments
from services.segments.answer import (
    ChangeDirection,
    ContributionBand,
    CustomerSegment,
    Perspective,
    Segment,
    SegmentMove,
    ServiceTier,
)
from services.segments.customer import customer_segment


def members(segment: Parent[Segment], info: Info, first: int = 20, after: str | None = None) -> Page[Named]:
    """Its customers, by id."""
    return segments.members(info.context.seen, segment.id, largest(first), after)


def movers(
    segment: Parent[Segment], info: Info, first: int = 20, after: str | None = None
) -> Page[SegmentMove]:
    """Customers who were in another class in the full run before, by id, with the features that moved them."""
    return segments.movers(info.context.seen, segment.id, largest(first), after, lang=info.context.lang)


expose_enum(ServiceTier)
expose_enum(ContributionBand)
expose_enum(ChangeDirection)
expose_enum(Perspective, name="ScorecardPerspective")
expose(CustomerSegment)
expose(Segment, members=members, movers=movers)


@strawberry.type
class Classed(Comparable):
    """A customer that may have a class. Its field is inherited; it is no type of the schema itself."""

    @strawberry.field(description="Its class in the current run, with reasons; absent where it has none.")
    def segment(self, info: Info) -> CustomerSegment | None:
        return customer_segment(info.context.seen, self.seen.id, lang=info.context.lang)
