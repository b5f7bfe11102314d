"""Pages of the lists inside answers about arrears risk: command line and API hand out the same ones."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from services.arrears.answer.groups import FirstMover, Release, RiskGroup
from services.arrears.answer.model import Hit, RiskCluster, WhatIf
from services.arrears.groups.clusters import Clusters
from services.arrears.groups.related import Related, RelatedParties
from services.arrears.history import HistoryPoint, history
from services.arrears.ownership.circles import Circles, GuaranteeCircle, GuaranteeCycle
from services.arrears.what_if.published_views import LossView, Lost
from services.assumption import Assumption
from services.names import Named
from services.paging import Edge, Page, PageInfo, page_within
from services.seen import Seen


def hits(seen: Seen, answer: WhatIf, first: int, after: str | None = None) -> Page[Hit]:
    """Parties that a what-if hits."""
    question = ("hits", answer.run.id)
    return page_within(seen, question, answer.hits, lambda hit: hit.party.id, first=first, after=after)


def lost(seen: Seen, view: LossView, first: int, after: str | None = None) -> Page[Lost]:
    """Parties that lose by the rules of a view."""
    question = ("lost", view.view.value, view.run.id)
    return page_within(seen, question, view.lost, lambda one: one.party.id, first=first, after=after)


def related(seen: Seen, found: RelatedParties, first: int, after: str | None = None) -> Page[Related]:
    """Parties close to one."""
    question = ("related", found.party.id, found.run.id if found.run else found.data_time.isoformat())
    return page_within(seen, question, found.related, lambda one: one.party.id, first=first, after=after)


def clusters(seen: Seen, found: Clusters, first: int, after: str | None = None) -> Page[RiskCluster]:
    """Clusters; only those shown are worked out."""
    page = page_within(seen, ["clusters"], found.ranked, found.id, first=first, after=after)
    return page.map(found.tell)


def cluster_members(seen: Seen, cluster: RiskCluster, first: int, after: str | None = None) -> Page[Named]:
    """Parties of a cluster; its size counts those beyond the largest thousand too."""
    question = ("cluster members", cluster.id)
    return page_within(
        seen,
        question,
        cluster.members,
        lambda one: one.id,
        first=first,
        after=after,
        total=cluster.size,
    )


@dataclass(frozen=True, slots=True)
class GuaranteeCircles:
    """A page of guarantee circles."""

    edges: tuple[Edge[GuaranteeCircle], ...]
    """The entries of the page, in order."""
    page_info: PageInfo
    """Where the page stands."""
    total_count: int
    """Number of entries in the whole list."""
    data_time: date
    """The day of the answer: the one asked for, else the latest of the data."""
    assumptions: tuple[Assumption, ...]
    """Why the answer is empty; no entry where it is not."""


def circles(
    seen: Seen, found: Circles, first: int, after: str | None = None, *, longest: int | None = None
) -> GuaranteeCircles:
    """Guarantee circles; only those shown are spelled out. ``longest``: of the cycles that are listed."""
    page = page_within(seen, ["circles"], found.ranked, found.id, first=first, after=after)
    told = page.map(found.tell if longest is None else lambda circle: found.tell(circle, longest))
    return GuaranteeCircles(told.edges, told.page_info, told.total_count, found.day, found.assumptions)


def circle_members(seen: Seen, circle: GuaranteeCircle, first: int, after: str | None = None) -> Page[Named]:
    """Enterprises of a guarantee circle."""
    question = ("circle members", circle.id)
    return page_within(seen, question, circle.members, lambda one: one.id, first=first, after=after)


def group_members(seen: Seen, group: RiskGroup, first: int, after: str | None = None) -> Page[Named]:
    """Members of a group."""
    question = ("group members", group.id)
    return page_within(seen, question, group.members, lambda one: one.id, first=first, after=after)


def first_movers(seen: Seen, group: RiskGroup, first: int, after: str | None = None) -> Page[FirstMover]:
    """Who starts a group's failures."""
    question = ("first movers", group.id)
    return page_within(seen, question, group.first_movers, lambda one: one.party.id, first=first, after=after)


def releases(seen: Seen, group: RiskGroup, first: int, after: str | None = None) -> Page[Release]:
    """What releasing a guarantee in a group would change."""
    question = ("releases", group.id)
    return page_within(
        seen,
        question,
        group.releases,
        lambda one: f"{one.guarantor.id}>{one.borrower.id}",
        first=first,
        after=after,
    )


def cycles(seen: Seen, circle: GuaranteeCircle, first: int, after: str | None = None) -> Page[GuaranteeCycle]:
    """Elementary cycles of a circle."""
    return page_within(seen, ("cycles", circle.id), circle.cycles, way_round, first=first, after=after)


def way_round(cycle: GuaranteeCycle) -> str:
    """What tells a cycle from others: its members in order."""
    return ">".join(step.guarantor.id for step in cycle.steps)


def past(seen: Seen, entity: str, first: int, after: str | None = None) -> Page[HistoryPoint]:
    """A party in every run that knows it, the newest first."""
    points = history(seen, entity)
    return page_within(seen, ("history", entity), points, lambda one: one.run.id, first=first, after=after)
