"""Loads: which manifest was loaded when, and what became of its rows."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import Row, insert, select, update

from ledger import tables
from ledger.database import Ledger
from terms.errors import KehutuError


@dataclass(frozen=True, slots=True)
class Load:
    """One load. ``finished_at`` is None while it runs, and for good when its process died.

    ``sources``: per source its name, counts (read, accepted, quarantined, duplicate), error, notices and what was left
    out, plain JSON values. ``reading``: version of how rows were read; None for loads of programs that did not note
    which records a load states. ``withdrawal_began_at``: it is being taken back; ``withdrawn_at``: it has been.
    """

    id: str
    manifest: str
    started_at: datetime
    finished_at: datetime | None
    sources: Sequence[Mapping[str, Any]]
    reading: int | None = None
    withdrawal_began_at: datetime | None = None
    withdrawn_at: datetime | None = None


def new_id() -> str:
    """An id that no load has."""
    return f"load-{secrets.token_hex(8)}"


def start(ledger: Ledger, load_id: str, manifest: str, *, at: datetime, reading: int) -> None:
    """Note that a load begins."""
    row = {
        "id": load_id,
        "manifest": manifest,
        "started_at": tables.to_micros(at),
        "sources": "[]",
        "reading": reading,
    }
    with ledger.writing() as connection:
        connection.execute(insert(tables.load), row)


def finish(ledger: Ledger, load_id: str, sources: Sequence[Mapping[str, Any]], *, at: datetime) -> None:
    """Note that a load has ended, and its counts.

    Raises:
        KehutuError: UNKNOWN_LOAD.
    """
    done = {"finished_at": tables.to_micros(at), "sources": orjson.dumps([dict(s) for s in sources]).decode()}
    with ledger.writing() as connection:
        changed = connection.execute(update(tables.load).where(tables.load.c.id == load_id).values(done))
        if changed.rowcount == 0:
            raise KehutuError("UNKNOWN_LOAD", id=load_id)


def get(ledger: Ledger, load_id: str) -> Load:
    """A load by its id.

    Raises:
        KehutuError: UNKNOWN_LOAD.
    """
    with ledger.reading() as connection:
        row = connection.execute(select(tables.load).where(tables.load.c.id == load_id)).one_or_none()
    if row is None:
        raise KehutuError("UNKNOWN_LOAD", id=load_id)
    return _load(row)


def listing(ledger: Ledger, first: int = 100) -> list[Load]:
    """Loads, the newest first."""
    query = (
        select(tables.load).order_by(tables.load.c.started_at.desc(), tables.load.c.id.desc()).limit(first)
    )
    with ledger.reading() as connection:
        return [_load(row) for row in connection.execute(query)]


def _load(row: Row[Any]) -> Load:
    return Load(
        id=row.id,
        manifest=row.manifest,
        started_at=tables.from_micros(row.started_at),
        finished_at=_instant(row.finished_at),
        sources=orjson.loads(row.sources),
        reading=row.reading,
        withdrawal_began_at=_instant(row.withdrawal_began_at),
        withdrawn_at=_instant(row.withdrawn_at),
    )


def _instant(micros: int | None) -> datetime | None:
    return None if micros is None else tables.from_micros(micros)
