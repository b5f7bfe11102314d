"""The named queries of ``cypher/`` that read the whole graph, or write; no answer calls them.

Made by ``python -m graph.generate_queries``; a test compares. Change the ``.cypher`` file instead.
"""
# fmt: off
# ruff: noqa: E501

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol, TypedDict

from graph.blocks import filled, known


class Store(Protocol):
    """What the functions need of :class:`graph.store.Store`."""

    def read(self, query: str, /, **parameters: object) -> list[dict[str, Any]]:
        """Rows in the order of the query."""

    def write(self, query: str, /, **parameters: object) -> list[dict[str, Any]]:
        """Rows of a query that changes the graph."""


_NODE_TYPES = frozenset({
    "Account",
    "Address",
    "Area",
    "ArrearsCase",
    "Bill",
    "Community",
    "Consent",
    "CreditRecord",
    "Customer",
    "Device",
    "Enterprise",
    "Interaction",
    "Line",
    "Meter",
    "Outage",
    "Payment",
    "Person",
    "Recommendation",
    "RiskOverride",
    "Run",
    "Segment",
    "Service",
    "ServicePoint",
    "Skill",
    "Substation",
    "Switch",
    "Technician",
    "Transformer",
    "WatchRule",
    "WorkOrder",
})
_RELATION_TYPES = frozenset({
    "ASSIGNED_TO",
    "BILLED",
    "CONCERNS",
    "CONTACTED",
    "DECIDES",
    "DIRECTOR_OF",
    "FED_BY",
    "GUARANTEES",
    "HAS_ACCOUNT",
    "HAS_ARREARS_CASE",
    "HAS_CREDIT_RECORD",
    "HAS_METER",
    "HAS_SKILL",
    "INSTALLED_AT",
    "INTERRUPTS",
    "INVESTS_IN",
    "IS",
    "JOINS",
    "LEGAL_REPRESENTATIVE_OF",
    "LENDS_TO",
    "LIVES_AT",
    "LOCATED_AT",
    "MEMBER_OF",
    "OFFERED",
    "OVERRIDES",
    "OWNS",
    "PAID",
    "PART_OF",
    "RECOMMENDED",
    "REQUESTED",
    "REQUIRES",
    "SELLS_ON_CREDIT_TO",
    "SETTLES",
    "SHARES",
    "SUPPLIED_AT",
    "WATCHES",
})


class CrowdedSourcesFound(TypedDict):
    """One entry of ``found``."""

    other: str
    record: str
    since: str | None
    until: str | None
    periods: list[str] | None


@dataclass(frozen=True, slots=True)
class CrowdedSources:
    """A row of :func:`crowded_sources`."""

    id: str
    found: list[CrowdedSourcesFound]


_CROWDED_SOURCES = r"""
// crowded_sources
UNWIND $ids AS wanted
MATCH (a:$type {id: wanted})-[r:$relation]->(b)
WITH a, b, r ORDER BY b.id, r.recordId
WITH a, collect({other: b.id, record: r.recordId, since: r.since, until: r.until, periods: r.periods}) AS found
WHERE size(found) > 1
RETURN a.id AS id, found
ORDER BY id
"""


def crowded_sources(store: Store, *, type: str, relation: str, ids: list[str]) -> list[CrowdedSources]:
    """Of many entities those from which more than one relation of a type leads; by id. Each relation with its other end,

    the record that reports it and when it holds, by the first two.

    Args:
        type: of the entities
    """
    rows = store.read(filled(_CROWDED_SOURCES, {"type": known(type, _NODE_TYPES), "relation": known(relation, _RELATION_TYPES)}), ids=ids)
    return [CrowdedSources(row["id"], row["found"]) for row in rows]


class CrowdedTargetsFound(TypedDict):
    """One entry of ``found``."""

    other: str
    record: str
    since: str | None
    until: str | None
    periods: list[str] | None


@dataclass(frozen=True, slots=True)
class CrowdedTargets:
    """A row of :func:`crowded_targets`."""

    id: str
    found: list[CrowdedTargetsFound]


_CROWDED_TARGETS = r"""
// crowded_targets
UNWIND $ids AS wanted
MATCH (a:$type {id: wanted})<-[r:$relation]-(b)
WITH a, b, r ORDER BY b.id, r.recordId
WITH a, collect({other: b.id, record: r.recordId, since: r.since, until: r.until, periods: r.periods}) AS found
WHERE size(found) > 1
RETURN a.id AS id, found
ORDER BY id
"""


def crowded_targets(store: Store, *, type: str, relation: str, ids: list[str]) -> list[CrowdedTargets]:
    """The same for entities to which more than one such relation leads.

    Args:
        type: of the entities
    """
    rows = store.read(filled(_CROWDED_TARGETS, {"type": known(type, _NODE_TYPES), "relation": known(relation, _RELATION_TYPES)}), ids=ids)
    return [CrowdedTargets(row["id"], row["found"]) for row in rows]


@dataclass(frozen=True, slots=True)
class AllCrowdedSources:
    """A row of :func:`all_crowded_sources`."""

    id: str


_ALL_CROWDED_SOURCES = r"""
// all_crowded_sources
MATCH (a:$type)-[r:$relation]->()
WHERE any(span IN coalesce(r.periods, [coalesce(r.since, '') + '/' + coalesce(r.until, '')]) WHERE
  (span STARTS WITH '/' OR left(span, 10) <= $today) AND (span ENDS WITH '/' OR right(span, 10) > $today))
WITH a, count(r) AS number
WHERE number > 1
RETURN a.id AS id
ORDER BY id LIMIT $first
"""


def all_crowded_sources(store: Store, *, type: str, relation: str, today: str, first: int = 100) -> list[AllCrowdedSources]:
    """All entities of a type from which more than one relation of a type leads that holds on a day; by id. Reads every one

    of these relations.

    Args:
        type: of the entities
    """
    rows = store.read(filled(_ALL_CROWDED_SOURCES, {"type": known(type, _NODE_TYPES), "relation": known(relation, _RELATION_TYPES)}), today=today, first=first)
    return [AllCrowdedSources(row["id"]) for row in rows]


@dataclass(frozen=True, slots=True)
class AllCrowdedTargets:
    """A row of :func:`all_crowded_targets`."""

    id: str


_ALL_CROWDED_TARGETS = r"""
// all_crowded_targets
MATCH (a:$type)<-[r:$relation]-()
WHERE any(span IN coalesce(r.periods, [coalesce(r.since, '') + '/' + coalesce(r.until, '')]) WHERE
  (span STARTS WITH '/' OR left(span, 10) <= $today) AND (span ENDS WITH '/' OR right(span, 10) > $today))
WITH a, count(r) AS number
WHERE number > 1
RETURN a.id AS id
ORDER BY id LIMIT $first
"""


def all_crowded_targets(store: Store, *, type: str, relation: str, today: str, first: int = 100) -> list[AllCrowdedTargets]:
    """The same for entities to which more than one such relation leads.

    Args:
        type: of the entities
    """
    rows = store.read(filled(_ALL_CROWDED_TARGETS, {"type": known(type, _NODE_TYPES), "relation": known(relation, _RELATION_TYPES)}), today=today, first=first)
    return [AllCrowdedTargets(row["id"]) for row in rows]


@dataclass(frozen=True, slots=True)
class CopyRun:
    """A row of :func:`copy_run`."""

    written: int


_COPY_RUN = r"""
// copy_run
UNWIND $entries AS row
MATCH (n:$type {id: row.id})
SET n.risk = row.risk, n.community = row.community, n.runId = $run
RETURN count(n) AS written
"""


def copy_run(store: Store, *, type: str, entries: list[dict[str, object]], run: str) -> CopyRun | None:
    """Writes the risk and the community of a run on nodes of a type; how many there are.

    Args:
        entries: id, risk and community of each
    """
    rows = store.write(filled(_COPY_RUN, {"type": known(type, _NODE_TYPES)}), entries=entries, run=run)
    return next((CopyRun(row["written"]) for row in rows), None)


@dataclass(frozen=True, slots=True)
class CopyShares:
    """A row of :func:`copy_shares`."""

    written: int


_COPY_SHARES = r"""
// copy_shares
UNWIND $entries AS row
MATCH (a:$first {id: row.a})
MATCH (b:$second {id: row.b})
MERGE (a)-[r:SHARES {key: row.r.key}]->(b)
SET r = row.r, r.runId = $run
RETURN count(r) AS written
"""


def copy_shares(store: Store, *, first: str, second: str, entries: list[dict[str, object]], run: str) -> CopyShares | None:
    """Writes pairs of parties that a run holds for close, between nodes of two types; how many there are.

    Args:
        first: of the ends a
        second: of the ends b
        entries: a, b and r, the values of the relation with its key
    """
    rows = store.write(filled(_COPY_SHARES, {"first": known(first, _NODE_TYPES), "second": known(second, _NODE_TYPES)}), entries=entries, run=run)
    return next((CopyShares(row["written"]) for row in rows), None)


@dataclass(frozen=True, slots=True)
class RemoveOtherShares:
    """A row of :func:`remove_other_shares`."""

    removed: int


_REMOVE_OTHER_SHARES = r"""
// remove_other_shares
MATCH ()-[r:SHARES]->()
WHERE r.runId IS NULL OR r.runId <> $run
WITH r LIMIT $batch
DELETE r
RETURN count(r) AS removed
"""


def remove_other_shares(store: Store, *, run: str, batch: int) -> RemoveOtherShares | None:
    """Removes some pairs that another run has left; how many there were."""
    rows = store.write(_REMOVE_OTHER_SHARES, run=run, batch=batch)
    return next((RemoveOtherShares(row["removed"]) for row in rows), None)


@dataclass(frozen=True, slots=True)
class SharesMark:
    """A row of :func:`shares_mark`."""

    digest: str


_SHARES_MARK = r"""
// shares_mark
MATCH (m:Meta {id: 'shares'})
RETURN m.digest AS digest
"""


def shares_mark(store: Store) -> SharesMark | None:
    """What names the pairs that were written last; none before the first time."""
    rows = store.read(_SHARES_MARK)
    return next((SharesMark(row["digest"]) for row in rows), None)


_MARK_SHARES = r"""
// mark_shares
MERGE (m:Meta {id: 'shares'})
SET m.digest = $digest
"""


def mark_shares(store: Store, *, digest: str) -> None:
    """Names the pairs that were written; empty while they are being written."""
    store.write(_MARK_SHARES, digest=digest)


@dataclass(frozen=True, slots=True)
class CountRelations:
    """A row of :func:`count_relations`."""

    count: int


_COUNT_RELATIONS = r"""
// count_relations
MATCH ()-[r:$relation]->()
RETURN count(r) AS count
"""


def count_relations(store: Store, *, relation: str) -> CountRelations | None:
    """How many relations of a type there are."""
    rows = store.read(filled(_COUNT_RELATIONS, {"relation": known(relation, _RELATION_TYPES)}))
    return next((CountRelations(row["count"]) for row in rows), None)


@dataclass(frozen=True, slots=True)
class FirstBeginning:
    """A row of :func:`first_beginning`."""

    since: str | None
    period: str | None


_FIRST_BEGINNING = r"""
// first_beginning
MATCH ()-[r:$relation]->()
RETURN min(r.since) AS since, min(r.periods[0]) AS period
"""


def first_beginning(store: Store, *, relation: str) -> FirstBeginning | None:
    """The earliest beginning of the relations of a type: as their latest span has it, and the earliest of those with

    several spans. Reads every one of these relations.
    """
    rows = store.read(filled(_FIRST_BEGINNING, {"relation": known(relation, _RELATION_TYPES)}))
    return next((FirstBeginning(row["since"], row["period"]) for row in rows), None)


@dataclass(frozen=True, slots=True)
class FirstPeriod:
    """A row of :func:`first_period`."""

    period: str | None


_FIRST_PERIOD = r"""
// first_period
MATCH (b:Bill)
RETURN min(b.period) AS period
"""


def first_period(store: Store) -> FirstPeriod | None:
    """The month of the oldest bill."""
    rows = store.read(_FIRST_PERIOD)
    return next((FirstPeriod(row["period"]) for row in rows), None)


@dataclass(frozen=True, slots=True)
class WholeDegrees:
    """A row of :func:`whole_degrees`."""

    id: str
    count: int


_WHOLE_DEGREES = r"""
// whole_degrees
UNWIND $ids AS wanted
MATCH (n:$type {id: wanted})
RETURN n.id AS id, COUNT { MATCH (n)--(m) } AS count
ORDER BY id
"""


def whole_degrees(store: Store, *, type: str, ids: list[str]) -> list[WholeDegrees]:
    """How many relations entities have; by id."""
    rows = store.read(filled(_WHOLE_DEGREES, {"type": known(type, _NODE_TYPES)}), ids=ids)
    return [WholeDegrees(row["id"], row["count"]) for row in rows]


@dataclass(frozen=True, slots=True)
class WholeLed:
    """A row of :func:`whole_led`."""

    id: str


_WHOLE_LED = r"""
// whole_led
UNWIND $ids AS wanted
MATCH (n:$type {id: wanted})-[r:$relation]->(m)
WHERE (coalesce(r.since, '') <= $day AND coalesce(r.until, '9999-99') > $day OR any(period IN coalesce(r.periods, []) WHERE split(period, '/')[0] <= $day AND (period ENDS WITH '/' OR split(period, '/')[1] > $day)))
RETURN DISTINCT m.id AS id
ORDER BY id
"""


def whole_led(store: Store, *, type: str, relation: str, ids: list[str], day: str) -> list[WholeLed]:
    """To whom relations of a type lead from entities on a day; by id."""
    rows = store.read(filled(_WHOLE_LED, {"type": known(type, _NODE_TYPES), "relation": known(relation, _RELATION_TYPES)}), ids=ids, day=day)
    return [WholeLed(row["id"]) for row in rows]


@dataclass(frozen=True, slots=True)
class WholeCome:
    """A row of :func:`whole_come`."""

    id: str


_WHOLE_COME = r"""
// whole_come
UNWIND $ids AS wanted
MATCH (n:$type {id: wanted})<-[r:$relation]-(m)
WHERE (coalesce(r.since, '') <= $day AND coalesce(r.until, '9999-99') > $day OR any(period IN coalesce(r.periods, []) WHERE split(period, '/')[0] <= $day AND (period ENDS WITH '/' OR split(period, '/')[1] > $day)))
RETURN DISTINCT m.id AS id
ORDER BY id
"""


def whole_come(store: Store, *, type: str, relation: str, ids: list[str], day: str) -> list[WholeCome]:
    """From whom relations of a type come to entities on a day; by id."""
    rows = store.read(filled(_WHOLE_COME, {"type": known(type, _NODE_TYPES), "relation": known(relation, _RELATION_TYPES)}), ids=ids, day=day)
    return [WholeCome(row["id"]) for row in rows]


@dataclass(frozen=True, slots=True)
class OrdersAssigned:
    """A row of :func:`orders_assigned`."""

    id: str
    state: str | None
    closed: str | None
    since: str | None
    until: str | None
    periods: list[str] | None


_ORDERS_ASSIGNED = r"""
// orders_assigned
MATCH (w:WorkOrder)-[r:ASSIGNED_TO]->(t:Technician {id: $technician})
RETURN w.id AS id, w.state AS state, w.closedAt AS closed, r.since AS since, r.until AS until, r.periods AS periods
ORDER BY id, since
"""


def orders_assigned(store: Store, *, technician: str) -> list[OrdersAssigned]:
    """Work orders that are or were assigned to a technician, with their state, when they were closed, and when the

    assignment holds; by id.
    """
    rows = store.read(_ORDERS_ASSIGNED, technician=technician)
    return [OrdersAssigned(row["id"], row["state"], row["closed"], row["since"], row["until"], row["periods"]) for row in rows]
