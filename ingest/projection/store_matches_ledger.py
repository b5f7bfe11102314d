"""Whether a graph fits its ledger: it may lag behind, and never shows what the ledger does not hold."""

from __future__ import annotations

from graph.state import StoreState
from graph.store import Store
from ledger.database import Ledger
from ledger.records import head, since
from terms.errors import KehutuError


def refuse_ahead(ledger: Ledger, store: Store, state: StoreState) -> None:
    """Let nobody follow, or answer from, a graph of records that the ledger has not got.

    That is so after the ledger's file was put back to an earlier state: records that came since then would take the
    numbers of those that are gone, and be taken for shown. ``state`` has to be read before this is called.

    Raises:
        KehutuError: STORE_AHEAD.
    """
    shown = max(state.watermark, state.in_flight or 0)
    last = head(ledger)
    if shown > last or not _same_record(ledger, state):
        raise KehutuError("STORE_AHEAD", store=store.url, watermark=shown, head=last)


def _same_record(ledger: Ledger, state: StoreState) -> bool:
    """Whether the last record that the graph shows is the one that the ledger has under its number."""
    if not state.watermark or state.recorded_at is None:
        return True
    found = since(ledger, state.watermark - 1, 1)
    return [record.recorded_at.isoformat() for record in found] == [state.recorded_at]
