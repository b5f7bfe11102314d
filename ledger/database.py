"""The ledger of a home: one SQL database with its secret key, opened, checked, locked and closed here.

Files in ``home/ledger/``: ``ledger.sqlite`` (write-ahead log, every commit is on disk before it returns),
``key`` (32 secret bytes, readable by the owner only), ``audit.sqlite`` (``ledger.audit``), ``writer.lock`` (who writes
the graph), ``deciding.lock``, ``setup.lock``.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
import sqlite3
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from sqlalchemy import Connection, Engine, create_engine, event, insert, inspect, select
from sqlalchemy.dialects.sqlite import insert as upsert
from sqlalchemy.exc import DBAPIError

from ledger import tables
from ledger.audit_file import AuditFile
from ledger.files import KEY, lock, locked, secret_key
from ledger.migrate import PLACE, VERSION, migrate, migrations, newest
from terms.cleanup import on_failure
from terms.errors import KehutuError
from terms.migrations import Migration, read
from terms.zones import DEFAULT, canonical, zone_of

FOLDER: Final = "ledger"
DATABASE: Final = "ledger.sqlite"
FORMER_IDS: Final = "former_ids"
ZONE: Final = "zone"
_BUSY_SECONDS: Final = 30
_FINGERPRINT_TEXT: Final = b"kehutu ledger key"


class Ledger:
    """An open ledger. Safe to share between threads; any number of processes may open the same one.

    Every function of this room takes it as first argument. Faults of the database come out as ``KehutuError``
    LEDGER_DAMAGED, LEDGER_FULL, LEDGER_LOCKED or LEDGER_UNWRITABLE.
    """

    def __init__(self, home: Path, engine: Engine, ledger_id: str, key: bytes, *, zone: str) -> None:
        self.home: Final = home
        self.folder: Final = home / FOLDER
        self.engine: Final = engine
        self.id: Final = ledger_id
        """Random id of this ledger; the graph store remembers it and refuses another."""
        self.zone_name: Final = zone
        """The business zone, fixed when the ledger was made."""
        self.zone: Final = zone_of(zone)
        self._key: Final = key
        self._digest: Final = hashlib.blake2b(digest_size=8, key=key)
        self._held = threading.local()
        self.opening: Final = threading.Lock()
        self.trail: AuditFile | None = None
        """The open file of the audit trail: ``ledger.audit`` opens it, under ``opening``, when it is first needed."""

    @classmethod
    def open(
        cls,
        home: Path,
        *,
        create: bool = True,
        migrate: bool = True,
        migrations_in: Path | None = None,
        zone: str | None = None,
    ) -> Ledger:
        """Open the ledger of a home folder, making it first where there is none, migrating an older one.

        Args:
            home: the site's folder; made when absent and ``create`` is set.
            create: whether a missing ledger is made; else LEDGER_MISSING.
            migrate: whether an older ledger is migrated; else LEDGER_OUTDATED.
            migrations_in: a folder of other migrations than those of the product.
            zone: the business zone of a new ledger, which a known one must have too; absent: the default, or its own.
        Raises:
            KehutuError: LEDGER_MISSING, LEDGER_DAMAGED, LEDGER_NEWER, LEDGER_UNWRITABLE, LEDGER_KEY_MISSING,
                LEDGER_KEY_EXPOSED (others may read it), LEDGER_KEY_WRONG (another ledger's), ZONE_FIXED (another zone).
            ValueError: ``zone`` names no zone.
        """
        folder = home / FOLDER
        path = folder / DATABASE
        if not create and not path.exists():
            raise KehutuError("LEDGER_MISSING", path=path)
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            # Two processes that open a new home at once: the second waits until the first has made it.
            with lock(folder / "setup.lock"):
                key = secret_key(folder, ledger_exists=path.exists() and path.stat().st_size > 0)
                # Its log files take over the mode of the database: for the owner only, like the key.
                os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))
                engine = _engine(path)
                with on_failure(engine.dispose), faults(path):
                    known = migrations() if migrations_in is None else read(migrations_in)
                    ledger_id, has = _prepare(
                        engine, path, key, known, may_migrate=migrate, zone=zone and canonical(zone)
                    )
        except OSError as fault:
            raise KehutuError("LEDGER_UNWRITABLE", path=folder, reason=fault.strerror or fault) from fault
        return cls(home, engine, ledger_id, key, zone=has)

    @property
    def path(self) -> Path:
        """The database file."""
        return self.folder / DATABASE

    def keyed_hash(self, text: str) -> str:
        """HMAC-SHA256 of an identity number or an address under the ledger's key, first 32 hex digits (128 bits).

        Equal texts give equal hashes in one ledger; without the key nobody can try numbers until one fits.
        """
        return hmac.digest(self._key, text.encode(), "sha256").hex()[:32]

    def key_digest(self, key: str) -> int:
        """64 bits, signed, that stand for a key in the table of mentions; keyed, so that nobody can make two meet.

        By chance any two of 50 million meet with p = 7e-5; a reader then sees a record too many.
        """
        return int(self.key_digests([key])[0])

    def key_digests(self, keys: Iterable[str]) -> npt.NDArray[np.int64]:
        """:meth:`key_digest` of many keys."""
        begun = self._digest.copy  # half the time of beginning with the key each time
        digests = []
        for key in keys:
            digest = begun()
            digest.update(key.encode())
            digests.append(digest.digest())
        return np.frombuffer(b"".join(digests), ">i8").astype(np.int64)

    def sign(self, content: bytes) -> bytes:
        """HMAC-SHA256 of some content under the ledger's key, 32 bytes: nobody without the key can make it."""
        return hmac.new(self._key, content, hashlib.sha256).digest()

    @property
    def version(self) -> int:
        """Version of its layout."""
        with self.reading() as connection:
            return int(_meta(connection)[VERSION])

    @property
    def former_ids(self) -> tuple[str, ...]:
        """Ids of the ledgers that this one was restored from, the oldest first; a store of theirs must be rebuilt."""
        with self.reading() as connection:
            value = _meta(connection).get(FORMER_IDS, "")
        return tuple(value.split())

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A connection that sees one state of the ledger until it ends."""
        with faults(self.path), self.engine.connect() as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A connection whose writes are committed, on disk, when the block ends without an exception.

        It holds SQLite's write lock, so what it reads stays, and sequence numbers become visible in ascending order.
        """
        with faults(self.path), self.engine.connect().execution_options(kehutu_write=True) as connection:
            yield connection
            connection.commit()

    @contextmanager
    def deciding(self) -> Iterator[None]:
        """Between the look whether a decision is known and its record: of two callers with one key one is the first.

        It lets one thread of all processes in. A load that holds :meth:`writer` does not keep it waiting.
        """
        path = self.folder / "deciding.lock"
        with ExitStack() as held:
            try:
                held.enter_context(lock(path))
            except OSError as fault:
                raise KehutuError("LEDGER_UNWRITABLE", path=path, reason=fault.strerror or fault) from fault
            yield

    @contextmanager
    def writer(self, wait: float = 30.0) -> Iterator[None]:
        """Be the one writer of the site (its graph, its pointers) among all processes and threads.

        The same thread may enter again. A holder that dies, even by kill -9, frees it at once.

        Args:
            wait: seconds to wait for the holder.
        Raises:
            KehutuError: LEDGER_LOCKED with the holder's process id.
        """
        depth = getattr(self._held, "depth", 0)
        if depth:
            self._held.depth = depth + 1
            try:
                yield
            finally:
                self._held.depth -= 1
            return
        lock = self.folder / "writer.lock"
        try:
            descriptor = os.open(lock, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as fault:
            raise KehutuError("LEDGER_UNWRITABLE", path=lock, reason=fault.strerror or fault) from fault
        try:
            if not locked(descriptor, wait):
                holder = os.pread(descriptor, 32, 0).decode(errors="replace").strip() or "?"
                raise KehutuError("LEDGER_LOCKED", path=self.folder, pid=holder, seconds=round(wait, 1))
            os.ftruncate(descriptor, 0)
            os.pwrite(descriptor, f"{os.getpid()}\n".encode(), 0)
            self._held.depth = 1
            try:
                yield
            finally:
                self._held.depth = 0
        finally:
            os.close(descriptor)

    def check(self) -> list[str]:
        """Read the whole database and name what does not fit; empty when all is well."""
        try:
            with self.reading() as connection:
                found = [str(row[0]) for row in connection.exec_driver_sql("PRAGMA integrity_check(20)")]
        except KehutuError as fault:
            return [fault.message()]
        return [line for line in found if line != "ok"]

    def close(self) -> None:
        """Give back all connections. The ledger may be opened again."""
        with self.opening:
            trail, self.trail = self.trail, None
        if trail is not None:
            trail.close()
        self.engine.dispose()

    def __enter__(self) -> Ledger:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


@contextmanager
def faults(path: Path) -> Iterator[None]:
    """Turn what the database reports into errors that a user can act on."""
    try:
        yield
    except DBAPIError as fault:
        cause = fault.orig
        code = getattr(cause, "sqlite_errorcode", None)
        # Extended codes carry the kind in their lowest byte.
        kind = code & 0xFF if isinstance(code, int) else None
        reason = str(cause)
        if kind in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB):
            raise KehutuError("LEDGER_DAMAGED", path=path, reason=reason) from fault
        if kind == sqlite3.SQLITE_FULL:
            raise KehutuError("LEDGER_FULL", path=path) from fault
        if kind in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
            raise KehutuError("LEDGER_LOCKED", path=path, pid="?", seconds=_BUSY_SECONDS) from fault
        if kind in (
            sqlite3.SQLITE_READONLY,
            sqlite3.SQLITE_CANTOPEN,
            sqlite3.SQLITE_PERM,
            sqlite3.SQLITE_IOERR,
        ):
            raise KehutuError("LEDGER_UNWRITABLE", path=path, reason=reason) from fault
        raise


def _engine(path: Path) -> Engine:
    engine = create_engine(
        f"sqlite:///{path}",
        connect_args={"timeout": _BUSY_SECONDS, "isolation_level": None},
        max_overflow=50,
    )

    @event.listens_for(engine, "connect")
    def _connect(connection: sqlite3.Connection, _record: Any) -> None:
        cursor = connection.cursor()
        cursor.execute("PRAGMA journal_mode = WAL")
        cursor.execute("PRAGMA synchronous = FULL")
        cursor.execute("PRAGMA cache_size = -65536")
        # Pages that many batches touch are copied back once per 64 MB of log instead of once per batch.
        cursor.execute("PRAGMA wal_autocheckpoint = 16384")
        cursor.execute("PRAGMA journal_size_limit = 268435456")
        cursor.close()

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        # The driver's own transactions are off: they would begin late and without the write lock.
        write = connection.get_execution_options().get("kehutu_write")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")

    return engine


def _prepare(
    engine: Engine,
    path: Path,
    key: bytes,
    migrations_: Sequence[Migration],
    *,
    may_migrate: bool,
    zone: str | None,
) -> tuple[str, str]:
    """Make the tables of a new ledger, check and migrate those of an old one; return its id and its zone."""
    newest_ = newest(migrations_)
    fingerprint = hmac.new(key, _FINGERPRINT_TEXT, hashlib.sha256).hexdigest()[:16]
    with engine.connect() as connection:
        known = _meta(connection)
    if not known:
        with engine.connect().execution_options(kehutu_write=True) as connection:
            tables.metadata.create_all(connection)
            known = {
                "ledger_id": secrets.token_hex(16),
                VERSION: str(newest_),
                "key_fingerprint": fingerprint,
                ZONE: zone or DEFAULT,
            }
            connection.execute(insert(tables.meta), [{"name": n, "value": v} for n, v in known.items()])
            connection.commit()
    found = int(known[VERSION])
    if found > newest_:
        raise KehutuError("LEDGER_NEWER", path=path, found=found, known=newest_)
    if known["key_fingerprint"] != fingerprint:
        raise KehutuError("LEDGER_KEY_WRONG", path=path.with_name(KEY))
    has = known.get(ZONE, DEFAULT)  # ledgers of before had no other
    if zone not in (None, has):
        raise KehutuError("ZONE_FIXED", path=path, found=zone, fixed=has)
    if found < newest_ or PLACE in known:
        if not may_migrate:
            raise KehutuError("LEDGER_OUTDATED", path=path, found=found, known=newest_)
        migrate(engine, path, known, migrations_)
    return known["ledger_id"], has


def _meta(connection: Connection) -> dict[str, str]:
    if not inspect(connection).has_table(tables.meta.name):
        return {}
    rows = connection.execute(select(tables.meta.c.name, tables.meta.c.value))
    return {row.name: row.value for row in rows}


def get_pointer(connection: Connection, name: str) -> str | None:
    """A small value that changes in place, or None."""
    return connection.scalar(select(tables.pointer.c.value).where(tables.pointer.c.name == name))


def set_pointer(connection: Connection, name: str, value: str) -> None:
    """Let a small value hold from the commit of this connection on."""
    statement = upsert(tables.pointer).values(name=name, value=value)
    connection.execute(
        statement.on_conflict_do_update(index_elements=["name"], set_={"value": statement.excluded.value})
    )
