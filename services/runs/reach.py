"""How far data reach: the last record in the graph, and which runs are kept."""

from __future__ import annotations

from graph.state import read_state
from ledger import runs
from services.site import Site
from terms.errors import KehutuError
from terms.ids import RunId


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
