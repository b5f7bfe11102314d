"""Classes of customers as the API shows them."""

from __future__ import annotations

from strawberry import Parent

from api.context import Info
from api.exposed import expose, expose_enum
from api.paging import largest
from services.names import Named
from services.paging import Page
from services.segments import segments
from services.segments.answer import (
    ContributionBand,
    CustomerSegment,
    Perspective,
    Segment,
    SegmentMove,
    ServiceTier,
)


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
expose_enum(Perspective, name="ScorecardPerspective")
expose(CustomerSegment)
expose(Segment, members=members, movers=movers)
