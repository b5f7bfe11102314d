"""Neo4j 5.26 and later."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import neo4j

if TYPE_CHECKING:
    from neo4j.exceptions import Neo4jError

    from graph.schema.ddl import Index
    from graph.schema.model import Schema
    from graph.store import Store

WIPE_SECONDS = 3600.0


class Neo4j:
    """The reference store; also the one that runs Graph Data Science."""

    name = "neo4j"

    def driver_options(self) -> dict[str, Any]:
        """Hints about unknown labels are no news here: a store starts empty."""
        return {"notifications_min_severity": neo4j.NotificationMinimumSeverity.OFF}

    def keeps_deadlines(self) -> bool:
        """The server stops a transaction at the driver's timeout (2.3 to 3 s for 2 s)."""
        return True

    def lacks_space(self, fault: Neo4jError) -> bool:
        """By what it says."""
        return "No space left" in (fault.message or "")

    def prepare(self, store: Store, schema: Schema, indexes: Sequence[Index]) -> None:  # noqa: ARG002
        """Constraints and indexes; types need no definition, and Community refuses those of properties."""
        for index in indexes:
            store.run(_definition(index))
        store.within(WIPE_SECONDS).read("CALL db.awaitIndexes(300)")

    def drop(self, store: Store, indexes: Sequence[Index]) -> None:
        """By name."""
        for index in indexes:
            kind = "CONSTRAINT" if index.kind == "unique" else "INDEX"
            store.run(f"DROP {kind} `{index.name}` IF EXISTS")

    def fulltext_index_name(self, index: Index) -> str:
        """Its own name."""
        return index.name

    def counts(self, store: Store, schema: Schema) -> dict[str, int]:
        """From the server's count store, one trivial query a type."""
        queries = {name: f"MATCH (n:`{name}`) RETURN count(n) AS n" for name in schema.nodes}
        queries |= {name: f"MATCH ()-[r:`{name}`]->() RETURN count(r) AS n" for name in schema.relations}
        return {name: int(store.read(query)[0]["n"]) for name, query in queries.items()}

    def wipe(self, store: Store) -> None:
        """In batches: one transaction over 2.4 million items exceeds the server's transaction memory."""
        store.within(WIPE_SECONDS).run(
            "MATCH (n) WHERE NOT n:Meta CALL (n) { DETACH DELETE n } IN TRANSACTIONS OF 5000 ROWS"
        )

    def stop(self, store: Store, query: str, seconds: float) -> int:  # noqa: ARG002
        """Nothing to do: see :meth:`keeps_deadlines`."""
        return 0


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
