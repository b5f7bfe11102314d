"""Root fields about the risk of arrears: questions and decisions."""

from __future__ import annotations

import datetime

import strawberry

from api.arguments import AsOf, Author
from api.arrears import ShockInput
from api.context import ID, Info
from api.costs import costs
from api.paging import largest
from api.views import LossShockInput
from services.arrears import pages
from services.arrears.answer.model import RiskCluster, RiskTrace, WhatIf
from services.arrears.groups.clusters import risk_clusters
from services.arrears.groups.related import RelatedParties, related_parties
from services.arrears.history import HistoryPoint
from services.arrears.overrides.overriding import Overridden, override
from services.arrears.ownership.circles import guarantee_circles
from services.arrears.ownership.owners import THRESHOLD, Owners, owners
from services.arrears.pages import GuaranteeCircles
from services.arrears.watch.watch_pages import watched
from services.arrears.watch.watching import RuleKind, Watched, WatchRule, unwatch, watch, watch_list
from services.arrears.what_if.published_views import LossView, View, loss_view
from services.arrears.what_if.what_if import what_if
from services.arrears.why.trace import trace
from services.paging import Page


@strawberry.type
class RiskAnswers:
    """Fields of the query root."""

    @strawberry.field(description="Why a party is at risk: paths and amounts that add up to the fen.")
    @costs(350)
    def risk_trace(self, info: Info, id: ID, top: int = 10) -> RiskTrace:
        return trace(info.context.seen, id, top)

    @strawberry.field(
        description="What would happen if all shocks came together; changes nothing that is stored."
    )
    @costs(350)
    def what_if(self, info: Info, shocks: list[ShockInput]) -> WhatIf:
        return what_if(info.context.seen, [shock.to_shock() for shock in shocks])

    @strawberry.field(description="Communities of linked parties at risk, the largest expected loss first.")
    @costs(150)
    def risk_clusters(self, info: Info, first: int = 10, after: str | None = None) -> Page[RiskCluster]:
        return pages.clusters(
            info.context.seen, risk_clusters(info.context.seen, info.context.lang), largest(first), after
        )

    @strawberry.field(
        description="Enterprises that guarantee each other in a ring, the largest guarantees inside first."
    )
    @costs(100)
    def guarantee_circles(
        self, info: Info, first: int = 10, after: str | None = None, as_of: AsOf = None
    ) -> GuaranteeCircles:
        found = guarantee_circles(info.context.seen, as_of=as_of)
        return pages.circles(info.context.seen, found, largest(first), after)

    @strawberry.field(
        description="Who owns an enterprise in the end, through all chains and loops of holdings."
    )
    @costs(100)
    def owners(self, info: Info, id: ID, threshold: float = THRESHOLD, as_of: AsOf = None) -> Owners:
        return owners(info.context.seen, id, threshold, as_of=as_of)

    @strawberry.field(
        description="What a shock does to buffers by the rules of one published view; views are never mixed."
    )
    def loss_view(
        self,
        info: Info,
        view: View,
        shocks: list[LossShockInput],
        recovery: float = 1.0,
    ) -> LossView:
        named = [(shock.party, shock.level) for shock in shocks]
        return loss_view(info.context.seen, view, named, recovery=recovery)

    @strawberry.field(
        description="Who stands close to a party by all links of the run, or of a day: closeness, not money."
    )
    @costs(2_000)
    def related_parties(self, info: Info, id: ID, as_of: AsOf = None) -> RelatedParties:
        return related_parties(info.context.seen, id, as_of=as_of)

    @strawberry.field(description="Watched parties, those with alerts first.")
    @costs(50)
    def watch_list(self, info: Info, first: int = 20, after: str | None = None) -> Page[Watched]:
        return watched(info.context.seen, watch_list(info.context.seen), largest(first), after)

    @strawberry.field(description="A party in every run that knows it, the newest first.")
    def risk_history(
        self, info: Info, id: ID, first: int = 20, after: str | None = None
    ) -> Page[HistoryPoint]:
        return pages.past(info.context.seen, id, largest(first), after)


@strawberry.type
class RiskChanges:
    """Fields of the mutation root."""

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
        until: datetime.date,
        idempotency_key: str,
        own: float | None = None,
        author: Author = None,
    ) -> Overridden:
        return override(
            info.context.seen,
            id,
            own,
            reason=reason,
            author=info.context.author(author),
            until=until,
            idempotency_key=info.context.own_key(idempotency_key),
        )

    @strawberry.mutation(description="Watch a party, or the party behind a customer, by a rule.")
    def watch_party(
        self,
        info: Info,
        id: ID,
        *,
        kind: RuleKind,
        idempotency_key: str,
        level: float | None = None,
        author: Author = None,
    ) -> WatchRule:
        return watch(
            info.context.seen,
            id,
            kind,
            level,
            author=info.context.author(author),
            idempotency_key=info.context.own_key(idempotency_key),
        )

    @strawberry.mutation(description="Take a rule off the watch list; one that is not on it is an error.")
    def unwatch_party(self, info: Info, rule: ID) -> bool:
        unwatch(info.context.seen, rule, author=info.context.asker.subject)
        return True
