"""The graph of a whole ledger, when there is none yet: at once where there is much, step by step where there is little.

At once means by several processes and, on the embedded store, by the engine's batch loader into a database that nobody
uses yet; step by step is how every load is followed. Both give the same graph.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path
from typing import Final

from graph.dialects.arcadedb import ArcadeDB
from graph.rebuild import beside
from graph.schema.load import schema
from graph.state import read_state
from graph.store import Store
from graph.write import wipe
from ingest.bulk.fill import Told, fill_bulk
from ingest.projection.projector import Projection, catch_up, fill
from ledger.database import Ledger
from ledger.naming import named_until
from ledger.records import head
from ledger.scan import mentions_at_least
from services.logs import logger
from terms.errors import KehutuError
from terms.progress import Progress

log = logger(__name__)

AT_ONCE: Final = 500_000
"""Mentions in the ledger, some 300,000 nodes and relations: processes and loader are worth their start from there."""


def follow(
    ledger: Ledger,
    store: Store,
    home: Path,
    *,
    phase: str,
    progress: Progress,
    at_once: int = AT_ONCE,
    held: bool = False,
) -> Projection:
    """Bring a graph up to date with the ledger; an empty one at once if the ledger is large.

    Killed at any moment and called again it ends in the same graph: on the embedded store an empty graph serves until
    the whole one takes its place, on Neo4j what was cut short is wiped.

    Args:
        phase: what ``progress`` is told.
        at_once: mentions of keys in the ledger from which it is.
        held: the caller is :func:`alone` already.
    Raises:
        KehutuError: what :func:`ingest.projection.projector.catch_up` and :func:`ingest.bulk.fill.fill_bulk` raise.
    """

    def told(done: int, total: int) -> None:
        progress(phase, done, total)

    with ledger.writer():
        first = (
            _first(ledger, store, home, at_once, told)
            if held
            else _first_alone(ledger, store, home, at_once, told)
        )
        rest = catch_up(ledger, store, schema(), progress=told)
    return rest if first is None else joined(first, rest)


def _first_alone(ledger: Ledger, store: Store, home: Path, at_once: int, told: Told) -> Projection | None:
    if not _worthwhile(ledger, store, at_once):
        return None
    with ExitStack() as stack:
        try:
            stack.enter_context(alone(ledger))
        except KehutuError as fault:
            if fault.code != "LEDGER_LOCKED":
                raise
            return None  # a rebuild is at work, which has the folder of the computation
        return _first(ledger, store, home, at_once, told)


def _worthwhile(ledger: Ledger, store: Store, at_once: int) -> bool:
    """Whether the graph is an empty one of this ledger, and the ledger large."""
    state = read_state(store)
    if state is not None and (state.watermark or state.ledger_id != ledger.id):
        return False
    return head(ledger) > 0 and mentions_at_least(ledger, at_once)


def _first(ledger: Ledger, store: Store, home: Path, at_once: int, told: Told) -> Projection | None:
    if not _worthwhile(ledger, store, at_once):
        return None
    known = named_until(ledger)
    fill_up = partial(
        fill_bulk, ledger, schema=schema(), until=known or head(ledger), named=not known, progress=told
    )
    try:
        with beside(store, home) as fresh:
            if fresh is None:
                state = read_state(store)
                if state is not None and state.in_flight is not None:
                    wipe(store)
                return fill_up(store)
            done = fill_up(fresh.store)
            fresh.serve()
            return done
    except KehutuError as fault:
        if fault.code != "STORE_UNAVAILABLE" or not isinstance(store.dialect, ArcadeDB):
            raise
        # A server that was started for a small graph may lack the memory for the loader, and is back by now; small
        # steps need less.
        log.warning("loader gave up", code=fault.code)
        return None


def fill_whole(
    ledger: Ledger, store: Store, *, phase: str, progress: Progress, at_once: int = AT_ONCE
) -> Projection:
    """Write to an empty graph that nobody uses what the graph that serves shows already; then :func:`catch_up`."""

    def told(done: int, total: int) -> None:
        progress(phase, done, total)

    until = named_until(ledger)
    if until and mentions_at_least(ledger, at_once):
        return fill_bulk(ledger, store, schema(), until=until, named=False, progress=told)
    return fill(ledger, store, schema(), progress=told)


def joined(first: Projection, rest: Projection) -> Projection:
    """What two projections did, one after the other."""
    return Projection(
        records=first.records + rest.records,
        nodes=first.nodes + rest.nodes,
        relations=first.relations + rest.relations,
        removed_nodes=first.removed_nodes + rest.removed_nodes,
        removed_relations=first.removed_relations + rest.removed_relations,
        watermark=rest.watermark,
        start=first.start,
        types=None if first.types is None or rest.types is None else _union(first.types, rest.types),
        warnings=(*first.warnings, *rest.warnings),
    )


def _union(first: tuple[str, ...], rest: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(sorted({*first, *rest}))


@contextmanager
def alone(ledger: Ledger) -> Iterator[None]:
    """Be the only one who makes a whole graph of this home; a second one is refused at once.

    Raises:
        KehutuError: LEDGER_LOCKED, LEDGER_UNWRITABLE.
    """
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
