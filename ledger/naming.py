"""How far the aliases follow the records, and their next step: both in one commit, so that they always fit."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import islice
from types import MappingProxyType
from typing import Final

from sqlalchemy import delete, select, update
from sqlalchemy.dialects.sqlite import Insert
from sqlalchemy.dialects.sqlite import insert as upsert

from ledger import tables
from ledger.bulk import chunks
from ledger.database import Ledger, faults
from terms.ids import EntityId

_NAMED_UNTIL: Final = "named_until"
_TOGETHER: Final = 50_000


def named_until(ledger: Ledger) -> int:
    """The last record that the aliases take into account; 0 before the first."""
    with ledger.reading() as connection:
        value = connection.scalar(select(tables.meta.c.value).where(tables.meta.c.name == _NAMED_UNTIL))
    return 0 if value is None else int(value)


def rename(
    ledger: Ledger,
    named: Mapping[str, EntityId],
    forgotten: Iterable[str],
    *,
    until: int,
    heirs: Mapping[EntityId, EntityId | None] = MappingProxyType({}),
) -> None:
    """Let keys name entities as records up to ``until`` have it; forget those that name none any more.

    Args:
        heirs: entities that are no more, with the one that old ids of theirs name from now on; None for none.
    """
    alias = upsert(tables.alias)
    alias = alias.on_conflict_do_update(index_elements=["key"], set_={"id": alias.excluded.id})
    column = tables.alias.c
    with ledger.writing() as connection:
        for gone, heir in sorted(heirs.items()):
            old_ids = (column.id == gone, column.id != column.key)
            connection.execute(
                delete(tables.alias).where(*old_ids)
                if heir is None
                else update(tables.alias).where(*old_ids).values(id=heir)
            )
        for chunk in chunks(sorted(forgotten)):
            connection.execute(delete(tables.alias).where(tables.alias.c.key.in_(chunk)))
        if named:
            connection.execute(alias, [{"key": key, "id": named[key]} for key in sorted(named)])
        connection.execute(_until(), {"name": _NAMED_UNTIL, "value": str(until)})


def name_all(ledger: Ledger, named: Iterable[tuple[str, str]], *, until: int) -> None:
    """Let keys name entities as records up to ``until`` have it, in a ledger that has no names yet.

    About 4 us a key. What an attempt that was cut short has left is replaced; the names count from the last commit on.
    """
    with faults(ledger.path), ledger.engine.connect() as connection:
        # SQLite sorts them outside memory: in the order of keys each page of the table is written once.
        connection.exec_driver_sql("DROP TABLE IF EXISTS temp.given")
        connection.exec_driver_sql("CREATE TEMP TABLE given (key TEXT NOT NULL, id TEXT NOT NULL)")
        rows = iter(named)
        while part := list(islice(rows, _TOGETHER)):
            connection.exec_driver_sql("INSERT INTO temp.given VALUES (?, ?)", part)
        connection.commit()
        connection.execution_options(kehutu_write=True)
        connection.execute(delete(tables.alias))
        connection.exec_driver_sql("INSERT INTO alias (key, id) SELECT key, id FROM temp.given ORDER BY key")
        connection.execute(_until(), {"name": _NAMED_UNTIL, "value": str(until)})
        connection.exec_driver_sql("DROP TABLE temp.given")
        connection.commit()


def _until() -> Insert:
    meta = upsert(tables.meta)
    return meta.on_conflict_do_update(index_elements=["name"], set_={"value": meta.excluded.value})
