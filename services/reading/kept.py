"""What the ledger keeps beside records: rows in quarantine, and loads. Neither is about one entity: a role sees all."""

from __future__ import annotations

from ledger import loads, quarantine
from ledger.loads import Load
from ledger.quarantine import Quarantined, State
from services.seen import Seen, SeenLedger
from services.site import whole_ledger

__all__ = ["Load", "Quarantined", "State", "count_quarantined", "load_of", "loads_of", "quarantined"]


def quarantined(
    seen: Seen, source: str | None, first: int, *, state: State | None, after: str | None
) -> list[Quarantined]:
    """Rows in quarantine by source, file and line, those after one of them; all sources without one."""
    found = quarantine.listing(whole_ledger(seen), source, first, state=state, after=after)
    if found:
        seen.reads.raw("quarantine")
    return found


def count_quarantined(seen: Seen, source: str | None, *, state: State | None) -> int:
    """How many rows are in quarantine."""
    return quarantine.count(whole_ledger(seen), source, state=state)


def loads_of(seen: SeenLedger, first: int) -> list[Load]:
    """Loads, the newest first."""
    return loads.listing(whole_ledger(seen), first)


def load_of(seen: SeenLedger, load_id: str) -> Load:
    """A load by its id.

    Raises:
        KehutuError: ``UNKNOWN_LOAD``.
    """
    return loads.get(whole_ledger(seen), load_id)
