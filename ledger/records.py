"""Records: every row that ever arrived, in the order of its acknowledgement, and the keys that it mentions.

A record is never changed. A row with new content is a new version of its (source, record id); a delete is a
version too. The current version is the one with the latest ``(observed_at, seq)``: for rows that state their
time it depends on the set of versions and not on the order of arrival.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, Final, Literal, NamedTuple, TypeAlias

from sqlalchemy import Connection, Row, Select, func, select

from ledger import mentions, tables
from ledger.bulk import chunks, insert_rows
from ledger.database import Ledger
from ledger.mentions import Mention, Origin, Role, mentioned_until, mentioning
from terms.errors import KehutuError
from terms.ids import RecordId
from terms.ids import record_id as name_of

__all__ = [
    "Acknowledged",
    "Mention",
    "NewRecord",
    "Origin",
    "Outcome",
    "Record",
    "Ref",
    "acknowledge",
    "append",
    "by_seq",
    "content_hash",
    "current",
    "head",
    "mentioned_until",
    "mentioning",
    "newest",
    "observed",
    "since",
    "versions",
]

Outcome: TypeAlias = Literal["accepted", "duplicate"]
Ref: TypeAlias = tuple[str, str]
"""(source, record id): what versions have in common."""


class NewRecord(NamedTuple):
    """One row on its way into the ledger.

    ``observed_at``: when the row was true at its source; ``observed_assumed``: it did not say, so the time of
    the load stands in. ``payload``: canonical JSON of its statements (equal rows give equal bytes).
    ``deleted``: the row withdraws the record. ``location``: ``file:line``.
    """

    source: str
    record_id: str
    channel: str
    origin: Origin
    observed_at: datetime
    observed_assumed: bool
    payload: bytes
    deleted: bool = False
    mentions: tuple[tuple[str, Role], ...] = ()
    location: str = ""


class Acknowledged(NamedTuple):
    """What became of a row: its content is in the ledger under this number, from now on or since earlier."""

    outcome: Outcome
    seq: int


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


# A copy is begun in half the time.
_KEPT: Final = hashlib.blake2b(digest_size=16)
_DELETED: Final = hashlib.blake2b(digest_size=16, person=b"deleted")


def content_hash(payload: bytes, *, deleted: bool) -> bytes:
    """16 bytes that stand for the content of a row."""
    digest = (_DELETED if deleted else _KEPT).copy()
    digest.update(payload)
    return digest.digest()


def append(
    ledger: Ledger, batch: Sequence[NewRecord], *, recorded_at: datetime, named: mentions.Named | None = None
) -> list[Outcome]:
    """Acknowledge a batch; see :func:`acknowledge`.

    Returns:
        For every row, in order, whether it was accepted or is a duplicate.
    """
    return [taken.outcome for taken in acknowledge(ledger, batch, recorded_at=recorded_at, named=named)]


def acknowledge(
    ledger: Ledger, batch: Sequence[NewRecord], *, recorded_at: datetime, named: mentions.Named | None = None
) -> list[Acknowledged]:
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
    Returns:
        For every row, in order, the outcome and the number of the version that holds its content.
    """
    if not batch:
        return []
    taken: list[Acknowledged] = []
    records: list[tuple[object, ...]] = []
    seqs: list[int] = []
    with ledger.writing() as connection:
        seq, last = _last(connection)
        # Should the clock have stepped back, what is recorded later still is later.
        recorded = max(tables.to_micros(recorded_at), last)
        versions = _known_versions(connection, batch)
        for row in batch:
            known = versions[row.source, row.record_id]
            version = _version(row, seq + 1, known)
            repeated = _repeated(version, known) if known else None
            if repeated is not None:
                taken.append(Acknowledged("duplicate", repeated.seq))
                seqs.append(0)
                continue
            seq += 1
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
            taken.append(Acknowledged("accepted", seq))
        if records:
            insert_rows(connection, tables.record, records)
            if named is None:
                named = mentions.named(ledger, [(row.origin, row.mentions) for row in batch])
            mentions.add(connection, named, seqs)
    return taken


def head(ledger: Ledger) -> int:
    """Sequence number of the last acknowledged record; 0 for an empty ledger."""
    with ledger.reading() as connection:
        return _last(connection)[0]


def since(ledger: Ledger, after: int, limit: int) -> list[Record]:
    """The records that follow sequence number ``after``, ascending, at most ``limit``."""
    query = _SELECT.where(tables.record.c.seq > after).order_by(tables.record.c.seq).limit(limit)
    with ledger.reading() as connection:
        return [_record(ledger, row) for row in connection.execute(query)]


def observed(
    ledger: Ledger, *, after: int = 0, assumed: bool = False, but_source: str = "", but_channel: str = ""
) -> tuple[datetime, datetime] | None:
    """The earliest and the latest instant of which records say that they were true then; None where none says so.

    Args:
        after: only records with a higher sequence number count.
        assumed: instead those that say nothing, by the time of their load, which stands in.
        but_source, but_channel: do not count, because the product makes these records itself.
    """
    columns = tables.record.c
    query = select(func.min(columns.observed_at), func.max(columns.observed_at)).where(
        columns.observed_assumed == assumed, columns.source != but_source, columns.channel != but_channel
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
    """All versions of records, each list ascending by ``(observed_at, seq)``: its last is the current one.

    Args:
        refs: (source, record id) pairs; unknown ones are absent from the answer.
        as_of: leave out what was recorded later.
    """
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
    return {ref: group[-1] for ref, group in versions(ledger, refs, as_of=as_of).items()}


def newest(group: Iterable[Record]) -> Record:
    """The current one among versions of one record, in any order."""
    return max(group, key=_age)


def _age(record: Record) -> tuple[datetime, int]:
    return record.observed_at, record.seq


_SELECT: Final[Select[Any]] = select(*tables.record.c)


def _record(ledger: Ledger, row: Row[Any]) -> Record:
    """A row of the table as a record; one whose content does not fit its hash stops here."""
    record = Record._make(row)  # the columns stand in the order of the fields
    if content_hash(record.payload, deleted=record.deleted) != record.hash:
        reason = f"the content of record {record.id} (number {record.seq}) does not fit its hash"
        raise KehutuError("LEDGER_DAMAGED", path=ledger.path, reason=reason)
    return record._replace(
        observed_at=tables.from_micros(row.observed_at),
        recorded_at=tables.from_micros(row.recorded_at),
    )


class _Version(NamedTuple):
    """What decides whether a row is a duplicate; the greatest is the current one."""

    observed_at: int
    seq: int
    hash: bytes
    assumed: bool


def _version(row: NewRecord, seq: int, known: Sequence[_Version]) -> _Version:
    observed = tables.to_micros(row.observed_at)
    if row.observed_assumed and known:
        # What arrives later counts, though the clock may have stepped back in between.
        observed = max([observed, *(version.observed_at for version in known if version.assumed)])
    return _Version(observed, seq, content_hash(row.payload, deleted=row.deleted), row.observed_assumed)


def _repeated(new: _Version, known: Sequence[_Version]) -> _Version | None:
    """The version that a new one would only repeat."""
    if new.assumed:
        newest = max(known, default=None)
        return newest if newest is not None and newest.hash == new.hash else None
    return next((v for v in known if v.observed_at == new.observed_at and v.hash == new.hash), None)


def _last(connection: Connection) -> tuple[int, int]:
    """Sequence number and time of recording of the last record."""
    columns = tables.record.c
    query = select(columns.seq, columns.recorded_at).order_by(columns.seq.desc()).limit(1)
    row = connection.execute(query).one_or_none()
    return (0, 0) if row is None else (row.seq, row.recorded_at)


def _known_versions(connection: Connection, batch: Sequence[NewRecord]) -> dict[Ref, list[_Version]]:
    by_source: dict[str, set[str]] = defaultdict(set)
    for row in batch:
        by_source[row.source].add(row.record_id)
    found: dict[Ref, list[_Version]] = defaultdict(list)
    columns = tables.record.c
    wanted = (columns.record_id, columns.observed_at, columns.seq, columns.hash, columns.observed_assumed)
    for source, locals_ in by_source.items():
        for chunk in chunks(sorted(locals_)):
            query = select(*wanted).where(columns.source == source, columns.record_id.in_(chunk))
            for local, *version in connection.execute(query):
                found[source, local].append(_Version(*version))
    return found
