"""Tokens that are taken back: one by its number, or all of a subject that were issued so far.

What was taken back stands in the ledger, so it is part of every backup, and every process sees it within two seconds.
"""

from __future__ import annotations

import hashlib
import threading
import time
from collections.abc import Callable
from typing import Final

from ledger.database import Ledger, get_pointer, set_pointer

SEEN_SECONDS: Final = 2.0
"""How long a process believes what it has read: less than the five seconds that are promised."""
KEPT: Final = 4_096
_NAME: Final = "revoked:"


class Revocations:
    """What has been taken back in a site. ``clock``: seconds."""

    def __init__(self, ledger: Ledger, clock: Callable[[], float] = time.monotonic) -> None:
        self._ledger, self._clock = ledger, clock
        self._known: dict[str, tuple[float, float | None]] = {}
        self._lock = threading.Lock()

    def revoked(self, subject: str, number: str, issued: float | None) -> bool:
        """Whether a token does not count any more.

        Args:
            issued: when, in seconds since 1970. A token that does not say it counts as older than any revocation.
        """
        if self._when(number) is not None:
            return True
        taken = self._when(subject)
        return taken is not None and (issued is None or issued <= taken)

    def _when(self, word: str) -> float | None:
        now = self._clock()
        with self._lock:
            found = self._known.get(word)
        if found is None or now - found[0] >= SEEN_SECONDS:
            with self._ledger.reading() as connection:
                told = get_pointer(connection, _name(word))
            found = (now, None if told is None else float(told))
            with self._lock:
                while len(self._known) >= KEPT:
                    del self._known[next(iter(self._known))]
                self._known[word] = found
        return found[1]


def revoke(ledger: Ledger, word: str, at: float) -> None:
    """Take back the token of a number, or all that a subject got until an instant (seconds since 1970)."""
    with ledger.writing() as connection:
        set_pointer(connection, _name(word), repr(at))


def _name(word: str) -> str:
    # A hash, because a subject may be long, and is nobody's business in a table of pointers.
    return _NAME + hashlib.blake2b(word.encode(), digest_size=16).hexdigest()
