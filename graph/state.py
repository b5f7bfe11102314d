"""Which ledger a store shows, up to which record, and whether a write was cut short.

One node ``Meta`` with id ``state`` holds it; another with id ``definitions`` remembers which indexes were made,
so that an ordinary start costs two reads.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, cast

from graph.migrate import migrate
from graph.schema.ddl import Index, indexes
from graph.schema.model import Schema
from graph.store import Store
from terms.errors import KehutuError
from terms.progress import Progress, silent
from terms.texts import Texts

META_INDEX = Index("Meta", ("id",), "unique", "meta_id")


@dataclass(frozen=True, slots=True)
class StoreState:
    """How far the store has come.

    ``watermark``: the last record of the ledger that the store shows. ``in_flight``: the record that a write was
    heading for when it began; None once it has ended. ``migrating``: the version that a migration is half way to.
    ``recorded_at``: when the ledger took the record of the watermark, as whoever wrote it said; None where nobody did.
    ``times_of``: the version of the program by which begins and ends of older relations were read; None where it is
    this one.
    """

    ledger_id: str
    watermark: int
    in_flight: int | None
    schema_version: int
    migrating: int | None = None
    recorded_at: str | None = None
    times_of: int | None = None


def read_state(store: Store) -> StoreState | None:
    """The store's state; None for a store that belongs to no ledger yet."""
    rows = store.read(
        "MATCH (m:Meta {id: 'state'}) RETURN m.ledgerId AS ledger, m.watermark AS watermark, "
        "m.inFlight AS inFlight, m.schemaVersion AS schemaVersion, m.migration AS migration, "
        "m.recordedAt AS recordedAt, m.timesOf AS timesOf"
    )
    if not rows:
        return None
    row = rows[0]
    return StoreState(
        ledger_id=row["ledger"],
        watermark=row["watermark"],
        in_flight=row["inFlight"],
        schema_version=row["schemaVersion"],
        migrating=row["migration"],
        recorded_at=row["recordedAt"],
        times_of=row["timesOf"],
    )


def prepare(
    store: Store,
    schema: Schema,
    ledger_id: str,
    *,
    alone: Callable[[], AbstractContextManager[None]] = nullcontext,
    progress: Progress = silent,
    migrations: Path | None = None,
) -> StoreState:
    """Make the store ready for this ledger: migrations, types, indexes, state. Safe to repeat and to interrupt.

    Args:
        alone: the writer's lock, taken where an older store has to be migrated.
        migrations: a folder of others than those of the product.
    Raises:
        KehutuError: STORE_OF_ANOTHER_LEDGER; STORE_NEWER when a newer schema wrote it; STORE_OUTDATED when it is so
            old that only a rebuild helps. Nothing is changed then.
    """
    state = read_state(store)
    if state is not None:
        refuse_unfit(store, state, schema, ledger_id)
        if state.schema_version < schema.version or state.migrating is not None:
            migrate(store, schema.version, alone=alone, progress=progress, folder=migrations)
    _define(store, schema)
    if state is None:
        store.write(
            "MERGE (m:Meta {id: 'state'}) "
            "SET m.ledgerId = $ledger, m.watermark = coalesce(m.watermark, 0), m.schemaVersion = $version",
            ledger=ledger_id,
            version=schema.version,
        )
    found = read_state(store)
    if found is None:
        raise KehutuError(
            "STORE_DAMAGED", store=store.url, reason=Texts("its state was not kept", "其状态未能保存")
        )
    return found


def refuse_unfit(store: Store, state: StoreState, schema: Schema, *ledgers: str) -> None:
    """Let nobody work with a store of a newer program, or of none of these ledgers.

    Raises:
        KehutuError: STORE_NEWER, STORE_OF_ANOTHER_LEDGER.
    """
    if state.schema_version > schema.version:
        raise KehutuError("STORE_NEWER", store=store.url, found=state.schema_version, expected=schema.version)
    if state.ledger_id not in ledgers:
        raise KehutuError(
            "STORE_OF_ANOTHER_LEDGER", store=store.url, found=state.ledger_id, expected=ledgers[0]
        )


def begin(store: Store, to: int) -> None:
    """Note that records up to ``to`` are being written; until :func:`end` the graph may show part of them."""
    store.write("MATCH (m:Meta {id: 'state'}) SET m.inFlight = $to", to=to)


def end(store: Store, watermark: int, recorded_at: str | None = None) -> None:
    """Note that the graph shows all records up to ``watermark``, and when the ledger took that one."""
    store.write(
        "MATCH (m:Meta {id: 'state'}) "
        "SET m.watermark = $watermark, m.inFlight = null, m.recordedAt = $recordedAt",
        watermark=watermark,
        recordedAt=recorded_at,
    )


def _define(store: Store, schema: Schema) -> None:
    """Make what is missing and drop what an earlier schema declared; what others have made is left alone."""
    wanted = (META_INDEX, *indexes(schema))
    mark = hashlib.sha256(repr((schema, wanted)).encode()).hexdigest()
    known = store.read("MATCH (m:Meta {id: 'definitions'}) RETURN m.mark AS mark, m.made AS made")
    if [row["mark"] for row in known] == [mark]:
        return
    made = [_read_index(text) for row in known for text in row["made"] or ()]
    # Before anything is made, so that a crash leaves none that nobody knows of.
    _note(store, [*wanted, *made], "")
    store.dialect.drop(store, [index for index in made if index not in wanted])
    store.dialect.prepare(store, schema, wanted)
    _note(store, wanted, mark)


def _note(store: Store, made: Iterable[Index], mark: str) -> None:
    store.write(
        "MERGE (m:Meta {id: 'definitions'}) SET m.mark = $mark, m.made = $made",
        mark=mark,
        made=list(dict.fromkeys(f"{i.kind} {i.type} {i.name} {' '.join(i.properties)}" for i in made)),
    )


def _read_index(text: str) -> Index:
    kind, type_name, name, *properties = text.split()
    return Index(type_name, tuple(properties), cast(Literal["unique", "range", "fulltext"], kind), name)
