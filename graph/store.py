"""The one way to the graph store: Cypher over Bolt, the same text for the embedded store and for Neo4j.

A query may run twice when the store fails between the commit and its answer, so every text given to
:meth:`Store.write` must be idempotent (``MERGE``, ``SET``); for one that is not (``CREATE`` at a first load)
:meth:`Store.write_once` takes an idempotent twin.
"""

from __future__ import annotations

import itertools
import logging
import os
import random
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, replace
from pathlib import Path
from types import TracebackType
from typing import Any, Protocol
from urllib.parse import unquote, urlsplit

import neo4j
from neo4j.exceptions import DriverError, IncompleteCommit, Neo4jError, ServiceUnavailable

from graph.dialects import Dialect
from graph.dialects.arcadedb import ArcadeDB
from graph.dialects.neo4j import Neo4j
from graph.embedded import EmbeddedServer
from graph.watchdog import Watchdog
from terms.errors import KehutuError

# What the driver has to say about broken connections goes to the log if there is one, and never to the terminal.
logging.getLogger("neo4j").addHandler(logging.NullHandler())

Rows = list[dict[str, Any]]
DEADLINE = 30.0
"""Seconds that a query may take unless its caller says otherwise."""
CONNECT_SECONDS = 3.0
OPEN_SECONDS = 5.0
RETRY_SECONDS = 15.0
EMBEDDED_RETRY_SECONDS = 60.0
"""A killed embedded server is up again in 2 to 5 s, on a busy machine in 25 s."""
LONGEST_PAUSE = 0.5
MERGES = 3
SCHEMES = ("bolt", "neo4j", "neo4j+s", "bolt+s", "neo4j+ssc", "bolt+ssc")
STOPPED = ("TransactionTimedOut", "Transaction.Terminated", "TransactionMarkedAsFailed")


class Link(Protocol):
    """Where the driver connects to; the embedded server may come back on another port."""

    def target(self) -> tuple[str, tuple[str, str] | None, str | None]:
        """Bolt address, user and password, database."""

    def close(self) -> None:
        """Let go of the server."""


@dataclass(frozen=True, slots=True)
class _Remote:
    address: str
    auth: tuple[str, str] | None
    database: str | None = None

    def target(self) -> tuple[str, tuple[str, str] | None, str | None]:
        return self.address, self.auth, self.database

    def close(self) -> None:
        pass


@dataclass(frozen=True, slots=True)
class _Embedded:
    server: EmbeddedServer

    def target(self) -> tuple[str, tuple[str, str] | None, str | None]:
        at = self.server.address
        return f"bolt://127.0.0.1:{at.bolt}", ("root", at.password), at.database

    def close(self) -> None:
        self.server.close()


class _Drivers:
    """The driver of a link, made anew should the link's address change."""

    def __init__(self, link: Link, dialect: Dialect, retry: float) -> None:
        self._link, self._dialect = link, dialect
        self.retry = retry
        self._lock = threading.Lock()
        self._target: object = None
        self._driver: neo4j.Driver | None = None
        self._ping: Future[None] | None = None

    def session(self, access: str) -> neo4j.Session:
        target = address, auth, database = self._link.target()
        with self._lock:
            if self._driver is None or self._target != target:
                if self._driver is not None:
                    self._driver.close()
                self._driver = neo4j.GraphDatabase.driver(
                    address,
                    auth=auth,
                    connection_timeout=CONNECT_SECONDS,
                    max_connection_lifetime=3600,
                    **self._dialect.driver_options(),
                )
                self._target = target
            return self._driver.session(database=database, default_access_mode=access)

    def ping(self, seconds: float) -> None:
        """In a thread of its own, because a server that is paused lets the driver wait for ever.

        Callers wait for the same answer, so that asking again and again leaves one thread behind and not many.
        """
        with self._lock:
            if self._ping is None or self._ping.done():
                self._ping = Future()
                work = threading.Thread(
                    target=self._answer, args=(self._ping,), name="kehutu-ping", daemon=True
                )
                work.start()
            answer = self._ping
        try:
            answer.result(seconds)
        except TimeoutError:
            raise ServiceUnavailable(f"no answer within {seconds:g} seconds") from None

    def _answer(self, ping: Future[None]) -> None:
        try:
            with self.session(neo4j.READ_ACCESS) as session:
                session.run("RETURN 1 AS one").consume()
            ping.set_result(None)
        except BaseException as fault:  # noqa: BLE001 - handed to those who wait
            ping.set_exception(fault)

    def close(self) -> None:
        with self._lock:
            if self._driver is not None:
                self._driver.close()
                self._driver = None
        self._link.close()


@dataclass(frozen=True, slots=True)
class Store:
    """An open graph store. Safe to share between threads.

    ``url``: where it is, without a password. ``deadline``: seconds a query may take, see :meth:`within`.
    Every method raises KehutuError: STORE_UNAVAILABLE when the store does not answer, STORE_DEADLINE when a
    query was stopped.
    """

    url: str
    dialect: Dialect
    deadline: float
    _drivers: _Drivers
    _watchdog: Watchdog

    def within(self, seconds: float) -> Store:
        """The same store with another deadline; closing either closes both."""
        return replace(self, deadline=seconds)

    def read(self, query: str, /, **parameters: object) -> Rows:
        """Rows of a query that changes nothing, in the order of the query."""
        return self._transact(neo4j.READ_ACCESS, lambda tx, _: _rows(tx, query, parameters), query)

    def write(self, query: str, /, **parameters: object) -> Rows:
        """Rows of a query that may change the graph, in one transaction. The text must be idempotent."""
        return self._transact(neo4j.WRITE_ACCESS, lambda tx, _: _rows(tx, query, parameters), query)

    def write_all(self, steps: Sequence[tuple[str, dict[str, object]]]) -> None:
        """Several idempotent queries in one transaction: all of them or none."""

        def work(tx: neo4j.Transaction, _: int) -> Rows:
            for query, parameters in steps:
                tx.run(query, parameters).consume()
            return []

        self._transact(neo4j.WRITE_ACCESS, work, *(query for query, _ in steps))

    def write_once(self, query: str, twin: str, /, **parameters: object) -> Rows:
        """A query that must not run twice; ``twin`` is what runs in its place once it may have run."""

        def work(tx: neo4j.Transaction, attempt: int) -> Rows:
            return _rows(tx, query if attempt == 0 else twin, parameters)

        return self._transact(neo4j.WRITE_ACCESS, work, query, twin, merge=False)

    def run(self, query: str, /, **parameters: object) -> Rows:
        """A query that manages its own transactions (DDL, ``CALL {} IN TRANSACTIONS``); never retried."""
        with self._faults(), self._drivers.session(neo4j.WRITE_ACCESS) as session:
            return _rows(session, query, parameters)

    def ping(self, seconds: float = 2.0) -> None:
        """Return if the store answers a trivial query within so many seconds; never retried."""
        with self._faults():
            self._drivers.ping(seconds)

    def close(self) -> None:
        """Close connections; the last client's embedded server ends within a second. May be called twice."""
        self._watchdog.close()
        self._drivers.close()

    def __enter__(self) -> Store:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _transact(
        self, access: str, work: Callable[[neo4j.Transaction, int], Rows], *queries: str, merge: bool = True
    ) -> Rows:
        """Run ``work(tx, attempt)`` in a transaction until it is committed or its time is over.

        Beyond the driver's own transaction functions: after a break during the commit, where the work may be done,
        it runs again (it is idempotent, or told the attempt); pauses stay short, because an embedded server is back
        in 2 s while theirs grow to 30 s; two ``merge`` of one new node at once are tried again.
        """
        patience = min(self._drivers.retry, self.deadline)
        timeout = self.deadline if self.dialect.keeps_deadlines() else None
        end: float | None = None
        with self._faults(), self._watchdog.guarding(self, queries, self.deadline):
            for attempt in itertools.count():
                try:
                    with (
                        self._drivers.session(access) as session,
                        session.begin_transaction(timeout=timeout) as tx,
                    ):
                        rows = work(tx, attempt)
                        tx.commit()
                        return rows
                except (DriverError, Neo4jError) as fault:
                    if not _may_pass(fault) and not (merge and attempt < MERGES and _exists(fault)):
                        raise
                    end = end or time.monotonic() + patience
                    if time.monotonic() > end:
                        raise
                # A little chance keeps two writers from meeting again.
                pause = min(LONGEST_PAUSE, 0.01 * 2 ** min(attempt, 9))
                time.sleep(pause * random.uniform(0.5, 1))  # noqa: S311
            raise AssertionError

    def _faults(self) -> _Faults:
        return _Faults(self)


@dataclass(frozen=True, slots=True)
class _Faults:
    """Turns the driver's faults into ours; what is a fault of the query's text stays what it is."""

    store: Store

    def __enter__(self) -> None:
        pass

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        if isinstance(fault, Neo4jError):
            code = fault.code or ""
            if _stopped(fault):
                raise KehutuError("STORE_DEADLINE", seconds=f"{self.store.deadline:g}") from fault
            if _exists(fault):
                raise KehutuError(
                    "STORE_DAMAGED", store=self.store.url, reason="it holds a node that was to be new"
                ) from fault
            if ".Security." in code or code.endswith(("DatabaseUnavailable", "DatabaseNotFound")):
                raise self._unavailable(fault.message or code) from fault
        elif isinstance(fault, (DriverError, OSError)):
            raise self._unavailable((str(fault) or type(fault).__name__).splitlines()[0]) from fault

    def _unavailable(self, reason: str) -> KehutuError:
        return KehutuError("STORE_UNAVAILABLE", store=self.store.url, reason=reason.rstrip("."))


def _stopped(fault: Exception) -> bool:
    return isinstance(fault, Neo4jError) and any(word in (fault.code or "") for word in STOPPED)


def _exists(fault: Exception) -> bool:
    return isinstance(fault, Neo4jError) and (fault.code or "").endswith("ConstraintValidationFailed")


def _may_pass(fault: DriverError | Neo4jError) -> bool:
    """Whether the same work may succeed a moment later."""
    return isinstance(fault, IncompleteCommit) or (fault.is_retryable() and not _stopped(fault))


def open_store(url: str, home: Path) -> Store:
    """Open the embedded store of a home, or a Neo4j server, and see that it answers.

    Args:
        url: ``embedded``, or ``bolt://``, ``neo4j://``, ``neo4j+s://`` with host and port, and the database as
            path where it is not the server's default. User and password come from the URL, else from
            ``KEHUTU_STORE_USER`` and ``KEHUTU_STORE_PASSWORD``.
    Raises:
        KehutuError: STORE_UNAVAILABLE (a server within about 5 s), STORE_LOCKED, STORE_FOLDER.
    """
    if url == "embedded":
        server = EmbeddedServer(home / "graph")
        dialect: Dialect = ArcadeDB(server)
        link: Link = _Embedded(server)
        shown, retry = f"embedded ({server.folder})", EMBEDDED_RETRY_SECONDS
    else:
        remote, shown = _remote(url)
        dialect, link, retry = Neo4j(), remote, RETRY_SECONDS
    store = Store(shown, dialect, DEADLINE, _Drivers(link, dialect, retry), Watchdog())
    try:
        store.ping(OPEN_SECONDS)
    except BaseException:
        store.close()
        raise
    return store


def _remote(url: str) -> tuple[_Remote, str]:
    """The server behind a URL, and the URL without user and password."""
    shown = url
    try:
        parts = urlsplit(url)
        shown = parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()
        port = parts.port or 7687
        if parts.scheme not in SCHEMES or not parts.hostname:
            raise ValueError("not 'embedded' and not a bolt:// or neo4j:// address")
    except ValueError as fault:
        raise KehutuError("STORE_UNAVAILABLE", store=shown, reason=fault) from fault
    user = unquote(parts.username or "") or os.environ.get("KEHUTU_STORE_USER", "neo4j")
    password = unquote(parts.password or "") or os.environ.get("KEHUTU_STORE_PASSWORD", "")
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    auth = (user, password) if password else None
    return _Remote(f"{parts.scheme}://{host}:{port}", auth, parts.path.strip("/") or None), shown


def _rows(runner: neo4j.Transaction | neo4j.Session, query: str, parameters: dict[str, object]) -> Rows:
    result = runner.run(query, parameters)
    names = result.keys()
    return [dict(zip(names, record, strict=True)) for record in result]
