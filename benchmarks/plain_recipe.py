"""What a developer would write with the driver alone: UNWIND batches by one writer, rows one by one, a query a list.

It is the peer of the product's own ways. It knows what its input means, so it resolves, checks and records nothing:
nodes have their number and values, relations their two ends and values.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator
from itertools import islice
from typing import Any, TypeVar

import neo4j

from benchmarks.graph_input import GraphInput

BATCH = 5_000
Item = TypeVar("Item", bound=Hashable)

NODES = {
    "Customer": ("customer", {"name": "name", "phone": "phone"}),
    "Person": ("holder", {"name": "holder_name"}),
    "ServicePoint": ("point", {"voltage": "voltage"}),
    "Account": ("account", {}),
    "Meter": ("meter", {}),
    "Address": ("address", {}),
    "Line": ("line", {}),
}
"""Type -> its column, and the columns of its properties."""

RELATIONS = (
    ("IS", "Customer", "Person"),
    ("HAS_ACCOUNT", "Customer", "Account"),
    ("SUPPLIED_AT", "Customer", "ServicePoint"),
    ("HAS_METER", "ServicePoint", "Meter"),
    ("LIVES_AT", "Person", "Address"),
    ("LOCATED_AT", "ServicePoint", "Address"),
    ("FED_BY", "ServicePoint", "Line"),
)

_CUSTOMER = "MATCH (c:Customer {id: $id})"
PORTRAIT = (
    f"{_CUSTOMER} RETURN c AS customer",
    f"{_CUSTOMER}-[r:IS]->(p) RETURN p, r ORDER BY p.id LIMIT 100",
    f"{_CUSTOMER}-[r:LIVES_AT]->(a) RETURN a, r ORDER BY a.id LIMIT 100",
    f"{_CUSTOMER}-[r:SUPPLIED_AT]->(s) RETURN s, r ORDER BY s.id LIMIT 100",
    f"{_CUSTOMER}-[:SUPPLIED_AT]->(s)-[:HAS_METER]->(m) RETURN s.id AS point, m.id AS meter",
    f"{_CUSTOMER}-[:SUPPLIED_AT]->(s)-[:FED_BY]->(e) RETURN s.id AS point, e ORDER BY point, e.id",
    f"{_CUSTOMER}-[r:HAS_ACCOUNT]->(a) RETURN a, r ORDER BY a.id LIMIT 100",
    f"{_CUSTOMER}-[:HAS_ACCOUNT]->(a)-[:BILLED]->(b) RETURN a.id AS account, b ORDER BY b.period DESC LIMIT 100",
    f"{_CUSTOMER}-[:HAS_ACCOUNT]->(a)-[:PAID]->(p) RETURN a.id AS account, p ORDER BY p.paidOn DESC LIMIT 100",
    f"{_CUSTOMER}-[:HAS_CREDIT_RECORD]->(x) RETURN x ORDER BY x.id LIMIT 100",
    f"{_CUSTOMER}-[:HAS_ARREARS_CASE]->(x) RETURN x ORDER BY x.id LIMIT 100",
    f"{_CUSTOMER}-[:OWNS]->(x) RETURN x ORDER BY x.id LIMIT 100",
    f"{_CUSTOMER}-[:REQUESTED]->(x) RETURN x ORDER BY x.id LIMIT 100",
    f"{_CUSTOMER}-[:CONTACTED]->(x) RETURN x ORDER BY x.id LIMIT 100",
)
"""A query a list: what a customer's portrait shows, without its counts and with one feeder only."""


def load(session: neo4j.Session, given: GraphInput) -> int:
    """Write the graph into an empty store that has an index on each type's id; returns nodes and relations."""
    written = 0
    for kind in NODES:
        written += _send(session, f"UNWIND $rows AS row CREATE (n:{kind}) SET n = row", _nodes(given, kind))
    for name, source, target in RELATIONS:
        a, b = NODES[source][0], NODES[target][0]
        pairs = _once((row[a], row[b]) for batch in given.rows("customers") for row in batch)
        written += _send(session, _relation(name, source, target, ""), ({"a": x, "b": y} for x, y in pairs))
    contracts = (
        {
            "a": row["creditor"],
            "b": row["debtor"],
            "r": {name: row[name] for name in ("contract", "amount", "since")},
        }
        for batch in given.rows("contracts")
        for row in batch
    )
    return written + _send(session, _relation("LENDS_TO", "Person", "Person", " SET r = row.r"), contracts)


def read_rows(session: neo4j.Session) -> int:
    """Every contract row by row, as one reads a graph into arrays without further thought; returns their number."""
    found = session.run(
        "MATCH (a:Person)-[r:LENDS_TO]->(b:Person) RETURN a.id AS source, b.id AS target, r.amount AS amount"
    )
    rows = [(record["source"], record["target"], record["amount"]) for record in found]
    return len(rows)


def portrait(session: neo4j.Session, customer: str) -> list[list[dict[str, Any]]]:
    """All about a customer, a query a list."""
    return [session.run(query, id=customer).data() for query in PORTRAIT]


def _relation(name: str, source: str, target: str, values: str) -> str:
    return (
        f"UNWIND $rows AS row MATCH (a:{source} {{id: row.a}}) MATCH (b:{target} {{id: row.b}}) "
        f"CREATE (a)-[r:{name}]->(b){values}"
    )


def _nodes(given: GraphInput, kind: str) -> Iterator[dict[str, object]]:
    """Each node once; holders that only contracts name have nothing but their number."""
    column, properties = NODES[kind]
    seen: set[object] = set()
    for batch in given.rows("customers"):
        for row in batch:
            if row[column] not in seen:
                seen.add(row[column])
                yield {"id": row[column], **{name: row[source] for name, source in properties.items()}}
    if kind == "Person":
        ends = (
            row[end] for batch in given.rows("contracts") for row in batch for end in ("creditor", "debtor")
        )
        yield from ({"id": end} for end in _once(ends) if end not in seen)


def _once(items: Iterable[Item]) -> Iterator[Item]:
    seen = set()
    for item in items:
        if item not in seen:
            seen.add(item)
            yield item


def _send(session: neo4j.Session, query: str, rows: Iterable[dict[str, object]]) -> int:
    left = iter(rows)
    sent = 0
    while batch := list(islice(left, BATCH)):
        session.execute_write(_run, query, batch)
        sent += len(batch)
    return sent


def _run(transaction: neo4j.ManagedTransaction, query: str, rows: list[dict[str, object]]) -> None:
    transaction.run(query, rows=rows).consume()
