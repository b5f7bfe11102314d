"""How a party's score changed from run to run."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import pyarrow.compute as pc

from services.arrears.answer.model import RunName
from services.reading.runs import CHANGES, Run, current, depth_of, is_outdated, listing, run_of, table_of
from services.seen import Seen
from terms.errors import KehutuError
from terms.money import Money

LARGEST = 100
"""Runs that are looked at, the newest."""


@dataclass(frozen=True, slots=True)
class HistoryPoint:
    """A party in one run."""

    run: RunName
    """The run."""
    created_at: datetime
    """When it was made, ISO instant in UTC."""
    data_time: date
    """Cut-off of its data, an ISO date."""
    score: float
    """Its score in the run."""
    own: float
    """Its own distress in the run."""
    expected_loss: Money
    """Its expected loss in the run."""
    current: bool
    """Whether the run is the current one."""


def history(seen: Seen, entity: str, first: int = LARGEST) -> list[HistoryPoint]:
    """The party, or the party behind a customer, in every run that knows it, the newest first.

    Runs whose results cannot be read any more are left out, as are those of an earlier program with another definition
    of the score. A customer stands for the party that it has today.

    Raises:
        KehutuError: ``UNKNOWN_ID``; ``NO_RUN``; ``NOT_A_PARTY`` where no run knows it.
    """
    found = seen.entity(entity)
    now, model = current(seen)
    at = model.party(found)
    party = found if at is None else model.ids[at]
    points = [
        point
        for run in listing(seen, first)
        if (point := _point(seen, run, party, is_current=run.id == now.id)) is not None
    ]
    if not points:
        raise KehutuError("NOT_A_PARTY", id=found)
    return points


def _point(seen: Seen, run: Run, party: str, *, is_current: bool) -> HistoryPoint | None:
    if is_outdated(run):
        return None
    try:
        found = _figures(seen, run, party)
    except KehutuError as fault:
        if fault.code in ("COLUMNS_MISSING", "COLUMNS_DAMAGED", "UNKNOWN_RUN"):
            return None
        raise
    if found is None or found.score is None:
        return None
    return HistoryPoint(
        run=RunName(run.id),
        created_at=run.created_at,
        data_time=run.cut_off,
        score=found.score,
        own=found.own,
        expected_loss=Money(found.expected_loss),
        current=is_current,
    )


@dataclass(frozen=True, slots=True)
class _Figures:
    """A party in one run; ``score`` is None where the party is gone."""

    score: float | None
    own: float
    expected_loss: int


def _figures(seen: Seen, run: Run, party: str) -> _Figures | None:
    """What a run says of a party: a continued one what has changed, else the one before it."""
    while depth_of(run) and run.parent is not None:
        changed = _row(seen, run, CHANGES, party, ("score_after", "own_after", "expected_loss_after"))
        if changed is not None:
            return _Figures(*changed)
        run = run_of(seen, run.parent)
    whole = _row(seen, run, "parties", party, ("score", "own", "expected_loss"))
    return None if whole is None else _Figures(*whole)


def _row(seen: Seen, run: Run, name: str, party: str, wanted: tuple[str, ...]) -> list[Any] | None:
    table = table_of(seen, run, name, only=("id", *wanted))
    if table is None:
        return None
    row = pc.index(table["id"], party).as_py()
    return None if row < 0 else [table[column][row].as_py() for column in wanted]
