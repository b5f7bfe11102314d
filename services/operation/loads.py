"""How a load is taken back at a terminal."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime

from ingest.projection.projector import Projection
from ledger import withdrawals
from ledger.database import Ledger
from services.live.following import Followed, follow
from services.loading import STORE_FAULT_EXIT, project
from services.operation import trail
from services.settings import Settings
from services.site import open_site
from terms.errors import KehutuError
from terms.progress import Progress, silent


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """What became of a load that was taken back.

    ``records``: versions that were taken back now. ``staying``: those that other loads state too, or that it only
    repeated. ``already``: the load had been taken back before. ``older``: it was made before loads noted which known
    rows they repeat; what other such loads repeated of it has gone with it. ``followed``: what became of the current
    run. ``store_fault``: why the graph has to follow later, where it has to.
    """

    load: str
    records: int
    staying: int
    already: bool
    older: bool
    projection: Projection | None = None
    followed: Followed | None = None
    store_fault: KehutuError | None = None


def withdraw(
    settings: Settings, load_id: str, *, analyse: bool = True, progress: Progress = silent
) -> Withdrawn:
    """Take a load back: what it states and no other load does is withdrawn, and graph and current run follow.

    Cut off at any moment and called again it goes on; a load that has been taken back stays so.

    Raises:
        KehutuError: LEDGER_MISSING, UNKNOWN_LOAD, LOAD_RECORDS_UNKNOWN, LEDGER_LOCKED.
    """
    with Ledger.open(settings.home, create=False, zone=settings.zone) as ledger, ledger.writer():
        trail.note(ledger, "loads withdraw", load_id)
        load = withdrawals.begin(ledger, load_id, at=datetime.now(UTC))
        records = 0
        for number in withdrawals.withdraw(ledger, load_id, at=datetime.now(UTC)):
            records += number
            progress("Withdrawing records", records)
        staying = withdrawals.staying(ledger, load_id)
    done = Withdrawn(load_id, records, staying, load.withdrawn_at is not None, load.reading is None)
    try:
        with open_site(settings, progress) as site:
            projection = project(site, progress)
            followed = follow(site, projection, progress) if analyse else None
    except KehutuError as fault:
        if fault.exit != STORE_FAULT_EXIT:
            raise
        return replace(done, store_fault=fault)
    return replace(done, projection=projection, followed=followed)
