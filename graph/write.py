"""How a change is written to the graph: in idempotent batches, the watermark last."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from graph import state
from graph.blocks import SEEN_IN
from graph.schema.load import schema as product_schema
from graph.schema.model import NodeType, Property, RelationType, Schema
from graph.search_text import search_text
from graph.store import Store
from terms.errors import KehutuError
from terms.texts import filled

BATCH_ROWS = 5_000
BATCH_BYTES = 8_000_000
"""ArcadeDB hangs without an error on a message above 16 MB (15 went well, 18 did not)."""
KEYS_SHOWN = 1_000
"""A node shows at most so many keys of its entity, the canonical one first; the ledger finds it by each of them. A
source that never names its rows the same gives an entity hundreds of thousands, more than a message takes."""
WRITE_SECONDS = 600.0
FLOATS = ("decimal", "share")

Row = dict[str, object]


@dataclass(frozen=True, slots=True)
class NodeRow:
    """A node as it shall be. ``properties`` holds the schema's properties only; absent ones are left out.

    ``keys``: all of them, the canonical one first; the first thousand are written.
    """

    type: str
    id: str
    keys: tuple[str, ...]
    origins: tuple[str, ...]
    properties: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class RelationRow:
    """A relation as it shall be. ``source``, ``target``: canonical ids; ``key``: empty for types that declare none."""

    type: str
    source_type: str
    source: str
    target_type: str
    target: str
    key: str
    record_id: str
    origins: tuple[str, ...]
    properties: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class GraphChange:
    """The difference that the records up to ``watermark`` make.

    ``create_*`` must not exist yet; ``update_*`` may or may not exist and are replaced as a whole; ``remove_*``
    may be gone already. Removed nodes lose their relations. Of a relation to remove only the identity counts.
    Removals are written first. ``recorded_at``: when the ledger took the record of the watermark.
    """

    watermark: int
    create_nodes: Sequence[NodeRow] = ()
    update_nodes: Sequence[NodeRow] = ()
    remove_nodes: Sequence[tuple[str, str]] = ()
    create_relations: Sequence[RelationRow] = ()
    update_relations: Sequence[RelationRow] = ()
    remove_relations: Sequence[RelationRow] = ()
    recorded_at: str | None = None


@dataclass(frozen=True, slots=True)
class Counts:
    """Nodes and relations written and removed (removals count what was asked for)."""

    nodes: int = 0
    relations: int = 0
    removed_nodes: int = 0
    removed_relations: int = 0


def apply(
    store: Store,
    schema: Schema,
    change: GraphChange,
    *,
    recovering: bool,
    before_watermark: Callable[[], None] | None = None,
) -> Counts:
    """Write a change. A crash at any point leaves a graph that the same change, applied again, makes whole.

    Args:
        recovering: an earlier write was cut short: what is to be created may exist.
        before_watermark: called when the graph is written and the watermark is not.
    Raises:
        KehutuError: STORE_UNAVAILABLE; STORE_DAMAGED when an end of a relation is missing or a node to create
            exists; VALUE_TOO_LARGE.

    About 90 us of server CPU a row on an empty embedded store.
    """
    patient = store.within(WRITE_SECONDS)
    state.begin(store, change.watermark)
    for (*ends,), rows in _by_ends(change.remove_relations).items():
        _send(patient, _remove_relations(schema, *ends), None, (_ends(row) for row in rows))
    for type_name, ids in _by_type(change.remove_nodes).items():
        query = f"UNWIND $rows AS row MATCH (n:`{type_name}` {{id: row.id}}) DETACH DELETE n"
        _send(patient, query, None, ({"id": i} for i in ids))
    for new, nodes in ((not recovering, change.create_nodes), (False, change.update_nodes)):
        for type_name, group in _by_type((n.type, n) for n in nodes).items():
            node_type = schema.nodes[type_name]
            merge = _replace(node_type)
            create = f"UNWIND $rows AS row CREATE (n:`{type_name}`) SET n = row"
            shown = (stored_node(node_type, node) for node in group)
            _send(patient, create if new else merge, merge if new else None, shown)
    for new, relations in ((not recovering, change.create_relations), (False, change.update_relations)):
        for (*ends,), group in _by_ends(relations).items():
            create, merge = _write_relations(schema, *ends)
            kind = schema.relations[ends[0]]
            shown = (_ends(row) | {"r": stored_relation(kind, row)} for row in group)
            lacking = "{{n}} {{n:relation|relations}} {} from {} to {} {{n:lacks|lack}} an end".format(*ends)
            _send(patient, create if new else merge, merge if new else None, shown, lacking)
    if before_watermark is not None:
        before_watermark()
    state.end(store, change.watermark, change.recorded_at)
    return Counts(
        nodes=len(change.create_nodes) + len(change.update_nodes),
        relations=len(change.create_relations) + len(change.update_relations),
        removed_nodes=len(change.remove_nodes),
        removed_relations=len(change.remove_relations),
    )


def known_nodes(store: Store, type_name: str, ids: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """Of the given ids those that the store holds, with their keys."""
    query = f"UNWIND $ids AS id MATCH (n:`{type_name}` {{id: id}}) RETURN n.id AS id, n.keys AS keys"
    wanted = list(dict.fromkeys(ids))
    found: dict[str, tuple[str, ...]] = {}
    for start in range(0, len(wanted), BATCH_ROWS):
        for row in store.read(query, ids=wanted[start : start + BATCH_ROWS]):
            found[row["id"]] = tuple(row["keys"])
    return found


def counts(store: Store, schema: Schema) -> dict[str, int]:
    """How many nodes and relations of every type the store holds, in the schema's order."""
    return store.dialect.counts(store, schema)


def wipe(store: Store, *, definitions: bool = False) -> None:
    """Delete the graph. The store then belongs to no ledger: ``prepare`` it again before use.

    Args:
        definitions: forget also which types and indexes were made; nothing at all is left then.
    """
    if definitions:
        store.write("MATCH (m:Meta) DETACH DELETE m")
    store.write("MATCH (m:Meta {id: 'state'}) DETACH DELETE m")
    store.dialect.wipe(store.within(WRITE_SECONDS))


def contents(store: Store) -> dict[str, list[dict[str, Any]]]:
    """The whole of a small graph by value, in a fixed order: equal for equal graphs, on every store.

    Without the copies of the current run, derived relations and where nodes are seen: the ledger knows nothing of them.
    """
    nodes = store.read("MATCH (n) WHERE NOT n:Meta RETURN labels(n) AS labels, properties(n) AS properties")
    relations = store.read(
        "MATCH (a)-[r]->(b) RETURN type(r) AS type, a.id AS source, labels(a) AS sourceType, b.id AS target, "
        "labels(b) AS targetType, properties(r) AS properties"
    )
    known = product_schema()
    derived = {relation.name for relation in known.relations.values() if relation.derived}
    relations = [row for row in relations if row["type"] not in derived]
    copies = {(node.name, prop.name) for node in known.nodes.values() for prop in node.copies}
    for node in nodes:
        node["properties"].pop(SEEN_IN, None)
        for name in [name for name in node["properties"] if (node["labels"][0], name) in copies]:
            del node["properties"][name]
    return {"nodes": sorted(nodes, key=_canonical), "relations": sorted(relations, key=_canonical)}


def _canonical(row: dict[str, Any]) -> bytes:
    return orjson.dumps(row, option=orjson.OPT_SORT_KEYS)


def stored_node(kind: NodeType, node: NodeRow) -> Row:
    """A node as every store holds it: properties of the schema, ``id``, ``keys``, ``origins`` and ``search``."""
    row = _stored(kind.properties, node.properties)
    row["id"], row["keys"], row["origins"] = node.id, list(node.keys[:KEYS_SHOWN]), list(node.origins)
    searched = [str(row[p.name]) for p in kind.properties.values() if p.searched and p.name in row]
    if searched:
        row["search"] = search_text(searched)
    return row


def stored_relation(kind: RelationType, relation: RelationRow) -> Row:
    """A relation as every store holds it: properties of the schema, ``recordId``, ``origins`` and ``key``."""
    row = _stored(kind.properties, relation.properties)
    row["recordId"], row["origins"] = relation.record_id, list(relation.origins)
    if kind.key:
        row["key"] = relation.key
    return row


def _stored(declared: Mapping[str, Property], values: Mapping[str, object]) -> Row:
    """Values as they are stored; whole numbers of a decimal property become floats on every store alike."""
    row = dict(values)
    for name, value in values.items():
        if type(value) is int and (p := declared.get(name)) is not None and p.type in FLOATS:
            row[name] = float(value)
    return row


def _replace(kind: NodeType) -> str:
    """Replaces all properties of nodes, but for the copies of the current run."""
    query = f"UNWIND $rows AS row MERGE (n:`{kind.name}` {{id: row.id}}) "
    names = [copy.name for copy in kind.copies]
    if not names:
        return query + "SET n = row"
    kept = ", ".join(f"n.`{name}` AS `{name}`" for name in names)
    return f"{query}WITH n, row, {kept} SET n = row SET " + ", ".join(f"n.`{n}` = `{n}`" for n in names)


def _ends(relation: RelationRow) -> Row:
    return {"a": relation.source, "b": relation.target, "key": relation.key}


def _pattern(schema: Schema, type_name: str, source_type: str, target_type: str) -> tuple[str, str]:
    """Finding both ends, and the key in braces where the type declares one."""
    match = (
        f"UNWIND $rows AS row MATCH (a:`{source_type}` {{id: row.a}}) "
        f"MATCH (b:`{target_type}` {{id: row.b}}) "
    )
    return match, " {key: row.key}" if schema.relations[type_name].key else ""


def _write_relations(schema: Schema, type_name: str, source_type: str, target_type: str) -> tuple[str, str]:
    match, key = _pattern(schema, type_name, source_type, target_type)
    after = " SET r = row.r RETURN count(r) AS written"
    create = f"{match}CREATE (a)-[r:`{type_name}`]->(b){after}"
    return create, f"{match}MERGE (a)-[r:`{type_name}`{key}]->(b){after}"


def _remove_relations(schema: Schema, type_name: str, source_type: str, target_type: str) -> str:
    match, key = _pattern(schema, type_name, source_type, target_type)
    return f"{match}MATCH (a)-[r:`{type_name}`{key}]->(b) DELETE r"


def _send(store: Store, query: str, twin: str | None, rows: Iterator[Row], lacking: str = "") -> None:
    """Write rows in batches. ``lacking``: what to say of those that are not written, where each must be."""
    for batch in _batches(rows):
        answer = store.write(query, rows=batch) if twin is None else store.write_once(query, twin, rows=batch)
        if lacking and (written := answer[0]["written"]) != len(batch):
            reason = filled(lacking, n=len(batch) - written)
            raise KehutuError("STORE_DAMAGED", store=store.url, reason=reason)


def _batches(rows: Iterator[Row]) -> Iterator[list[Row]]:
    batch: list[Row] = []
    size = 0
    for row in rows:
        length = len(orjson.dumps(row))
        if length > BATCH_BYTES:
            raise KehutuError("VALUE_TOO_LARGE", id=row.get("id") or row.get("a"), bytes=length)
        if batch and (len(batch) == BATCH_ROWS or size + length > BATCH_BYTES):
            yield batch
            batch, size = [], 0
        batch.append(row)
        size += length
    if batch:
        yield batch


def _by_type(pairs: Iterable[tuple[str, Any]]) -> dict[str, list[Any]]:
    groups: dict[str, list[Any]] = defaultdict(list)
    for type_name, item in pairs:
        groups[type_name].append(item)
    return groups


def _by_ends(relations: Iterable[RelationRow]) -> dict[tuple[str, str, str], list[RelationRow]]:
    groups: dict[tuple[str, str, str], list[RelationRow]] = defaultdict(list)
    for relation in relations:
        groups[relation.type, relation.source_type, relation.target_type].append(relation)
    return groups
