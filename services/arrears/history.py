"""A party's score over the runs that there have been."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

import pyarrow.compute as pc

from ledger import columns, runs
from ledger.runs import Run
from services.arrears.model import RunName
from services.risk_model import current
from services.site import Site
from terms.errors import KehutuError
from terms.money import Money

LARGEST = 100
"""Runs that are looked at, the newest."""


@dataclass(frozen=True, slots=True)
class HistoryPoint:
    """A party in one run. ``own``: its own distress in it; ``current``: the run is the current one."""

    run: RunName
    created_at: datetime
    data_time: date
    score: float
    own: float
    expected_loss: Money
    current: bool


def history(site: Site, entity: str, first: int = LARGEST) -> list[HistoryPoint]:
    """The party, or the party behind a customer, in every run that knows it, the newest first.

    Runs whose results cannot be read any more are left out. A customer stands for the party that it has today.

    Raises:
        KehutuError: ``UNKNOWN_ID``; ``NO_RUN``; ``NOT_A_PARTY`` where no run knows it.
    """
    found = site.entity(entity)
    now, model = current(site)
    at = model.party(found)
    party = found if at is None else model.ids[at]
    points = [
        point
        for run in runs.listing(site.ledger, first)
        if (point := _point(site, run, party, is_current=run.id == now.id)) is not None
    ]
    if not points:
        raise KehutuError("NOT_A_PARTY", id=found)
    return points


def _point(site: Site, run: Run, party: str, *, is_current: bool) -> HistoryPoint | None:
    file = run.files.get("parties")
    if file is None:
        return None
    try:
        table = columns.read(
            site.home,
            Path(file.path).parent.name,
            "parties",
            only=("id", "score", "own", "expected_loss"),
        )
    except KehutuError as fault:
        if fault.code in ("COLUMNS_MISSING", "COLUMNS_DAMAGED"):
            return None
        raise
    row = pc.index(table["id"], party).as_py()
    if row < 0:
        return None
    return HistoryPoint(
        run=RunName(run.id),
        created_at=run.created_at,
        data_time=run.cut_off,
        score=table["score"][row].as_py(),
        own=table["own"][row].as_py(),
        expected_loss=Money(table["expected_loss"][row].as_py()),
        current=is_current,
    )
