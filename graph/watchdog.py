"""Stops queries that outlive their deadline on a store that does not do so itself.

ArcadeDB 26.10.2 ignores the driver's timeout (2 s asked, 393 s run) and goes on after the client has gone, but
it lists and terminates transactions by Neo4j's own Cypher.
"""

from __future__ import annotations

import contextlib
import heapq
import itertools
import threading
import time
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from graph.store import Store

AGAIN_SECONDS = 1.0


class Watchdog:
    """One thread for all guarded queries of a store; it sleeps until one of them is late."""

    def __init__(self) -> None:
        self._wake = threading.Condition()
        self._due: list[tuple[float, int]] = []
        self._guarded: dict[int, tuple[Store, Sequence[str], float]] = {}
        self._numbers = itertools.count()
        self._thread: threading.Thread | None = None
        self._closed = False

    @contextlib.contextmanager
    def guarding(self, store: Store, queries: Sequence[str], seconds: float) -> Iterator[None]:
        """Stop ``queries`` of this block once they have run for ``seconds``, if the store does not do it."""
        if store.dialect.keeps_deadlines():
            yield
            return
        number = next(self._numbers)
        with self._wake:
            self._guarded[number] = (store, queries, seconds)
            due = time.monotonic() + seconds
            heapq.heappush(self._due, (due, number))
            if self._thread is None:
                self._thread = threading.Thread(target=self._watch, name="kehutu-deadlines", daemon=True)
                self._thread.start()
            elif self._due[0][1] == number:
                self._wake.notify()
        try:
            yield
        finally:
            with self._wake:
                del self._guarded[number]

    def close(self) -> None:
        """Guard nothing any more."""
        with self._wake:
            self._closed = True
            self._wake.notify()

    def _watch(self) -> None:
        while (late := self._next_late()) is not None:
            number, (store, queries, seconds) = late
            for query in queries:
                # A store that is down has stopped the query already; whatever else went wrong, others are waiting.
                with contextlib.suppress(Exception):
                    store.dialect.stop(store, query, seconds)
            with self._wake:
                heapq.heappush(self._due, (time.monotonic() + AGAIN_SECONDS, number))

    def _next_late(self) -> tuple[int, tuple[Store, Sequence[str], float]] | None:
        with self._wake:
            while not self._closed:
                while self._due and self._due[0][1] not in self._guarded:
                    heapq.heappop(self._due)
                if not self._due:
                    self._wake.wait()
                elif (wait := self._due[0][0] - time.monotonic()) > 0:
                    self._wake.wait(wait)
                else:
                    number = heapq.heappop(self._due)[1]
                    return number, self._guarded[number]
            return None
