"""Published views of a shock, and closeness, as the API shows them."""

from __future__ import annotations

import strawberry
from strawberry import Parent

from api.context import ID, Info
from api.exposed import expose, expose_enum
from api.paging import largest
from services.arrears import pages
from services.arrears.groups.related import Related, RelatedParties
from services.arrears.what_if.published_views import LossView, Lost, Others, View
from services.paging import Page


@strawberry.input(description="A party that is shocked.")
class LossShockInput:
    """A party with the part of its buffer that it loses at first."""

    party: ID = strawberry.field(
        description="Id, old id or business number; a customer stands for its party."
    )
    level: float = strawberry.field(
        default=1.0,
        description="Part of its buffer (for CLEARING of its outside assets) that it loses at first, 0 to 1; CASCADE "
        "knows 1 only.",
    )


def lost(view: Parent[LossView], info: Info, first: int = 20, after: str | None = None) -> Page[Lost]:
    """Parties that lose, the largest loss first; with `rest` their losses add up to `totalLoss`."""
    return pages.lost(info.context.seen, view, largest(first), after)


def related(
    found: Parent[RelatedParties], info: Info, first: int = 20, after: str | None = None
) -> Page[Related]:
    """The parties close to it, the closest first; at most a thousand."""
    return pages.related(info.context.seen, found, largest(first), after)


expose_enum(View, name="LossViewKind")
expose(Others, name="OtherLosses")
expose(LossView, lost=lost)
expose(Related, name="RelatedParty")
expose(RelatedParties, related=related)
