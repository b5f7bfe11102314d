"""The file of the audit trail, ``audit.sqlite`` beside the ledger's own: it waits for no load and no load waits for it.

An entry is in the file when :meth:`AuditFile.writing` ends, so a process that is killed loses none. A thread brings
what is in the file to the disk within :data:`SYNC_SECONDS`; a loss of power loses what came later than that.
"""

from __future__ import annotations

import os
import sqlite3
import threading
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any, Final, TypeAlias

from ledger.files import sync_folder
from terms.errors import KehutuError

NAME: Final = "audit.sqlite"
SYNC_SECONDS: Final = 0.05
"""The longest between an entry and the disk."""
_PAUSE: Final = 0.02
"""What is left of it is for the disk."""
_BUSY_SECONDS: Final = 5.0
_LAYOUT: Final = """
CREATE TABLE entry (
  number INTEGER PRIMARY KEY, at INTEGER NOT NULL, form INTEGER NOT NULL, actor TEXT NOT NULL, action TEXT NOT NULL,
  subject TEXT NOT NULL, purpose TEXT NOT NULL, role TEXT NOT NULL, document TEXT NOT NULL, subjects TEXT NOT NULL,
  classes TEXT NOT NULL, hash BLOB NOT NULL
);
CREATE TABLE about (subject INTEGER NOT NULL, number INTEGER NOT NULL, PRIMARY KEY (subject, number)) WITHOUT ROWID;
CREATE TABLE document (digest TEXT PRIMARY KEY, text TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
"""
INSERT: Final = "INSERT INTO entry VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
_GROWS: Final = ("entry", "about", "document")
"""Tables that only grow; SQLite itself refuses the rest."""

Row: TypeAlias = tuple[Any, ...]


class AuditFile:
    """An open file of the trail. Safe to share between threads; any number of processes may open the same one."""

    def __init__(self, path: Path) -> None:
        self.path: Final = path
        self._lock = threading.Lock()
        with faults(path):
            self._connection = _connected(path)
        self._changed, self._ended = threading.Event(), threading.Event()
        self._fault: OSError | None = None
        self._thread: threading.Thread | None = None

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """A connection with the write lock; what it writes is in the file when the block ends without an exception.

        Raises:
            KehutuError: AUDIT_UNWRITABLE, LEDGER_DAMAGED; then nothing was written.
        """
        with self._lock, faults(self.path):
            if self._fault is not None:
                raise self._fault
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield self._connection
                self._connection.execute("COMMIT")
            finally:
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")
        self._to_disk_soon()

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """A connection of its own that sees one state of the trail, however long it takes."""
        with faults(self.path), closing(_connected(self.path)) as connection:
            connection.execute("BEGIN")
            yield connection

    def close(self) -> None:
        """Bring all to the disk and give the file back."""
        self._ended.set()
        self._changed.set()
        if self._thread is not None:
            self._thread.join()
        with self._lock:
            self._connection.close()

    def _to_disk_soon(self) -> None:
        if self._thread is None:
            with self._lock:
                if self._thread is None:
                    self._thread = threading.Thread(target=self._follow, name="audit to disk", daemon=True)
                    self._thread.start()
        self._changed.set()

    def _follow(self) -> None:
        log = self.path.with_name(self.path.name + "-wal")
        while not self._ended.is_set() or self._changed.is_set():
            self._changed.wait()
            self._ended.wait(_PAUSE)  # entries of that time go together
            self._changed.clear()
            try:
                descriptor = os.open(log, os.O_RDONLY | os.O_CLOEXEC)
                try:
                    os.fsync(descriptor)
                finally:
                    os.close(descriptor)
            except FileNotFoundError:
                continue  # another process was the last to close it, and brought all to the disk
            except OSError as fault:
                self._fault = fault


def create(path: Path, meta: Iterable[tuple[str, str]], entries: Iterable[Row], about: Iterable[Row]) -> None:
    """Make the file with what goes over into it; it appears when all of it is on disk.

    Args:
        meta: small values by name.
        entries: rows of the table ``entry``; ``about``: of the table of that name.
    """
    draft = path.with_name(f".{path.name}.new")
    with faults(path):
        for left in (draft, draft.with_name(draft.name + "-journal")):
            with suppress(FileNotFoundError):
                left.unlink()
        os.close(os.open(draft, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600))
        with closing(sqlite3.connect(draft, isolation_level=None)) as connection:
            connection.execute("PRAGMA synchronous = FULL")
            connection.executescript(_LAYOUT)
            connection.execute("BEGIN")
            connection.executemany("INSERT INTO meta VALUES (?, ?)", meta)
            connection.executemany(INSERT, entries)
            connection.executemany("INSERT INTO about VALUES (?, ?)", about)
            for table in _GROWS:
                for verb in ("UPDATE", "DELETE"):
                    connection.execute(
                        f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} "
                        "BEGIN SELECT RAISE(ABORT, 'the audit trail only grows'); END"
                    )
            connection.execute("COMMIT")
        draft.rename(path)
        sync_folder(path.parent)


def _connected(path: Path) -> sqlite3.Connection:
    # mode=rw: a file that has gone is told, and no empty one put in its place.
    connection = sqlite3.connect(
        f"{path.absolute().as_uri()}?mode=rw",
        uri=True,
        timeout=_BUSY_SECONDS,
        isolation_level=None,
        check_same_thread=False,
    )
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = NORMAL")
    return connection


@contextmanager
def faults(path: Path) -> Iterator[None]:
    """Turn what the file reports into errors that a user can act on."""
    try:
        yield
    except sqlite3.IntegrityError:
        raise
    except sqlite3.DatabaseError as fault:
        # Extended codes carry the kind in their lowest byte.
        kind = getattr(fault, "sqlite_errorcode", 0) & 0xFF
        if kind in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB):
            raise KehutuError("LEDGER_DAMAGED", path=path, reason=fault) from fault
        raise KehutuError("AUDIT_UNWRITABLE", path=path, reason=fault) from fault
    except OSError as fault:
        raise KehutuError("AUDIT_UNWRITABLE", path=path, reason=fault.strerror or fault) from fault
