"""Neo4j 5.26 and later."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from graph.columns import Kind, Part, Scan, lists, numbers, texts
from graph.driver import neo4j

if TYPE_CHECKING:
    from neo4j.exceptions import Neo4jError

    from graph.client import Client
    from graph.schema.ddl import Index
    from graph.schema.model import Schema

WIPE_SECONDS = 3600.0
SCAN_VALUES: Final = 2_000_000
"""In one answer of a scan, some 100 MB in the server's memory and as much here."""
NOTHING: Final[dict[Kind, str]] = {"text": "''", "list": "[]", "number": "$nothing"}


class Neo4j:
    """The reference store; also the one that runs Graph Data Science."""

    name = "neo4j"

    def driver_options(self) -> dict[str, Any]:
        """Hints about unknown labels are no news here: a store starts empty."""
        return {"notifications_min_severity": neo4j.NotificationMinimumSeverity.OFF}

    def keeps_deadlines(self) -> bool:
        """The server stops a transaction at the driver's timeout (2.3 to 3 s for 2 s)."""
        return True

    def lacks_space(self, fault: Neo4jError, /) -> bool:
        """By what it says."""
        return "No space left" in (fault.message or "")

    def prepare(self, store: Client, _schema: Schema, indexes: Sequence[Index], /) -> None:
        """Constraints and indexes; types need no definition, and Community refuses those of properties."""
        for index in indexes:
            store.run(_definition(index))
        store.within(WIPE_SECONDS).read("CALL db.awaitIndexes(300)")

    def drop(self, store: Client, indexes: Sequence[Index]) -> None:
        """By name."""
        for index in indexes:
            kind = "CONSTRAINT" if index.kind == "unique" else "INDEX"
            store.run(f"DROP {kind} `{index.name}` IF EXISTS")

    def fulltext_index_name(self, index: Index) -> str:
        """Its own name."""
        return index.name

    def counts(self, store: Client, schema: Schema) -> dict[str, int]:
        """From the server's count store, one trivial query a type."""
        queries = {name: f"MATCH (n:`{name}`) RETURN count(n) AS n" for name in schema.nodes}
        queries |= {name: f"MATCH ()-[r:`{name}`]->() RETURN count(r) AS n" for name in schema.relations}
        return {name: int(store.read(query)[0]["n"]) for name, query in queries.items()}

    def wipe(self, store: Client) -> None:
        """In batches: one transaction over 2.4 million items exceeds the server's transaction memory."""
        store.within(WIPE_SECONDS).run(
            "MATCH (n) WHERE NOT n:Meta CALL (n) { DETACH DELETE n } IN TRANSACTIONS OF 5000 ROWS"
        )

    def scan(self, store: Client, wanted: Scan) -> list[Part]:
        """In pages by the engine's own numbers, the order in which it scans a type: no sort, no walk, one plan."""
        pattern = f"(a)-[x:`{wanted.type}`]->(b)" if wanted.relations else f"(x:`{wanted.type}`)"
        values = ["collect(id(a))", "collect(id(b))"] if wanted.relations else ["collect(id(x))"]
        # ``collect`` leaves nulls out: something stands in for them, so that all lists are of one length.
        values += [f"collect(coalesce(x.`{name}`, {NOTHING[kind]}))" for name, kind in wanted.kinds.items()]
        names = [*wanted.numbers, *wanted.kinds]
        query = (
            f"MATCH {pattern} WHERE id(x) > $after WITH {'a, b, ' * wanted.relations}x ORDER BY id(x) LIMIT $size "
            "RETURN max(id(x)) AS `_last`, "
            + ", ".join(f"{value} AS `{name}`" for value, name in zip(values, names, strict=True))
        )
        size = SCAN_VALUES // len(names)
        parts: list[Part] = []
        last, found = -1, size
        while found == size:
            row = store.read(query, after=last, size=size, nothing=float("nan"))[0]
            last, found = row.pop("_last"), len(row[names[0]])
            parts.append({name: _column(values, wanted.kinds.get(name)) for name, values in row.items()})
        return parts

    def numbering(self) -> str:
        """There is one database, and its numbers change with its state only."""
        return ""

    def version(self, store: Client) -> tuple[str, str]:
        """The server's version and edition."""
        (server,) = store.read(
            "CALL dbms.components() YIELD name, versions, edition WHERE name = 'Neo4j Kernel' "
            "RETURN versions[0] AS version, edition"
        )
        return str(server["version"]), str(server["edition"])

    def engine_version(self, store: Client) -> str:
        """The version of Graph Data Science; a Neo4jError where the server has none."""
        (gds,) = store.read("RETURN gds.version() AS version")
        return str(gds["version"])

    def stop(self, _store: Client, _query: str, _seconds: float, /) -> int:
        """Nothing to do: see :meth:`keeps_deadlines`."""
        return 0


def _column(values: list[Any], kind: Kind | None) -> Any:
    """``kind``: None for the engine's own numbers."""
    if kind is None:
        return np.array(values, dtype=np.int64)
    return {"number": numbers, "text": texts, "list": lists}[kind](values)


def _definition(index: Index) -> str:
    name, label = f"`{index.name}`", f"`{index.type}`"
    if index.kind == "fulltext":
        each = ", ".join(f"n.`{p}`" for p in index.properties)
        return (
            f"CREATE FULLTEXT INDEX {name} IF NOT EXISTS FOR (n:{label}) ON EACH [{each}] "
            "OPTIONS {indexConfig: {`fulltext.analyzer`: 'whitespace'}}"
        )
    properties = ", ".join(f"n.`{p}`" for p in index.properties)
    if index.kind == "unique":
        return f"CREATE CONSTRAINT {name} IF NOT EXISTS FOR (n:{label}) REQUIRE ({properties}) IS UNIQUE"
    return f"CREATE RANGE INDEX {name} IF NOT EXISTS FOR (n:{label}) ON ({properties})"
