"""ArcadeDB 26.10, the embedded store. Definitions are SQL, sent to its HTTP port on loopback."""

from __future__ import annotations

import base64
import json
import time
import urllib.error
import urllib.request
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from graph.dialects import columns
from graph.embedded import Address, EmbeddedServer, disk_is_full
from graph.schema.model import PropertyType
from terms.errors import KehutuError

if TYPE_CHECKING:
    from neo4j.exceptions import Neo4jError

    from graph.client import Client
    from graph.columns import Part, Scan
    from graph.schema.ddl import Index
    from graph.schema.model import Schema

ADMIN_SECONDS = 600.0
WIPE_BATCH = 2000
WIPE_NODES = 4000
SCANS: Final = 3
SCAN_PAUSE: Final = 0.5
"""Seconds: longer than this client takes to see where a server that was killed has come back."""
COLUMN: dict[PropertyType, str] = {
    "text": "STRING",
    "integer": "LONG",
    "decimal": "DOUBLE",
    "money": "LONG",
    "share": "DOUBLE",
    "boolean": "BOOLEAN",
    "date": "STRING",
    "instant": "STRING",
    "month": "STRING",
}
OWN = {"id": "STRING", "keys": "LIST", "origins": "LIST", "search": "STRING"}
OWN_OF_RELATION = {"recordId": "STRING", "origins": "LIST", "key": "STRING", "periods": "LIST"}
WHITESPACE = '{"analyzer": "org.apache.lucene.analysis.core.WhitespaceAnalyzer"}'


class ArcadeDB:
    """The embedded store. Its types are declared: an index on an undeclared property is slower than none."""

    name = "arcadedb"

    def __init__(self, server: EmbeddedServer) -> None:
        self._server = server

    def driver_options(self) -> dict[str, Any]:
        """Nothing of its own."""
        return {}

    def keeps_deadlines(self) -> bool:
        """It ignores the driver's timeout."""
        return False

    def lacks_space(self, _fault: Neo4jError, /) -> bool:
        """By a look at the disk that holds it: the fault says nothing, and the engine hides the cause in its log."""
        return disk_is_full(self._server.folder)

    def prepare(self, store: Client, schema: Schema, indexes: Sequence[Index], /) -> None:
        """Types, property types and indexes in one script."""
        script = []
        for node in schema.nodes.values():
            script.append(f"CREATE VERTEX TYPE `{node.name}` IF NOT EXISTS")
            columns = OWN | {p.name: COLUMN[p.type] for p in node.properties.values()}
            script += _columns(node.name, columns)
        for relation in schema.relations.values():
            script.append(f"CREATE EDGE TYPE `{relation.name}` IF NOT EXISTS")
            columns = OWN_OF_RELATION | {p.name: COLUMN[p.type] for p in relation.properties.values()}
            script += _columns(relation.name, columns)
        declared = set(schema.nodes)
        for index in indexes:
            if index.type not in declared:
                declared.add(index.type)
                script.append(f"CREATE VERTEX TYPE `{index.type}` IF NOT EXISTS")
                script += _columns(index.type, dict.fromkeys(index.properties, "STRING"))
            script.append(_definition(index))
        self._command(store, "sqlscript", ";\n".join(script))

    def drop(self, store: Client, indexes: Sequence[Index]) -> None:
        """By the name that the engine gives."""
        for index in indexes:
            self._command(store, "sql", f"DROP INDEX `{self.fulltext_index_name(index)}` IF EXISTS")

    def fulltext_index_name(self, index: Index) -> str:
        """ArcadeDB names an index after its type and properties."""
        return f"{index.type}[{','.join(index.properties)}]"

    def counts(self, store: Client, schema: Schema) -> dict[str, int]:
        """From the engine's own bookkeeping: its Cypher counts relations by walking them."""
        rows = self._command(store, "sql", "SELECT name, records FROM schema:types")
        found = {row["name"]: row["records"] for row in rows}
        return {name: int(found.get(name, 0)) for name in (*schema.nodes, *schema.relations)}

    def wipe(self, store: Client) -> None:
        """Few nodes in batches; many by making the database anew, which takes its definitions with it."""
        types = self._command(store, "sql", "SELECT name, records FROM schema:types WHERE type = 'vertex'")
        if sum(row["records"] for row in types) > WIPE_NODES:
            database = self._server.database
            self.drop_database(store, database)
            self.create_database(store, database)
            return
        query = (
            f"MATCH (n) WHERE NOT n:Meta WITH n LIMIT {WIPE_BATCH} DETACH DELETE n RETURN count(n) AS deleted"
        )
        while store.write(query)[0]["deleted"]:
            pass

    def scan(self, store: Client, wanted: Scan) -> list[Part]:
        """By SQL from the server's port for columns. A server that dies meanwhile is waited for, as by any query."""
        end = time.monotonic() + store.deadline
        for _ in range(SCANS):
            at = self.address
            try:
                return list(columns.read(at.columns, at.password, self.database, wanted, end=end))
            except TimeoutError as fault:
                raise KehutuError("STORE_DEADLINE", seconds=f"{store.deadline:g}") from fault
            except OSError as fault:
                reason = str(fault)
                store.read("RETURN 1 AS one")
                time.sleep(SCAN_PAUSE)
        raise KehutuError("STORE_UNAVAILABLE", store=store.url, reason=reason)

    def numbering(self) -> str:
        """A database: a rebuild turns to another one, of the same state."""
        return self.database

    @property
    def folder(self) -> Path:
        """Where the engine's files lie."""
        return self._server.folder

    @property
    def address(self) -> Address:
        """Where the server listens, and how to get in."""
        return self._server.address

    @property
    def database(self) -> str:
        """The database in use."""
        return self._server.database

    def databases(self, store: Client) -> list[str]:
        """All databases of the server, sorted."""
        return sorted(self._request(store, "server", {"command": "list databases"})["result"])

    def create_database(self, store: Client, name: str) -> None:
        """Make an empty database in the same server."""
        self._request(store, "server", {"command": f"create database {name}"})

    def drop_database(self, store: Client, name: str) -> None:
        """Delete a database with all that it holds; who still uses it gets an error."""
        self._request(store, "server", {"command": f"drop database {name}"})

    def settle(self, store: Client) -> None:
        """Have everything of the database in its files, by closing it: what the batch loader wrote is in no log."""
        for verb in ("close", "open"):
            self._request(store, "server", {"command": f"{verb} database {self._server.database}"})

    def stop(self, store: Client, query: str, seconds: float, /) -> int:
        """By Neo4j's own Cypher. The server cuts the text that it shows at about 1,000 characters."""
        late = [
            row["transactionId"]
            for row in store.run("SHOW TRANSACTIONS")
            if _same(query, row["currentQuery"]) and _seconds(row["elapsedTime"]) >= seconds * 0.9
        ]
        if late:
            store.run("TERMINATE TRANSACTIONS $ids", ids=late)
        return len(late)

    def _command(self, store: Client, language: str, command: str) -> list[dict[str, Any]]:
        path = f"command/{self._server.database}"
        answer = self._request(store, path, {"language": language, "command": command})
        rows: list[dict[str, Any]] = answer["result"]
        return rows

    def _request(self, store: Client, path: str, body: dict[str, str]) -> dict[str, Any]:
        at = self._server.address
        request = urllib.request.Request(
            f"http://127.0.0.1:{at.http}/api/v1/{path}",
            json.dumps(body).encode(),
            {
                "Authorization": "Basic " + base64.b64encode(f"root:{at.password}".encode()).decode(),
                "Content-Type": "application/json",
            },
        )
        # A proxy from the environment must not see a request to our own machine.
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        try:
            with opener.open(request, timeout=ADMIN_SECONDS) as answer:
                return dict(json.load(answer))
        except urllib.error.HTTPError as fault:
            reason = fault.read().decode(errors="replace")
            raise RuntimeError(f"the embedded store refused {body}: {reason}") from fault
        except OSError as fault:
            raise KehutuError("STORE_UNAVAILABLE", store=store.url, reason=str(fault)) from fault


def _columns(type_name: str, columns: dict[str, str]) -> list[str]:
    return [f"CREATE PROPERTY `{type_name}`.`{name}` IF NOT EXISTS {kind}" for name, kind in columns.items()]


def _definition(index: Index) -> str:
    properties = ", ".join(f"`{p}`" for p in index.properties)
    kind = {
        "unique": "UNIQUE",
        "range": "NOTUNIQUE",
        "fulltext": f"FULL_TEXT METADATA {WHITESPACE}",
    }[index.kind]
    return f"CREATE INDEX IF NOT EXISTS ON `{index.type}` ({properties}) {kind}"


def _same(query: str, shown: str) -> bool:
    text, shown = " ".join(query.split()), " ".join(shown.rstrip(".… ").split())
    return bool(shown) and (text == shown or (len(shown) > 200 and text.startswith(shown[:900])))


def _seconds(duration: object) -> float:
    return float(getattr(duration, "seconds", 0)) + float(getattr(duration, "nanoseconds", 0)) / 1e9
