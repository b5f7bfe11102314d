"""All records of the ledger in one pass, as plain rows, for several processes at once."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from ledger import tables
from ledger.database import Ledger
from ledger.records import content_hash, misfit
from terms.errors import KehutuError
from terms.ids import record_id as name_of


class Row(NamedTuple):
    """What a record says, and of whom it is; see :class:`ledger.records.Record`."""

    seq: int
    source: str
    record_id: str
    origin: str
    payload: bytes


_ROWS: Final = (
    "SELECT seq, source, record_id, origin, payload, deleted, hash FROM record "
    "WHERE seq > ? AND seq <= ? ORDER BY seq"
)
# The index of (source, record id) finds those with several versions, withdrawals among them, without reading a record.
_SUPERSEDED: Final = (
    "SELECT seq FROM (SELECT r.seq, w.seq IS NOT NULL AS back, row_number() OVER (PARTITION BY r.source, r.record_id "
    "ORDER BY w.seq IS NOT NULL, r.observed_at DESC, r.seq DESC) AS place FROM (SELECT source, record_id FROM record "
    "WHERE seq <= ? GROUP BY source, record_id HAVING count(*) > 1) AS several "
    "JOIN record AS r USING (source, record_id) "
    'LEFT JOIN withdrawal AS w ON w."of" = r.seq AND w.seq <= ? WHERE r.seq <= ?) WHERE place > 1 OR back'
)


def rows(
    ledger: Ledger, after: int, until: int, superseded: npt.NDArray[np.int64], *, check: bool = True
) -> Iterator[Row]:
    """The current versions among the records with numbers above ``after``, up to ``until``, ascending.

    Args:
        superseded: numbers of records that do not count any more, ascending, from :func:`superseded_until`.
        check: whether each record's content is compared with its hash.
    Raises:
        KehutuError: LEDGER_DAMAGED.
    """
    first, last = np.searchsorted(superseded, (after, until), side="right")
    old = set(superseded[first:last].tolist())
    with ledger.reading() as connection:
        for seq, source, record_id, origin, payload, deleted, digest in connection.exec_driver_sql(
            _ROWS, (after, until)
        ):
            if check and content_hash(payload, deleted=bool(deleted)) != digest:
                reason = misfit(name_of(source, record_id), seq)
                raise KehutuError("LEDGER_DAMAGED", path=ledger.path, reason=reason)
            if not deleted and seq not in old:
                yield Row(seq, source, record_id, origin, payload)


def superseded_until(ledger: Ledger, until: int) -> npt.NDArray[np.int64]:
    """Numbers of records up to ``until`` that have a newer version among them, or were taken back, ascending.

    One pass over an index, about 0.5 us a record.
    """
    with ledger.reading() as connection:
        found = connection.exec_driver_sql(_SUPERSEDED, (until, until, until))
        return np.sort(np.fromiter((row[0] for row in found), np.int64))


def mentions_at_least(ledger: Ledger, number: int) -> bool:
    """Whether records have so many mentions, of which a node or relation makes one or two; counts no more."""
    found = 0
    with ledger.reading() as connection:
        for table in tables.MENTIONS:
            text = f"SELECT count(*) FROM (SELECT 1 FROM {table.name} LIMIT ?)"  # noqa: S608 - a table of ours
            found += int(connection.exec_driver_sql(text, (number,)).scalar() or 0)
    return found >= number
