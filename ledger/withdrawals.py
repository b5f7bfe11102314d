"""How a load is taken back: a record of its own withdraws each version that nothing else states.

Nothing is removed. A withdrawal is a record of the same (source, record id) that names the version it takes back; from
its number on that version does not count, and an earlier one comes forward. So the graph follows as it does after any
record, and as it was before can still be asked.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any, Final

import orjson
from sqlalchemy import Connection, func, insert, select, update

from ledger import load_records, tables
from ledger.bulk import chunks, insert_rows
from ledger.database import Ledger
from ledger.load_records import Range
from ledger.loads import Load, get
from ledger.records import WITHDRAWAL, content_hash, last_of
from terms.errors import KehutuError

BATCH: Final = 5_000
"""Versions that are withdrawn in one commit."""
_BEFORE_ALL: Final = tables.to_micros(datetime.fromisoformat("0001-01-01T00:00:00+00:00"))
"""A withdrawal is no observation: it is older than any version that stands."""


def begin(ledger: Ledger, load_id: str, *, at: datetime) -> Load:
    """Note that a load is being taken back: from now on it acknowledges nothing more.

    Of a load that was made before loads noted their records these are found by source and time, if that is certain.

    Raises:
        KehutuError: UNKNOWN_LOAD, LOAD_RECORDS_UNKNOWN.
    """
    load = get(ledger, load_id)
    if load.withdrawal_began_at is not None:
        return load
    with ledger.writing() as connection:
        if load.reading is None:
            load_records.add(connection, load_id, _brought_earlier(connection, load), brought=True)
        began = update(tables.load).where(tables.load.c.id == load_id)
        connection.execute(began.values(withdrawal_began_at=tables.to_micros(at)))
    return get(ledger, load_id)


def withdraw(ledger: Ledger, load_id: str, *, at: datetime) -> Iterator[int]:
    """Withdraw what a load states and nothing else does, a batch a commit; yields how many versions each took back.

    Killed at any moment and called again it goes on where it was. The caller is the one writer.
    """
    with ledger.reading() as connection:
        stated = load_records.stated(connection, load_id)
    for part in _parts(stated):
        with ledger.writing() as connection:
            yield _withdraw(connection, load_id, part, at)
    with ledger.writing() as connection:
        ended = update(tables.load).where(tables.load.c.id == load_id, tables.load.c.withdrawn_at.is_(None))
        connection.execute(ended.values(withdrawn_at=tables.to_micros(at)))


def staying(ledger: Ledger, load_id: str) -> int:
    """How many versions that a load states have not been withdrawn."""
    number, of = 0, tables.withdrawal.c.of
    with ledger.reading() as connection:
        for part in load_records.stated(connection, load_id):
            back = connection.scalar(select(func.count()).where(of.between(*part))) or 0
            number += part.last - part.first + 1 - back
    return number


def taken_back(ledger: Ledger, seqs: Iterable[int]) -> set[int]:
    """Those of some versions that have been withdrawn."""
    column = tables.withdrawal.c.of
    found: set[int] = set()
    with ledger.reading() as connection:
        for chunk in chunks(sorted(set(seqs))):
            found.update(connection.scalars(select(column).where(column.in_(chunk))))
    return found


def exist_after(ledger: Ledger, seq: int) -> bool:
    """Whether a withdrawal was recorded after a number."""
    with ledger.reading() as connection:
        last = connection.scalar(select(func.max(tables.withdrawal.c.seq)))
    return last is not None and last > seq


def _parts(stated: Iterable[Range]) -> Iterator[Range]:
    for first, last in stated:
        for start in range(first, last + 1, BATCH):
            yield Range(start, min(last, start + BATCH - 1))


def _withdraw(connection: Connection, load_id: str, part: Range, at: datetime) -> int:
    columns = tables.record.c
    stays = load_records.standing_elsewhere(connection, load_id, part)
    of = tables.withdrawal.c.of
    stays.update(connection.scalars(select(of).where(of.between(*part))))
    query = select(columns.seq, columns.source, columns.record_id, columns.origin).where(
        columns.seq.between(*part)
    )
    versions = [row for row in connection.execute(query.order_by(columns.seq)) if row.seq not in stays]
    if not versions:
        return 0
    last, recorded = last_of(connection)
    recorded = max(tables.to_micros(at), recorded)
    numbered = list(enumerate(versions, last + 1))
    insert_rows(connection, tables.record, [_record(seq, row, load_id, recorded) for seq, row in numbered])
    connection.execute(insert(tables.withdrawal), [{"of": row.seq, "seq": seq} for seq, row in numbered])
    return len(versions)


def _record(seq: int, of: Any, load_id: str, recorded: int) -> tuple[object, ...]:
    """The withdrawal of a version; to a reader of rows it is one that states nothing."""
    payload = orjson.dumps({"nodes": [], "relations": [], "withdraws": of.seq}, option=orjson.OPT_SORT_KEYS)
    digest = content_hash(payload, deleted=True)
    return (
        *(seq, of.source, of.record_id, WITHDRAWAL, of.origin),
        *(_BEFORE_ALL, True, recorded, digest, True, load_id, payload),
    )


def _brought_earlier(connection: Connection, load: Load) -> list[int]:
    """What a load of an earlier version brought: the records of its sources that were recorded while it ran, if they
    are as many as it counted."""
    columns = tables.record.c
    found: list[int] = []
    for source in load.sources:
        query = select(columns.seq).where(
            columns.source == source["name"],
            columns.recorded_at >= tables.to_micros(load.started_at),
            columns.recorded_at <= tables.to_micros(load.finished_at or load.started_at),
        )
        seqs = connection.scalars(query).all()
        if len(seqs) != source["accepted"]:
            raise KehutuError("LOAD_RECORDS_UNKNOWN", id=load.id, source=source["name"])
        found += seqs
    if load.finished_at is None:
        raise KehutuError("LOAD_RECORDS_UNKNOWN", id=load.id, source="?")
    return found
