"""The embedded store's port for columns: who may ask, what happens when something goes wrong, and what is left then."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

import pytest

from graph import project
from graph.columns import NODE, Scan
from graph.dialects import columns
from graph.dialects.arcadedb import ArcadeDB
from graph.project import nodes, relations
from graph.rebuild import beside
from graph.schema.load import schema
from graph.state import prepare
from graph.store import Store, open_store
from graph.write import wipe
from terms.errors import KehutuError
from tests.graph_store.test_embedded_life import PATIENCE, server_process
from tests.graph_store.test_project import enterprise, guarantee, load

NAMES = ["a", "b", "c"]


@pytest.fixture
def small(embedded_store: Store) -> tuple[Store, ArcadeDB]:
    """Three enterprises on the embedded store, and its dialect."""
    wipe(embedded_store)
    prepare(embedded_store, schema(), "small")
    load(embedded_store, [enterprise(name) for name in NAMES], [guarantee("a", "b", "1")])
    assert isinstance(embedded_store.dialect, ArcadeDB)
    return embedded_store, embedded_store.dialect


def read(dialect: ArcadeDB, *, password: str = "", seconds: float = PATIENCE) -> list[str]:
    """The ids of all enterprises, sorted."""
    at = dialect.address
    wanted = Scan("Enterprise", {"id": "text"})
    end = time.monotonic() + seconds
    parts = columns.read(at.columns, password or at.password, dialect.database, wanted, end=end)
    return sorted(name.as_py() for part in parts for name in part["id"])


def test_who_does_not_know_the_password_reads_nothing(small: tuple[Store, ArcadeDB]) -> None:
    _, dialect = small
    with pytest.raises(ConnectionResetError):
        read(dialect, password="guessed")  # noqa: S106 - it is none
    assert read(dialect) == [f"enterprise:{name}" for name in NAMES]


def test_clients_that_go_away_leave_nothing_behind(
    small: tuple[Store, ArcadeDB], monkeypatch: pytest.MonkeyPatch
) -> None:
    _, dialect = small
    monkeypatch.setattr(columns, "ROWS", 1)
    for _ in range(20):
        at = dialect.address
        end = time.monotonic() + PATIENCE
        asked = columns.read(at.columns, at.password, dialect.database, Scan("Enterprise", {}), end=end)
        assert len(next(asked)[NODE]) == 1
        del asked
    assert read(dialect) == [f"enterprise:{name}" for name in NAMES]


def test_what_the_engine_cannot_read_is_told_in_its_words(small: tuple[Store, ArcadeDB]) -> None:
    store, dialect = small
    with pytest.raises(KehutuError) as refused:
        dialect.scan(store, Scan("Nowhere", {}))
    assert refused.value.code == "STORE_UNAVAILABLE"
    assert "Nowhere" in str(refused.value.details["reason"])


def test_reading_ends_at_the_deadline(small: tuple[Store, ArcadeDB], monkeypatch: pytest.MonkeyPatch) -> None:
    store, _ = small
    monkeypatch.setattr(project, "READ_SECONDS", 0.0)
    with pytest.raises(KehutuError) as late:
        nodes(store, schema(), "Enterprise")
    assert late.value.code == "STORE_DEADLINE"


def test_a_table_of_the_graph_before_a_rebuild_is_refused(small: tuple[Store, ArcadeDB]) -> None:
    """Of the same state, but the engine's numbers mean other nodes."""
    store, dialect = small
    with beside(store, dialect.folder.parent) as fresh:
        assert fresh is not None
        prepare(fresh.store, schema(), "small")
        load(fresh.store, [enterprise(name) for name in reversed(NAMES)], [guarantee("a", "b", "1")])
        before, after = (nodes(opened, schema(), "Enterprise") for opened in (store, fresh.store))
        assert before.ids == after.ids
        with pytest.raises(KehutuError) as refused:
            relations(fresh.store, schema(), "GUARANTEES", before, before)
        assert refused.value.code == "STORE_CHANGED"
        held = relations(fresh.store, schema(), "GUARANTEES", after, after)
        assert (held.source.tolist(), held.target.tolist()) == ([0], [1])


def test_a_server_that_was_killed_is_waited_for(home: Path) -> None:
    with open_store("embedded", home) as store:
        prepare(store, schema(), "small")
        load(store, [enterprise(name) for name in NAMES], [])
        os.kill(server_process(home), signal.SIGKILL)
        parts = store.dialect.scan(store.within(PATIENCE), Scan("Enterprise", {"id": "text"}))
        assert sum(len(part["id"]) for part in parts) == len(NAMES)
