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
    Connection,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    SmallInteger,
    Table,
    Text,
    event,
)

VERSION: Final = 3
"""Version of this layout: a ledger with a higher one is refused, one with a lower one is migrated."""

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)


def to_micros(instant: datetime) -> int:
    """Microseconds since 1970 of an instant with zone; a naive one is a fault of ours (``TypeError``)."""
    return (instant - _EPOCH) // _MICROSECOND


def from_micros(micros: int) -> datetime:
    """The inverse of :func:`to_micros`, in UTC."""
    return _EPOCH + timedelta(microseconds=micros)


# Codes on disk: never renumber.
ROLE_CODE: Final = {"node": 0, "end": 1, "relation": 2, "evidence": 3, "judgement": 4}
ORIGIN_CODE: Final = {"real": 0, "benchmark": 1, "synthetic": 2}


def kind_of(role: str, origin: str) -> int:
    """Role and origin of a mention in one number, roles apart."""
    return ROLE_CODE[role] * 4 + ORIGIN_CODE[origin]


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

# Mentions by key and kind, a role and an origin in one number: "does any real record refer to this?" stops at the
# first entry even for a hub. A key is stored as 64 bits of a keyed hash (``Ledger.key_digest``): an entry takes 20
# bytes instead of 50. Keys arrive in no order, and inserting into one large tree rewrites a page for every entry:
# new ones go to ``mention_recent`` and move on in sorted sweeps. Measured with 5 million entries in batches of
# 25,000: 15 s against 46 s with text keys in one tree (41 s with hashed ones), and linear to 20 million (67 s).
mention, mention_recent = (
    Table(
        name,
        metadata,
        Column("key", BigInteger, primary_key=True, autoincrement=False),
        Column("kind", SmallInteger, primary_key=True, autoincrement=False),
        Column("seq", BigInteger, primary_key=True, autoincrement=False),
        sqlite_with_rowid=False,
    )
    for name in ("mention", "mention_recent")
)

MENTIONS: Final = (mention, mention_recent)

# Small values that change in place: the current run, the size of mention_recent.
pointer = Table(
    "pointer",
    metadata,
    Column("name", Text, primary_key=True),
    Column("value", Text, nullable=False),
)

alias = Table(
    "alias",
    metadata,
    Column("key", Text, primary_key=True),
    Column("id", Text, nullable=False),
    sqlite_with_rowid=False,
)
# Most entities have one key, which is their id: those need no entry here, and a large load no second random insert.
Index("alias_by_id", alias.c.id, sqlite_where=alias.c.id != alias.c.key)

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

# ``reading``: version of how rows were read; absent for loads of programs that did not note what a load states.
load = Table(
    "load",
    metadata,
    Column("id", Text, primary_key=True),
    Column("manifest", Text, nullable=False),
    Column("started_at", BigInteger, nullable=False),
    Column("finished_at", BigInteger),
    Column("sources", Text, nullable=False),
    Column("reading", Integer),
    Column("withdrawal_began_at", BigInteger),
    Column("withdrawn_at", BigInteger),
    Index("load_by_started", "started_at"),
)

# Which versions of records a load states: those that it brought, and those that it found there already. Numbers of one
# batch follow each other, so that a load takes a row a batch.
load_record = Table(
    "load_record",
    metadata,
    Column("load", Text, primary_key=True),
    Column("brought", Boolean, primary_key=True),
    Column("first", BigInteger, primary_key=True, autoincrement=False),
    Column("last", BigInteger, nullable=False),
    sqlite_with_rowid=False,
)
Index("load_record_by_number", load_record.c.first, load_record.c.last)

# Versions of records that were taken back, each by a record of its own (see ``ledger.withdrawals``).
withdrawal = Table(
    "withdrawal",
    metadata,
    Column("of", BigInteger().with_variant(Integer(), "sqlite"), primary_key=True, autoincrement=False),
    Column("seq", BigInteger, nullable=False),
)

# Where entries were kept before they had a file of their own (ledger.audit): those of then stay, none is added.
audit = Table(
    "audit",
    metadata,
    Column("number", BigInteger().with_variant(Integer(), "sqlite"), primary_key=True, autoincrement=False),
    Column("at", BigInteger, nullable=False),
    Column("actor", Text, nullable=False),
    Column("action", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("purpose", Text, nullable=False),
    Column("hash", LargeBinary, nullable=False),
    Index("audit_by_subject", "subject", "at"),
)


@event.listens_for(audit, "after_create")
def _only_grows(_table: Table, connection: Connection, **_: object) -> None:
    """Let SQLite itself refuse to change the former audit trail, and to let it grow: entries go into their own file."""
    if connection.dialect.name == "sqlite":
        for verb in ("UPDATE", "DELETE"):
            connection.exec_driver_sql(
                f"CREATE TRIGGER audit_no_{verb.lower()} BEFORE {verb} ON audit "
                "BEGIN SELECT RAISE(ABORT, 'the audit trail only grows'); END"
            )
        connection.exec_driver_sql(
            "CREATE TRIGGER audit_no_insert BEFORE INSERT ON audit "
            "BEGIN SELECT RAISE(ABORT, 'the audit trail has moved to audit.sqlite'); END"
        )
