"""Where a store's driver connects to, and whether anybody answers there."""

from __future__ import annotations

import logging
import os
import threading
import time
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Protocol
from urllib.parse import unquote, urlsplit

from graph.dialects import Dialect
from graph.driver import exceptions, neo4j
from graph.embedded import EmbeddedServer
from terms.errors import KehutuError

CONNECT_SECONDS = 3.0
ACQUIRE_SECONDS = 5.0
"""Seconds for a connection, the login included: a paused server accepts connections and never answers."""
PING_SECONDS = 8.0
"""A server that does not answer a ping for so many seconds is taken for gone."""
SCHEMES = ("bolt", "neo4j", "neo4j+s", "bolt+s", "neo4j+ssc", "bolt+ssc")

# What the driver has to say about broken connections goes to the log if there is one, and never to the terminal.
logging.getLogger("neo4j").addHandler(logging.NullHandler())


@dataclass(frozen=True, slots=True)
class Target:
    """What a driver needs to know of a server. ``database``: None for the server's default."""

    address: str
    auth: tuple[str, str] | None
    database: str | None


class Link(Protocol):
    """A way to a server whose address may change while it is open."""

    def target(self) -> Target:
        """Where the server is now."""

    def close(self) -> None:
        """Let go of the server."""


@dataclass(frozen=True, slots=True)
class Remote:
    """A server that somebody else runs. ``shown``: its URL without user and password."""

    at: Target
    shown: str

    @classmethod
    def parse(cls, url: str) -> Remote:
        """Read a URL; user and password may come from the environment.

        Raises:
            KehutuError: STORE_UNAVAILABLE for a text that is no such URL.
        """
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
        return cls(Target(f"{parts.scheme}://{host}:{port}", auth, parts.path.strip("/") or None), shown)

    def target(self) -> Target:
        """Always the same."""
        return self.at

    def close(self) -> None:
        """Nothing to let go of."""


@dataclass(frozen=True, slots=True)
class Embedded:
    """The embedded server; started again after a kill it may have had to take another port."""

    server: EmbeddedServer

    def target(self) -> Target:
        """Where the server is now."""
        at = self.server.address
        return Target(f"bolt://127.0.0.1:{at.bolt}", ("root", at.password), self.server.database)

    def close(self) -> None:
        """Let go of the server; it ends with its last client."""
        self.server.close()


class Connection:
    """The driver of a link, made anew should the link's address change. ``retry``: seconds to bear an outage."""

    def __init__(self, link: Link, dialect: Dialect, retry: float) -> None:
        self.retry = retry
        self._link, self._dialect = link, dialect
        self._lock = threading.Lock()
        self._target: tuple[str, tuple[str, str] | None] | None = None
        self._driver: neo4j.Driver | None = None
        self._ping: Future[None] | None = None
        self._pinged = 0.0
        self.drops = 0
        """How many drivers were closed with what ran on them: it may be done again on a new one."""

    def session(self, access: str) -> neo4j.Session:
        """A session for one transaction. Nothing is sent yet."""
        target = self._link.target()
        with self._lock:
            return self._to(target).session(database=target.database, default_access_mode=access)

    def target(self) -> Target:
        """Where the server is now."""
        return self._link.target()

    def driver(self) -> tuple[neo4j.Driver, str | None]:
        """The driver for where the server is now, and the database (None: the server's default)."""
        target = self._link.target()
        with self._lock:
            return self._to(target), target.database

    def _to(self, target: Target) -> neo4j.Driver:
        # Another database of the same server needs no new driver: what runs there goes on.
        if self._driver is None or self._target != (target.address, target.auth):
            self._drop()
            self._driver = neo4j.GraphDatabase.driver(
                target.address,
                auth=target.auth,
                connection_timeout=CONNECT_SECONDS,
                connection_acquisition_timeout=ACQUIRE_SECONDS,
                max_connection_lifetime=3600,
                **self._dialect.driver_options(),
            )
            self._target = target.address, target.auth
        return self._driver

    def ping(self, seconds: float) -> None:
        """Return if the server answers in time. In a thread of its own: a paused server holds the driver for ever.

        Callers wait for the same answer, so that asking again and again leaves one thread behind and not many.
        """
        with self._lock:
            asked = self._ping is not None and not self._ping.done()
            if asked and time.monotonic() > self._pinged + PING_SECONDS:
                self._drop()
            if self._ping is None or self._ping.done():
                self._ping, self._pinged = Future(), time.monotonic()
                work = threading.Thread(
                    target=self._answer, args=(self._ping,), name="kehutu-ping", daemon=True
                )
                work.start()
            answer = self._ping
        try:
            answer.result(seconds)
        except TimeoutError:
            raise exceptions.ServiceUnavailable(f"no answer within {seconds:g} seconds") from None

    def _answer(self, ping: Future[None]) -> None:
        try:
            with self.session(neo4j.READ_ACCESS) as session:
                session.run("RETURN 1 AS one").consume()
            ping.set_result(None)
        except (exceptions.DriverError, exceptions.Neo4jError, KehutuError, OSError) as fault:
            ping.set_exception(fault)
        finally:
            if (
                not ping.done()
            ):  # a fault of ours, which the thread reports: nobody is to wait for it for ever
                ping.set_exception(exceptions.ServiceUnavailable("the server could not be asked"))

    def cut(self) -> None:
        """Close all connections: whoever waits for an answer gets an error, and the next session a new driver."""
        with self._lock:
            self._drop()

    def close(self) -> None:
        """Close the driver and the link. May be called twice."""
        self.cut()
        self._link.close()

    def _drop(self) -> None:
        if self._driver is not None:
            self.drops += 1
            self._driver.close()
            self._driver = None
