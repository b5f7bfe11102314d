"""The communities that somebody is in, as the API shows them."""

from __future__ import annotations

import strawberry

from api.consents import Consenting
from api.context import Info
from api.exposed import expose_enum
from services.communities.answer import Community, CommunityChange, CommunityOf
from services.communities.changes import community_change
from services.communities.communities import own_community
from services.portrait import party_risk

expose_enum(CommunityOf)


def community_in_run(info: Info, entity: str, of: CommunityOf = CommunityOf.PARTIES) -> Community | None:
    """The community of a party or a customer in the current run; None without a run that knows it."""
    if party_risk(info.context.seen, entity) is None:
        return None
    return own_community(info.context.seen, entity, of, lang=info.context.lang)


@strawberry.type
class Member(Consenting):
    """A customer in its communities. Its fields are inherited; it is no type of the schema itself."""

    @strawberry.field(
        description="The community of the customer's party in the current run; of customers the customer's own."
    )
    def community(self, info: Info, of: CommunityOf = CommunityOf.PARTIES) -> Community | None:
        return community_in_run(info, self.seen.id, of)

    @strawberry.field(
        description="Why its party, or of customers it itself, is in another community than in the full run before; "
        "null where it is not."
    )
    def community_change(self, info: Info, of: CommunityOf = CommunityOf.PARTIES) -> CommunityChange | None:
        return community_change(info.context.seen, self.seen.id, of)
