"""How the graph is brought up to date with the ledger: batch after batch, each written as the difference it makes."""

from __future__ import annotations

import gc
from collections.abc import Callable, Generator, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from functools import partial
from typing import Final

from graph.schema.model import Schema
from graph.state import prepare
from graph.store import Store
from graph.write import Counts, GraphChange, apply
from ingest.entities.large_entities import Recall
from ingest.entities.relations import Warned
from ingest.projection.cardinality import Crowded, crowded_by
from ingest.projection.difference import Difference, difference
from ingest.projection.store_matches_ledger import refuse_ahead
from ledger.database import Ledger
from ledger.naming import named_until, rename
from ledger.records import head, since

BATCH: Final = 10_000
"""Records that are written together: 200 MB with seven statements each, and a crash repeats one such batch."""

_WARNINGS: Final = 100


@dataclass(frozen=True, slots=True)
class Projection:
    """What catching up did: records read, nodes and relations written and removed, where the graph stands now.

    ``start``: where it stood before. ``types``: the types of nodes and relations that were written or removed, by name;
    None where it is not known.
    ``warnings``: the first hundred contracts that two channels seem to report under different numbers, and entities
    with more relations of a type than they can have.
    """

    records: int = 0
    nodes: int = 0
    relations: int = 0
    removed_nodes: int = 0
    removed_relations: int = 0
    watermark: int = 0
    start: int = 0
    types: tuple[str, ...] | None = None
    warnings: tuple[Warned | Crowded, ...] = ()


def catch_up(
    ledger: Ledger,
    store: Store,
    schema: Schema,
    *,
    batch: int = BATCH,
    progress: Callable[[int, int], None] | None = None,
) -> Projection:
    """Write to the graph what the records since its watermark change. Nothing to do is no fault.

    Args:
        batch: records a step; the graph after all of them does not depend on it.
        progress: called after every step with the records done and the records there were to do.
    Raises:
        KehutuError: STORE_OF_ANOTHER_LEDGER, STORE_NEWER, STORE_OUTDATED, STORE_AHEAD, STORE_UNAVAILABLE,
            LEDGER_LOCKED (another process writes).

    Killed at any moment and called again, it goes on where it was: the step that was cut short is computed again
    from the ledger, comes out the same, and is written over what is there of it.
    """
    with ledger.writer():
        return _follow(ledger, store, schema, head(ledger), batch=batch, progress=progress)


def fill(
    ledger: Ledger,
    store: Store,
    schema: Schema,
    *,
    batch: int = BATCH,
    progress: Callable[[int, int], None] | None = None,
) -> Projection:
    """Write to a graph that nobody else writes what the graph that serves shows already, without its writer's lock.

    Names are left alone: they are those of the graph that serves. Raises what :func:`catch_up` raises.
    """
    return _follow(ledger, store, schema, named_until(ledger), batch=batch, progress=progress)


def _follow(
    ledger: Ledger,
    store: Store,
    schema: Schema,
    end: int,
    *,
    batch: int,
    progress: Callable[[int, int], None] | None,
) -> Projection:
    """Write what the records up to ``end`` change."""
    state = prepare(store, schema, ledger.id, alone=ledger.writer)
    refuse_ahead(ledger, store, state)
    start, in_flight = state.watermark, state.in_flight
    total = Projection(watermark=start, start=start, types=())
    if start >= end:
        return total
    # A step that was cut short is taken as it was, even if it went further than is asked for now.
    first = min(batch, end - start) if in_flight is None else in_flight - start
    with closing(_steps(ledger, schema, start, end, first=first, batch=batch)) as steps:
        for records, step in steps:
            counts = apply(
                store,
                schema,
                step.change,
                recovering=in_flight is not None,
                before_watermark=partial(_rename, ledger, step),
            )
            in_flight = None
            total = _sum(total, records, counts, step)
            if len(total.warnings) < _WARNINGS:
                seen = crowded_by(ledger, store, schema, step.change)
                total = replace(total, warnings=(*total.warnings, *seen)[:_WARNINGS])
            if progress is not None:
                progress(total.watermark - start, end - start)
    return total


def _steps(
    ledger: Ledger, schema: Schema, done: int, end: int, *, first: int, batch: int
) -> Generator[tuple[int, Difference], None, None]:
    """Steps with their numbers of records. One is computed while the one before it is written: it reads the ledger
    only, and the store is another process."""
    recall = Recall()

    def step(after: int, limit: int) -> tuple[int, Difference]:
        with _uncollected():
            records = since(ledger, after, limit)
            return len(records), difference(ledger, schema, records, recall)

    with ThreadPoolExecutor(1, "projector") as ahead:
        coming = ahead.submit(step, done, first)
        while True:
            records, found = coming.result()
            done = found.change.watermark
            if done < end:
                coming = ahead.submit(step, done, min(batch, end - done))
            yield records, found
            if done >= end:
                return


@contextmanager
def _uncollected() -> Iterator[None]:
    """Pause the collector of cycles: a step makes some million objects without any, and it would walk them over and
    over (two fifths of the time, measured)."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()


def _rename(ledger: Ledger, step: Difference) -> None:
    """Let keys find their entities; a store that is made again from older records leaves them as they are."""
    if step.change.watermark > named_until(ledger):
        names = step.names
        rename(ledger, names.named, names.forgotten, until=step.change.watermark, heirs=names.heirs)


def _sum(total: Projection, records: int, counts: Counts, step: Difference) -> Projection:
    return Projection(
        records=total.records + records,
        nodes=total.nodes + counts.nodes,
        relations=total.relations + counts.relations,
        removed_nodes=total.removed_nodes + counts.removed_nodes,
        removed_relations=total.removed_relations + counts.removed_relations,
        watermark=step.change.watermark,
        start=total.start,
        types=tuple(sorted({*(total.types or ()), *_types(step.change)})),
        warnings=(*total.warnings, *step.warnings)[:_WARNINGS],
    )


def _types(change: GraphChange) -> set[str]:
    nodes = {row.type for rows in (change.create_nodes, change.update_nodes) for row in rows}
    removed = {type_name for type_name, _ in change.remove_nodes}
    relations = (change.create_relations, change.update_relations, change.remove_relations)
    return nodes | removed | {row.type for rows in relations for row in rows}
