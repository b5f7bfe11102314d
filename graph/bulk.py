"""How a whole graph goes into an empty embedded store: all nodes, then all relations, as lines in one HTTP request.

The engine's own batch loader (GraphBatch) reads the lines as they come, sorts relations by their ends and writes each
page once: some 20 us of CPU an item with all indexes in place, however many there are. It writes no log
and is no transaction, so it is for a database that nobody uses yet (``graph.rebuild.beside``): one that was cut short
is dropped.
"""

from __future__ import annotations

import base64
import http.client
from collections.abc import Iterable
from typing import Final

import orjson

from graph.dialects.arcadedb import ArcadeDB
from graph.schema.model import NodeType, RelationType
from graph.store import Store
from graph.write import NodeRow, stored_node
from terms.errors import KehutuError

SILENCE_SECONDS: Final = 600.0
"""The engine may write what it has for so long without taking more."""
COMMIT_EVERY: Final = 20_000
"""Relations, or nodes at the end, of one step. The engine's default is all of them, and holds every node in memory."""
_END: Final = orjson.OPT_APPEND_NEWLINE


def node_line(kind: NodeType, node: NodeRow) -> bytes:
    """A node as the loader reads it, with the end of the line."""
    return orjson.dumps({"@type": "v", "@class": kind.name} | stored_node(kind, node), option=_END)


def relation_line(kind: RelationType, stored: bytes, source: int, target: int) -> bytes:
    """A relation as the loader reads it: its ends by their places in the stream of nodes, from 0.

    Args:
        stored: what :func:`graph.write.stored_relation` gives, as JSON.
    """
    ends = b'{"@type":"e","@class":"%b","@from":"%d","@to":"%d",' % (kind.name.encode(), source, target)
    return ends + stored[1:] + b"\n"


def pour(store: Store, lines: Iterable[bytes], *, nodes: int) -> tuple[int, int]:
    """Load lines, whole ones in parts of any size, all nodes first; an empty part shows that the sender is alive.

    Args:
        nodes: how many there are.
    Returns:
        How many nodes and relations the engine has made.
    Raises:
        KehutuError: STORE_UNAVAILABLE when the store went away; STORE_DAMAGED when it refused a line. What was loaded
            is worthless then.
    """
    dialect = store.dialect
    if not isinstance(dialect, ArcadeDB):
        raise TypeError(
            f"graph.bulk.pour: only the embedded store has such a way, and this is {dialect.name}"
        )
    at = dialect.address
    connection = http.client.HTTPConnection("127.0.0.1", at.http, timeout=SILENCE_SECONDS)
    try:
        path = (
            f"/api/v1/batch/{dialect.database}?refMode=ordinal&idMapping=false&expectedVertexCount={nodes}"
            f"&commitEvery={COMMIT_EVERY}"
        )
        connection.putrequest("POST", path)
        secret = base64.b64encode(f"root:{at.password}".encode()).decode()
        for name, value in (
            ("Authorization", f"Basic {secret}"),
            ("Content-Type", "application/x-ndjson"),
            ("Transfer-Encoding", "chunked"),
        ):
            connection.putheader(name, value)
        connection.endheaders()
        for part in lines:
            # A blank line counts for nothing, and keeps the engine from giving up on a sender that is still thinking.
            text = part or b"\n"
            connection.send(b"%x\r\n" % len(text))
            connection.send(text)
            connection.send(b"\r\n")
        connection.send(b"0\r\n\r\n")
        answer = connection.getresponse()
        found = answer.read()
    except (OSError, http.client.HTTPException) as fault:
        reason = _refusal(connection) or str(fault) or type(fault).__name__
        raise KehutuError("STORE_UNAVAILABLE", store=store.url, reason=reason) from fault
    finally:
        connection.close()
    if answer.status != http.HTTPStatus.OK:
        raise KehutuError("STORE_DAMAGED", store=store.url, reason=found.decode(errors="replace"))
    dialect.settle(store)
    done = orjson.loads(found)
    return done["verticesCreated"], done["edgesCreated"]


def _refusal(connection: http.client.HTTPConnection) -> str:
    """What the engine said before it closed the connection, if that can still be read."""
    try:
        return connection.getresponse().read().decode(errors="replace")
    except (OSError, http.client.HTTPException):
        return ""
