"""What happens to queries that outlive their deadline.

ArcadeDB 26.10.2 ignores the driver's timeout (2 s asked, 393 s run) and goes on after the client has gone, but
it lists and terminates transactions by Neo4j's own Cypher. And no server that is paused or cut off keeps any
deadline, while the driver waits for an answer for as long as it takes.
"""

from __future__ import annotations

import contextlib
import heapq
import itertools
import threading
import time
from collections.abc import Callable, Iterator
from typing import TypeAlias

Act: TypeAlias = Callable[[], object]

AGAIN_SECONDS = 1.0


class Watchdog:
    """One thread for all guarded blocks; it sleeps until one of them is late."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._wake = threading.Condition()
        self._due: list[tuple[float, int]] = []
        self._guarded: dict[int, Act] = {}
        self._numbers = itertools.count()
        self._thread: threading.Thread | None = None
        self._closed = False

    @contextlib.contextmanager
    def guarding(self, act: Act, seconds: float) -> Iterator[None]:
        """Do ``act`` once the block has run for ``seconds``, and every second from then on until it ends."""
        number = next(self._numbers)
        with self._wake:
            self._guarded[number] = act
            due = time.monotonic() + seconds
            heapq.heappush(self._due, (due, number))
            if self._thread is None:
                self._thread = threading.Thread(target=self._watch, name=self._name, daemon=True)
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
            number, act = late
            # A store that is down has stopped the query already; whatever else went wrong, others are waiting.
            with contextlib.suppress(Exception):
                act()
            with self._wake:
                heapq.heappush(self._due, (time.monotonic() + AGAIN_SECONDS, number))

    def _next_late(self) -> tuple[int, Act] | None:
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
