"""How far data reach: the latest day of the ledger, the last record in the graph, and which runs are kept."""

from __future__ import annotations

from datetime import date

from graph.state import read_state
from ingest.conversions import ZONE
from ledger import runs
from ledger.judgements import SOURCE as JUDGEMENTS
from ledger.records import latest_observation
from services.site import Site
from terms.errors import KehutuError
from terms.ids import RunId


def latest_day(site: Site) -> date:
    """The business day of the latest observation in the ledger: the cut-off where none is asked for.

    Raises:
        KehutuError: ``NOTHING_LOADED``.
    """
    found = latest_observation(site.ledger, besides=JUDGEMENTS)
    if found is None:
        raise KehutuError("NOTHING_LOADED")
    return found.astimezone(ZONE).date()


def read_until(site: Site) -> int:
    """The last record that the graph shows for certain: what is read from now on has it in it."""
    state = read_state(site.store)
    return 0 if state is None else state.watermark


def is_kept(site: Site, run: RunId) -> bool:
    """Whether a run of this id is in the ledger."""
    try:
        runs.get(site.ledger, run)
    except KehutuError as fault:
        if fault.code == "UNKNOWN_RUN":
            return False
        raise
    return True
