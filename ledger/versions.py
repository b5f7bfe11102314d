"""Which rows are versions of one record, and which are duplicates; decided before a record is read.

A version that was taken back, and the record that says so, are no versions any more (``ledger.withdrawals``).
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final, Literal, NamedTuple, TypeAlias

from sqlalchemy import Connection, select

from ledger import tables
from ledger.bulk import chunks
from ledger.database import Ledger
from ledger.mentions import Origin, Role

WITHDRAWAL: Final = "withdrawal"
"""Channel of records that take a version back."""
Ref: TypeAlias = tuple[str, str]
"""(source, record id): what versions have in common."""
Foreseen: TypeAlias = Literal["new", "update", "duplicate"]
"""What a row would be: a record that is not there, another version of one, or nothing new."""


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


# A copy is begun in half the time.
_KEPT: Final = hashlib.blake2b(digest_size=16)
_DELETED: Final = hashlib.blake2b(digest_size=16, person=b"deleted")


def content_hash(payload: bytes, *, deleted: bool) -> bytes:
    """16 bytes that stand for the content of a row."""
    digest = (_DELETED if deleted else _KEPT).copy()
    digest.update(payload)
    return digest.digest()


class Version(NamedTuple):
    """What decides whether a row is a duplicate; the greatest is the current one."""

    observed_at: int
    seq: int
    hash: bytes
    assumed: bool


def foresee(
    ledger: Ledger | None, batch: Sequence[NewRecord], earlier: dict[Ref, list[Version]]
) -> list[Foreseen]:
    """What each row would be if it came now; nothing is written.

    Args:
        ledger: None where there is none yet.
        earlier: versions that rows before the batch would be; those of the batch are added.
    """
    held: Mapping[Ref, Sequence[Version]] = {}
    if ledger is not None:
        with ledger.reading() as connection:
            held = known_versions(connection, batch)
    found: list[Foreseen] = []
    for row in batch:
        coming = earlier.setdefault((row.source, row.record_id), [])
        known = [*held.get((row.source, row.record_id), ()), *coming]
        # Numbers of what has not come yet follow all that there are.
        version = version_of(row, 1 + max((one.seq for one in known), default=0), known)
        if known and repeated_of(version, known) is not None:
            found.append("duplicate")
        else:
            coming.append(version)
            found.append("update" if known else "new")
    return found


def version_of(row: NewRecord, seq: int, known: Sequence[Version]) -> Version:
    """A row as a version with this number, beside those that are known."""
    observed = tables.to_micros(row.observed_at)
    if row.observed_assumed and known:
        # What arrives later counts, though the clock may have stepped back in between.
        observed = max([observed, *(version.observed_at for version in known if version.assumed)])
    return Version(observed, seq, content_hash(row.payload, deleted=row.deleted), row.observed_assumed)


def repeated_of(new: Version, known: Sequence[Version]) -> Version | None:
    """The version that a new one would only repeat."""
    if new.assumed:
        newest = max(known, default=None)
        return newest if newest is not None and newest.hash == new.hash else None
    return next((v for v in known if v.observed_at == new.observed_at and v.hash == new.hash), None)


def known_versions(connection: Connection, batch: Sequence[NewRecord]) -> dict[Ref, list[Version]]:
    """The versions of the records of some rows."""
    by_source: dict[str, set[str]] = defaultdict(set)
    for row in batch:
        by_source[row.source].add(row.record_id)
    found: dict[Ref, list[Version]] = defaultdict(list)
    columns = tables.record.c
    wanted = (columns.record_id, columns.observed_at, columns.seq, columns.hash, columns.observed_assumed)
    for source, locals_ in by_source.items():
        for chunk in chunks(sorted(locals_)):
            query = select(*wanted).where(
                columns.source == source,
                columns.record_id.in_(chunk),
                columns.channel != WITHDRAWAL,
                columns.seq.not_in(TAKEN_BACK),
            )
            for local, *version in connection.execute(query):
                found[source, local].append(Version(*version))
    return found


TAKEN_BACK: Final = select(tables.withdrawal.c.of)
"""Numbers of the versions that were taken back."""
