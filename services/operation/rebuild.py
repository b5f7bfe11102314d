"""How the graph is made again from the ledger, equal by value to one that has followed every load."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Literal, TypeAlias

from graph.rebuild import Fresh, beside, empty_in_place, finish_in_place
from graph.schema.load import schema
from graph.state import StoreState, read_state
from graph.store import Store, open_store
from graph.write import counts
from ingest.projection.projector import Projection, catch_up
from ledger.census import census
from ledger.database import Ledger
from ledger.records import head
from services.logs import logger
from services.operation import trail
from services.operation.wholeness import making_again
from services.settings import Settings
from services.site import heap
from services.whole_graph import AT_ONCE, alone, fill_whole, follow, joined
from terms.errors import KehutuError
from terms.progress import Progress, silent
from terms.texts import Texts

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


def rebuild(
    settings: Settings, *, grace: float = GRACE, progress: Progress = silent, at_once: int = AT_ONCE
) -> Rebuilt:
    """Make the graph again from the ledger of a home, and let it serve.

    On the embedded store the old graph serves, and is kept up to date by others, until the new one is whole and its
    counts fit the ledger. On Neo4j it is wiped first; until it is whole commands are refused with STORE_REBUILDING.
    Killed at any moment it leaves a store that the next rebuild makes whole.

    Args:
        grace: the longest wait, in seconds, for queries that still run in the old graph of an embedded store.
        at_once: mentions in the ledger from which the graph is made by several processes and the loader.
    Raises:
        KehutuError: LEDGER_MISSING; LEDGER_LOCKED when another rebuild, or in place another writer, is at work;
            STORE_OF_ANOTHER_LEDGER unless it is one that this ledger was restored from; STORE_DAMAGED when the new
            graph does not fit the ledger (the old one serves on, where it can); STORE_UNAVAILABLE; STORE_NEWER.
    """
    started = time.monotonic()
    with (
        Ledger.open(settings.home, create=False, zone=settings.zone) as ledger,
        alone(ledger),
        open_store(
            settings.store_url,
            settings.home,
            heap=heap(settings.store_heap, ledger),
            linger=settings.store_linger,
        ) as store,
    ):
        state = _acceptable(store, ledger)
        trail.note(ledger, "rebuild", store.url)
        before = counts(store, schema()) if state is not None and state.watermark == head(ledger) else None
        with beside(store, settings.home) as fresh:
            if fresh is None:
                done = _in_place(ledger, store, progress, at_once)
            else:
                done = _beside(ledger, fresh, progress, at_once)
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
            if before is not None and before[name] != after[name] and not _derived(name)
        ),
    )


def _derived(name: str) -> bool:
    """Whether analysis writes the type: no rebuild makes it."""
    node = schema().nodes.get(name)
    return schema().relations[name].derived if node is None else node.derived


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


def _beside(ledger: Ledger, fresh: Fresh, progress: Progress, at_once: int) -> Projection:
    """Fill the new database while others write the old one, then what has come since, with the writer's lock."""

    def told(done: int, total: int) -> None:
        progress("Making the graph", done, total)

    first = fill_whole(ledger, fresh.store, phase="Making the graph", progress=progress, at_once=at_once)
    with ledger.writer():
        rest = catch_up(ledger, fresh.store, schema(), progress=told)
        _check(ledger, fresh.store)
        fresh.serve()
    return joined(first, rest)


def _in_place(ledger: Ledger, store: Store, progress: Progress, at_once: int) -> Projection:
    with ledger.writer(), making_again(ledger):
        progress("Emptying the store")
        empty_in_place(store, ledger.id)
        done = follow(
            ledger,
            store,
            ledger.home,
            phase="Making the graph",
            progress=progress,
            at_once=at_once,
            held=True,
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
            reason = Texts(
                f"it holds {held[node.name]} of type {node.name}, the ledger names {expected}",
                f"其中有 {held[node.name]} 个 {node.name}，台账中应有 {expected} 个",
            )
            raise KehutuError("STORE_DAMAGED", store=store.url, reason=reason)
