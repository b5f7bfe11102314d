"""The graph again from the ledger: equal by value to what following the ledger would have made."""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Literal, TypeAlias

from graph.rebuild import Fresh, beside, empty_in_place, finish_in_place
from graph.schema.load import schema
from graph.state import StoreState, read_state
from graph.store import Store, open_store
from graph.write import counts
from ingest.projector import Projection, catch_up, fill
from ledger.census import census
from ledger.database import Ledger
from ledger.records import head
from services.operation import trail
from services.operation.logs import logger
from services.operation.wholeness import making_again
from services.settings import Settings
from terms.errors import KehutuError
from terms.progress import Progress, silent

GRACE = 30.0
"""Seconds that queries in the old graph of an embedded store may go on after the turn."""

Way: TypeAlias = Literal["beside", "in place"]

log = logger(__name__)


@dataclass(frozen=True, slots=True)
class Changed:
    """A type of which the rebuilt graph holds another number than the graph before, at the same record."""

    type: str
    before: int
    after: int


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """A graph that was made again.

    ``way``: beside the one that served meanwhile, or in its place. ``records``: that it was made from. ``counts``: of
    each type that occurs. ``changed``: empty when the graph before was right; not compared when it lagged behind.
    """

    way: Way
    records: int
    watermark: int
    nodes: int
    relations: int
    seconds: float
    counts: dict[str, int]
    changed: tuple[Changed, ...]


def rebuild(settings: Settings, *, grace: float = GRACE, progress: Progress = silent) -> Rebuilt:
    """Make the graph again from the ledger of a home, and let it serve.

    On the embedded store the old graph serves, and is kept up to date by others, until the new one is whole and its
    counts fit the ledger. On Neo4j it is wiped first; until it is whole commands are refused with STORE_REBUILDING.
    Killed at any moment it leaves a store that the next rebuild makes whole.

    Args:
        grace: the longest wait, in seconds, for queries that still run in the old graph of an embedded store.
    Raises:
        KehutuError: LEDGER_MISSING; LEDGER_LOCKED when another rebuild, or in place another writer, is at work;
            STORE_OF_ANOTHER_LEDGER unless it is one that this ledger was restored from; STORE_DAMAGED when the new
            graph does not fit the ledger (the old one serves on, where it can); STORE_UNAVAILABLE; STORE_NEWER.
    """
    started = time.monotonic()
    with (
        Ledger.open(settings.home, create=False) as ledger,
        _alone(ledger),
        open_store(settings.store_url, settings.home, heap=settings.store_heap) as store,
    ):
        state = _acceptable(store, ledger)
        trail.note(ledger, "rebuild", store.url)
        before = counts(store, schema()) if state is not None and state.watermark == head(ledger) else None
        with beside(store, settings.home) as fresh:
            if fresh is None:
                done = _in_place(ledger, store, progress)
            else:
                done = _beside(ledger, fresh, progress)
                log.info("turned", database=fresh.name)
                progress("Waiting for queries in the old graph")
                fresh.wait(grace)
        after = counts(store, schema())
    seconds = time.monotonic() - started
    log.info("rebuilt", records=done.watermark, seconds=round(seconds, 3))
    return Rebuilt(
        way="in place" if fresh is None else "beside",
        records=done.records,
        watermark=done.watermark,
        nodes=sum(after[name] for name in schema().nodes),
        relations=sum(after[name] for name in schema().relations),
        seconds=seconds,
        counts={name: number for name, number in after.items() if number},
        changed=tuple(
            Changed(name, before[name], after[name])
            for name in (after if before is not None else ())
            if before is not None and before[name] != after[name]
        ),
    )


def _acceptable(store: Store, ledger: Ledger) -> StoreState | None:
    state = read_state(store)
    if state is None:
        return None
    if state.ledger_id not in (ledger.id, *ledger.former_ids):
        raise KehutuError(
            "STORE_OF_ANOTHER_LEDGER", store=store.url, found=state.ledger_id, expected=ledger.id
        )
    if state.schema_version > schema().version:
        raise KehutuError(
            "STORE_NEWER", store=store.url, found=state.schema_version, expected=schema().version
        )
    return state


def _beside(ledger: Ledger, fresh: Fresh, progress: Progress) -> Projection:
    """Fill the new database while others write the old one, then what has come since, with the writer's lock."""

    def told(done: int, total: int) -> None:
        progress("Making the graph", done, total)

    first = fill(ledger, fresh.store, schema(), progress=told)
    with ledger.writer():
        rest = catch_up(ledger, fresh.store, schema(), progress=told)
        _check(ledger, fresh.store)
        fresh.serve()
    return _joined(first, rest)


def _in_place(ledger: Ledger, store: Store, progress: Progress) -> Projection:
    with ledger.writer(), making_again(ledger):
        progress("Emptying the store")
        empty_in_place(store, ledger.id)
        done = catch_up(
            ledger,
            store,
            schema(),
            progress=lambda done, total: progress("Making the graph", done, total),
        )
        _check(ledger, store)
        finish_in_place(store)
    return done


def _check(ledger: Ledger, store: Store) -> None:
    """Compare how many entities of each type the ledger names with how many the graph holds."""
    named = {found.prefix: found.entities for found in census(ledger)}
    held = counts(store, schema())
    for node in schema().nodes.values():
        expected = named.get(node.prefix, 0)
        if not node.derived and held[node.name] != expected:
            reason = f"it holds {held[node.name]} of type {node.name}, the ledger names {expected}"
            raise KehutuError("STORE_DAMAGED", store=store.url, reason=reason)


def _joined(first: Projection, rest: Projection) -> Projection:
    return Projection(
        records=first.records + rest.records,
        nodes=first.nodes + rest.nodes,
        relations=first.relations + rest.relations,
        removed_nodes=first.removed_nodes + rest.removed_nodes,
        removed_relations=first.removed_relations + rest.removed_relations,
        watermark=rest.watermark,
    )


@contextmanager
def _alone(ledger: Ledger) -> Iterator[None]:
    """Be the only rebuild of this home; a second one is refused at once."""
    path = ledger.folder / "rebuild.lock"
    try:
        lock = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as fault:
        raise KehutuError("LEDGER_UNWRITABLE", path=path, reason=fault.strerror or fault) from fault
    try:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = os.pread(lock, 32, 0).decode(errors="replace").strip() or "?"
            raise KehutuError("LEDGER_LOCKED", path=path, pid=holder, seconds=0) from None
        os.ftruncate(lock, 0)
        os.pwrite(lock, f"{os.getpid()}\n".encode(), 0)
        yield
    finally:
        os.close(lock)
