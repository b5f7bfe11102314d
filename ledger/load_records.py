"""Which versions of records a load states: those that it brought, and those that were there already.

A version stays as long as one load that stands states it, so it does not matter in which order loads came. Numbers are
kept as ranges: a batch takes one of each kind where its rows follow each other, as they do when a file is loaded again.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

from sqlalchemy import Connection, insert, select

from ledger import tables
from terms.errors import KehutuError

_COLUMNS: Final = tables.load_record.c


class Range(NamedTuple):
    """Numbers of records from ``first`` to ``last``."""

    first: int
    last: int


def note(connection: Connection, load: str, brought: Iterable[int], found: Iterable[int]) -> None:
    """Note what a batch of a load states, in the commit that acknowledges it.

    Raises:
        KehutuError: LOAD_WITHDRAWN; the batch is not acknowledged then.
    """
    columns = tables.load.c
    query = select(columns.withdrawal_began_at).where(columns.id == load)
    if connection.scalar(query) is not None:
        raise KehutuError("LOAD_WITHDRAWN", id=load)
    add(connection, load, brought, brought=True)
    add(connection, load, found, brought=False)


def add(connection: Connection, load: str, seqs: Iterable[int], *, brought: bool) -> None:
    """Add numbers to those that a load brought, or found."""
    rows = [{"load": load, "brought": brought, "first": one.first, "last": one.last} for one in ranges(seqs)]
    if rows:
        # A file may hold a row twice, in two batches.
        connection.execute(insert(tables.load_record).prefix_with("OR REPLACE"), rows)


def ranges(seqs: Iterable[int]) -> Iterator[Range]:
    """Numbers, in any order, as ranges."""
    first = last = None
    for seq in sorted(set(seqs)):
        if first is None or last is None or seq != last + 1:
            if first is not None and last is not None:
                yield Range(first, last)
            first = seq
        last = seq
    if first is not None and last is not None:
        yield Range(first, last)


def stated(connection: Connection, load: str) -> list[Range]:
    """What a load states, by number."""
    query = select(_COLUMNS.first, _COLUMNS.last).where(_COLUMNS.load == load).order_by(_COLUMNS.first)
    return [Range(*row) for row in connection.execute(query)]


def standing_elsewhere(connection: Connection, load: str, among: Range) -> set[int]:
    """Those numbers of a range that another load states which stands, or that no load is known to have brought."""
    query = (
        select(_COLUMNS.load, _COLUMNS.brought, _COLUMNS.first, _COLUMNS.last, tables.load.c.withdrawn_at)
        .outerjoin(tables.load, tables.load.c.id == _COLUMNS.load)
        .where(_COLUMNS.first <= among.last, _COLUMNS.last >= among.first)
    )
    elsewhere: set[int] = set()
    foreign = set(range(among.first, among.last + 1))
    for other, brought, first, last, withdrawn_at in connection.execute(query):
        numbers = range(max(first, among.first), min(last, among.last) + 1)
        if brought:
            foreign.difference_update(numbers)
        if other != load and withdrawn_at is None:
            elsewhere.update(numbers)
    return elsewhere | foreign
