"""How a store of an older program becomes what this one expects, step by step, in batches.

The state node holds the version from the first batch of its migration on, so that the older program refuses the store
from then on, and beside it the step and the position until the migration is through. Each batch and its position are
one transaction: stopped at any moment, by kill -9 too, it goes on where it was.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any, Final

from graph.client import Rows
from graph.store import Store
from terms.errors import KehutuError
from terms.migrations import Migration, Step, read
from terms.progress import Progress

BATCH: Final = 2_000
STEP_SECONDS: Final = 600.0
Conversion = Callable[[Rows], Rows]
CONVERSIONS: Final[Mapping[str, Conversion]] = {}
"""What ``// python:`` may name: pure functions from the rows that a step reads to those that it writes."""

_PLACE: Final = "m.migration = $number, m.step = $step, m.position = $position"
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _At:
    """How far a store has come: its version, the migration it is in the middle of, that one's step and position."""

    version: int
    migration: int | None
    step: int
    position: str


@cache
def migrations() -> tuple[Migration, ...]:
    """Those that ship with the product, by number."""
    return read(resources.files("cypher") / "migrations")


def migrate(
    store: Store,
    version: int,
    *,
    alone: Callable[[], AbstractContextManager[None]],
    progress: Progress,
    folder: Path | None = None,
    conversions: Mapping[str, Conversion] = CONVERSIONS,
) -> None:
    """Bring a store to ``version``. Whoever comes while another process does so waits, and finds it done.

    Args:
        alone: the writer's lock.
        folder: other migrations than those of the product.
    Raises:
        KehutuError: STORE_OUTDATED where only a rebuild helps (nothing is changed then); what ``alone`` raises.
    """
    known = migrations() if folder is None else read(folder)
    with alone():
        at = _read(store)
        due = [m for m in known if at.version < m.number <= version or m.number == at.migration]
        for one in due:
            if one.rebuild:
                raise KehutuError("STORE_OUTDATED", store=store.url, found=at.version, does=one.does)
        for one in due:
            _log.warning("migrating the store to version %d (%s): %s", one.number, one.name, one.does)
            _run(store, one, at, progress, conversions)
        if due or at.version < version:
            _set(store, "m.schemaVersion = $version, m.migratedAt = $now", version=version, now=_now())
            _log.warning("the store is of version %d now", version)


def _run(
    store: Store, one: Migration, at: _At, progress: Progress, conversions: Mapping[str, Conversion]
) -> None:
    resumed = at.migration == one.number
    first, position = (at.step, at.position) if resumed else (0, "")
    if not resumed:
        place = f"m.schemaVersion = $number, {_PLACE}"
        _set(store, place, number=one.number, step=0, position="")
    for index, step in enumerate(one.steps[first:], first):
        done = 0
        title = f"Migrating the store to version {one.number}: {step.title}"
        progress(title)
        while True:
            rows = _batch(store, one, index, step, position=position, conversions=conversions)
            changed, position = _moved(rows, step, position)
            if not changed:
                break
            done += changed
            progress(title, done)
        position = ""
        _set(store, _PLACE, number=one.number, step=index + 1, position="")
    _set(store, "m.migration = null, m.step = null, m.position = null")


def _batch(
    store: Store,
    one: Migration,
    index: int,
    step: Step,
    *,
    position: str,
    conversions: Mapping[str, Conversion],
) -> Rows:
    """One batch, and in the same transaction the position after it."""
    patient = store.within(STEP_SECONDS)

    def place(rows: Rows) -> tuple[str, dict[str, object]]:
        after = _moved(rows, step, position)[1]
        return f"MATCH (m:Meta {{id: 'state'}}) SET {_PLACE}", {
            "number": one.number,
            "step": index,
            "position": after,
        }

    if step.python is None:
        return patient.write_following(step.text, place, after=position, batch=BATCH)
    rows = patient.read(step.text, after=position, batch=BATCH)
    if rows:
        patient.write_all([(step.then, {"rows": conversions[step.python](rows)}), place(rows)])
    return rows


def _moved(rows: Sequence[Mapping[str, Any]], step: Step, position: str) -> tuple[int, str]:
    """How many were changed, and the position after them."""
    if step.python is not None:
        return len(rows), rows[-1]["id"] if rows else position
    (row,) = rows
    return row["changed"], row.get("at") or position


def _read(store: Store) -> _At:
    (row,) = store.read(
        "MATCH (m:Meta {id: 'state'}) RETURN m.schemaVersion AS version, m.migration AS migration, "
        "coalesce(m.step, 0) AS step, coalesce(m.position, '') AS position"
    )
    return _At(row["version"], row["migration"], row["step"], row["position"])


def _set(store: Store, what: str, **values: object) -> None:
    store.write(f"MATCH (m:Meta {{id: 'state'}}) SET {what}", **values)


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
