"""Which records an earlier version of the program has read that no later load has stated again."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from ledger import tables
from ledger.database import Ledger
from ledger.loads import Load, listing

_ALL: Final = 1_000_000
_CONTENT_HASH: Final = 32
"""Hex digits of a record id that is made of the row's content."""

# Current versions of a source, recorded by a moment, that no load of this version has brought or found again.
_LEFT: Final = """
SELECT count(*), coalesce(sum(length(r.record_id) = ? AND r.record_id NOT GLOB '*[^0-9a-f]*'), 0)
FROM record AS r
WHERE r.source = ? AND r.recorded_at <= ? AND NOT r.deleted
AND NOT EXISTS (SELECT 1 FROM withdrawal AS w WHERE w."of" = r.seq)
AND NOT EXISTS (
  SELECT 1 FROM record AS n WHERE n.source = r.source AND n.record_id = r.record_id
  AND (n.observed_at, n.seq) > (r.observed_at, r.seq)
  AND NOT EXISTS (SELECT 1 FROM withdrawal AS w WHERE w."of" = n.seq))
AND NOT EXISTS (
  SELECT 1 FROM load_record AS x JOIN load AS l ON l.id = x.load
  WHERE l.reading >= ? AND l.withdrawn_at IS NULL AND r.seq BETWEEN x.first AND x.last)
"""


@dataclass(frozen=True, slots=True)
class ReadBefore:
    """Records of a source as an earlier version has read them.

    ``unnamed``: those whose id is their content, so that the row, read otherwise, would stand beside it. ``loads``:
    that may have brought them, the earliest first; ``manifest``: of the last.
    """

    source: str
    records: int
    unnamed: int
    loads: tuple[str, ...]
    manifest: str


def read_before(ledger: Ledger, reading: int) -> Iterator[ReadBefore]:
    """Sources with records that were read before this version of reading; by name.

    One pass over the records of each source that such a load names, about 2 us a record.
    """
    by_source: dict[str, list[Load]] = defaultdict(list)
    for load in listing(ledger, _ALL):
        if (load.reading is None or load.reading < reading) and load.withdrawn_at is None:
            for source in load.sources:
                if source["accepted"]:
                    by_source[source["name"]].append(load)
    for name, loads in sorted(by_source.items()):
        asked = (_CONTENT_HASH, name, tables.to_micros(max(map(_end, loads))), reading)
        with ledger.reading() as connection:
            records, unnamed = connection.exec_driver_sql(_LEFT, asked).one()
        if records:
            ids = tuple(load.id for load in reversed(loads))
            yield ReadBefore(name, records, unnamed, ids, loads[0].manifest)


def _end(load: Load) -> datetime:
    return load.finished_at or load.started_at
