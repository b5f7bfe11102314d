"""Whether answers come from a whole graph, also while it may be made again in its place.

The ledger notes when that begins and ends, so that asking costs an answer two looks into SQLite (0.3 ms together)
and the store nothing; only while it is noted the store, whose own mark decides, is asked too.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Final

from graph.rebuild import refuse_while_rebuilding
from graph.store import Store
from ledger.database import Ledger, get_pointer, set_pointer
from ledger.moment import REBUILT
from terms.errors import KehutuError

_UNTIL: Final = "/"
_NO_QUERY_SECONDS: Final = 2.0
READY_SECONDS: Final = 1.0
"""A monitor that asks whether answers can be had waits no longer."""


@contextmanager
def making_again(ledger: Ledger) -> Iterator[None]:
    """Let it be known that the graph is made again in its place; it stays known should this be cut off."""
    begun = _now()
    _note(ledger, begun)
    yield
    _note(ledger, begun + _UNTIL + _now())


@contextmanager
def whole(ledger: Ledger, store: Store) -> Iterator[None]:
    """Around the making of an answer: raise in place of one that the graph gave while it was made again.

    Raises:
        KehutuError: STORE_REBUILDING.
    """
    before = _noted(ledger)
    _refuse(before, store)
    yield
    after = _noted(ledger)
    if after != before:
        # It has begun, or even ended, since the answer was begun.
        raise KehutuError("STORE_REBUILDING", store=store.url, since=after.partition(_UNTIL)[0])
    _refuse(after, store)


def refuse_unready(store: Store) -> None:
    """Return if the store answers at once and its graph is whole.

    Raises:
        KehutuError: STORE_UNAVAILABLE, STORE_REBUILDING.
    """
    store.ping(READY_SECONDS / 2)
    refuse_while_rebuilding(store.within(READY_SECONDS))


def _refuse(noted: str, store: Store) -> None:
    if not noted or _UNTIL in noted:
        return
    try:
        refuse_while_rebuilding(store.within(_NO_QUERY_SECONDS))
    except KehutuError as fault:
        # One that does not answer is the matter of whoever needs it.
        if fault.code == "STORE_REBUILDING":
            raise


def _note(ledger: Ledger, value: str) -> None:
    with ledger.writing() as connection:
        set_pointer(connection, REBUILT, value)


def _noted(ledger: Ledger) -> str:
    with ledger.reading() as connection:
        return get_pointer(connection, REBUILT) or ""


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
