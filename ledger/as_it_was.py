"""The ledger as it was: which records that mention some keys were there at a moment.

A moment is a point in the order of acknowledgement (all records up to a number), in time (all records recorded by
then), or both.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from sqlalchemy import ColumnElement, Select, and_, exists, false, func, or_, select, true

from ledger import tables
from ledger.bulk import chunks
from ledger.database import Ledger
from ledger.records import Record, Ref, newest


class Numbered(Protocol):
    """What has a place in the order of acknowledgement: a record, a judgement."""

    @property
    def seq(self) -> int:
        """Its sequence number."""

    @property
    def recorded_at(self) -> datetime:
        """When it was acknowledged."""


@dataclass(frozen=True, slots=True)
class Moment:
    """Sees records with ``seq`` up to ``until`` that were recorded by ``as_of``; None sets no limit."""

    until: int | None = None
    as_of: datetime | None = None

    def sees(self, record: Numbered) -> bool:
        """Whether the record, or the judgement, was there."""
        return (self.until is None or record.seq <= self.until) and (
            self.as_of is None or record.recorded_at <= self.as_of
        )

    def current(self, versions: Iterable[Record]) -> Record | None:
        """Of all versions of one record the current one; None before the first and after a withdrawal."""
        seen = [record for record in versions if self.sees(record)]
        if not seen or (record := newest(seen)).deleted:
            return None
        return record


def refs_of(ledger: Ledger, seqs: Iterable[int]) -> dict[int, Ref]:
    """(source, record id) of the records with these numbers, by number; their content is not read."""
    columns = tables.record.c
    found: dict[int, Ref] = {}
    with ledger.reading() as connection:
        for chunk in chunks(sorted(set(seqs))):
            query = select(columns.seq, columns.source, columns.record_id).where(columns.seq.in_(chunk))
            found.update((seq, (source, local)) for seq, source, local in connection.execute(query))
    return found


def referring(ledger: Ledger, keys: Iterable[str], moment: Moment) -> dict[str, frozenset[str]]:
    """For each key that current records refer to (role ``end``) the origins of those records.

    Keys that none refers to are absent from the answer. Stops at a key's first current record of each origin, so
    a hub with millions costs what a leaf does.
    """
    digests = {ledger.key_digest(key): key for key in keys}
    origins = {tables.kind_of("end", origin): origin for origin in tables.ORIGIN_CODE}
    # Lists as JSON: thousands of bound values would cost more to compile than to answer.
    asked = func.json_each(json.dumps(sorted(digests))).table_valued("value", name="asked")
    kinds = func.json_each(json.dumps(sorted(origins))).table_valued("value", name="kinds")
    found: dict[str, set[str]] = defaultdict(set)
    with ledger.reading() as connection:
        for table in tables.MENTIONS:
            refers = _current(moment).where(
                table.c.key == asked.c.value, table.c.kind == kinds.c.value, _RECORD.c.seq == table.c.seq
            )
            query = (
                select(asked.c.value, kinds.c.value)
                .join_from(asked, kinds, true())
                .where(refers.correlate(asked, kinds).exists())
            )
            for digest, kind in connection.execute(query):
                found[digests[digest]].add(origins[kind])
    return {name: frozenset(seen) for name, seen in found.items()}


_RECORD, _NEWER = tables.record.alias("r"), tables.record.alias("n")
_WITHDRAWAL = tables.withdrawal.alias("w")


def _current(moment: Moment) -> Select[tuple[int]]:
    """Records that a moment shows: seen, neither deleted nor taken back, and without a newer version that it shows."""
    superseded = exists().where(
        _NEWER.c.source == _RECORD.c.source,
        _NEWER.c.record_id == _RECORD.c.record_id,
        or_(
            _NEWER.c.observed_at > _RECORD.c.observed_at,
            and_(_NEWER.c.observed_at == _RECORD.c.observed_at, _NEWER.c.seq > _RECORD.c.seq),
        ),
        _seen(_NEWER.c.seq, _NEWER.c.recorded_at, moment),
        ~_taken_back(_NEWER.c.seq, moment),
    )
    return select(_RECORD.c.seq).where(
        _seen(_RECORD.c.seq, _RECORD.c.recorded_at, moment),
        _RECORD.c.deleted == false(),
        ~_taken_back(_RECORD.c.seq, moment),
        ~superseded,
    )


def _taken_back(seq: ColumnElement[int], moment: Moment) -> ColumnElement[bool]:
    """Whether a version has been withdrawn, as far as a moment sees."""
    back = exists().where(_WITHDRAWAL.c.of == seq)
    if moment.until is not None:
        back = back.where(_WITHDRAWAL.c.seq <= moment.until)
    if moment.as_of is not None:
        by = tables.record.alias("by")
        back = back.where(_WITHDRAWAL.c.seq == by.c.seq, by.c.recorded_at <= tables.to_micros(moment.as_of))
    return back


def _seen(seq: ColumnElement[int], recorded_at: ColumnElement[int], moment: Moment) -> ColumnElement[bool]:
    seen: ColumnElement[bool] = true()
    if moment.until is not None:
        seen = and_(seen, seq <= moment.until)
    if moment.as_of is not None:
        seen = and_(seen, recorded_at <= tables.to_micros(moment.as_of))
    return seen
