"""What of the ledger every answer rests on, by one statement: which run is current, how far records go, whether the
graph is being made again, and which entities some keys name.

Two moments that are equal say the same whatever else was written between them; entries of the audit trail are no part
of one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

import orjson

from ledger.database import Ledger
from terms.ids import EntityId, RunId

CURRENT: Final = "current_run"
"""The pointer to the current run."""
REBUILT: Final = "rebuilt in place"
"""The pointer that notes when the graph began to be made again in its place, and until when."""

_TEXT: Final = (
    "SELECT 0, name, value FROM pointer WHERE name IN (?, ?)"
    " UNION ALL SELECT 1, '', (SELECT seq FROM record ORDER BY seq DESC LIMIT 1)"
    " UNION ALL SELECT 2, key, id FROM alias WHERE key IN (SELECT value FROM json_each(?))"
)


@dataclass(frozen=True, slots=True)
class Moment:
    """``rebuilt``: that note, "" for none; ``run``: the current run; ``last``: number of the last record; ``names``: by
    key, those that were asked for."""

    rebuilt: str
    run: RunId | None
    last: int
    names: Mapping[str, EntityId] = field(default_factory=dict, compare=False)


def moment(ledger: Ledger, keys: Sequence[str] = ()) -> Moment:
    """The state of the ledger now."""
    pointers, names, last = dict[str, str](), dict[str, EntityId](), 0
    asked = orjson.dumps(list(keys)).decode()
    with ledger.reading() as connection:
        for kind, name, value in connection.exec_driver_sql(_TEXT, (REBUILT, CURRENT, asked)):
            if kind == 0:
                pointers[name] = value
            elif kind == 1:
                last = value or 0
            else:
                names[name] = EntityId(value)
    run = pointers.get(CURRENT)
    return Moment(pointers.get(REBUILT, ""), None if run is None else RunId(run), last, names)
