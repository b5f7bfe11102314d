"""How a ledger of an older program gets the layout of this one, step by step.

Each step, or batch of one, and the note of how far it has come are one transaction, so a migration that is stopped at
any moment goes on where it was. It runs under the lock that every program takes to open a ledger.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Final

from sqlalchemy import Connection, Engine, text
from sqlalchemy.dialects.sqlite import insert as upsert

from ledger import tables
from terms.migrations import Migration, read

VERSION: Final = "version"
PLACE: Final = "migration"
"""In the table ``meta``: number, step and position of the migration that is half way; absent when none is."""
BATCH: Final = 20_000

_log = logging.getLogger(__name__)


@cache
def migrations() -> tuple[Migration, ...]:
    """Those that ship with the product, by number."""
    return read(resources.files("ledger") / "migrations")


def newest(known: Sequence[Migration]) -> int:
    """The version that a ledger is of when all have run."""
    return max((tables.VERSION, *(one.number for one in known)))


def migrate(engine: Engine, path: Path, meta: dict[str, str], known: Sequence[Migration]) -> None:
    """Run what a ledger lacks; ``meta``: what it says of itself. The caller holds its setup lock."""
    version = int(meta[VERSION])
    number, step, position = map(int, meta.get(PLACE, "0 0 0").split())
    for one in known:
        if one.number == number:
            _run(engine, one, step, position)
        elif one.number > version:
            _log.warning("migrating the ledger %s to version %d: %s", path, one.number, one.does)
            _run(engine, one, 0, 0)


def _run(engine: Engine, one: Migration, first: int, position: int) -> None:
    # The version counts from the first change on: an older program must not open what is half way.
    with _writing(engine) as connection:
        _note(connection, VERSION, str(one.number))
        _note(connection, PLACE, f"{one.number} {first} {position}")
        connection.commit()
    for index, step in enumerate(one.steps[first:], first):
        more = True
        while more:
            with _writing(engine) as connection:
                end: int | None = None
                if step.upto is not None:
                    end = connection.scalar(text(step.upto), {"after": position, "batch": BATCH})
                more = end is not None
                if more or step.upto is None:
                    connection.execute(text(step.text), {"after": position, "upto": end} if more else {})
                position = end or 0
                _note(connection, PLACE, f"{one.number} {index if more else index + 1} {position}")
                connection.commit()
    with _writing(engine) as connection:
        connection.execute(tables.meta.delete().where(tables.meta.c.name == PLACE))
        connection.commit()


def _writing(engine: Engine) -> Connection:
    return engine.connect().execution_options(kehutu_write=True)


def _note(connection: Connection, name: str, value: str) -> None:
    statement = upsert(tables.meta).values(name=name, value=value)
    connection.execute(
        statement.on_conflict_do_update(index_elements=["name"], set_={"value": statement.excluded.value})
    )
