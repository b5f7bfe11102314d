"""The named queries of ``cypher/`` that answers read: typed functions that give what the asker sees.

Made by ``python -m graph.generate_queries``; a test compares. Change the ``.cypher`` file instead.
"""
# fmt: off
# ruff: noqa: E501

from __future__ import annotations

from dataclasses import dataclass
from typing import TypedDict

from graph.blocks import Block, Reader, Shown, bounded, known

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


class ConsentsDecisions(TypedDict):
    """One entry of ``decisions``."""

    id: str
    purpose: str | None
    channel: str | None
    state: str | None
    decided_on: str | None
    author: str | None
    recorded_at: str | None
    record: str


@dataclass(frozen=True, slots=True)
class Consents:
    """A row of :func:`consents`."""

    id: str
    decisions: list[ConsentsDecisions]


_CONSENTS = Block(
    "consents",
    r"""
// consents
UNWIND $ids AS wanted
MATCH (c:Customer {id: wanted})
WHERE sees(c)
RETURN c.id AS id,
  COLLECT {
    MATCH (c)-[r:DECIDES]->(decision:Consent)
    WHERE sees(decision)
    RETURN {id: decision.id, purpose: decision.purpose, channel: decision.channel, state: decision.state,
            decided_on: decision.decidedOn, author: decision.author, recorded_at: decision.recordedAt,
            record: r.recordId}
    ORDER BY decision.id
  } AS decisions
ORDER BY id
""",
    {"c": "Customer", "decision": "Consent"},
    shows=(
        Shown(("decisions", "purpose"), "Consent", ("purpose",)),
        Shown(("decisions", "channel"), "Consent", ("channel",)),
        Shown(("decisions", "state"), "Consent", ("state",)),
        Shown(("decisions", "decided_on"), "Consent", ("decidedOn",)),
        Shown(("decisions", "author"), "Consent", ("author",)),
        Shown(("decisions", "recorded_at"), "Consent", ("recordedAt",)),
    ),
    ids=(("id",), ("decisions", "id"),),
)


def consents(seen: Reader, *, ids: list[str]) -> list[Consents]:
    """What customers decided about being approached, by customer; one who decided nothing has an empty list."""
    rows = seen.rows(_CONSENTS, {}, {"ids": ids})
    return [Consents(row["id"], row["decisions"]) for row in rows]


@dataclass(frozen=True, slots=True)
class Entity:
    """A row of :func:`entity`."""

    id: str
    keys: list[str]
    origins: list[str]
    properties: dict[str, object]


_ENTITY = Block(
    "entity",
    r"""
// entity
MATCH (n:$type {id: $id})
WHERE sees(n)
RETURN n.id AS id, n.keys AS keys, n.origins AS origins, properties(n) AS properties
""",
    {"n": "$type"},
    shows=(
        Shown(("properties",), "$type", ()),
    ),
    ids=(("id",),),
    asked=("id",),
)


def entity(seen: Reader, *, type: str, id: str) -> Entity | None:
    """An entity with all that the graph holds of it; none if its id is not the canonical one of this type."""
    rows = seen.rows(_ENTITY, {"type": known(type, _NODE_TYPES)}, {"id": id})
    return next((Entity(row["id"], row["keys"], row["origins"], row["properties"]) for row in rows), None)


@dataclass(frozen=True, slots=True)
class Entities:
    """A row of :func:`entities`."""

    id: str
    keys: list[str]
    origins: list[str]
    properties: dict[str, object]


_ENTITIES = Block(
    "entities",
    r"""
// entities
UNWIND $ids AS wanted
MATCH (n:$type {id: wanted})
WHERE sees(n)
RETURN DISTINCT n.id AS id, n.keys AS keys, n.origins AS origins, properties(n) AS properties
ORDER BY id
""",
    {"n": "$type"},
    shows=(
        Shown(("properties",), "$type", ()),
    ),
    ids=(("id",),),
)


def entities(seen: Reader, *, type: str, ids: list[str]) -> list[Entities]:
    """Those of many ids that exist, by id."""
    rows = seen.rows(_ENTITIES, {"type": known(type, _NODE_TYPES)}, {"ids": ids})
    return [Entities(row["id"], row["keys"], row["origins"], row["properties"]) for row in rows]


@dataclass(frozen=True, slots=True)
class Names:
    """A row of :func:`names`."""

    id: str
    name: str | None
    origins: list[str]


_NAMES = Block(
    "names",
    r"""
// names
UNWIND $ids AS wanted
MATCH (n:$type {id: wanted})
WHERE sees(n)
RETURN DISTINCT n.id AS id, coalesce(n.name, n.title, n.summary, n.text) AS name, n.origins AS origins
ORDER BY id
""",
    {"n": "$type"},
    shows=(
        Shown(("name",), "$type", ("name", "title", "summary", "text")),
    ),
    ids=(("id",),),
)


def names(seen: Reader, *, type: str, ids: list[str]) -> list[Names]:
    """What people call those of many ids that exist, and their origins; by id."""
    rows = seen.rows(_NAMES, {"type": known(type, _NODE_TYPES)}, {"ids": ids})
    return [Names(row["id"], row["name"], row["origins"]) for row in rows]


@dataclass(frozen=True, slots=True)
class CountEntities:
    """A row of :func:`count_entities`."""

    count: int


_COUNT_ENTITIES = Block(
    "count_entities",
    r"""
// count_entities
MATCH (n:$type)
WHERE sees(n)
RETURN count(n) AS count
""",
    {"n": "$type"},
)


def count_entities(seen: Reader, *, type: str) -> CountEntities | None:
    """How many entities of a type there are."""
    rows = seen.rows(_COUNT_ENTITIES, {"type": known(type, _NODE_TYPES)}, {})
    return next((CountEntities(row["count"]) for row in rows), None)


@dataclass(frozen=True, slots=True)
class SeenIds:
    """A row of :func:`seen_ids`."""

    id: str


_SEEN_IDS = Block(
    "seen_ids",
    r"""
// seen_ids
MATCH (n:$type)
WHERE sees(n)
RETURN n.id AS id
ORDER BY id
""",
    {"n": "$type"},
    ids=(("id",),),
)


def seen_ids(seen: Reader, *, type: str) -> list[SeenIds]:
    """Ids of all entities of a type; by id."""
    rows = seen.rows(_SEEN_IDS, {"type": known(type, _NODE_TYPES)}, {})
    return [SeenIds(row["id"]) for row in rows]


@dataclass(frozen=True, slots=True)
class ExportedNodes:
    """A row of :func:`exported_nodes`."""

    id: str
    origins: list[str]
    properties: dict[str, object]


_EXPORTED_NODES = Block(
    "exported_nodes",
    r"""
// exported_nodes
UNWIND $ids AS wanted
MATCH (n:$type {id: wanted})
WHERE sees(n)
RETURN DISTINCT n.id AS id, n.origins AS origins, properties(n) AS properties
ORDER BY id
""",
    {"n": "$type"},
    shows=(
        Shown(("properties",), "$type", ()),
    ),
    ids=(("id",),),
)


def exported_nodes(seen: Reader, *, type: str, ids: list[str]) -> list[ExportedNodes]:
    """Those of many entities of a type that exist, with all their values; by id."""
    rows = seen.rows(_EXPORTED_NODES, {"type": known(type, _NODE_TYPES)}, {"ids": ids})
    return [ExportedNodes(row["id"], row["origins"], row["properties"]) for row in rows]


@dataclass(frozen=True, slots=True)
class ExportedRelations:
    """A row of :func:`exported_relations`."""

    source: str
    target: str
    key: str
    record: str
    origins: list[str]
    properties: dict[str, object]


_EXPORTED_RELATIONS = Block(
    "exported_relations",
    r"""
// exported_relations
UNWIND $ids AS wanted
MATCH (a:$source_type {id: wanted})-[r:$relation]->(b:$target_type)
WHERE sees(a, b)
RETURN a.id AS source, b.id AS target, coalesce(r.key, '') AS key, r.recordId AS record, r.origins AS origins,
       properties(r) AS properties
ORDER BY source, target, key
""",
    {"a": "$source_type", "b": "$target_type"},
    shows=(
        Shown(("properties",), "$relation", ()),
    ),
    ids=(("source",), ("target",),),
)


def exported_relations(seen: Reader, *, source_type: str, relation: str, target_type: str, ids: list[str]) -> list[ExportedRelations]:
    """Relations of one type out of many entities of a type, to those of another type, each with its values, ended ones too;

    by source, target and key.
    """
    rows = seen.rows(_EXPORTED_RELATIONS, {"source_type": known(source_type, _NODE_TYPES), "relation": known(relation, _RELATION_TYPES), "target_type": known(target_type, _NODE_TYPES)}, {"ids": ids})
    return [ExportedRelations(row["source"], row["target"], row["key"], row["record"], row["origins"], row["properties"]) for row in rows]


@dataclass(frozen=True, slots=True)
class GuaranteesGiven:
    """A row of :func:`guarantees_given`."""

    borrower: str
    borrower_type: str
    name: str | None
    contract: str | None
    amount: int | None
    since: str | None
    record: str


_GUARANTEES_GIVEN = Block(
    "guarantees_given",
    r"""
// guarantees_given
MATCH (a:$type {id: $guarantor})-[g:GUARANTEES]->(b)
WHERE sees(a, b) AND coalesce(g.amount, $least) >= $least AND (coalesce(g.since, '') <= $day AND coalesce(g.until, '9999-99') > $day OR any(period IN coalesce(g.periods, []) WHERE split(period, '/')[0] <= $day AND (period ENDS WITH '/' OR split(period, '/')[1] > $day)))
RETURN b.id AS borrower, labels(b)[0] AS borrower_type, b.name AS name, g.contractNo AS contract, g.amount AS amount,
       g.since AS since, g.recordId AS record
ORDER BY coalesce(g.amount, -1) DESC, borrower, contract, record
LIMIT $first
""",
    {"a": "$type", "b": "any"},
    shows=(
        Shown(("name",), "borrower_type", ("name",)),
        Shown(("contract",), "GUARANTEES", ("contractNo",)),
        Shown(("amount",), "GUARANTEES", ("amount",)),
    ),
    ids=(("borrower",),),
    asked=("guarantor",),
)


def guarantees_given(seen: Reader, *, type: str, guarantor: str, day: str, least: int = 0, first: int = 50) -> list[GuaranteesGiven]:
    """Guarantees of a party that hold on a day; largest first, those of unknown amount last.

    Args:
        type: of the guarantor
        least: smaller ones are left out, unknown amounts are not
    """
    rows = seen.rows(_GUARANTEES_GIVEN, {"type": known(type, _NODE_TYPES)}, {"guarantor": guarantor, "day": day, "least": least, "first": first})
    return [GuaranteesGiven(row["borrower"], row["borrower_type"], row["name"], row["contract"], row["amount"], row["since"], row["record"]) for row in rows]


@dataclass(frozen=True, slots=True)
class GuaranteesReceived:
    """A row of :func:`guarantees_received`."""

    guarantor: str
    guarantor_type: str
    name: str | None
    contract: str | None
    amount: int | None
    since: str | None
    record: str


_GUARANTEES_RECEIVED = Block(
    "guarantees_received",
    r"""
// guarantees_received
MATCH (a)-[g:GUARANTEES]->(b:$type {id: $borrower})
WHERE sees(a, b) AND coalesce(g.amount, $least) >= $least AND (coalesce(g.since, '') <= $day AND coalesce(g.until, '9999-99') > $day OR any(period IN coalesce(g.periods, []) WHERE split(period, '/')[0] <= $day AND (period ENDS WITH '/' OR split(period, '/')[1] > $day)))
RETURN a.id AS guarantor, labels(a)[0] AS guarantor_type, a.name AS name, g.contractNo AS contract,
       g.amount AS amount, g.since AS since, g.recordId AS record
ORDER BY coalesce(g.amount, -1) DESC, guarantor, contract, record
LIMIT $first
""",
    {"a": "any", "b": "$type"},
    shows=(
        Shown(("name",), "guarantor_type", ("name",)),
        Shown(("contract",), "GUARANTEES", ("contractNo",)),
        Shown(("amount",), "GUARANTEES", ("amount",)),
    ),
    ids=(("guarantor",),),
    asked=("borrower",),
)


def guarantees_received(seen: Reader, *, type: str, borrower: str, day: str, least: int = 0, first: int = 50) -> list[GuaranteesReceived]:
    """Guarantees of others for a party that hold on a day; largest first, those of unknown amount last.

    Args:
        type: of the borrower
        least: smaller ones are left out, unknown amounts are not
    """
    rows = seen.rows(_GUARANTEES_RECEIVED, {"type": known(type, _NODE_TYPES)}, {"borrower": borrower, "day": day, "least": least, "first": first})
    return [GuaranteesReceived(row["guarantor"], row["guarantor_type"], row["name"], row["contract"], row["amount"], row["since"], row["record"]) for row in rows]


@dataclass(frozen=True, slots=True)
class Listed:
    """A row of :func:`listed`."""

    id: str
    origins: list[str]
    properties: dict[str, object]


_LISTED = Block(
    "listed",
    r"""
// listed
MATCH (n:$type)
WHERE sees(n) AND all(name IN keys($equal) WHERE n[name] = $equal[name])
  AND all(name IN keys($starts) WHERE n[name] STARTS WITH $starts[name])
  AND all(name IN keys($least) WHERE n[name] >= $least[name])
  AND all(name IN keys($most) WHERE n[name] <= $most[name])
  AND n.id > $after
RETURN n.id AS id, n.origins AS origins, properties(n) AS properties
ORDER BY id
LIMIT $first
""",
    {"n": "$type"},
    shows=(
        Shown(("properties",), "$type", ()),
    ),
    ids=(("id",),),
    asked=("after",),
)


def listed(seen: Reader, *, type: str, equal: dict[str, object], starts: dict[str, object], least: dict[str, object], most: dict[str, object], after: str = '', first: int = 50) -> list[Listed]:
    """Entities of a type that fit a filter and come after an id, by id: a page of a list.

    Args:
        equal: values that properties must have, by name
        starts: beginnings of text properties
        least: smallest values of properties; one without the property does not fit
        most: largest values of properties
    """
    rows = seen.rows(_LISTED, {"type": known(type, _NODE_TYPES)}, {"equal": equal, "starts": starts, "least": least, "most": most, "after": after, "first": first})
    return [Listed(row["id"], row["origins"], row["properties"]) for row in rows]


@dataclass(frozen=True, slots=True)
class ListedRising:
    """A row of :func:`listed_rising`."""

    id: str
    place: object | None
    origins: list[str]
    properties: dict[str, object]


_LISTED_RISING = Block(
    "listed_rising",
    r"""
// listed_rising
MATCH (n:$type)
WHERE sees(n) AND all(name IN keys($equal) WHERE n[name] = $equal[name])
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
""",
    {"n": "$type"},
    shows=(
        Shown(("place",), "$type", ("$property",)),
        Shown(("properties",), "$type", ()),
    ),
    ids=(("id",),),
    asked=("after_id",),
)


def listed_rising(seen: Reader, *, type: str, equal: dict[str, object], starts: dict[str, object], least: dict[str, object], most: dict[str, object], property: str, from_start: bool = True, after: object = None, after_id: str = '', first: int = 50) -> list[ListedRising]:
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
    rows = seen.rows(_LISTED_RISING, {"type": known(type, _NODE_TYPES)}, {"equal": equal, "starts": starts, "least": least, "most": most, "property": property, "from_start": from_start, "after": after, "after_id": after_id, "first": first})
    return [ListedRising(row["id"], row["place"], row["origins"], row["properties"]) for row in rows]


@dataclass(frozen=True, slots=True)
class ListedFalling:
    """A row of :func:`listed_falling`."""

    id: str
    place: object | None
    origins: list[str]
    properties: dict[str, object]


_LISTED_FALLING = Block(
    "listed_falling",
    r"""
// listed_falling
MATCH (n:$type)
WHERE sees(n) AND all(name IN keys($equal) WHERE n[name] = $equal[name])
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
""",
    {"n": "$type"},
    shows=(
        Shown(("place",), "$type", ("$property",)),
        Shown(("properties",), "$type", ()),
    ),
    ids=(("id",),),
    asked=("after_id",),
)


def listed_falling(seen: Reader, *, type: str, equal: dict[str, object], starts: dict[str, object], least: dict[str, object], most: dict[str, object], property: str, from_start: bool = True, after: object = None, after_id: str = '', first: int = 50) -> list[ListedFalling]:
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
    rows = seen.rows(_LISTED_FALLING, {"type": known(type, _NODE_TYPES)}, {"equal": equal, "starts": starts, "least": least, "most": most, "property": property, "from_start": from_start, "after": after, "after_id": after_id, "first": first})
    return [ListedFalling(row["id"], row["place"], row["origins"], row["properties"]) for row in rows]


@dataclass(frozen=True, slots=True)
class CountListed:
    """A row of :func:`count_listed`."""

    count: int


_COUNT_LISTED = Block(
    "count_listed",
    r"""
// count_listed
MATCH (n:$type)
WHERE sees(n) AND all(name IN keys($equal) WHERE n[name] = $equal[name])
  AND all(name IN keys($starts) WHERE n[name] STARTS WITH $starts[name])
  AND all(name IN keys($least) WHERE n[name] >= $least[name])
  AND all(name IN keys($most) WHERE n[name] <= $most[name])
RETURN count(n) AS count
""",
    {"n": "$type"},
)


def count_listed(seen: Reader, *, type: str, equal: dict[str, object], starts: dict[str, object], least: dict[str, object], most: dict[str, object]) -> CountListed | None:
    """How many entities of a type fit a filter.

    Args:
        equal: values that properties must have, by name
        starts: beginnings of text properties
        least: smallest values of properties; one without the property does not fit
        most: largest values of properties
    """
    rows = seen.rows(_COUNT_LISTED, {"type": known(type, _NODE_TYPES)}, {"equal": equal, "starts": starts, "least": least, "most": most})
    return next((CountListed(row["count"]) for row in rows), None)


@dataclass(frozen=True, slots=True)
class ListedAmong:
    """A row of :func:`listed_among`."""

    id: str
    place: object | None


_LISTED_AMONG = Block(
    "listed_among",
    r"""
// listed_among
UNWIND $ids AS wanted
MATCH (n:$type {id: wanted})
WHERE sees(n) AND all(name IN keys($equal) WHERE n[name] = $equal[name])
  AND all(name IN keys($starts) WHERE n[name] STARTS WITH $starts[name])
  AND all(name IN keys($least) WHERE n[name] >= $least[name])
  AND all(name IN keys($most) WHERE n[name] <= $most[name])
RETURN DISTINCT n.id AS id, n[$property] AS place
ORDER BY id
""",
    {"n": "$type"},
    shows=(
        Shown(("place",), "$type", ("$property",)),
    ),
    ids=(("id",),),
)


def listed_among(seen: Reader, *, type: str, ids: list[str], equal: dict[str, object], starts: dict[str, object], least: dict[str, object], most: dict[str, object], property: str) -> list[ListedAmong]:
    """Those of many ids that fit a filter, with one property; by id.

    Args:
        equal: values that properties must have, by name
        starts: beginnings of text properties
        least: smallest values of properties; one without the property does not fit
        most: largest values of properties
    """
    rows = seen.rows(_LISTED_AMONG, {"type": known(type, _NODE_TYPES)}, {"ids": ids, "equal": equal, "starts": starts, "least": least, "most": most, "property": property})
    return [ListedAmong(row["id"], row["place"]) for row in rows]


@dataclass(frozen=True, slots=True)
class NeighbourCounts:
    """A row of :func:`neighbour_counts`."""

    relation: str
    direction: str
    neighbour: str
    count: int
    ended: int


_NEIGHBOUR_COUNTS = Block(
    "neighbour_counts",
    r"""
// neighbour_counts
MATCH (n:$type {id: $id})
WHERE sees(n)
CALL (n) {
  MATCH (n)-[r]->(m)
  WHERE sees(m)
  RETURN type(r) AS relation, 'out' AS direction, labels(m)[0] AS neighbour,
         CASE WHEN (coalesce(r.since, '') <= $day AND coalesce(r.until, '9999-99') > $day OR any(period IN coalesce(r.periods, []) WHERE split(period, '/')[0] <= $day AND (period ENDS WITH '/' OR split(period, '/')[1] > $day))) THEN 0 ELSE 1 END AS over
  UNION ALL
  MATCH (n)<-[r]-(m)
  WHERE sees(m)
  RETURN type(r) AS relation, 'in' AS direction, labels(m)[0] AS neighbour,
         CASE WHEN (coalesce(r.since, '') <= $day AND coalesce(r.until, '9999-99') > $day OR any(period IN coalesce(r.periods, []) WHERE split(period, '/')[0] <= $day AND (period ENDS WITH '/' OR split(period, '/')[1] > $day))) THEN 0 ELSE 1 END AS over
}
RETURN relation, direction, neighbour, count(*) - sum(over) AS count, sum(over) AS ended
ORDER BY relation, direction, neighbour
""",
    {"n": "$type", "m": "any"},
    asked=("id",),
)


def neighbour_counts(seen: Reader, *, type: str, id: str, day: str) -> list[NeighbourCounts]:
    """How many relations of each type lead from an entity ('out') and to it ('in'), and to which types: those that hold on

    a day, and those that do not, because they have ended or not begun. By relation, direction and type.
    """
    rows = seen.rows(_NEIGHBOUR_COUNTS, {"type": known(type, _NODE_TYPES)}, {"id": id, "day": day})
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


_NEIGHBOURS_OUT = Block(
    "neighbours_out",
    r"""
// neighbours_out
MATCH (n:$type {id: $id})-[r:$relation]->(m)
WHERE sees(n, m) AND (m.id > $after OR (m.id = $after AND coalesce(r.key, '') > $after_key))
  AND ($ended OR (coalesce(r.since, '') <= $day AND coalesce(r.until, '9999-99') > $day OR any(period IN coalesce(r.periods, []) WHERE split(period, '/')[0] <= $day AND (period ENDS WITH '/' OR split(period, '/')[1] > $day))))
RETURN m.id AS neighbour, labels(m)[0] AS neighbour_type, coalesce(m.name, m.title, m.summary, m.text) AS name,
       coalesce(r.key, '') AS key, r.recordId AS record, r.origins AS origins, properties(r) AS properties
ORDER BY neighbour, key
LIMIT $first
""",
    {"n": "$type", "m": "any"},
    shows=(
        Shown(("name",), "neighbour_type", ("name", "title", "summary", "text")),
        Shown(("properties",), "$relation", ()),
    ),
    ids=(("neighbour",),),
    asked=("id", "after"),
)


def neighbours_out(seen: Reader, *, type: str, id: str, relation: str, day: str, ended: bool = False, after: str = '', after_key: str = '', first: int = 50) -> list[NeighboursOut]:
    """Entities that a relation leads to on a day, by id; parallel relations are rows of their own, by their key.

    The page after a row begins after its neighbour and key.

    Args:
        ended: also relations that have ended or not begun on the day
    """
    rows = seen.rows(_NEIGHBOURS_OUT, {"type": known(type, _NODE_TYPES), "relation": known(relation, _RELATION_TYPES)}, {"id": id, "day": day, "ended": ended, "after": after, "after_key": after_key, "first": first})
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


_NEIGHBOURS_IN = Block(
    "neighbours_in",
    r"""
// neighbours_in
MATCH (n:$type {id: $id})<-[r:$relation]-(m)
WHERE sees(n, m) AND (m.id > $after OR (m.id = $after AND coalesce(r.key, '') > $after_key))
  AND ($ended OR (coalesce(r.since, '') <= $day AND coalesce(r.until, '9999-99') > $day OR any(period IN coalesce(r.periods, []) WHERE split(period, '/')[0] <= $day AND (period ENDS WITH '/' OR split(period, '/')[1] > $day))))
RETURN m.id AS neighbour, labels(m)[0] AS neighbour_type, coalesce(m.name, m.title, m.summary, m.text) AS name,
       coalesce(r.key, '') AS key, r.recordId AS record, r.origins AS origins, properties(r) AS properties
ORDER BY neighbour, key
LIMIT $first
""",
    {"n": "$type", "m": "any"},
    shows=(
        Shown(("name",), "neighbour_type", ("name", "title", "summary", "text")),
        Shown(("properties",), "$relation", ()),
    ),
    ids=(("neighbour",),),
    asked=("id", "after"),
)


def neighbours_in(seen: Reader, *, type: str, id: str, relation: str, day: str, ended: bool = False, after: str = '', after_key: str = '', first: int = 50) -> list[NeighboursIn]:
    """Entities that a relation comes from on a day, by id; parallel relations are rows of their own, by their key.

    The page after a row begins after its neighbour and key.

    Args:
        ended: also relations that have ended or not begun on the day
    """
    rows = seen.rows(_NEIGHBOURS_IN, {"type": known(type, _NODE_TYPES), "relation": known(relation, _RELATION_TYPES)}, {"id": id, "day": day, "ended": ended, "after": after, "after_key": after_key, "first": first})
    return [NeighboursIn(row["neighbour"], row["neighbour_type"], row["name"], row["key"], row["record"], row["origins"], row["properties"]) for row in rows]


@dataclass(frozen=True, slots=True)
class RelationsBetween:
    """A row of :func:`relations_between`."""

    key: str
    record: str
    origins: list[str]
    properties: dict[str, object]


_RELATIONS_BETWEEN = Block(
    "relations_between",
    r"""
// relations_between
MATCH (a:$source_type {id: $source})-[r:$relation]->(b:$target_type {id: $target})
WHERE sees(a, b)
RETURN coalesce(r.key, '') AS key, r.recordId AS record, r.origins AS origins, properties(r) AS properties
ORDER BY key
""",
    {"a": "$source_type", "b": "$target_type"},
    shows=(
        Shown(("properties",), "$relation", ()),
    ),
    asked=("source", "target"),
)


def relations_between(seen: Reader, *, source_type: str, source: str, relation: str, target_type: str, target: str) -> list[RelationsBetween]:
    """Relations of one type from one entity to another, each with its values; by key.

    Parallel contracts are rows of their own.
    """
    rows = seen.rows(_RELATIONS_BETWEEN, {"source_type": known(source_type, _NODE_TYPES), "relation": known(relation, _RELATION_TYPES), "target_type": known(target_type, _NODE_TYPES)}, {"source": source, "target": target})
    return [RelationsBetween(row["key"], row["record"], row["origins"], row["properties"]) for row in rows]


@dataclass(frozen=True, slots=True)
class PeopleOfEnterprise:
    """A row of :func:`people_of_enterprise`."""

    person: str
    name: str | None
    relation: str
    since: str | None
    record: str


_PEOPLE_OF_ENTERPRISE = Block(
    "people_of_enterprise",
    r"""
// people_of_enterprise
MATCH (p:Person)-[r:LEGAL_REPRESENTATIVE_OF|DIRECTOR_OF]->(e:Enterprise {id: $enterprise})
WHERE sees(p, e) AND (coalesce(r.since, '') <= $day AND coalesce(r.until, '9999-99') > $day OR any(period IN coalesce(r.periods, []) WHERE split(period, '/')[0] <= $day AND (period ENDS WITH '/' OR split(period, '/')[1] > $day)))
RETURN p.id AS person, p.name AS name, type(r) AS relation, r.since AS since, r.recordId AS record
ORDER BY relation, person
""",
    {"p": "Person", "e": "Enterprise"},
    shows=(
        Shown(("name",), "Person", ("name",)),
    ),
    ids=(("person",),),
    asked=("enterprise",),
)


def people_of_enterprise(seen: Reader, *, enterprise: str, day: str) -> list[PeopleOfEnterprise]:
    """Persons who represent an enterprise or sit on its board on a day; by relation and id."""
    rows = seen.rows(_PEOPLE_OF_ENTERPRISE, {}, {"enterprise": enterprise, "day": day})
    return [PeopleOfEnterprise(row["person"], row["name"], row["relation"], row["since"], row["record"]) for row in rows]


@dataclass(frozen=True, slots=True)
class SeenDegrees:
    """A row of :func:`seen_degrees`."""

    id: str
    count: int


_SEEN_DEGREES = Block(
    "seen_degrees",
    r"""
// seen_degrees
UNWIND $ids AS wanted
MATCH (n:$type {id: wanted})
WHERE sees(n)
RETURN n.id AS id, COUNT { MATCH (n)--(m) WHERE sees(m) } AS count
ORDER BY id
""",
    {"n": "$type", "m": "any"},
    ids=(("id",),),
)


def seen_degrees(seen: Reader, *, type: str, ids: list[str]) -> list[SeenDegrees]:
    """How many relations of entities lead to, or come from, what is seen; by id. No row for an entity that is not seen."""
    rows = seen.rows(_SEEN_DEGREES, {"type": known(type, _NODE_TYPES)}, {"ids": ids})
    return [SeenDegrees(row["id"], row["count"]) for row in rows]


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


_CUSTOMER_PORTRAIT = Block(
    "customer_portrait",
    r"""
// customer_portrait
MATCH (c:Customer {id: $id})
WHERE sees(c)
RETURN c.id AS id, c.keys AS keys, c.origins AS origins, properties(c) AS properties,
  COLLECT {
    MATCH (c)-[r:IS]->(party)
    WHERE sees(party)
    WITH r, party, NOT (coalesce(r.since, '') <= $day AND coalesce(r.until, '9999-99') > $day OR any(period IN coalesce(r.periods, []) WHERE split(period, '/')[0] <= $day AND (period ENDS WITH '/' OR split(period, '/')[1] > $day))) AS ended ORDER BY ended, party.id LIMIT $first
    RETURN {id: party.id, type: labels(party)[0], name: party.name, since: r.since, until: r.until, ended: ended,
            record: r.recordId, properties: properties(party)}
    ORDER BY ended, party.id
  } AS parties,
  COLLECT {
    MATCH (c)-[r:LIVES_AT]->(place:Address)
    WHERE sees(place)
    WITH r, place, NOT (coalesce(r.since, '') <= $day AND coalesce(r.until, '9999-99') > $day OR any(period IN coalesce(r.periods, []) WHERE split(period, '/')[0] <= $day AND (period ENDS WITH '/' OR split(period, '/')[1] > $day))) AS ended ORDER BY ended, place.id LIMIT $first
    RETURN {id: place.id, text: place.text, since: r.since, until: r.until, ended: ended, record: r.recordId}
    ORDER BY ended, place.id
  } AS addresses,
  COLLECT {
    MATCH (c)-[r:SUPPLIED_AT]->(point:ServicePoint)
    WHERE sees(point)
    WITH r, point, NOT ((coalesce(r.since, '') <= $day AND coalesce(r.until, '9999-99') > $day OR any(period IN coalesce(r.periods, []) WHERE split(period, '/')[0] <= $day AND (period ENDS WITH '/' OR split(period, '/')[1] > $day))) AND coalesce(point.retiredOn, $day) >= $day) AS ended
      ORDER BY ended, point.id LIMIT $first
    // Neo4j takes an aggregation inside COLLECT for one of the RETURN around it: a WITH of its own.
    WITH r, point, ended,
      COLLECT {
        MATCH (point)-[h:HAS_METER]->(meter:Meter)
        WHERE sees(meter) AND (coalesce(h.since, '') <= $day AND coalesce(h.until, '9999-99') > $day OR any(period IN coalesce(h.periods, []) WHERE split(period, '/')[0] <= $day AND (period ENDS WITH '/' OR split(period, '/')[1] > $day)))
        RETURN meter.id ORDER BY meter.id
      } AS meters
    RETURN {id: point.id, since: r.since, until: r.until, ended: ended, record: r.recordId,
            properties: properties(point), meters: meters}
    ORDER BY ended, point.id
  } AS service_points,
  COLLECT {
    MATCH (c)-[r:HAS_ACCOUNT]->(account:Account)
    WHERE sees(account)
    WITH r, account, NOT ((coalesce(r.since, '') <= $day AND coalesce(r.until, '9999-99') > $day OR any(period IN coalesce(r.periods, []) WHERE split(period, '/')[0] <= $day AND (period ENDS WITH '/' OR split(period, '/')[1] > $day))) AND coalesce(account.closedOn, $day) >= $day) AS ended
      ORDER BY ended, account.id LIMIT $first
    RETURN {id: account.id, since: r.since, until: r.until, ended: ended, record: r.recordId,
            properties: properties(account)}
    ORDER BY ended, account.id
  } AS accounts,
  COLLECT {
    MATCH (c)-[h:HAS_ACCOUNT]->(account:Account)-[r:BILLED]->(bill:Bill)
    WHERE sees(account, bill)
    WITH h, account, r, bill, coalesce(bill.period + '-01', $day) AS then
    WHERE (coalesce(h.since, '') <= then AND coalesce(h.until, '9999-99') > then OR any(period IN coalesce(h.periods, []) WHERE split(period, '/')[0] <= then AND (period ENDS WITH '/' OR split(period, '/')[1] > then)))
      OR COUNT { MATCH (account)<-[o:HAS_ACCOUNT]-(holder:Customer) WHERE sees(holder) AND (coalesce(o.since, '') <= then AND coalesce(o.until, '9999-99') > then OR any(period IN coalesce(o.periods, []) WHERE split(period, '/')[0] <= then AND (period ENDS WITH '/' OR split(period, '/')[1] > then))) } = 0
    RETURN {id: bill.id, account: account.id, record: r.recordId, properties: properties(bill)}
    ORDER BY coalesce(bill.period, '') DESC, bill.id LIMIT $bills
  } AS bills,
  COLLECT {
    MATCH (c)-[h:HAS_ACCOUNT]->(account:Account)-[r:PAID]->(payment:Payment)
    WHERE sees(account, payment)
    WITH h, account, r, payment, coalesce(payment.paidOn, $day) AS then
    WHERE (coalesce(h.since, '') <= then AND coalesce(h.until, '9999-99') > then OR any(period IN coalesce(h.periods, []) WHERE split(period, '/')[0] <= then AND (period ENDS WITH '/' OR split(period, '/')[1] > then)))
      OR COUNT { MATCH (account)<-[o:HAS_ACCOUNT]-(holder:Customer) WHERE sees(holder) AND (coalesce(o.since, '') <= then AND coalesce(o.until, '9999-99') > then OR any(period IN coalesce(o.periods, []) WHERE split(period, '/')[0] <= then AND (period ENDS WITH '/' OR split(period, '/')[1] > then))) } = 0
    RETURN {id: payment.id, account: account.id, record: r.recordId, properties: properties(payment)}
    ORDER BY coalesce(payment.paidOn, '') DESC, payment.id LIMIT $bills
  } AS payments,
  COLLECT {
    MATCH (c)-[r:HAS_CREDIT_RECORD]->(credit:CreditRecord)
    WHERE sees(credit)
    RETURN {id: credit.id, record: r.recordId, properties: properties(credit)}
    ORDER BY credit.id LIMIT $first
  } AS credit_records,
  COLLECT {
    MATCH (c)-[r:HAS_ARREARS_CASE]->(arrears:ArrearsCase)
    WHERE sees(arrears)
    RETURN {id: arrears.id, record: r.recordId, properties: properties(arrears)}
    ORDER BY arrears.id LIMIT $first
  } AS arrears_cases,
  COLLECT {
    MATCH (c)-[r:OWNS]->(device:Device)
    WHERE sees(device)
    WITH r, device, NOT ((coalesce(r.since, '') <= $day AND coalesce(r.until, '9999-99') > $day OR any(period IN coalesce(r.periods, []) WHERE split(period, '/')[0] <= $day AND (period ENDS WITH '/' OR split(period, '/')[1] > $day))) AND coalesce(device.retiredOn, $day) >= $day) AS ended
      ORDER BY ended, device.id LIMIT $first
    RETURN {id: device.id, since: r.since, until: r.until, ended: ended, record: r.recordId,
            properties: properties(device)}
    ORDER BY ended, device.id
  } AS devices,
  COLLECT {
    MATCH (c)-[r:REQUESTED]->(work:WorkOrder)
    WHERE sees(work)
    RETURN {id: work.id, record: r.recordId, properties: properties(work)}
    ORDER BY coalesce(work.openedAt, '') DESC, work.id LIMIT $first
  } AS work_orders,
  COLLECT {
    MATCH (c)-[r:CONTACTED]->(contact:Interaction)
    WHERE sees(contact)
    RETURN {id: contact.id, record: r.recordId, properties: properties(contact)}
    ORDER BY coalesce(contact.at, '') DESC, contact.id LIMIT $first
  } AS interactions,
  COUNT {
    MATCH (c)-[h:HAS_ACCOUNT]->(account:Account)-[:BILLED]->(bill:Bill)
    WHERE sees(account, bill)
    WITH h, account, coalesce(bill.period + '-01', $day) AS then
    WHERE (coalesce(h.since, '') <= then AND coalesce(h.until, '9999-99') > then OR any(period IN coalesce(h.periods, []) WHERE split(period, '/')[0] <= then AND (period ENDS WITH '/' OR split(period, '/')[1] > then)))
      OR COUNT { MATCH (account)<-[o:HAS_ACCOUNT]-(holder:Customer) WHERE sees(holder) AND (coalesce(o.since, '') <= then AND coalesce(o.until, '9999-99') > then OR any(period IN coalesce(o.periods, []) WHERE split(period, '/')[0] <= then AND (period ENDS WITH '/' OR split(period, '/')[1] > then))) } = 0
    RETURN then
  } AS bill_count,
  COUNT {
    MATCH (c)-[h:HAS_ACCOUNT]->(account:Account)-[:PAID]->(payment:Payment)
    WHERE sees(account, payment)
    WITH h, account, coalesce(payment.paidOn, $day) AS then
    WHERE (coalesce(h.since, '') <= then AND coalesce(h.until, '9999-99') > then OR any(period IN coalesce(h.periods, []) WHERE split(period, '/')[0] <= then AND (period ENDS WITH '/' OR split(period, '/')[1] > then)))
      OR COUNT { MATCH (account)<-[o:HAS_ACCOUNT]-(holder:Customer) WHERE sees(holder) AND (coalesce(o.since, '') <= then AND coalesce(o.until, '9999-99') > then OR any(period IN coalesce(o.periods, []) WHERE split(period, '/')[0] <= then AND (period ENDS WITH '/' OR split(period, '/')[1] > then))) } = 0
    RETURN then
  } AS payment_count,
  COUNT {
    MATCH (c)-[r:OWNS]->(device:Device)
    WHERE sees(device) AND (coalesce(r.since, '') <= $day AND coalesce(r.until, '9999-99') > $day OR any(period IN coalesce(r.periods, []) WHERE split(period, '/')[0] <= $day AND (period ENDS WITH '/' OR split(period, '/')[1] > $day))) AND coalesce(device.retiredOn, $day) >= $day
  } AS device_count,
  COUNT {
    MATCH (c)-[r:OWNS]->(device:Device)
    WHERE sees(device) AND NOT ((coalesce(r.since, '') <= $day AND coalesce(r.until, '9999-99') > $day OR any(period IN coalesce(r.periods, []) WHERE split(period, '/')[0] <= $day AND (period ENDS WITH '/' OR split(period, '/')[1] > $day))) AND coalesce(device.retiredOn, $day) >= $day)
  } AS ended_device_count,
  COUNT { MATCH (c)-[:REQUESTED]->(work:WorkOrder) WHERE sees(work) } AS work_order_count,
  COUNT { MATCH (c)-[:CONTACTED]->(contact:Interaction) WHERE sees(contact) } AS interaction_count
""",
    {"c": "Customer", "party": "any", "place": "Address", "point": "ServicePoint", "meter": "Meter", "account": "Account", "holder": "Customer", "bill": "Bill", "payment": "Payment", "credit": "CreditRecord", "arrears": "ArrearsCase", "device": "Device", "work": "WorkOrder", "contact": "Interaction"},
    shows=(
        Shown(("properties",), "Customer", ()),
        Shown(("parties", "name"), "type", ("name",)),
        Shown(("parties", "properties"), "type", ()),
        Shown(("addresses", "text"), "Address", ("text",)),
        Shown(("addresses", "since"), "LIVES_AT", ("since",)),
        Shown(("addresses", "until"), "LIVES_AT", ("until",)),
        Shown(("service_points", "properties"), "ServicePoint", ()),
        Shown(("accounts", "properties"), "Account", ()),
        Shown(("bills", "properties"), "Bill", ()),
        Shown(("payments", "properties"), "Payment", ()),
        Shown(("credit_records", "properties"), "CreditRecord", ()),
        Shown(("arrears_cases", "properties"), "ArrearsCase", ()),
        Shown(("devices", "properties"), "Device", ()),
        Shown(("work_orders", "properties"), "WorkOrder", ()),
        Shown(("interactions", "properties"), "Interaction", ()),
    ),
    ids=(("id",), ("parties", "id"), ("addresses", "id"), ("service_points", "id"), ("service_points", "meters"), ("accounts", "id"), ("bills", "id"), ("bills", "account"), ("payments", "id"), ("payments", "account"), ("credit_records", "id"), ("arrears_cases", "id"), ("devices", "id"), ("work_orders", "id"), ("interactions", "id"),),
    asked=("id",),
)


def customer_portrait(seen: Reader, *, id: str, day: str, bills: int = 24, first: int = 100) -> CustomerPortrait | None:
    """All that the graph knows of a customer on a day, in one row. Lists by id, what has ended or not begun last; bills,

    payments, work orders and interactions newest first. A bill or payment of an account that changed hands is of the
    customer who held it at the time. Numbers of devices count what holds on the day and, apart, what does not.

    Args:
        bills: so many of the newest, over all accounts; payments likewise
        first: of every other list
    """
    rows = seen.rows(_CUSTOMER_PORTRAIT, {}, {"id": id, "day": day, "bills": bills, "first": first})
    return next((CustomerPortrait(row["id"], row["keys"], row["origins"], row["properties"], row["parties"], row["addresses"], row["service_points"], row["accounts"], row["bills"], row["payments"], row["credit_records"], row["arrears_cases"], row["devices"], row["work_orders"], row["interactions"], row["bill_count"], row["payment_count"], row["device_count"], row["ended_device_count"], row["work_order_count"], row["interaction_count"]) for row in rows), None)


@dataclass(frozen=True, slots=True)
class CustomersAmong:
    """A row of :func:`customers_among`."""

    id: str


_CUSTOMERS_AMONG = Block(
    "customers_among",
    r"""
// customers_among
UNWIND $ids AS wanted
MATCH (c:Customer {id: wanted})
WHERE sees(c)
RETURN c.id AS id
ORDER BY id
""",
    {"c": "Customer"},
    ids=(("id",),),
)


def customers_among(seen: Reader, *, ids: list[str]) -> list[CustomersAmong]:
    """Those of many customers that exist. Columns of customer_portrait are put beside (graph/narrowing.py)."""
    rows = seen.rows(_CUSTOMERS_AMONG, {}, {"ids": ids})
    return [CustomersAmong(row["id"]) for row in rows]


@dataclass(frozen=True, slots=True)
class CustomersAfter:
    """A row of :func:`customers_after`."""

    id: str


_CUSTOMERS_AFTER = Block(
    "customers_after",
    r"""
// customers_after
MATCH (c:Customer)
WHERE sees(c) AND c.id > $after
WITH c ORDER BY c.id LIMIT $page
RETURN c.id AS id
ORDER BY id
""",
    {"c": "Customer"},
    ids=(("id",),),
    asked=("after",),
)


def customers_after(seen: Reader, *, after: str = '', page: int = 50) -> list[CustomersAfter]:
    """Customers that come after an id, by id: a page of them. Columns of customer_portrait are put beside."""
    rows = seen.rows(_CUSTOMERS_AFTER, {}, {"after": after, "page": page})
    return [CustomersAfter(row["id"]) for row in rows]


@dataclass(frozen=True, slots=True)
class CustomersCountedAfter:
    """A row of :func:`customers_counted_after`."""

    id: str
    total: int


_CUSTOMERS_COUNTED_AFTER = Block(
    "customers_counted_after",
    r"""
// customers_counted_after
MATCH (every:Customer)
WHERE sees(every)
WITH count(every) AS total
MATCH (c:Customer)
WHERE sees(c) AND c.id > $after
WITH c, total ORDER BY c.id LIMIT $page
RETURN c.id AS id, total
ORDER BY id
""",
    {"c": "Customer", "every": "Customer"},
    ids=(("id",),),
    asked=("after",),
)


def customers_counted_after(seen: Reader, *, after: str = '', page: int = 50) -> list[CustomersCountedAfter]:
    """The same with the number of all customers."""
    rows = seen.rows(_CUSTOMERS_COUNTED_AFTER, {}, {"after": after, "page": page})
    return [CustomersCountedAfter(row["id"], row["total"]) for row in rows]


@dataclass(frozen=True, slots=True)
class SearchHits:
    """A row of :func:`search_hits`."""

    rank: int
    size: int
    id: str
    type: str
    origins: list[str]
    properties: dict[str, object]


_SEARCH_HITS = Block(
    "search_hits",
    r"""
// search_hits
UNWIND $places AS place
CALL db.index.fulltext.queryNodes(place.index, $text) YIELD node
WHERE sees(node)
WITH place.rank AS rank, size(node.search) AS size, node
WHERE rank > $after_rank OR (rank = $after_rank AND (size > $after_size OR (size = $after_size AND node.id > $after_id)))
RETURN rank, size, node.id AS id, labels(node)[0] AS type, node.origins AS origins, properties(node) AS properties
ORDER BY rank, size, id
LIMIT $first
""",
    {"node": "any"},
    shows=(
        Shown(("properties",), "type", ()),
    ),
    ids=(("id",),),
    asked=("after_id",),
)


def search_hits(seen: Reader, *, places: list[dict[str, object]], text: str, after_rank: int = -1, after_size: int = 0, after_id: str = '', first: int = 20) -> list[SearchHits]:
    """Entities whose search text holds all tokens of a query: by the rank of their index, the shortest texts first, then

    by id. The page after a hit begins after its rank, size and id.

    Args:
        places: {index, rank}: the store's name of a type's full-text index, and its place in the answer
        text: made by search_query, never what a person typed
    """
    rows = seen.rows(_SEARCH_HITS, {}, {"places": places, "text": text, "after_rank": after_rank, "after_size": after_size, "after_id": after_id, "first": first})
    return [SearchHits(row["rank"], row["size"], row["id"], row["type"], row["origins"], row["properties"]) for row in rows]


@dataclass(frozen=True, slots=True)
class CountSearchHits:
    """A row of :func:`count_search_hits`."""

    rank: int
    count: int


_COUNT_SEARCH_HITS = Block(
    "count_search_hits",
    r"""
// count_search_hits
UNWIND $places AS place
CALL db.index.fulltext.queryNodes(place.index, $text) YIELD node
WHERE sees(node)
RETURN place.rank AS rank, count(node) AS count
ORDER BY rank
""",
    {"node": "any"},
)


def count_search_hits(seen: Reader, *, places: list[dict[str, object]], text: str) -> list[CountSearchHits]:
    """How many entities a query finds by each index that finds any; by rank.

    Args:
        places: {index, rank}: the store's name of a type's full-text index, and its place in the answer
        text: made by search_query, never what a person typed
    """
    rows = seen.rows(_COUNT_SEARCH_HITS, {}, {"places": places, "text": text})
    return [CountSearchHits(row["rank"], row["count"]) for row in rows]


@dataclass(frozen=True, slots=True)
class SearchIds:
    """A row of :func:`search_ids`."""

    id: str


_SEARCH_IDS = Block(
    "search_ids",
    r"""
// search_ids
CALL db.index.fulltext.queryNodes($index, $text) YIELD node
WHERE sees(node)
RETURN node.id AS id
ORDER BY id
""",
    {"node": "any"},
    ids=(("id",),),
)


def search_ids(seen: Reader, *, index: str, text: str) -> list[SearchIds]:
    """Ids of all entities of one type that a query finds; by id.

    Args:
        index: the store's name of the type's full-text index
        text: made by search_query, never what a person typed
    """
    rows = seen.rows(_SEARCH_IDS, {}, {"index": index, "text": text})
    return [SearchIds(row["id"]) for row in rows]


@dataclass(frozen=True, slots=True)
class Feeding:
    """A row of :func:`feeding`."""

    id: str
    type: str
    distance: int


_FEEDING = Block(
    "feeding",
    r"""
// feeding
UNWIND $ids AS wanted
MATCH path = (:$type {id: wanted})-[:FED_BY*1..$steps]->(e)
WHERE sees(path) AND all(r IN relationships(path) WHERE (coalesce(r.since, '') <= $day AND coalesce(r.until, '9999-99') > $day OR any(period IN coalesce(r.periods, []) WHERE split(period, '/')[0] <= $day AND (period ENDS WITH '/' OR split(period, '/')[1] > $day))))
  AND all(n IN nodes(path) WHERE coalesce(n.retiredOn, $day) >= $day)
WITH e, min(length(path)) AS distance
RETURN e.id AS id, labels(e)[0] AS type, distance
ORDER BY distance, id
""",
    {"path": "any"},
    paths=frozenset({"path"}),
    ids=(("id",),),
)


def feeding(seen: Reader, *, type: str, ids: list[str], day: str, steps: int = 4) -> list[Feeding]:
    """Elements that feed some others of one type on a day, over so many steps at most; the nearest first, then by id. Distance is

    that from the nearest of the given ones. An element that feeds over two ways is named once, with the shorter.

    Args:
        type: of the elements to begin with
    """
    rows = seen.rows(_FEEDING, {"type": known(type, _NODE_TYPES), "steps": bounded(steps)}, {"ids": ids, "day": day})
    return [Feeding(row["id"], row["type"], row["distance"]) for row in rows]


@dataclass(frozen=True, slots=True)
class Fed:
    """A row of :func:`fed`."""

    id: str
    type: str
    distance: int


_FED = Block(
    "fed",
    r"""
// fed
UNWIND $ids AS wanted
MATCH path = (:$type {id: wanted})<-[:FED_BY*1..$steps]-(e)
WHERE sees(path) AND all(r IN relationships(path) WHERE (coalesce(r.since, '') <= $day AND coalesce(r.until, '9999-99') > $day OR any(period IN coalesce(r.periods, []) WHERE split(period, '/')[0] <= $day AND (period ENDS WITH '/' OR split(period, '/')[1] > $day))))
  AND all(n IN nodes(path) WHERE coalesce(n.retiredOn, $day) >= $day)
WITH e, min(length(path)) AS distance
RETURN e.id AS id, labels(e)[0] AS type, distance
ORDER BY distance, id
""",
    {"path": "any"},
    paths=frozenset({"path"}),
    ids=(("id",),),
)


def fed(seen: Reader, *, type: str, ids: list[str], day: str, steps: int = 4) -> list[Fed]:
    """Elements that some others of one type feed on a day, over so many steps at most; the nearest first, then by id. Distance is

    that from the nearest of the given ones. An element that is fed over two ways is named once, with the shorter.

    Args:
        type: of the elements to begin with
    """
    rows = seen.rows(_FED, {"type": known(type, _NODE_TYPES), "steps": bounded(steps)}, {"ids": ids, "day": day})
    return [Fed(row["id"], row["type"], row["distance"]) for row in rows]


@dataclass(frozen=True, slots=True)
class CustomersSuppliedAt:
    """A row of :func:`customers_supplied_at`."""

    id: str


_CUSTOMERS_SUPPLIED_AT = Block(
    "customers_supplied_at",
    r"""
// customers_supplied_at
UNWIND $points AS wanted
MATCH (s:ServicePoint {id: wanted})<-[r:SUPPLIED_AT]-(c:Customer)
WHERE sees(s, c) AND (coalesce(r.since, '') <= $day AND coalesce(r.until, '9999-99') > $day OR any(period IN coalesce(r.periods, []) WHERE split(period, '/')[0] <= $day AND (period ENDS WITH '/' OR split(period, '/')[1] > $day))) AND coalesce(c.closedOn, $day) >= $day
RETURN DISTINCT c.id AS id
ORDER BY id
""",
    {"s": "ServicePoint", "c": "Customer"},
    ids=(("id",),),
)


def customers_supplied_at(seen: Reader, *, points: list[str], day: str) -> list[CustomersSuppliedAt]:
    """Customers who are supplied at some service points on a day; by id, each once."""
    rows = seen.rows(_CUSTOMERS_SUPPLIED_AT, {}, {"points": points, "day": day})
    return [CustomersSuppliedAt(row["id"]) for row in rows]


@dataclass(frozen=True, slots=True)
class PointsOfCustomer:
    """A row of :func:`points_of_customer`."""

    id: str


_POINTS_OF_CUSTOMER = Block(
    "points_of_customer",
    r"""
// points_of_customer
MATCH (c:Customer {id: $customer})-[r:SUPPLIED_AT]->(s:ServicePoint)
WHERE sees(c, s) AND (coalesce(r.since, '') <= $day AND coalesce(r.until, '9999-99') > $day OR any(period IN coalesce(r.periods, []) WHERE split(period, '/')[0] <= $day AND (period ENDS WITH '/' OR split(period, '/')[1] > $day))) AND coalesce(c.closedOn, $day) >= $day
RETURN DISTINCT s.id AS id
ORDER BY id
""",
    {"c": "Customer", "s": "ServicePoint"},
    ids=(("id",),),
    asked=("customer",),
)


def points_of_customer(seen: Reader, *, customer: str, day: str) -> list[PointsOfCustomer]:
    """Service points where a customer is supplied on a day; by id."""
    rows = seen.rows(_POINTS_OF_CUSTOMER, {}, {"customer": customer, "day": day})
    return [PointsOfCustomer(row["id"]) for row in rows]


@dataclass(frozen=True, slots=True)
class DevicesInstalledAt:
    """A row of :func:`devices_installed_at`."""

    id: str


_DEVICES_INSTALLED_AT = Block(
    "devices_installed_at",
    r"""
// devices_installed_at
UNWIND $points AS wanted
MATCH (s:ServicePoint {id: wanted})<-[r:INSTALLED_AT]-(d:Device)
WHERE sees(s, d) AND (coalesce(r.since, '') <= $day AND coalesce(r.until, '9999-99') > $day OR any(period IN coalesce(r.periods, []) WHERE split(period, '/')[0] <= $day AND (period ENDS WITH '/' OR split(period, '/')[1] > $day))) AND coalesce(d.retiredOn, $day) >= $day
RETURN DISTINCT d.id AS id
ORDER BY id
""",
    {"s": "ServicePoint", "d": "Device"},
    ids=(("id",),),
)


def devices_installed_at(seen: Reader, *, points: list[str], day: str) -> list[DevicesInstalledAt]:
    """Devices at some service points on a day; by id, each once."""
    rows = seen.rows(_DEVICES_INSTALLED_AT, {}, {"points": points, "day": day})
    return [DevicesInstalledAt(row["id"]) for row in rows]


@dataclass(frozen=True, slots=True)
class CurvePoints:
    """A row of :func:`curve_points`."""

    id: str
    profile: str | None
    power: float | None


_CURVE_POINTS = Block(
    "curve_points",
    r"""
// curve_points
UNWIND $ids AS wanted
MATCH (s:ServicePoint {id: wanted})
WHERE sees(s)
RETURN DISTINCT s.id AS id, s.profile AS profile, s.contractedPower AS power
ORDER BY id
""",
    {"s": "ServicePoint"},
    shows=(
        Shown(("profile",), "ServicePoint", ("profile",)),
        Shown(("power",), "ServicePoint", ("contractedPower",)),
    ),
    ids=(("id",),),
)


def curve_points(seen: Reader, *, ids: list[str]) -> list[CurvePoints]:
    """Of some service points the load profile that describes their use, and the power that it counts for; by id."""
    rows = seen.rows(_CURVE_POINTS, {}, {"ids": ids})
    return [CurvePoints(row["id"], row["profile"], row["power"]) for row in rows]


@dataclass(frozen=True, slots=True)
class MetersAt:
    """A row of :func:`meters_at`."""

    point: str
    id: str


_METERS_AT = Block(
    "meters_at",
    r"""
// meters_at
UNWIND $ids AS wanted
MATCH (s:ServicePoint {id: wanted})-[r:HAS_METER]->(m:Meter)
WHERE sees(s, m) AND (coalesce(r.since, '') <= $day AND coalesce(r.until, '9999-99') > $day OR any(period IN coalesce(r.periods, []) WHERE split(period, '/')[0] <= $day AND (period ENDS WITH '/' OR split(period, '/')[1] > $day))) AND coalesce(m.retiredOn, $day) >= $day
RETURN DISTINCT s.id AS point, m.id AS id
ORDER BY point, id
""",
    {"s": "ServicePoint", "m": "Meter"},
    ids=(("point",), ("id",),),
)


def meters_at(seen: Reader, *, ids: list[str], day: str) -> list[MetersAt]:
    """Meters of some service points on a day; by service point, then by meter."""
    rows = seen.rows(_METERS_AT, {}, {"ids": ids, "day": day})
    return [MetersAt(row["point"], row["id"]) for row in rows]


@dataclass(frozen=True, slots=True)
class Walks:
    """A row of :func:`walks`."""

    ids: list[str]
    types: list[str]
    relations: list[str]
    sources: list[str]
    keys: list[str]
    records: list[str]


_WALKS = Block(
    "walks",
    r"""
// walks
MATCH path = (:$type {id: $id})-[*1..$longest]-()
WHERE sees(path) AND all(r IN relationships(path) WHERE type(r) IN $relations AND (coalesce(r.since, '') <= $day AND coalesce(r.until, '9999-99') > $day OR any(period IN coalesce(r.periods, []) WHERE split(period, '/')[0] <= $day AND (period ENDS WITH '/' OR split(period, '/')[1] > $day))))
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
""",
    {"path": "any"},
    paths=frozenset({"path"}),
    ids=(("ids",), ("sources",),),
    asked=("id",),
)


def walks(seen: Reader, *, type: str, id: str, day: str, longest: int, relations: list[str], first: int = 1000) -> list[Walks]:
    """Ways that lead from an entity on a day along relations of some types, whichever way each of them runs, and never twice

    through an entity; the shorter first, then by their entities and records. Entities in the order of the way, the
    first one included; of each relation where it begins and the record that reports it.

    Args:
        longest: so many relations at most
        relations: types that may be followed
    """
    rows = seen.rows(_WALKS, {"type": known(type, _NODE_TYPES), "longest": bounded(longest)}, {"id": id, "day": day, "relations": relations, "first": first})
    return [Walks(row["ids"], row["types"], row["relations"], row["sources"], row["keys"], row["records"]) for row in rows]


BLOCKS = {
    "consents": _CONSENTS,
    "entity": _ENTITY,
    "entities": _ENTITIES,
    "names": _NAMES,
    "count_entities": _COUNT_ENTITIES,
    "seen_ids": _SEEN_IDS,
    "exported_nodes": _EXPORTED_NODES,
    "exported_relations": _EXPORTED_RELATIONS,
    "guarantees_given": _GUARANTEES_GIVEN,
    "guarantees_received": _GUARANTEES_RECEIVED,
    "listed": _LISTED,
    "listed_rising": _LISTED_RISING,
    "listed_falling": _LISTED_FALLING,
    "count_listed": _COUNT_LISTED,
    "listed_among": _LISTED_AMONG,
    "neighbour_counts": _NEIGHBOUR_COUNTS,
    "neighbours_out": _NEIGHBOURS_OUT,
    "neighbours_in": _NEIGHBOURS_IN,
    "relations_between": _RELATIONS_BETWEEN,
    "people_of_enterprise": _PEOPLE_OF_ENTERPRISE,
    "seen_degrees": _SEEN_DEGREES,
    "customer_portrait": _CUSTOMER_PORTRAIT,
    "customers_among": _CUSTOMERS_AMONG,
    "customers_after": _CUSTOMERS_AFTER,
    "customers_counted_after": _CUSTOMERS_COUNTED_AFTER,
    "search_hits": _SEARCH_HITS,
    "count_search_hits": _COUNT_SEARCH_HITS,
    "search_ids": _SEARCH_IDS,
    "feeding": _FEEDING,
    "fed": _FED,
    "customers_supplied_at": _CUSTOMERS_SUPPLIED_AT,
    "points_of_customer": _POINTS_OF_CUSTOMER,
    "devices_installed_at": _DEVICES_INSTALLED_AT,
    "curve_points": _CURVE_POINTS,
    "meters_at": _METERS_AT,
    "walks": _WALKS,
}
