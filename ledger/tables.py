"""The tables of the ledger, declared once for SQLAlchemy Core.

Instants are integers, microseconds since 1970 in UTC: exact, half the size of text, and they sort right
whatever fraction of a second they carry.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Final

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    SmallInteger,
    Table,
    Text,
)

VERSION: Final = 1
"""Version of this layout; a ledger with a higher one is refused."""

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)


def to_micros(instant: datetime) -> int:
    """Microseconds since 1970 of an instant with zone; a naive one is a fault of ours (``TypeError``)."""
    return (instant - _EPOCH) // _MICROSECOND


def from_micros(micros: int) -> datetime:
    """The inverse of :func:`to_micros`, in UTC."""
    return _EPOCH + timedelta(microseconds=micros)


metadata = MetaData()

meta = Table(
    "meta",
    metadata,
    Column("name", Text, primary_key=True),
    Column("value", Text, nullable=False),
)

record = Table(
    "record",
    metadata,
    # BigInteger on a server; SQLite's rowid alias has to be spelt INTEGER.
    Column("seq", BigInteger().with_variant(Integer(), "sqlite"), primary_key=True, autoincrement=False),
    Column("source", Text, nullable=False),
    Column("record_id", Text, nullable=False),
    Column("channel", Text, nullable=False),
    Column("origin", Text, nullable=False),
    Column("observed_at", BigInteger, nullable=False),
    Column("observed_assumed", Boolean, nullable=False),
    Column("recorded_at", BigInteger, nullable=False),
    Column("hash", LargeBinary, nullable=False),
    Column("deleted", Boolean, nullable=False),
    Column("location", Text, nullable=False),
    # Last, so that the columns before it lie on the first page of a long row.
    Column("payload", LargeBinary, nullable=False),
    Index("record_by_ref", "source", "record_id"),
)

mention = Table(
    "mention",
    metadata,
    Column("key", Text, primary_key=True),
    Column("role", SmallInteger, primary_key=True),
    Column("seq", BigInteger, primary_key=True),
    sqlite_with_rowid=False,
)

alias = Table(
    "alias",
    metadata,
    Column("key", Text, primary_key=True),
    Column("id", Text, nullable=False),
    Index("alias_by_id", "id"),
    sqlite_with_rowid=False,
)

quarantine = Table(
    "quarantine",
    metadata,
    Column("id", Text, primary_key=True),
    Column("source", Text, nullable=False),
    Column("file", Text, nullable=False),
    Column("line", BigInteger, nullable=False),
    Column("field", Text, nullable=False),
    Column("code", Text, nullable=False),
    Column("details", Text, nullable=False),
    Column("raw", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("first_seen", BigInteger, nullable=False),
    Index("quarantine_by_source", "source", "file", "line"),
)

run = Table(
    "run",
    metadata,
    Column("id", Text, primary_key=True),
    Column("parent", Text),
    Column("created_at", BigInteger, nullable=False),
    Column("cut_off", Text, nullable=False),
    Column("watermark", BigInteger, nullable=False),
    Column("code_version", Text, nullable=False),
    Column("projection_hash", Text, nullable=False),
    Column("parts", Text, nullable=False),
    Column("files", Text, nullable=False),
    Index("run_by_created", "created_at"),
)

load = Table(
    "load",
    metadata,
    Column("id", Text, primary_key=True),
    Column("manifest", Text, nullable=False),
    Column("started_at", BigInteger, nullable=False),
    Column("finished_at", BigInteger),
    Column("sources", Text, nullable=False),
    Index("load_by_started", "started_at"),
)
