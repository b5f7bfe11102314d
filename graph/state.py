"""What the store knows about itself: whose ledger it shows, how far, and whether a write was cut short.

One node ``Meta`` with id ``state`` holds it; another with id ``definitions`` remembers which indexes were made,
so that an ordinary start costs two reads.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from graph.schema.ddl import Index, indexes
from graph.schema.model import Schema
from graph.store import Store
from terms.errors import KehutuError

META_INDEX = Index("Meta", ("id",), "unique", "meta_id")


@dataclass(frozen=True, slots=True)
class StoreState:
    """How far the store has come.

    ``watermark``: the last record of the ledger that the store shows. ``in_flight``: the record that a write was
    heading for when it began; None once it has ended.
    """

    ledger_id: str
    watermark: int
    in_flight: int | None
    schema_version: int


def read_state(store: Store) -> StoreState | None:
    """The store's state; None for a store that belongs to no ledger yet."""
    rows = store.read(
        "MATCH (m:Meta {id: 'state'}) RETURN m.ledgerId AS ledger, m.watermark AS watermark, "
        "m.inFlight AS inFlight, m.schemaVersion AS schemaVersion"
    )
    if not rows:
        return None
    row = rows[0]
    return StoreState(row["ledger"], row["watermark"], row["inFlight"], row["schemaVersion"])


def prepare(store: Store, schema: Schema, ledger_id: str) -> StoreState:
    """Make the store ready for this ledger: types, indexes, state. Safe to repeat and to interrupt.

    Raises:
        KehutuError: STORE_OF_ANOTHER_LEDGER; STORE_NEWER when a newer schema wrote it. Nothing is changed then.
    """
    state = read_state(store)
    if state is not None:
        if state.schema_version > schema.version:
            raise KehutuError(
                "STORE_NEWER", store=store.url, found=state.schema_version, expected=schema.version
            )
        if state.ledger_id != ledger_id:
            raise KehutuError(
                "STORE_OF_ANOTHER_LEDGER", store=store.url, found=state.ledger_id, expected=ledger_id
            )
    _define(store, schema)
    if state is None or state.schema_version != schema.version:
        store.write(
            "MERGE (m:Meta {id: 'state'}) "
            "SET m.ledgerId = $ledger, m.watermark = coalesce(m.watermark, 0), m.schemaVersion = $version",
            ledger=ledger_id,
            version=schema.version,
        )
    found = read_state(store)
    if found is None:
        raise KehutuError("STORE_DAMAGED", store=store.url, reason="its state was not kept")
    return found


def begin(store: Store, to: int) -> None:
    """Note that records up to ``to`` are being written; until :func:`end` the graph may show part of them."""
    store.write("MATCH (m:Meta {id: 'state'}) SET m.inFlight = $to", to=to)


def end(store: Store, watermark: int) -> None:
    """Note that the graph shows all records up to ``watermark``."""
    store.write(
        "MATCH (m:Meta {id: 'state'}) SET m.watermark = $watermark, m.inFlight = null", watermark=watermark
    )


def _define(store: Store, schema: Schema) -> None:
    wanted = (META_INDEX, *indexes(schema))
    mark = hashlib.sha256(repr((schema, wanted)).encode()).hexdigest()
    known = store.read("MATCH (m:Meta {id: 'definitions'}) RETURN m.mark AS mark")
    if [row["mark"] for row in known] != [mark]:
        store.dialect.prepare(store, schema, wanted)
        store.write("MERGE (m:Meta {id: 'definitions'}) SET m.mark = $mark", mark=mark)
