"""The named queries of ``cypher/`` as typed functions.

Made by ``python -m graph.generate_queries``; a test compares. Change the ``.cypher`` file instead.
"""
# fmt: off
# ruff: noqa: E501

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Protocol, TypedDict


class Store(Protocol):
    """What the functions need of :class:`graph.store.Store`."""

    def read(self, query: str, /, **parameters: object) -> list[dict[str, Any]]:
        """Rows in the order of the query."""

    def write(self, query: str, /, **parameters: object) -> list[dict[str, Any]]:
        """Rows of a query that changes the graph."""


def _put(text: str, place: str, name: str, known: frozenset[str]) -> str:
    """The text with a name of the schema in a place; parameters cannot stand there. Raises: KeyError."""
    if name not in known:
        raise KeyError(name)
    return re.sub(rf":\${place}\b", f":{name}", text)


def _bound(text: str, place: str, hops: int) -> str:
    """The text with the upper bound of a path in a place. Raises: ValueError beyond 1 to 100."""
    if not 1 <= hops <= 100:
        raise ValueError(hops)
    return re.sub(rf"\.\.\${place}\b", f"..{hops:d}", text)


_NODE_TYPES = frozenset({
    "Account",
    "Address",
    "Area",
    "ArrearsCase",
    "Bill",
    "Community",
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
    rows = store.read(_put(_put(_CROWDED_SOURCES, "type", type, _NODE_TYPES), "relation", relation, _RELATION_TYPES), ids=ids)
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
    rows = store.read(_put(_put(_CROWDED_TARGETS, "type", type, _NODE_TYPES), "relation", relation, _RELATION_TYPES), ids=ids)
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
    rows = store.read(_put(_put(_ALL_CROWDED_SOURCES, "type", type, _NODE_TYPES), "relation", relation, _RELATION_TYPES), today=today, first=first)
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
    rows = store.read(_put(_put(_ALL_CROWDED_TARGETS, "type", type, _NODE_TYPES), "relation", relation, _RELATION_TYPES), today=today, first=first)
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
    rows = store.write(_put(_COPY_RUN, "type", type, _NODE_TYPES), entries=entries, run=run)
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
    rows = store.write(_put(_put(_COPY_SHARES, "first", first, _NODE_TYPES), "second", second, _NODE_TYPES), entries=entries, run=run)
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
class Entity:
    """A row of :func:`entity`."""

    id: str
    keys: list[str]
    origins: list[str]
    properties: dict[str, object]


_ENTITY = r"""
// entity
MATCH (n:$type {id: $id})
RETURN n.id AS id, n.keys AS keys, n.origins AS origins, properties(n) AS properties
"""


def entity(store: Store, *, type: str, id: str) -> Entity | None:
    """An entity with all that the graph holds of it; none if its id is not the canonical one of this type."""
    rows = store.read(_put(_ENTITY, "type", type, _NODE_TYPES), id=id)
    return next((Entity(row["id"], row["keys"], row["origins"], row["properties"]) for row in rows), None)


@dataclass(frozen=True, slots=True)
class Entities:
    """A row of :func:`entities`."""

    id: str
    keys: list[str]
    origins: list[str]
    properties: dict[str, object]


_ENTITIES = r"""
// entities
UNWIND $ids AS wanted
MATCH (n:$type {id: wanted})
RETURN DISTINCT n.id AS id, n.keys AS keys, n.origins AS origins, properties(n) AS properties
ORDER BY id
"""


def entities(store: Store, *, type: str, ids: list[str]) -> list[Entities]:
    """Those of many ids that exist, by id."""
    rows = store.read(_put(_ENTITIES, "type", type, _NODE_TYPES), ids=ids)
    return [Entities(row["id"], row["keys"], row["origins"], row["properties"]) for row in rows]


@dataclass(frozen=True, slots=True)
class Names:
    """A row of :func:`names`."""

    id: str
    name: str | None
    origins: list[str]


_NAMES = r"""
// names
UNWIND $ids AS wanted
MATCH (n:$type {id: wanted})
RETURN DISTINCT n.id AS id, coalesce(n.name, n.title, n.summary, n.text) AS name, n.origins AS origins
ORDER BY id
"""


def names(store: Store, *, type: str, ids: list[str]) -> list[Names]:
    """What people call those of many ids that exist, and their origins; by id."""
    rows = store.read(_put(_NAMES, "type", type, _NODE_TYPES), ids=ids)
    return [Names(row["id"], row["name"], row["origins"]) for row in rows]


@dataclass(frozen=True, slots=True)
class CountEntities:
    """A row of :func:`count_entities`."""

    count: int


_COUNT_ENTITIES = r"""
// count_entities
MATCH (n:$type)
RETURN count(n) AS count
"""


def count_entities(store: Store, *, type: str) -> CountEntities | None:
    """How many entities of a type there are."""
    rows = store.read(_put(_COUNT_ENTITIES, "type", type, _NODE_TYPES))
    return next((CountEntities(row["count"]) for row in rows), None)


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
    rows = store.read(_put(_COUNT_RELATIONS, "relation", relation, _RELATION_TYPES))
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
    rows = store.read(_put(_FIRST_BEGINNING, "relation", relation, _RELATION_TYPES))
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
class GuaranteesGiven:
    """A row of :func:`guarantees_given`."""

    borrower: str
    name: str | None
    contract: str | None
    amount: int | None
    since: str | None
    record: str


_GUARANTEES_GIVEN = r"""
// guarantees_given
MATCH (:$type {id: $guarantor})-[g:GUARANTEES]->(b)
WHERE coalesce(g.amount, $least) >= $least AND (coalesce(g.since, '') <= $day AND coalesce(g.until, '9999-99') > $day OR any(period IN coalesce(g.periods, []) WHERE split(period, '/')[0] <= $day AND (period ENDS WITH '/' OR split(period, '/')[1] > $day)))
RETURN b.id AS borrower, b.name AS name, g.contractNo AS contract, g.amount AS amount, g.since AS since,
       g.recordId AS record
ORDER BY coalesce(g.amount, -1) DESC, borrower, contract, record
LIMIT $first
"""


def guarantees_given(store: Store, *, type: str, guarantor: str, day: str, least: int = 0, first: int = 50) -> list[GuaranteesGiven]:
    """Guarantees of a party that hold on a day; largest first, those of unknown amount last.

    Args:
        type: of the guarantor
        least: smaller ones are left out, unknown amounts are not
    """
    rows = store.read(_put(_GUARANTEES_GIVEN, "type", type, _NODE_TYPES), guarantor=guarantor, day=day, least=least, first=first)
    return [GuaranteesGiven(row["borrower"], row["name"], row["contract"], row["amount"], row["since"], row["record"]) for row in rows]


@dataclass(frozen=True, slots=True)
class GuaranteesReceived:
    """A row of :func:`guarantees_received`."""

    guarantor: str
    name: str | None
    contract: str | None
    amount: int | None
    since: str | None
    record: str


_GUARANTEES_RECEIVED = r"""
// guarantees_received
MATCH (a)-[g:GUARANTEES]->(:$type {id: $borrower})
WHERE coalesce(g.amount, $least) >= $least AND (coalesce(g.since, '') <= $day AND coalesce(g.until, '9999-99') > $day OR any(period IN coalesce(g.periods, []) WHERE split(period, '/')[0] <= $day AND (period ENDS WITH '/' OR split(period, '/')[1] > $day)))
RETURN a.id AS guarantor, a.name AS name, g.contractNo AS contract, g.amount AS amount, g.since AS since,
       g.recordId AS record
ORDER BY coalesce(g.amount, -1) DESC, guarantor, contract, record
LIMIT $first
"""


def guarantees_received(store: Store, *, type: str, borrower: str, day: str, least: int = 0, first: int = 50) -> list[GuaranteesReceived]:
    """Guarantees of others for a party that hold on a day; largest first, those of unknown amount last.

    Args:
        type: of the borrower
        least: smaller ones are left out, unknown amounts are not
    """
    rows = store.read(_put(_GUARANTEES_RECEIVED, "type", type, _NODE_TYPES), borrower=borrower, day=day, least=least, first=first)
    return [GuaranteesReceived(row["guarantor"], row["name"], row["contract"], row["amount"], row["since"], row["record"]) for row in rows]


@dataclass(frozen=True, slots=True)
class Listed:
    """A row of :func:`listed`."""

    id: str
    origins: list[str]
    properties: dict[str, object]


_LISTED = r"""
// listed
MATCH (n:$type)
WHERE all(name IN keys($equal) WHERE n[name] = $equal[name])
  AND all(name IN keys($starts) WHERE n[name] STARTS WITH $starts[name])
  AND all(name IN keys($least) WHERE n[name] >= $least[name])
  AND all(name IN keys($most) WHERE n[name] <= $most[name])
  AND n.id > $after
RETURN n.id AS id, n.origins AS origins, properties(n) AS properties
ORDER BY id
LIMIT $first
"""


def listed(store: Store, *, type: str, equal: dict[str, object], starts: dict[str, object], least: dict[str, object], most: dict[str, object], after: str = '', first: int = 50) -> list[Listed]:
    """Entities of a type that fit a filter and come after an id, by id: a page of a list.

    Args:
        equal: values that properties must have, by name
        starts: beginnings of text properties
        least: smallest values of properties; one without the property does not fit
        most: largest values of properties
    """
    rows = store.read(_put(_LISTED, "type", type, _NODE_TYPES), equal=equal, starts=starts, least=least, most=most, after=after, first=first)
    return [Listed(row["id"], row["origins"], row["properties"]) for row in rows]


@dataclass(frozen=True, slots=True)
class ListedRising:
    """A row of :func:`listed_rising`."""

    id: str
    place: object | None
    origins: list[str]
    properties: dict[str, object]


_LISTED_RISING = r"""
// listed_rising
MATCH (n:$type)
WHERE all(name IN keys($equal) WHERE n[name] = $equal[name])
  AND all(name IN keys($starts) WHERE n[name] STARTS WITH $starts[name])
  AND all(name IN keys($least) WHERE n[name] >= $least[name])
  AND all(name IN keys($most) WHERE n[name] <= $most[name])
WITH n, n[$property] AS place
WHERE $from_start
   OR (place IS NULL AND ($after IS NOT NULL OR n.id > $after_id))
   OR (place IS NOT NULL AND $after IS NOT NULL AND (place > $after OR (place = $after AND n.id > $after_id)))
RETURN n.id AS id, place, n.origins AS origins, properties(n) AS properties
ORDER BY place IS NULL, place, id
LIMIT $first
"""


def listed_rising(store: Store, *, type: str, equal: dict[str, object], starts: dict[str, object], least: dict[str, object], most: dict[str, object], property: str, from_start: bool = True, after: object = None, after_id: str = '', first: int = 50) -> list[ListedRising]:
    """Entities of a type that fit a filter, by one property, the smallest first, those without it last, then by id.

    The page after an entity begins after its place and id.

    Args:
        equal: values that properties must have, by name
        starts: beginnings of text properties
        least: smallest values of properties; one without the property does not fit
        most: largest values of properties
        property: that gives the order
        from_start: false: after the place and id that follow
        after: null: after one without the property
    """
    rows = store.read(_put(_LISTED_RISING, "type", type, _NODE_TYPES), equal=equal, starts=starts, least=least, most=most, property=property, from_start=from_start, after=after, after_id=after_id, first=first)
    return [ListedRising(row["id"], row["place"], row["origins"], row["properties"]) for row in rows]


@dataclass(frozen=True, slots=True)
class ListedFalling:
    """A row of :func:`listed_falling`."""

    id: str
    place: object | None
    origins: list[str]
    properties: dict[str, object]


_LISTED_FALLING = r"""
// listed_falling
MATCH (n:$type)
WHERE all(name IN keys($equal) WHERE n[name] = $equal[name])
  AND all(name IN keys($starts) WHERE n[name] STARTS WITH $starts[name])
  AND all(name IN keys($least) WHERE n[name] >= $least[name])
  AND all(name IN keys($most) WHERE n[name] <= $most[name])
WITH n, n[$property] AS place
WHERE $from_start
   OR (place IS NULL AND ($after IS NOT NULL OR n.id > $after_id))
   OR (place IS NOT NULL AND $after IS NOT NULL AND (place < $after OR (place = $after AND n.id > $after_id)))
RETURN n.id AS id, place, n.origins AS origins, properties(n) AS properties
ORDER BY place IS NULL, place DESC, id
LIMIT $first
"""


def listed_falling(store: Store, *, type: str, equal: dict[str, object], starts: dict[str, object], least: dict[str, object], most: dict[str, object], property: str, from_start: bool = True, after: object = None, after_id: str = '', first: int = 50) -> list[ListedFalling]:
    """Entities of a type that fit a filter, by one property, the largest first, those without it last, then by id.

    The page after an entity begins after its place and id.

    Args:
        equal: values that properties must have, by name
        starts: beginnings of text properties
        least: smallest values of properties; one without the property does not fit
        most: largest values of properties
        property: that gives the order
        from_start: false: after the place and id that follow
        after: null: after one without the property
    """
    rows = store.read(_put(_LISTED_FALLING, "type", type, _NODE_TYPES), equal=equal, starts=starts, least=least, most=most, property=property, from_start=from_start, after=after, after_id=after_id, first=first)
    return [ListedFalling(row["id"], row["place"], row["origins"], row["properties"]) for row in rows]


@dataclass(frozen=True, slots=True)
class CountListed:
    """A row of :func:`count_listed`."""

    count: int


_COUNT_LISTED = r"""
// count_listed
MATCH (n:$type)
WHERE all(name IN keys($equal) WHERE n[name] = $equal[name])
  AND all(name IN keys($starts) WHERE n[name] STARTS WITH $starts[name])
  AND all(name IN keys($least) WHERE n[name] >= $least[name])
  AND all(name IN keys($most) WHERE n[name] <= $most[name])
RETURN count(n) AS count
"""


def count_listed(store: Store, *, type: str, equal: dict[str, object], starts: dict[str, object], least: dict[str, object], most: dict[str, object]) -> CountListed | None:
    """How many entities of a type fit a filter.

    Args:
        equal: values that properties must have, by name
        starts: beginnings of text properties
        least: smallest values of properties; one without the property does not fit
        most: largest values of properties
    """
    rows = store.read(_put(_COUNT_LISTED, "type", type, _NODE_TYPES), equal=equal, starts=starts, least=least, most=most)
    return next((CountListed(row["count"]) for row in rows), None)


@dataclass(frozen=True, slots=True)
class ListedAmong:
    """A row of :func:`listed_among`."""

    id: str
    place: object | None


_LISTED_AMONG = r"""
// listed_among
UNWIND $ids AS wanted
MATCH (n:$type {id: wanted})
WHERE all(name IN keys($equal) WHERE n[name] = $equal[name])
  AND all(name IN keys($starts) WHERE n[name] STARTS WITH $starts[name])
  AND all(name IN keys($least) WHERE n[name] >= $least[name])
  AND all(name IN keys($most) WHERE n[name] <= $most[name])
RETURN DISTINCT n.id AS id, n[$property] AS place
ORDER BY id
"""


def listed_among(store: Store, *, type: str, ids: list[str], equal: dict[str, object], starts: dict[str, object], least: dict[str, object], most: dict[str, object], property: str) -> list[ListedAmong]:
    """Those of many ids that fit a filter, with one property; by id.

    Args:
        equal: values that properties must have, by name
        starts: beginnings of text properties
        least: smallest values of properties; one without the property does not fit
        most: largest values of properties
    """
    rows = store.read(_put(_LISTED_AMONG, "type", type, _NODE_TYPES), ids=ids, equal=equal, starts=starts, least=least, most=most, property=property)
    return [ListedAmong(row["id"], row["place"]) for row in rows]


@dataclass(frozen=True, slots=True)
class NeighbourCounts:
    """A row of :func:`neighbour_counts`."""

    relation: str
    direction: str
    neighbour: str
    count: int
    ended: int


_NEIGHBOUR_COUNTS = r"""
// neighbour_counts
MATCH (n:$type {id: $id})
CALL (n) {
  MATCH (n)-[r]->(m)
  RETURN type(r) AS relation, 'out' AS direction, labels(m)[0] AS neighbour,
         CASE WHEN (coalesce(r.since, '') <= $day AND coalesce(r.until, '9999-99') > $day OR any(period IN coalesce(r.periods, []) WHERE split(period, '/')[0] <= $day AND (period ENDS WITH '/' OR split(period, '/')[1] > $day))) THEN 0 ELSE 1 END AS over
  UNION ALL
  MATCH (n)<-[r]-(m)
  RETURN type(r) AS relation, 'in' AS direction, labels(m)[0] AS neighbour,
         CASE WHEN (coalesce(r.since, '') <= $day AND coalesce(r.until, '9999-99') > $day OR any(period IN coalesce(r.periods, []) WHERE split(period, '/')[0] <= $day AND (period ENDS WITH '/' OR split(period, '/')[1] > $day))) THEN 0 ELSE 1 END AS over
}
RETURN relation, direction, neighbour, count(*) - sum(over) AS count, sum(over) AS ended
ORDER BY relation, direction, neighbour
"""


def neighbour_counts(store: Store, *, type: str, id: str, day: str) -> list[NeighbourCounts]:
    """How many relations of each type lead from an entity ('out') and to it ('in'), and to which types: those that hold on

    a day, and those that do not, because they have ended or not begun. By relation, direction and type.
    """
    rows = store.read(_put(_NEIGHBOUR_COUNTS, "type", type, _NODE_TYPES), id=id, day=day)
    return [NeighbourCounts(row["relation"], row["direction"], row["neighbour"], row["count"], row["ended"]) for row in rows]


@dataclass(frozen=True, slots=True)
class NeighboursOut:
    """A row of :func:`neighbours_out`."""

    neighbour: str
    neighbour_type: str
    name: str | None
    key: str
    record: str
    origins: list[str]
    properties: dict[str, object]


_NEIGHBOURS_OUT = r"""
// neighbours_out
MATCH (:$type {id: $id})-[r:$relation]->(m)
WHERE (m.id > $after OR (m.id = $after AND coalesce(r.key, '') > $after_key))
  AND ($ended OR (coalesce(r.since, '') <= $day AND coalesce(r.until, '9999-99') > $day OR any(period IN coalesce(r.periods, []) WHERE split(period, '/')[0] <= $day AND (period ENDS WITH '/' OR split(period, '/')[1] > $day))))
RETURN m.id AS neighbour, labels(m)[0] AS neighbour_type, coalesce(m.name, m.title, m.summary, m.text) AS name,
       coalesce(r.key, '') AS key, r.recordId AS record, r.origins AS origins, properties(r) AS properties
ORDER BY neighbour, key
LIMIT $first
"""


def neighbours_out(store: Store, *, type: str, id: str, relation: str, day: str, ended: bool = False, after: str = '', after_key: str = '', first: int = 50) -> list[NeighboursOut]:
    """Entities that a relation leads to on a day, by id; parallel relations are rows of their own, by their key.

    The page after a row begins after its neighbour and key.

    Args:
        ended: also relations that have ended or not begun on the day
    """
    rows = store.read(_put(_put(_NEIGHBOURS_OUT, "type", type, _NODE_TYPES), "relation", relation, _RELATION_TYPES), id=id, day=day, ended=ended, after=after, after_key=after_key, first=first)
    return [NeighboursOut(row["neighbour"], row["neighbour_type"], row["name"], row["key"], row["record"], row["origins"], row["properties"]) for row in rows]


@dataclass(frozen=True, slots=True)
class NeighboursIn:
    """A row of :func:`neighbours_in`."""

    neighbour: str
    neighbour_type: str
    name: str | None
    key: str
    record: str
    origins: list[str]
    properties: dict[str, object]


_NEIGHBOURS_IN = r"""
// neighbours_in
MATCH (:$type {id: $id})<-[r:$relation]-(m)
WHERE (m.id > $after OR (m.id = $after AND coalesce(r.key, '') > $after_key))
  AND ($ended OR (coalesce(r.since, '') <= $day AND coalesce(r.until, '9999-99') > $day OR any(period IN coalesce(r.periods, []) WHERE split(period, '/')[0] <= $day AND (period ENDS WITH '/' OR split(period, '/')[1] > $day))))
RETURN m.id AS neighbour, labels(m)[0] AS neighbour_type, coalesce(m.name, m.title, m.summary, m.text) AS name,
       coalesce(r.key, '') AS key, r.recordId AS record, r.origins AS origins, properties(r) AS properties
ORDER BY neighbour, key
LIMIT $first
"""


def neighbours_in(store: Store, *, type: str, id: str, relation: str, day: str, ended: bool = False, after: str = '', after_key: str = '', first: int = 50) -> list[NeighboursIn]:
    """Entities that a relation comes from on a day, by id; parallel relations are rows of their own, by their key.

    The page after a row begins after its neighbour and key.

    Args:
        ended: also relations that have ended or not begun on the day
    """
    rows = store.read(_put(_put(_NEIGHBOURS_IN, "type", type, _NODE_TYPES), "relation", relation, _RELATION_TYPES), id=id, day=day, ended=ended, after=after, after_key=after_key, first=first)
    return [NeighboursIn(row["neighbour"], row["neighbour_type"], row["name"], row["key"], row["record"], row["origins"], row["properties"]) for row in rows]


@dataclass(frozen=True, slots=True)
class RelationsBetween:
    """A row of :func:`relations_between`."""

    key: str
    record: str
    origins: list[str]
    properties: dict[str, object]


_RELATIONS_BETWEEN = r"""
// relations_between
MATCH (:$source_type {id: $source})-[r:$relation]->(:$target_type {id: $target})
RETURN coalesce(r.key, '') AS key, r.recordId AS record, r.origins AS origins, properties(r) AS properties
ORDER BY key
"""


def relations_between(store: Store, *, source_type: str, source: str, relation: str, target_type: str, target: str) -> list[RelationsBetween]:
    """Relations of one type from one entity to another, each with its values; by key.

    Parallel contracts are rows of their own.
    """
    rows = store.read(_put(_put(_put(_RELATIONS_BETWEEN, "source_type", source_type, _NODE_TYPES), "relation", relation, _RELATION_TYPES), "target_type", target_type, _NODE_TYPES), source=source, target=target)
    return [RelationsBetween(row["key"], row["record"], row["origins"], row["properties"]) for row in rows]


@dataclass(frozen=True, slots=True)
class PeopleOfEnterprise:
    """A row of :func:`people_of_enterprise`."""

    person: str
    name: str | None
    relation: str
    since: str | None
    record: str


_PEOPLE_OF_ENTERPRISE = r"""
// people_of_enterprise
MATCH (p:Person)-[r:LEGAL_REPRESENTATIVE_OF|DIRECTOR_OF]->(:Enterprise {id: $enterprise})
WHERE (coalesce(r.since, '') <= $day AND coalesce(r.until, '9999-99') > $day OR any(period IN coalesce(r.periods, []) WHERE split(period, '/')[0] <= $day AND (period ENDS WITH '/' OR split(period, '/')[1] > $day)))
RETURN p.id AS person, p.name AS name, type(r) AS relation, r.since AS since, r.recordId AS record
ORDER BY relation, person
"""


def people_of_enterprise(store: Store, *, enterprise: str, day: str) -> list[PeopleOfEnterprise]:
    """Persons who represent an enterprise or sit on its board on a day; by relation and id."""
    rows = store.read(_PEOPLE_OF_ENTERPRISE, enterprise=enterprise, day=day)
    return [PeopleOfEnterprise(row["person"], row["name"], row["relation"], row["since"], row["record"]) for row in rows]


class CustomerPortraitParties(TypedDict):
    """One entry of ``parties``."""

    id: str
    type: str
    name: str | None
    since: str | None
    until: str | None
    ended: bool
    record: str
    properties: dict[str, object]


class CustomerPortraitAddresses(TypedDict):
    """One entry of ``addresses``."""

    id: str
    text: str | None
    since: str | None
    until: str | None
    ended: bool
    record: str


class CustomerPortraitServicePoints(TypedDict):
    """One entry of ``service_points``."""

    id: str
    since: str | None
    until: str | None
    ended: bool
    record: str
    properties: dict[str, object]
    meters: list[str]


class CustomerPortraitAccounts(TypedDict):
    """One entry of ``accounts``."""

    id: str
    since: str | None
    until: str | None
    ended: bool
    record: str
    properties: dict[str, object]


class CustomerPortraitBills(TypedDict):
    """One entry of ``bills``."""

    id: str
    account: str
    record: str
    properties: dict[str, object]


class CustomerPortraitPayments(TypedDict):
    """One entry of ``payments``."""

    id: str
    account: str
    record: str
    properties: dict[str, object]


class CustomerPortraitCreditRecords(TypedDict):
    """One entry of ``credit_records``."""

    id: str
    record: str
    properties: dict[str, object]


class CustomerPortraitArrearsCases(TypedDict):
    """One entry of ``arrears_cases``."""

    id: str
    record: str
    properties: dict[str, object]


class CustomerPortraitDevices(TypedDict):
    """One entry of ``devices``."""

    id: str
    since: str | None
    until: str | None
    ended: bool
    record: str
    properties: dict[str, object]


class CustomerPortraitWorkOrders(TypedDict):
    """One entry of ``work_orders``."""

    id: str
    record: str
    properties: dict[str, object]


class CustomerPortraitInteractions(TypedDict):
    """One entry of ``interactions``."""

    id: str
    record: str
    properties: dict[str, object]


@dataclass(frozen=True, slots=True)
class CustomerPortrait:
    """A row of :func:`customer_portrait`."""

    id: str
    keys: list[str]
    origins: list[str]
    properties: dict[str, object]
    parties: list[CustomerPortraitParties]
    addresses: list[CustomerPortraitAddresses]
    service_points: list[CustomerPortraitServicePoints]
    accounts: list[CustomerPortraitAccounts]
    bills: list[CustomerPortraitBills]
    payments: list[CustomerPortraitPayments]
    credit_records: list[CustomerPortraitCreditRecords]
    arrears_cases: list[CustomerPortraitArrearsCases]
    devices: list[CustomerPortraitDevices]
    work_orders: list[CustomerPortraitWorkOrders]
    interactions: list[CustomerPortraitInteractions]
    bill_count: int
    payment_count: int
    device_count: int
    ended_device_count: int
    work_order_count: int
    interaction_count: int


_CUSTOMER_PORTRAIT = r"""
// customer_portrait
MATCH (c:Customer {id: $id})
RETURN c.id AS id, c.keys AS keys, c.origins AS origins, properties(c) AS properties,
  COLLECT {
    MATCH (c)-[r:IS]->(p)
    WITH r, p, NOT (coalesce(r.since, '') <= $day AND coalesce(r.until, '9999-99') > $day OR any(period IN coalesce(r.periods, []) WHERE split(period, '/')[0] <= $day AND (period ENDS WITH '/' OR split(period, '/')[1] > $day))) AS ended ORDER BY ended, p.id LIMIT $first
    RETURN {id: p.id, type: labels(p)[0], name: p.name, since: r.since, until: r.until, ended: ended,
            record: r.recordId, properties: properties(p)}
    ORDER BY ended, p.id
  } AS parties,
  COLLECT {
    MATCH (c)-[r:LIVES_AT]->(a:Address)
    WITH r, a, NOT (coalesce(r.since, '') <= $day AND coalesce(r.until, '9999-99') > $day OR any(period IN coalesce(r.periods, []) WHERE split(period, '/')[0] <= $day AND (period ENDS WITH '/' OR split(period, '/')[1] > $day))) AS ended ORDER BY ended, a.id LIMIT $first
    RETURN {id: a.id, text: a.text, since: r.since, until: r.until, ended: ended, record: r.recordId}
    ORDER BY ended, a.id
  } AS addresses,
  COLLECT {
    MATCH (c)-[r:SUPPLIED_AT]->(s:ServicePoint)
    WITH r, s, NOT ((coalesce(r.since, '') <= $day AND coalesce(r.until, '9999-99') > $day OR any(period IN coalesce(r.periods, []) WHERE split(period, '/')[0] <= $day AND (period ENDS WITH '/' OR split(period, '/')[1] > $day))) AND coalesce(s.retiredOn, $day) >= $day) AS ended ORDER BY ended, s.id LIMIT $first
    // Neo4j takes an aggregation inside COLLECT for one of the RETURN around it: a WITH of its own.
    WITH r, s, ended,
      COLLECT { MATCH (s)-[h:HAS_METER]->(m:Meter) WHERE (coalesce(h.since, '') <= $day AND coalesce(h.until, '9999-99') > $day OR any(period IN coalesce(h.periods, []) WHERE split(period, '/')[0] <= $day AND (period ENDS WITH '/' OR split(period, '/')[1] > $day))) RETURN m.id ORDER BY m.id } AS meters
    RETURN {id: s.id, since: r.since, until: r.until, ended: ended, record: r.recordId, properties: properties(s),
            meters: meters}
    ORDER BY ended, s.id
  } AS service_points,
  COLLECT {
    MATCH (c)-[r:HAS_ACCOUNT]->(a:Account)
    WITH r, a, NOT ((coalesce(r.since, '') <= $day AND coalesce(r.until, '9999-99') > $day OR any(period IN coalesce(r.periods, []) WHERE split(period, '/')[0] <= $day AND (period ENDS WITH '/' OR split(period, '/')[1] > $day))) AND coalesce(a.closedOn, $day) >= $day) AS ended ORDER BY ended, a.id LIMIT $first
    RETURN {id: a.id, since: r.since, until: r.until, ended: ended, record: r.recordId, properties: properties(a)}
    ORDER BY ended, a.id
  } AS accounts,
  COLLECT {
    MATCH (c)-[h:HAS_ACCOUNT]->(a:Account)-[r:BILLED]->(b:Bill)
    WITH h, a, r, b, coalesce(b.period + '-01', $day) AS then
    WHERE (coalesce(h.since, '') <= then AND coalesce(h.until, '9999-99') > then OR any(period IN coalesce(h.periods, []) WHERE split(period, '/')[0] <= then AND (period ENDS WITH '/' OR split(period, '/')[1] > then))) OR COUNT { MATCH (a)<-[o:HAS_ACCOUNT]-(:Customer) WHERE (coalesce(o.since, '') <= then AND coalesce(o.until, '9999-99') > then OR any(period IN coalesce(o.periods, []) WHERE split(period, '/')[0] <= then AND (period ENDS WITH '/' OR split(period, '/')[1] > then))) } = 0
    RETURN {id: b.id, account: a.id, record: r.recordId, properties: properties(b)}
    ORDER BY coalesce(b.period, '') DESC, b.id LIMIT $bills
  } AS bills,
  COLLECT {
    MATCH (c)-[h:HAS_ACCOUNT]->(a:Account)-[r:PAID]->(p:Payment)
    WITH h, a, r, p, coalesce(p.paidOn, $day) AS then
    WHERE (coalesce(h.since, '') <= then AND coalesce(h.until, '9999-99') > then OR any(period IN coalesce(h.periods, []) WHERE split(period, '/')[0] <= then AND (period ENDS WITH '/' OR split(period, '/')[1] > then))) OR COUNT { MATCH (a)<-[o:HAS_ACCOUNT]-(:Customer) WHERE (coalesce(o.since, '') <= then AND coalesce(o.until, '9999-99') > then OR any(period IN coalesce(o.periods, []) WHERE split(period, '/')[0] <= then AND (period ENDS WITH '/' OR split(period, '/')[1] > then))) } = 0
    RETURN {id: p.id, account: a.id, record: r.recordId, properties: properties(p)}
    ORDER BY coalesce(p.paidOn, '') DESC, p.id LIMIT $bills
  } AS payments,
  COLLECT {
    MATCH (c)-[r:HAS_CREDIT_RECORD]->(k:CreditRecord)
    RETURN {id: k.id, record: r.recordId, properties: properties(k)}
    ORDER BY k.id LIMIT $first
  } AS credit_records,
  COLLECT {
    MATCH (c)-[r:HAS_ARREARS_CASE]->(k:ArrearsCase)
    RETURN {id: k.id, record: r.recordId, properties: properties(k)}
    ORDER BY k.id LIMIT $first
  } AS arrears_cases,
  COLLECT {
    MATCH (c)-[r:OWNS]->(d:Device)
    WITH r, d, NOT ((coalesce(r.since, '') <= $day AND coalesce(r.until, '9999-99') > $day OR any(period IN coalesce(r.periods, []) WHERE split(period, '/')[0] <= $day AND (period ENDS WITH '/' OR split(period, '/')[1] > $day))) AND coalesce(d.retiredOn, $day) >= $day) AS ended ORDER BY ended, d.id LIMIT $first
    RETURN {id: d.id, since: r.since, until: r.until, ended: ended, record: r.recordId, properties: properties(d)}
    ORDER BY ended, d.id
  } AS devices,
  COLLECT {
    MATCH (c)-[r:REQUESTED]->(w:WorkOrder)
    RETURN {id: w.id, record: r.recordId, properties: properties(w)}
    ORDER BY coalesce(w.openedAt, '') DESC, w.id LIMIT $first
  } AS work_orders,
  COLLECT {
    MATCH (c)-[r:CONTACTED]->(i:Interaction)
    RETURN {id: i.id, record: r.recordId, properties: properties(i)}
    ORDER BY coalesce(i.at, '') DESC, i.id LIMIT $first
  } AS interactions,
  COUNT {
    MATCH (c)-[h:HAS_ACCOUNT]->(a:Account)-[:BILLED]->(b:Bill)
    WITH h, a, coalesce(b.period + '-01', $day) AS then
    WHERE (coalesce(h.since, '') <= then AND coalesce(h.until, '9999-99') > then OR any(period IN coalesce(h.periods, []) WHERE split(period, '/')[0] <= then AND (period ENDS WITH '/' OR split(period, '/')[1] > then))) OR COUNT { MATCH (a)<-[o:HAS_ACCOUNT]-(:Customer) WHERE (coalesce(o.since, '') <= then AND coalesce(o.until, '9999-99') > then OR any(period IN coalesce(o.periods, []) WHERE split(period, '/')[0] <= then AND (period ENDS WITH '/' OR split(period, '/')[1] > then))) } = 0
    RETURN then
  } AS bill_count,
  COUNT {
    MATCH (c)-[h:HAS_ACCOUNT]->(a:Account)-[:PAID]->(p:Payment)
    WITH h, a, coalesce(p.paidOn, $day) AS then
    WHERE (coalesce(h.since, '') <= then AND coalesce(h.until, '9999-99') > then OR any(period IN coalesce(h.periods, []) WHERE split(period, '/')[0] <= then AND (period ENDS WITH '/' OR split(period, '/')[1] > then))) OR COUNT { MATCH (a)<-[o:HAS_ACCOUNT]-(:Customer) WHERE (coalesce(o.since, '') <= then AND coalesce(o.until, '9999-99') > then OR any(period IN coalesce(o.periods, []) WHERE split(period, '/')[0] <= then AND (period ENDS WITH '/' OR split(period, '/')[1] > then))) } = 0
    RETURN then
  } AS payment_count,
  COUNT {
    MATCH (c)-[r:OWNS]->(d:Device) WHERE (coalesce(r.since, '') <= $day AND coalesce(r.until, '9999-99') > $day OR any(period IN coalesce(r.periods, []) WHERE split(period, '/')[0] <= $day AND (period ENDS WITH '/' OR split(period, '/')[1] > $day))) AND coalesce(d.retiredOn, $day) >= $day
  } AS device_count,
  COUNT {
    MATCH (c)-[r:OWNS]->(d:Device) WHERE NOT ((coalesce(r.since, '') <= $day AND coalesce(r.until, '9999-99') > $day OR any(period IN coalesce(r.periods, []) WHERE split(period, '/')[0] <= $day AND (period ENDS WITH '/' OR split(period, '/')[1] > $day))) AND coalesce(d.retiredOn, $day) >= $day)
  } AS ended_device_count,
  COUNT { MATCH (c)-[:REQUESTED]->(:WorkOrder) } AS work_order_count,
  COUNT { MATCH (c)-[:CONTACTED]->(:Interaction) } AS interaction_count
"""


def customer_portrait(store: Store, *, id: str, day: str, bills: int = 24, first: int = 100) -> CustomerPortrait | None:
    """All that the graph knows of a customer on a day, in one row. Lists by id, what has ended or not begun last; bills,

    payments, work orders and interactions newest first. A bill or payment of an account that changed hands is of the
    customer who held it at the time. Numbers of devices count what holds on the day and, apart, what does not.

    Args:
        bills: so many of the newest, over all accounts; payments likewise
        first: of every other list
    """
    rows = store.read(_CUSTOMER_PORTRAIT, id=id, day=day, bills=bills, first=first)
    return next((CustomerPortrait(row["id"], row["keys"], row["origins"], row["properties"], row["parties"], row["addresses"], row["service_points"], row["accounts"], row["bills"], row["payments"], row["credit_records"], row["arrears_cases"], row["devices"], row["work_orders"], row["interactions"], row["bill_count"], row["payment_count"], row["device_count"], row["ended_device_count"], row["work_order_count"], row["interaction_count"]) for row in rows), None)


@dataclass(frozen=True, slots=True)
class SearchHits:
    """A row of :func:`search_hits`."""

    rank: int
    size: int
    id: str
    type: str
    origins: list[str]
    properties: dict[str, object]


_SEARCH_HITS = r"""
// search_hits
UNWIND $places AS place
CALL db.index.fulltext.queryNodes(place.index, $text) YIELD node
WITH place.rank AS rank, size(node.search) AS size, node
WHERE rank > $after_rank OR (rank = $after_rank AND (size > $after_size OR (size = $after_size AND node.id > $after_id)))
RETURN rank, size, node.id AS id, labels(node)[0] AS type, node.origins AS origins, properties(node) AS properties
ORDER BY rank, size, id
LIMIT $first
"""


def search_hits(store: Store, *, places: list[dict[str, object]], text: str, after_rank: int = -1, after_size: int = 0, after_id: str = '', first: int = 20) -> list[SearchHits]:
    """Entities whose search text holds all tokens of a query: by the rank of their index, the shortest texts first, then

    by id. The page after a hit begins after its rank, size and id.

    Args:
        places: {index, rank}: the store's name of a type's full-text index, and its place in the answer
        text: made by search_query, never what a person typed
    """
    rows = store.read(_SEARCH_HITS, places=places, text=text, after_rank=after_rank, after_size=after_size, after_id=after_id, first=first)
    return [SearchHits(row["rank"], row["size"], row["id"], row["type"], row["origins"], row["properties"]) for row in rows]


@dataclass(frozen=True, slots=True)
class CountSearchHits:
    """A row of :func:`count_search_hits`."""

    rank: int
    count: int


_COUNT_SEARCH_HITS = r"""
// count_search_hits
UNWIND $places AS place
CALL db.index.fulltext.queryNodes(place.index, $text) YIELD node
RETURN place.rank AS rank, count(node) AS count
ORDER BY rank
"""


def count_search_hits(store: Store, *, places: list[dict[str, object]], text: str) -> list[CountSearchHits]:
    """How many entities a query finds by each index that finds any; by rank.

    Args:
        places: {index, rank}: the store's name of a type's full-text index, and its place in the answer
        text: made by search_query, never what a person typed
    """
    rows = store.read(_COUNT_SEARCH_HITS, places=places, text=text)
    return [CountSearchHits(row["rank"], row["count"]) for row in rows]


@dataclass(frozen=True, slots=True)
class SearchIds:
    """A row of :func:`search_ids`."""

    id: str


_SEARCH_IDS = r"""
// search_ids
CALL db.index.fulltext.queryNodes($index, $text) YIELD node
RETURN node.id AS id
ORDER BY id
"""


def search_ids(store: Store, *, index: str, text: str) -> list[SearchIds]:
    """Ids of all entities of one type that a query finds; by id.

    Args:
        index: the store's name of the type's full-text index
        text: made by search_query, never what a person typed
    """
    rows = store.read(_SEARCH_IDS, index=index, text=text)
    return [SearchIds(row["id"]) for row in rows]


@dataclass(frozen=True, slots=True)
class Feeding:
    """A row of :func:`feeding`."""

    id: str
    type: str
    distance: int


_FEEDING = r"""
// feeding
UNWIND $ids AS wanted
MATCH path = (:$type {id: wanted})-[:FED_BY*1..$steps]->(e)
WHERE all(r IN relationships(path) WHERE (coalesce(r.since, '') <= $day AND coalesce(r.until, '9999-99') > $day OR any(period IN coalesce(r.periods, []) WHERE split(period, '/')[0] <= $day AND (period ENDS WITH '/' OR split(period, '/')[1] > $day))))
  AND all(n IN nodes(path) WHERE coalesce(n.retiredOn, $day) >= $day)
WITH e, min(length(path)) AS distance
RETURN e.id AS id, labels(e)[0] AS type, distance
ORDER BY distance, id
"""


def feeding(store: Store, *, type: str, ids: list[str], day: str, steps: int = 4) -> list[Feeding]:
    """Elements that feed some others of one type on a day, over so many steps at most; the nearest first, then by id. Distance is

    that from the nearest of the given ones. An element that feeds over two ways is named once, with the shorter.

    Args:
        type: of the elements to begin with
    """
    rows = store.read(_bound(_put(_FEEDING, "type", type, _NODE_TYPES), "steps", steps), ids=ids, day=day)
    return [Feeding(row["id"], row["type"], row["distance"]) for row in rows]


@dataclass(frozen=True, slots=True)
class Fed:
    """A row of :func:`fed`."""

    id: str
    type: str
    distance: int


_FED = r"""
// fed
UNWIND $ids AS wanted
MATCH path = (:$type {id: wanted})<-[:FED_BY*1..$steps]-(e)
WHERE all(r IN relationships(path) WHERE (coalesce(r.since, '') <= $day AND coalesce(r.until, '9999-99') > $day OR any(period IN coalesce(r.periods, []) WHERE split(period, '/')[0] <= $day AND (period ENDS WITH '/' OR split(period, '/')[1] > $day))))
  AND all(n IN nodes(path) WHERE coalesce(n.retiredOn, $day) >= $day)
WITH e, min(length(path)) AS distance
RETURN e.id AS id, labels(e)[0] AS type, distance
ORDER BY distance, id
"""


def fed(store: Store, *, type: str, ids: list[str], day: str, steps: int = 4) -> list[Fed]:
    """Elements that some others of one type feed on a day, over so many steps at most; the nearest first, then by id. Distance is

    that from the nearest of the given ones. An element that is fed over two ways is named once, with the shorter.

    Args:
        type: of the elements to begin with
    """
    rows = store.read(_bound(_put(_FED, "type", type, _NODE_TYPES), "steps", steps), ids=ids, day=day)
    return [Fed(row["id"], row["type"], row["distance"]) for row in rows]


@dataclass(frozen=True, slots=True)
class CustomersSuppliedAt:
    """A row of :func:`customers_supplied_at`."""

    id: str


_CUSTOMERS_SUPPLIED_AT = r"""
// customers_supplied_at
UNWIND $points AS wanted
MATCH (:ServicePoint {id: wanted})<-[r:SUPPLIED_AT]-(c:Customer)
WHERE (coalesce(r.since, '') <= $day AND coalesce(r.until, '9999-99') > $day OR any(period IN coalesce(r.periods, []) WHERE split(period, '/')[0] <= $day AND (period ENDS WITH '/' OR split(period, '/')[1] > $day))) AND coalesce(c.closedOn, $day) >= $day
RETURN DISTINCT c.id AS id
ORDER BY id
"""


def customers_supplied_at(store: Store, *, points: list[str], day: str) -> list[CustomersSuppliedAt]:
    """Customers who are supplied at some service points on a day; by id, each once."""
    rows = store.read(_CUSTOMERS_SUPPLIED_AT, points=points, day=day)
    return [CustomersSuppliedAt(row["id"]) for row in rows]


@dataclass(frozen=True, slots=True)
class PointsOfCustomer:
    """A row of :func:`points_of_customer`."""

    id: str


_POINTS_OF_CUSTOMER = r"""
// points_of_customer
MATCH (c:Customer {id: $customer})-[r:SUPPLIED_AT]->(s:ServicePoint)
WHERE (coalesce(r.since, '') <= $day AND coalesce(r.until, '9999-99') > $day OR any(period IN coalesce(r.periods, []) WHERE split(period, '/')[0] <= $day AND (period ENDS WITH '/' OR split(period, '/')[1] > $day))) AND coalesce(c.closedOn, $day) >= $day
RETURN DISTINCT s.id AS id
ORDER BY id
"""


def points_of_customer(store: Store, *, customer: str, day: str) -> list[PointsOfCustomer]:
    """Service points where a customer is supplied on a day; by id."""
    rows = store.read(_POINTS_OF_CUSTOMER, customer=customer, day=day)
    return [PointsOfCustomer(row["id"]) for row in rows]


@dataclass(frozen=True, slots=True)
class DevicesInstalledAt:
    """A row of :func:`devices_installed_at`."""

    id: str


_DEVICES_INSTALLED_AT = r"""
// devices_installed_at
UNWIND $points AS wanted
MATCH (:ServicePoint {id: wanted})<-[r:INSTALLED_AT]-(d:Device)
WHERE (coalesce(r.since, '') <= $day AND coalesce(r.until, '9999-99') > $day OR any(period IN coalesce(r.periods, []) WHERE split(period, '/')[0] <= $day AND (period ENDS WITH '/' OR split(period, '/')[1] > $day))) AND coalesce(d.retiredOn, $day) >= $day
RETURN DISTINCT d.id AS id
ORDER BY id
"""


def devices_installed_at(store: Store, *, points: list[str], day: str) -> list[DevicesInstalledAt]:
    """Devices at some service points on a day; by id, each once."""
    rows = store.read(_DEVICES_INSTALLED_AT, points=points, day=day)
    return [DevicesInstalledAt(row["id"]) for row in rows]


@dataclass(frozen=True, slots=True)
class Walks:
    """A row of :func:`walks`."""

    ids: list[str]
    types: list[str]
    relations: list[str]
    sources: list[str]
    keys: list[str]
    records: list[str]


_WALKS = r"""
// walks
MATCH path = (:$type {id: $id})-[*1..$longest]-()
WHERE all(r IN relationships(path) WHERE type(r) IN $relations AND (coalesce(r.since, '') <= $day AND coalesce(r.until, '9999-99') > $day OR any(period IN coalesce(r.periods, []) WHERE split(period, '/')[0] <= $day AND (period ENDS WITH '/' OR split(period, '/')[1] > $day))))
  AND all(n IN nodes(path) WHERE single(m IN nodes(path) WHERE m.id = n.id))
WITH length(path) AS hops,
     [n IN nodes(path) | n.id] AS ids,
     [n IN nodes(path) | labels(n)[0]] AS types,
     [r IN relationships(path) | type(r)] AS relations,
     [r IN relationships(path) | startNode(r).id] AS sources,
     [r IN relationships(path) | coalesce(r.key, '')] AS keys,
     [r IN relationships(path) | r.recordId] AS records
RETURN ids, types, relations, sources, keys, records
ORDER BY hops, reduce(text = '', entity IN ids | text + entity + '>'), reduce(text = '', name IN records | text + name + '>')
LIMIT $first
"""


def walks(store: Store, *, type: str, id: str, day: str, longest: int, relations: list[str], first: int = 1000) -> list[Walks]:
    """Ways that lead from an entity on a day along relations of some types, whichever way each of them runs, and never twice

    through an entity; the shorter first, then by their entities and records. Entities in the order of the way, the
    first one included; of each relation where it begins and the record that reports it.

    Args:
        longest: so many relations at most
        relations: types that may be followed
    """
    rows = store.read(_bound(_put(_WALKS, "type", type, _NODE_TYPES), "longest", longest), id=id, day=day, relations=relations, first=first)
    return [Walks(row["ids"], row["types"], row["relations"], row["sources"], row["keys"], row["records"]) for row in rows]
