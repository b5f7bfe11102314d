"""Similar customers as the API shows them."""

from __future__ import annotations

import strawberry

from api.context import Info
from api.exposed import expose, expose_enum
from api.paging import largest
from api.stored import Linked
from services.paging import Page
from services.similar.blocks import SimilarityPart
from services.similar.similar import Similar, similar

expose_enum(SimilarityPart)
expose(Similar, name="SimilarCustomer")


@strawberry.type
class Comparable(Linked):
    """A customer that others are compared with. Its field is inherited; it is no type of the schema itself."""

    @strawberry.field(
        description="Customers that are like it in the current run, the most alike first; at most a hundred are found."
    )
    def similar(self, info: Info, first: int = 10, after: str | None = None) -> Page[Similar]:
        context = info.context
        return similar(context.seen, self.seen.id, largest(first), after, lang=context.lang)[0]
