"""The one way to the graph store: Cypher over Bolt, the same text for the embedded store and for Neo4j.

A query may run twice when the store fails between the commit and its answer, so every text given to
:meth:`Store.write` must be idempotent (``MERGE``, ``SET``); for one that is not (``CREATE`` at a first load)
:meth:`Store.write_once` takes an idempotent twin.
"""

from __future__ import annotations

import asyncio
import itertools
import random
import time
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from types import TracebackType
from typing import TypeVar

from graph.client import Rows
from graph.connection import Connection, Embedded, Link, Remote
from graph.dialects import Dialect
from graph.dialects.arcadedb import ArcadeDB
from graph.dialects.neo4j import Neo4j
from graph.driver import exceptions, neo4j
from graph.embedded import EmbeddedServer
from graph.waiting import WaitingConnections
from graph.watchdog import Watchdog
from terms.cleanup import on_failure
from terms.errors import KehutuError
from terms.texts import Texts

Lent = TypeVar("Lent")
DEADLINE = 30.0
"""Seconds that a query may take unless its caller says otherwise."""
OPEN_SECONDS = 5.0
RETRY_SECONDS = 15.0
EMBEDDED_RETRY_SECONDS = 60.0
"""A killed embedded server is up again in 2 to 5 s, on a busy machine in 25 s."""
LONGEST_PAUSE = 0.5
CHANCE = random.SystemRandom()
GRACE_SECONDS = 5.0
STOP_SECONDS = 15.0
"""After a deadline so long may pass until a query is stopped, by the server or by us; then the connection is cut."""
OWN_SECONDS = 600.0
"""For a query that manages its own transactions, at least."""
MERGES = 3
STOPPED = ("TransactionTimedOut", "Transaction.Terminated", "TransactionMarkedAsFailed")


@dataclass(slots=True)
class Gate:
    """Where queries are held back. ``fault``: what they raise meanwhile."""

    fault: KehutuError | None = None

    def pass_(self) -> None:
        """Go on, or raise."""
        if self.fault is not None:
            raise KehutuError(self.fault.code, **self.fault.details)


@dataclass(frozen=True, slots=True)
class Store:
    """An open graph store. Safe to share between threads.

    ``url``: where it is, without a password. ``deadline``: seconds a query may take, see :meth:`within`; an outage
    is borne for as long, but no longer than 15 s (embedded: 60 s).
    Every method raises KehutuError: STORE_UNAVAILABLE when the store does not answer, within the deadline and 5 s;
    STORE_DEADLINE when a query was stopped; STORE_FULL when its disk has no space.
    """

    url: str
    dialect: Dialect
    deadline: float
    _connection: Connection
    _stopper: Watchdog
    _cutter: Watchdog
    _gate: Gate
    _waiting: WaitingConnections

    def within(self, seconds: float) -> Store:
        """The same store with another deadline; closing either closes both."""
        return replace(self, deadline=seconds)

    def read(self, query: str, /, **parameters: object) -> Rows:
        """Rows of a query that changes nothing, in the order of the query."""
        # Without an explicit transaction: one exchange in place of three, a third less time for a short query.
        text = neo4j.Query(query, timeout=self._server_timeout())

        def work(session: neo4j.Session, _: int) -> Rows:
            return _rows(session, text, parameters)

        return self._repeat(neo4j.READ_ACCESS, work, query)

    async def read_waiting(self, query: str, parameters: dict[str, object]) -> Rows:
        """The same on an event loop, tried once."""
        self._gate.pass_()
        timed = self.dialect.keeps_deadlines()
        with self._faults():
            try:
                return await self._waiting.read(
                    self._connection.target(), query, parameters, self.deadline, timed=timed
                )
            except TimeoutError as fault:
                if not timed:
                    await asyncio.to_thread(self.dialect.stop, self, query, self.deadline)
                raise KehutuError("STORE_DEADLINE", seconds=f"{self.deadline:g}") from fault

    async def leave(self) -> None:
        """Close what :meth:`read_waiting` has opened on this event loop."""
        await self._waiting.close()

    def write(self, query: str, /, **parameters: object) -> Rows:
        """Rows of a query that may change the graph, in one transaction. The text must be idempotent."""
        return self._transact(lambda tx, _: _rows(tx, query, parameters), query)

    def write_all(self, steps: Sequence[tuple[str, dict[str, object]]]) -> None:
        """Several idempotent queries in one transaction: all of them or none."""

        def work(tx: neo4j.Transaction, _: int) -> Rows:
            for query, parameters in steps:
                tx.run(query, parameters).consume()
            return []

        self._transact(work, *(query for query, _ in steps))

    def write_following(
        self,
        query: str,
        following: Callable[[Rows], tuple[str, dict[str, object]]],
        /,
        **parameters: object,
    ) -> Rows:
        """Rows of an idempotent query, and in the same transaction the query that follows from them."""

        def work(tx: neo4j.Transaction, _: int) -> Rows:
            rows = _rows(tx, query, parameters)
            after, arguments = following(rows)
            tx.run(after, arguments).consume()
            return rows

        return self._transact(work, query)

    def write_once(self, query: str, twin: str, /, **parameters: object) -> Rows:
        """A query that must not run twice; ``twin`` is what runs in its place once it may have run."""

        def work(tx: neo4j.Transaction, attempt: int) -> Rows:
            return _rows(tx, query if attempt == 0 else twin, parameters)

        return self._transact(work, query, twin, merge=False)

    def run(self, query: str, /, **parameters: object) -> Rows:
        """A query that manages its own transactions (DDL, ``CALL {} IN TRANSACTIONS``); never retried."""
        self._gate.pass_()
        cutting = self._cutting(max(self.deadline, OWN_SECONDS))
        with self._faults(), cutting, self._connection.session(neo4j.WRITE_ACCESS) as session:
            return _rows(session, query, parameters)

    def lend(self, work: Callable[[neo4j.Driver, str | None], Lent]) -> Lent:
        """What another client library does with the store's driver and database (None: the default); never retried."""
        self._gate.pass_()
        with self._faults():
            return work(*self._connection.driver())

    def ping(self, seconds: float = 2.0) -> None:
        """Return if the store answers a trivial query within so many seconds; never retried."""
        self._gate.pass_()
        with self._faults():
            self._connection.ping(seconds)

    def hold(self, fault: KehutuError) -> Store:
        """Let this store, and all that share its connections, raise a fault until :meth:`admit`.

        For a server that does not answer yet and that nobody has looked at: it may be another ledger's.
        Returns the store for whoever looks: it is not held back.
        """
        self._gate.fault = fault
        return replace(self, _gate=Gate())

    def admit(self) -> None:
        """End :meth:`hold`."""
        self._gate.fault = None

    def close(self) -> None:
        """Close connections; the last client's embedded server ends within a second. May be called twice."""
        self._stopper.close()
        self._cutter.close()
        self._connection.close()

    def __enter__(self) -> Store:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _transact(
        self, work: Callable[[neo4j.Transaction, int], Rows], *queries: str, merge: bool = True
    ) -> Rows:
        def unit(session: neo4j.Session, attempt: int) -> Rows:
            with session.begin_transaction(timeout=self._server_timeout()) as tx:
                rows = work(tx, attempt)
                tx.commit()
                return rows

        return self._repeat(neo4j.WRITE_ACCESS, unit, *queries, merge=merge)

    def _repeat(
        self, access: str, work: Callable[[neo4j.Session, int], Rows], *queries: str, merge: bool = False
    ) -> Rows:
        """Do ``work(session, attempt)`` until it is done or its time is over.

        Beyond the driver's own transaction functions: after a break during the commit, where the work may be
        done, it runs again (it is idempotent, or told the attempt); pauses stay short, because an embedded server
        is back in 2 s while theirs grow to 30 s; two ``merge`` of one new node at once are tried again.
        """
        self._gate.pass_()
        late = time.monotonic() + self.deadline
        end: float | None = None
        with self._faults(), self._cutting(self.deadline), self._stopping(queries):
            for attempt in itertools.count():
                drops = self._connection.drops
                try:
                    with self._connection.session(access) as session:
                        return work(session, attempt)
                except (exceptions.DriverError, exceptions.Neo4jError) as fault:
                    dropped = drops != self._connection.drops
                    if not (_may_pass(fault) or dropped or (merge and attempt < MERGES and _exists(fault))):
                        raise
                    end = end or min(time.monotonic() + self._connection.retry, late)
                    if time.monotonic() > end:
                        if dropped:
                            said = f"no answer within {self.deadline:g} seconds"
                            raise exceptions.ServiceUnavailable(said) from fault
                        raise
                # A little chance keeps two writers from meeting again.
                pause = min(LONGEST_PAUSE, 0.01 * 2 ** min(attempt, 9))
                time.sleep(pause * CHANCE.uniform(0.5, 1))
            raise AssertionError

    def _cutting(self, seconds: float) -> AbstractContextManager[None]:
        """Do not wait for an answer for longer than this and a moment."""
        grace = GRACE_SECONDS if self.dialect.keeps_deadlines() else STOP_SECONDS
        return self._cutter.guarding(self._connection.cut, seconds + grace)

    def _stopping(self, queries: Sequence[str]) -> AbstractContextManager[None]:
        """Stop queries at their deadline where the store does not do so itself."""
        if self.dialect.keeps_deadlines():
            return nullcontext()

        def stop() -> None:
            for query in queries:
                with suppress(Exception):
                    self.dialect.stop(self, query, self.deadline)

        return self._stopper.guarding(stop, self.deadline)

    def _server_timeout(self) -> float | None:
        return self.deadline if self.dialect.keeps_deadlines() else None

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
        if isinstance(fault, exceptions.Neo4jError):
            code = fault.code or ""
            if _stopped(fault):
                raise KehutuError("STORE_DEADLINE", seconds=f"{self.store.deadline:g}") from fault
            if _exists(fault):
                reason = Texts("it holds a node that was to be new", "其中已有本应新建的节点")
                raise KehutuError("STORE_DAMAGED", store=self.store.url, reason=reason) from fault
            if self.store.dialect.lacks_space(fault):
                raise KehutuError("STORE_FULL", store=self.store.url) from fault
            if ".Security." in code or code.endswith(("DatabaseUnavailable", "DatabaseNotFound")):
                raise self._unavailable(fault.message or code) from fault
        elif isinstance(fault, (exceptions.DriverError, OSError)):
            raise self._unavailable((str(fault) or type(fault).__name__).splitlines()[0]) from fault

    def _unavailable(self, reason: str) -> KehutuError:
        return KehutuError("STORE_UNAVAILABLE", store=self.store.url, reason=reason.rstrip(".:"))


def open_store(
    url: str,
    home: Path,
    *,
    heap: str | None = None,
    database: str | None = None,
    linger: float = 0.0,
    patience: float = RETRY_SECONDS,
    look: bool = True,
) -> Store:
    """Open the embedded store of a home, or a Neo4j server, and see that it answers.

    Args:
        url: ``embedded``, or ``bolt://``, ``neo4j://``, ``neo4j+s://`` with host and port, and the database
            as path where it is not the server's default. User and password come from the URL, else from
            ``KEHUTU_STORE_USER`` and ``KEHUTU_STORE_PASSWORD``.
        heap, database, linger: of the embedded store, see :class:`graph.embedded.EmbeddedServer`.
        patience: seconds that a query bears an outage of a Neo4j server.
        look: whether a Neo4j server has to answer now.
    Raises:
        KehutuError: STORE_UNAVAILABLE (a server within about 5 s), STORE_LOCKED, STORE_FOLDER.
    """
    if url == "embedded":
        server = EmbeddedServer(home / "graph", heap=heap, database=database, linger=linger)
        dialect: Dialect = ArcadeDB(server)
        link: Link = Embedded(server)
        shown, retry = f"embedded ({server.folder})", EMBEDDED_RETRY_SECONDS
    else:
        remote = Remote.parse(url)
        dialect, link, shown, retry = Neo4j(), remote, remote.shown, patience
    connection = Connection(link, dialect, retry)
    stopper, cutter = Watchdog("kehutu-deadlines"), Watchdog("kehutu-connections")
    store = Store(shown, dialect, DEADLINE, connection, stopper, cutter, Gate(), WaitingConnections(dialect))
    with on_failure(store.close):
        if url == "embedded":
            # Joining a server at the moment of its death: it is started again, and the query waits for it.
            store.read("RETURN 1 AS one")
        elif look:
            store.ping(OPEN_SECONDS)
    return store


def _stopped(fault: Exception) -> bool:
    return isinstance(fault, exceptions.Neo4jError) and any(word in (fault.code or "") for word in STOPPED)


def _exists(fault: Exception) -> bool:
    return isinstance(fault, exceptions.Neo4jError) and (fault.code or "").endswith(
        "ConstraintValidationFailed"
    )


def _may_pass(fault: exceptions.DriverError | exceptions.Neo4jError) -> bool:
    """Whether the same work may succeed a moment later."""
    return isinstance(fault, exceptions.IncompleteCommit) or (fault.is_retryable() and not _stopped(fault))


def _rows(
    runner: neo4j.Transaction | neo4j.Session, query: str | neo4j.Query, parameters: dict[str, object]
) -> Rows:
    # The driver takes texts of the program's own only; ours stand in files of ours and not in the program.
    run: Callable[..., neo4j.Result] = runner.run
    result = run(query, parameters)
    names = result.keys()
    return [dict(zip(names, record, strict=True)) for record in result]
