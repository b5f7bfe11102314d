"""How the graph is made again: beside the one that serves where the store can do that, else in its place.

The embedded store keeps several databases in one server: a new one is filled while the old one serves, then the name
of the one that serves turns, and the old one is dropped after a grace. On Neo4j the graph is wiped and filled in its
place; a mark in the store says so until it is whole, through any crash.
"""

from __future__ import annotations

import contextlib
import secrets
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from graph.dialects.arcadedb import ArcadeDB
from graph.embedded import FIRST_DATABASE, serve_database
from graph.store import Store, open_store
from graph.write import wipe
from terms.errors import KehutuError

PREFIX: Final = f"{FIRST_DATABASE}_"
_MARK: Final = "rebuild"
_PAUSE: Final = 0.5
"""Seconds: longer than a client takes between reading the name and beginning its transaction."""


@dataclass(frozen=True, slots=True)
class Fresh:
    """An empty database beside the one that serves.

    ``store``: opened on it. ``name``: its name. ``replaced``: the database that serves until :meth:`serve`.
    """

    store: Store
    name: str
    replaced: str
    _folder: Path

    def serve(self) -> None:
        """Let it serve in place of the other one: every client's next transaction goes to it."""
        serve_database(self._folder, self.name)

    def wait(self, grace: float) -> None:
        """Wait for what still runs in the database that it replaced; no longer than so many seconds."""
        end = time.monotonic() + grace
        while time.monotonic() < end:
            time.sleep(min(_PAUSE, grace))
            running = self.store.run("SHOW TRANSACTIONS")
            if all(row["database"] != self.replaced for row in running):
                return


@contextlib.contextmanager
def beside(store: Store, home: Path) -> Iterator[Fresh | None]:
    """An empty database in the server of an embedded store; None for a store that cannot have one.

    What earlier rebuilds left behind is dropped first, so only one rebuild of a store may run at a time. The new
    database is dropped at the end unless it serves by then; so is the one that it replaced, if it does.
    """
    dialect = store.dialect
    if not isinstance(dialect, ArcadeDB):
        yield None
        return
    serving = dialect.database
    drop_leftovers(store)
    name = PREFIX + secrets.token_hex(4)
    dialect.create_database(store, name)
    try:
        with open_store("embedded", home, database=name) as opened:
            yield Fresh(opened, name, serving, dialect.folder)
    finally:
        # The store may be gone by now; then the next rebuild finds what is left.
        with contextlib.suppress(KehutuError, RuntimeError):
            dialect.drop_database(store, serving if dialect.database == name else name)


def leftovers(store: Store) -> list[str]:
    """Databases of rebuilds that were cut off, or that one is filling now."""
    dialect = store.dialect
    if not isinstance(dialect, ArcadeDB):
        return []
    ours = (n for n in dialect.databases(store) if n == FIRST_DATABASE or n.startswith(PREFIX))
    # A server makes the database that it is started for, so the first one may be there, empty.
    return [name for name in ours if name != dialect.database]


def drop_leftovers(store: Store) -> None:
    """Drop what rebuilds that were cut off have left; none may be running."""
    dialect = store.dialect
    if isinstance(dialect, ArcadeDB):
        for name in leftovers(store):
            dialect.drop_database(store, name)


def empty_in_place(store: Store, ledger_id: str) -> None:
    """Mark the store as being rebuilt, then wipe it in batches. May be repeated after a crash."""
    store.write(
        "MERGE (m:Meta {id: $mark}) SET m.ledgerId = $ledger, m.since = $since",
        mark=_MARK,
        ledger=ledger_id,
        since=datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z"),
    )
    wipe(store)


def finish_in_place(store: Store) -> None:
    """The graph is whole again."""
    store.write("MATCH (m:Meta {id: $mark}) DETACH DELETE m", mark=_MARK)


def rebuilding_since(store: Store) -> str | None:
    """When the rebuild began that this store is the place of (an instant in UTC); None when its graph is whole."""
    rows = store.read("MATCH (m:Meta {id: $mark}) RETURN m.since AS since", mark=_MARK)
    return None if not rows else str(rows[0]["since"])


def refuse_while_rebuilding(store: Store) -> None:
    """Let nobody work with half a graph.

    Raises:
        KehutuError: STORE_REBUILDING.
    """
    since = rebuilding_since(store)
    if since is not None:
        raise KehutuError("STORE_REBUILDING", store=store.url, since=since)
