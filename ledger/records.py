"""Records: every row that ever arrived, in the order of its acknowledgement, and the keys that it mentions.

A record is never changed. A row with new content is a new version of its (source, record id); a delete is a
version too. The current version is the one with the latest ``(observed_at, seq)``: for rows that state their
time it depends on the set of versions and not on the order of arrival. A version that was taken back does not count
(``ledger.withdrawals``); nor does the record that says so, which states nothing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, Final, Literal, NamedTuple, TypeAlias

import orjson
from sqlalchemy import Connection, Row, Select, func, select

from ledger import load_records, mentions, tables
from ledger.bulk import chunks, insert_rows
from ledger.database import Ledger
from ledger.mentions import Mention, Origin, mentioned_until, mentioning
from ledger.versions import (
    TAKEN_BACK,
    WITHDRAWAL,
    NewRecord,
    Ref,
    content_hash,
    known_versions,
    repeated_of,
    version_of,
)
from terms.errors import KehutuError
from terms.ids import RecordId
from terms.ids import record_id as name_of
from terms.texts import Texts

__all__ = [
    "WITHDRAWAL",
    "Mention",
    "NewRecord",
    "Origin",
    "Outcome",
    "Record",
    "Ref",
    "RowOutcome",
    "acknowledge",
    "all_versions",
    "append",
    "by_seq",
    "content_hash",
    "current",
    "head",
    "last_of",
    "mentioned_until",
    "mentioning",
    "newest",
    "observed",
    "since",
    "sources",
    "standing",
    "versions",
]

Outcome: TypeAlias = Literal["accepted", "duplicate"]


class RowOutcome(NamedTuple):
    """What became of a row: its content is in the ledger under this number, from now on or since earlier.

    ``withdraws_nothing``: it withdraws a record that the ledger does not know.
    """

    outcome: Outcome
    seq: int
    withdraws_nothing: bool = False


class Record(NamedTuple):
    """One acknowledged version of a record. Its mentions follow from its payload: not repeated here."""

    seq: int
    source: str
    record_id: str
    channel: str
    origin: Origin
    observed_at: datetime
    observed_assumed: bool
    recorded_at: datetime
    hash: bytes
    deleted: bool
    location: str
    payload: bytes

    @property
    def ref(self) -> Ref:
        """(source, record id)."""
        return self.source, self.record_id

    @property
    def id(self) -> RecordId:
        """The record as it is named to people: ``source/recordId``."""
        return name_of(self.source, self.record_id)

    @property
    def withdraws(self) -> int | None:
        """Number of the version of the same record that it takes back; None for all but withdrawals."""
        return int(orjson.loads(self.payload)["withdraws"]) if self.channel == WITHDRAWAL else None


def append(
    ledger: Ledger,
    batch: Sequence[NewRecord],
    *,
    recorded_at: datetime,
    named: mentions.MentionColumns | None = None,
) -> list[Outcome]:
    """Acknowledge a batch; see :func:`acknowledge`.

    Returns:
        For every row, in order, whether it was accepted or is a duplicate.
    """
    return [taken.outcome for taken in acknowledge(ledger, batch, recorded_at=recorded_at, named=named)]


def acknowledge(
    ledger: Ledger,
    batch: Sequence[NewRecord],
    *,
    recorded_at: datetime,
    named: mentions.MentionColumns | None = None,
    load: str | None = None,
) -> list[RowOutcome]:
    """Take a batch in one commit, on disk when this returns. Safe to call from many processes at once.

    A row is a duplicate, and nothing is written for it, when

    * it states its time and a version of the same record has equal content and time, or
    * it states none and has the content of the record's current version.

    A row that repeats known content at another stated time is a new version: it says that the content was
    (still) true then, and dropping it would make the current version depend on the order of arrival.

    Args:
        batch: rows in the order of arrival; a few thousand are a good size.
        recorded_at: the instant of acknowledgement, with zone.
        named: the mentions of the batch, where they were worked out elsewhere; those of its rows do not count then.
        load: id of the load that states these rows, which can be taken back.
    Raises:
        KehutuError: LOAD_WITHDRAWN.
    Returns:
        For every row, in order, the outcome and the number of the version that holds its content.
    """
    if not batch:
        return []
    taken: list[RowOutcome] = []
    records: list[tuple[object, ...]] = []
    seqs: list[int] = []
    with ledger.writing() as connection:
        seq, last = last_of(connection)
        # Should the clock have stepped back, what is recorded later still is later.
        recorded = max(tables.to_micros(recorded_at), last)
        versions = known_versions(connection, batch)
        for row in batch:
            known = versions[row.source, row.record_id]
            version = version_of(row, seq + 1, known)
            repeated = repeated_of(version, known) if known else None
            if repeated is not None:
                taken.append(RowOutcome("duplicate", repeated.seq))
                seqs.append(0)
                continue
            seq += 1
            unknown = not known
            known.append(version)
            records.append(
                (
                    seq,
                    row.source,
                    row.record_id,
                    row.channel,
                    row.origin,
                    version.observed_at,
                    row.observed_assumed,
                    recorded,
                    version.hash,
                    row.deleted,
                    row.location,
                    row.payload,
                )
            )
            seqs.append(seq)
            taken.append(RowOutcome("accepted", seq, row.deleted and unknown))
        if records:
            insert_rows(connection, tables.record, records)
            if named is None:
                named = mentions.named(ledger, [(row.origin, row.mentions) for row in batch])
            mentions.add(connection, named, seqs)
        if load is not None:
            brought = {one for one in seqs if one}
            load_records.note(connection, load, brought, {one.seq for one in taken} - brought)
    return taken


def head(ledger: Ledger) -> int:
    """Sequence number of the last acknowledged record; 0 for an empty ledger."""
    with ledger.reading() as connection:
        return last_of(connection)[0]


def since(ledger: Ledger, after: int, limit: int) -> list[Record]:
    """The records that follow sequence number ``after``, ascending, at most ``limit``."""
    query = _SELECT.where(tables.record.c.seq > after).order_by(tables.record.c.seq).limit(limit)
    with ledger.reading() as connection:
        return [_record(ledger, row) for row in connection.execute(query)]


def observed(
    ledger: Ledger, *, after: int = 0, assumed: bool = False, but_source: str = "", but_channel: str = ""
) -> tuple[datetime, datetime] | None:
    """The earliest and the latest instant of which records say that they were true then; None where none says so.

    What was taken back does not count.

    Args:
        after: only records with a higher sequence number count.
        assumed: instead those that say nothing, by the time of their load, which stands in.
        but_source, but_channel: do not count, because the product makes these records itself.
    """
    columns = tables.record.c
    query = select(func.min(columns.observed_at), func.max(columns.observed_at)).where(
        columns.observed_assumed == assumed,
        columns.source != but_source,
        columns.channel.not_in([but_channel, WITHDRAWAL]),
        columns.seq.not_in(TAKEN_BACK),
    )
    if after:
        query = query.where(columns.seq > after)
    with ledger.reading() as connection:
        first, last = connection.execute(query).one()
    return None if first is None else (tables.from_micros(first), tables.from_micros(last))


def by_seq(ledger: Ledger, seqs: Iterable[int]) -> dict[int, Record]:
    """Records by sequence number; unknown numbers are absent from the answer."""
    found: dict[int, Record] = {}
    with ledger.reading() as connection:
        for chunk in chunks(sorted(set(seqs))):
            for row in connection.execute(_SELECT.where(tables.record.c.seq.in_(chunk))):
                found[row[0]] = _record(ledger, row)
    return found


def versions(
    ledger: Ledger, refs: Iterable[Ref], *, as_of: datetime | None = None
) -> dict[Ref, list[Record]]:
    """The versions of records that stand, each list ascending by ``(observed_at, seq)``: its last is the current one.

    Args:
        refs: (source, record id) pairs; unknown ones, and those all taken back, are absent from the answer.
        as_of: leave out what was recorded later.
    """
    every = all_versions(ledger, refs, as_of=as_of)
    found = {
        ref: [record for record in standing(group) if not record.withdraws] for ref, group in every.items()
    }
    return {ref: group for ref, group in found.items() if group}


def all_versions(
    ledger: Ledger, refs: Iterable[Ref], *, as_of: datetime | None = None
) -> dict[Ref, list[Record]]:
    """As :func:`versions`, with what was taken back and the withdrawals themselves."""
    by_source: dict[str, set[str]] = defaultdict(set)
    for source, local in refs:
        by_source[source].add(local)
    found: dict[Ref, list[Record]] = defaultdict(list)
    columns = tables.record.c
    with ledger.reading() as connection:
        for source, locals_ in by_source.items():
            for chunk in chunks(sorted(locals_)):
                query = _SELECT.where(columns.source == source, columns.record_id.in_(chunk))
                if as_of is not None:
                    query = query.where(columns.recorded_at <= tables.to_micros(as_of))
                for row in connection.execute(query):
                    found[row[1], row[2]].append(_record(ledger, row))
    for group in found.values():
        group.sort(key=_age)
    return dict(found)


def current(ledger: Ledger, refs: Iterable[Ref], *, as_of: datetime | None = None) -> dict[Ref, Record]:
    """The current version of records; one whose ``deleted`` is set has been withdrawn."""
    return {ref: newest(group) for ref, group in all_versions(ledger, refs, as_of=as_of).items()}


def newest(group: Iterable[Record]) -> Record:
    """The current one among versions of one record, in any order; a withdrawal where all were taken back."""
    return max(standing(group), key=_age)


def standing(group: Iterable[Record]) -> list[Record]:
    """Those among versions of one record that no withdrawal among them takes back; withdrawals are older than all."""
    group = list(group)
    back = {record.withdraws for record in group if record.channel == WITHDRAWAL}
    return [record for record in group if record.seq not in back] if back else group


def _age(record: Record) -> tuple[datetime, int]:
    return record.observed_at, record.seq


_SELECT: Final[Select[Any]] = select(*tables.record.c)


def _record(ledger: Ledger, row: Row[Any]) -> Record:
    """A row of the table as a record; one whose content does not fit its hash stops here."""
    record = Record._make(row)  # the columns stand in the order of the fields
    if content_hash(record.payload, deleted=record.deleted) != record.hash:
        raise KehutuError("LEDGER_DAMAGED", path=ledger.path, reason=misfit(record.id, record.seq))
    return record._replace(
        observed_at=tables.from_micros(row.observed_at),
        recorded_at=tables.from_micros(row.recorded_at),
    )


def misfit(record: str, number: int) -> Texts:
    """Why a ledger is damaged: what a record holds is not what was written."""
    return Texts(
        f"the content of record {record} (number {number}) does not fit its hash",
        f"记录 {record}（序号 {number}）的内容与其哈希不符",
    )


def last_of(connection: Connection) -> tuple[int, int]:
    """Sequence number and time of recording, in microseconds, of the last record; zeros before the first."""
    columns = tables.record.c
    query = select(columns.seq, columns.recorded_at).order_by(columns.seq.desc()).limit(1)
    row = connection.execute(query).one_or_none()
    return (0, 0) if row is None else (row.seq, row.recorded_at)


_SOURCES: Final = (
    "WITH RECURSIVE one(source) AS (SELECT min(source) FROM record UNION ALL"
    " SELECT (SELECT min(source) FROM record WHERE source > one.source) FROM one WHERE one.source IS NOT NULL)"
    " SELECT source FROM one WHERE source IS NOT NULL"
)


def sources(ledger: Ledger) -> tuple[str, ...]:
    """Names of all sources that have records, ascending; one look into the index for each."""
    with ledger.reading() as connection:
        return tuple(str(row[0]) for row in connection.exec_driver_sql(_SOURCES))
