"""Answers about arrears risk as the API shows them: traces, what-if, clusters, overrides, the watch list."""

from __future__ import annotations

import strawberry
from strawberry import Parent

from api.context import ID, Info
from api.exposed import expose, expose_enum
from api.paging import largest
from api.scalars import FenAmount
from services.arrears import pages
from services.arrears.answer.groups import FirstMover, Release, RiskGroup
from services.arrears.answer.interval import Interval
from services.arrears.answer.model import (
    Hit,
    RiskCluster,
    RiskOverride,
    RiskTrace,
    Shock,
    ShockKind,
    Step,
    WhatIf,
)
from services.arrears.answer.relation_names import LinkKind
from services.arrears.groups.action_words import action_words
from services.arrears.history import HistoryPoint
from services.arrears.overrides.overriding import Overridden
from services.arrears.watch.watching import RuleKind, Watched
from services.assumption import Assumption
from services.names import Named
from services.paging import Page
from terms.money import Money

expose_enum(ShockKind)
expose_enum(LinkKind)


@strawberry.input(description="One assumption of a what-if.")
class ShockInput:
    """A shock with its amount in fen."""

    kind: ShockKind = strawberry.field(description="What is assumed.")
    party: ID = strawberry.field(
        description="Id, old id or business number; a customer stands for its party."
    )
    other: ID | None = strawberry.field(default=None, description="The other party, for CUT and ADD.")
    relation: str | None = strawberry.field(
        default=None,
        description="GUARANTEES, LENDS_TO, SELLS_ON_CREDIT_TO or INVESTS_IN; for CUT also what a trace names.",
        deprecation_reason="Use `link`, which a client can check.",
    )
    amount: FenAmount | None = strawberry.field(default=None, description="Amount in fen.")
    level: float = strawberry.field(default=1.0, description="Own distress for DEFAULT, 0 to 1.")
    link: LinkKind | None = strawberry.field(
        default=None,
        description="What links the two, in place of `relation`: of CUT any kind, of ADD one of money.",
    )

    def to_shock(self) -> Shock:
        """The same for the service."""
        return Shock(
            kind=self.kind,
            party=self.party,
            other=self.other,
            relation=self.relation if self.link is None else self.link.value,
            amount=None if self.amount is None else Money(self.amount),
            level=self.level,
        )


def relation(step: Parent[Step]) -> str:
    """Type of the relation with the largest part, or the kind of evidence shared."""
    return max(step.relations, key=lambda found: found.part).relation


def message(found: Parent[Assumption], info: Info) -> str:
    """The assumption as a sentence, in the language of the asker."""
    return found.message(info.context.lang)


def suggested_action(cluster: Parent[RiskCluster], info: Info) -> str:
    """What to do first, in words, in the language of the asker."""
    return action_words(cluster.action, info.context.lang)


def hits(answer: Parent[WhatIf], info: Info, first: int = 20, after: str | None = None) -> Page[Hit]:
    """Parties that are hit, the largest change of the utility's loss first; with `rest` their losses add up to the
    totals, to the fen."""
    return pages.hits(info.context.seen, answer, largest(first), after)


def members(
    cluster: Parent[RiskCluster], info: Info, first: int = 20, after: str | None = None
) -> Page[Named]:
    """The parties, the largest expected loss first; at most a thousand."""
    return pages.cluster_members(info.context.seen, cluster, largest(first), after)


def group_members(
    group: Parent[RiskGroup], info: Info, first: int = 20, after: str | None = None
) -> Page[Named]:
    """The members, by id."""
    return pages.group_members(info.context.seen, group, largest(first), after)


def first_movers(
    group: Parent[RiskGroup], info: Info, first: int = 20, after: str | None = None
) -> Page[FirstMover]:
    """Who starts, the most frequent first."""
    return pages.first_movers(info.context.seen, group, largest(first), after)


def releases(
    group: Parent[RiskGroup], info: Info, first: int = 20, after: str | None = None
) -> Page[Release]:
    """What releasing a guarantee among the members would change, the largest effect first."""
    return pages.releases(info.context.seen, group, largest(first), after)


expose_enum(RuleKind, name="WatchRuleKind")
expose(Step, relation=relation)
expose(Assumption, message=message)
expose(Interval, name="ScoreInterval")
expose(RiskOverride, name="RiskOverride")
expose(RiskTrace)
expose(RiskGroup, members=group_members, first_movers=first_movers, releases=releases)
expose(Watched)
expose(HistoryPoint)
expose(WhatIf, hits=hits)
expose(RiskCluster, members=members, suggested_action=suggested_action)
expose(Overridden)
