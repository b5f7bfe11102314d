"""Quarantine: rows that could not be taken, kept with the reason until somebody puts them right."""

from __future__ import annotations

import base64
import dataclasses
import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Literal, TypeAlias

from sqlalchemy import ColumnElement, Row, and_, func, select, true, update
from sqlalchemy.dialects.sqlite import insert as upsert

from ledger import tables
from ledger.database import Ledger
from terms.errors import KehutuError

State: TypeAlias = Literal["open", "retried"]


@dataclasses.dataclass(frozen=True, slots=True)
class Quarantined:
    """One row that could not be taken.

    ``field``: the property or column at fault, empty where it is the whole row. ``code`` and ``details``: an entry
    of the catalogue of errors and what fills its texts. ``raw``: the row as read, by column, plain JSON values;
    others are kept as their text. ``first_seen`` counts from the first time the row arrived.
    """

    source: str
    file: str
    line: int
    field: str
    code: str
    details: Mapping[str, Any]
    raw: Mapping[str, Any]
    first_seen: datetime
    state: State = "open"
    id: str = dataclasses.field(init=False, default="")

    def __post_init__(self) -> None:
        """The id follows from source, place and content, so a second load of the same row has the same one."""
        place = "\0".join((_text(self.source), _text(self.file), str(self.line), _to_json(self.raw)))
        digest = hashlib.blake2b(place.encode(), digest_size=8).digest()
        object.__setattr__(self, "id", "q-" + base64.b32encode(digest).decode().lower()[:12])


def put(ledger: Ledger, entries: Sequence[Quarantined]) -> None:
    """Keep rows, in one commit. A known one gets the new reason and is open again; its first sight stays."""
    if not entries:
        return
    statement = upsert(tables.quarantine)
    new = statement.excluded
    statement = statement.on_conflict_do_update(
        index_elements=["id"],
        set_={"field": new.field, "code": new.code, "details": new.details, "state": new.state},
    )
    rows = [
        {
            "id": entry.id,
            "source": _text(entry.source),
            "file": _text(entry.file),
            "line": entry.line,
            "field": _text(entry.field),
            "code": entry.code,
            "details": _to_json(entry.details),
            "raw": _to_json(entry.raw),
            "state": entry.state,
            "first_seen": tables.to_micros(entry.first_seen),
        }
        for entry in entries
    ]
    with ledger.writing() as connection:
        connection.execute(statement, rows)


def listing(
    ledger: Ledger,
    source: str | None = None,
    first: int = 100,
    *,
    state: State | None = "open",
    after: str | None = None,
) -> list[Quarantined]:
    """Rows by source, file and line.

    Args:
        source: only those of one source.
        first: at most so many.
        state: only those in one state; None for all.
        after: the id of the last row of the page before; an unknown one raises UNKNOWN_QUARANTINE.
    """
    columns = tables.quarantine.c
    place = (columns.source, columns.file, columns.line, columns.id)
    query = select(*columns).where(_chosen(source, state)).order_by(*place).limit(first)
    if after is not None:
        last = show(ledger, after)
        query = query.where(_beyond(place, (last.source, last.file, last.line, last.id)))
    with ledger.reading() as connection:
        return [_entry(row) for row in connection.execute(query)]


def count(ledger: Ledger, source: str | None = None, *, state: State | None = "open") -> int:
    """How many rows :func:`listing` has in all."""
    query = select(func.count()).select_from(tables.quarantine).where(_chosen(source, state))
    with ledger.reading() as connection:
        return connection.scalar(query) or 0


def show(ledger: Ledger, id_: str) -> Quarantined:
    """One row by its id, or by a beginning of it that fits no other.

    Raises:
        KehutuError: UNKNOWN_QUARANTINE, QUARANTINE_AMBIGUOUS.
    """
    column = tables.quarantine.c.id
    query = select(*tables.quarantine.c).where(column >= id_, column < id_ + "\x7f").order_by(column).limit(2)
    with ledger.reading() as connection:
        found = [_entry(row) for row in connection.execute(query)]
    if not found or not id_.startswith("q-"):
        raise KehutuError("UNKNOWN_QUARANTINE", id=id_)
    if len(found) > 1:
        raise KehutuError("QUARANTINE_AMBIGUOUS", id=id_, first=found[0].id, second=found[1].id)
    return found[0]


def settle(ledger: Ledger, id_: str) -> None:
    """The row has been taken after all; it stays visible as retried.

    Raises:
        KehutuError: UNKNOWN_QUARANTINE, QUARANTINE_AMBIGUOUS.
    """
    entry = show(ledger, id_)
    with ledger.writing() as connection:
        connection.execute(
            update(tables.quarantine).where(tables.quarantine.c.id == entry.id).values(state="retried")
        )


def _chosen(source: str | None, state: State | None) -> ColumnElement[bool]:
    chosen: ColumnElement[bool] = true()
    if source is not None:
        chosen = and_(chosen, tables.quarantine.c.source == source)
    if state is not None:
        chosen = and_(chosen, tables.quarantine.c.state == state)
    return chosen


def _beyond(columns: Sequence[ColumnElement[Any]], values: Sequence[object]) -> ColumnElement[bool]:
    """Rows after the one with these values, in the order of the columns."""
    head, *rest = columns
    if not rest:
        return head > values[0]
    return (head > values[0]) | ((head == values[0]) & _beyond(rest, values[1:]))


def _entry(row: Row[Any]) -> Quarantined:
    return Quarantined(
        source=row.source,
        file=row.file,
        line=row.line,
        field=row.field,
        code=row.code,
        details=json.loads(row.details),
        raw=json.loads(row.raw),
        first_seen=tables.from_micros(row.first_seen),
        state=row.state,
    )


def _to_json(values: Mapping[str, Any]) -> str:
    # Escaped to ASCII: a row may be here because its text is no valid Unicode.
    return json.dumps(dict(values), sort_keys=True, ensure_ascii=True, default=str)


def _text(value: str) -> str:
    """Text that the database takes: parts of broken characters (in file names, say) written as escapes."""
    return value.encode("utf-8", "backslashreplace").decode("utf-8")
