"""Which analysis runs there are, and which is current. Their results lie in columns, named by the run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any, Final

import orjson
from sqlalchemy import Row, insert, select

from ledger import tables
from ledger.columns import ColumnFile
from ledger.database import Ledger, get_pointer, set_pointer
from ledger.moment import CURRENT
from terms.errors import KehutuError
from terms.ids import RunId

_KNOWN: Final = "current_run_known"
KEPT: Final = 64


@dataclass(frozen=True, slots=True)
class Run:
    """The head of a run.

    ``parent``: the run that it continues, whose unchanged rows it does not repeat; None for a full one.
    ``cut_off``: the day up to which data counts. ``watermark``: the last record in the graph that it read.
    ``projection_hash``: of the arrays that it computed on. ``parts``: per part its algorithm and parameters, plain
    JSON values. ``files``: its tables by name.
    """

    id: RunId
    parent: RunId | None
    created_at: datetime
    cut_off: date
    watermark: int
    code_version: str
    projection_hash: str
    parts: Mapping[str, Any]
    files: Mapping[str, ColumnFile]


def save(ledger: Ledger, run: Run) -> None:
    """Keep the head of a run whose files are written. It is not current yet, and never changes.

    Of two that make the same run at once, the first is kept.

    Raises:
        KehutuError: RUN_EXISTS, where one of this id has other content.
    """
    row = {
        "id": run.id,
        "parent": run.parent,
        "created_at": tables.to_micros(run.created_at),
        "cut_off": run.cut_off.isoformat(),
        "watermark": run.watermark,
        "code_version": run.code_version,
        "projection_hash": run.projection_hash,
        "parts": _to_json(dict(run.parts)),
        "files": _to_json({name: asdict(file) for name, file in run.files.items()}),
    }
    with ledger.writing() as connection:
        kept = connection.execute(select(tables.run).where(tables.run.c.id == run.id)).one_or_none()
        if kept is not None:
            if (kept.projection_hash, kept.files) != (row["projection_hash"], row["files"]):
                raise KehutuError("RUN_EXISTS", id=run.id)
            return
        connection.execute(insert(tables.run), row)


def turn(ledger: Ledger, run_id: RunId) -> None:
    """Let a saved run be the current one, in one commit: every later answer is of this run.

    Raises:
        KehutuError: UNKNOWN_RUN.
    """
    with ledger.writing() as connection:
        if connection.scalar(select(tables.run.c.id).where(tables.run.c.id == run_id)) is None:
            raise KehutuError("UNKNOWN_RUN", id=run_id)
        set_pointer(connection, CURRENT, run_id)


def turn_from(ledger: Ledger, parent: str, run_id: str) -> bool:
    """The same only while ``parent`` is the current run, so that of two that continue it at once one comes too late.

    Raises:
        KehutuError: UNKNOWN_RUN.
    """
    with ledger.writing() as connection:
        if connection.scalar(select(tables.run.c.id).where(tables.run.c.id == run_id)) is None:
            raise KehutuError("UNKNOWN_RUN", id=run_id)
        if get_pointer(connection, CURRENT) != parent:
            return False
        set_pointer(connection, CURRENT, run_id)
        return True


def know(ledger: Ledger, run_id: str, watermark: int) -> None:
    """Note that records up to this one change nothing in the run, though they were loaded after it was made."""
    with ledger.writing() as connection:
        set_pointer(connection, _KNOWN, f"{watermark} {run_id}")


def known_until(ledger: Ledger, run: Run) -> int:
    """The last record that the run has in it, or that is known to change nothing in it."""
    with ledger.reading() as connection:
        watermark, _, run_id = (get_pointer(connection, _KNOWN) or "0 ").partition(" ")
    return max(run.watermark, int(watermark)) if run_id == run.id else run.watermark


def current(ledger: Ledger) -> Run:
    """The current run.

    Raises:
        KehutuError: NO_RUN.
    """
    with ledger.reading() as connection:
        run_id = get_pointer(connection, CURRENT)
        row = connection.execute(select(tables.run).where(tables.run.c.id == run_id)).one_or_none()
    if row is None:
        raise KehutuError("NO_RUN")
    return _run(row)


def get(ledger: Ledger, run_id: str) -> Run:
    """A run by its id.

    Raises:
        KehutuError: UNKNOWN_RUN.
    """
    with ledger.reading() as connection:
        row = connection.execute(select(tables.run).where(tables.run.c.id == run_id)).one_or_none()
    if row is None:
        raise KehutuError("UNKNOWN_RUN", id=run_id)
    return _run(row)


@lru_cache(KEPT)
def kept(ledger: Ledger, run_id: RunId) -> Run:
    """The same, remembered: a head never changes.

    Raises:
        KehutuError: UNKNOWN_RUN.
    """
    return get(ledger, run_id)


def listing(ledger: Ledger, first: int = 100) -> list[Run]:
    """Runs, the newest first."""
    query = select(tables.run).order_by(tables.run.c.created_at.desc(), tables.run.c.id.desc()).limit(first)
    with ledger.reading() as connection:
        return [_run(row) for row in connection.execute(query)]


def _run(row: Row[Any]) -> Run:
    files = orjson.loads(row.files)
    return Run(
        id=RunId(row.id),
        parent=None if row.parent is None else RunId(row.parent),
        created_at=tables.from_micros(row.created_at),
        cut_off=date.fromisoformat(row.cut_off),
        watermark=row.watermark,
        code_version=row.code_version,
        projection_hash=row.projection_hash,
        parts=orjson.loads(row.parts),
        files={name: ColumnFile(**file) for name, file in files.items()},
    )


def _to_json(value: object) -> str:
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS).decode()
