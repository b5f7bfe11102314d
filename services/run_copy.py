"""A copy of the current run on the nodes and as SHARES relations, for people who use Cypher, Bloom or GDS themselves.

No answer of ours reads the properties; SHARES are walked like other relations. Written after the turn, in batches, each
with the run's id: a copy that was cut off, or that a later run has made old, says so by its ``runId``. ``community`` is
the id that answers use (``community-3f9a0c12ab45``).
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby, islice

from graph import queries
from ledger import runs
from ledger.database import Ledger
from services.risk.current import current
from services.risk.model import RiskModel
from services.run_shares import batches, shares_of, written_already
from services.settings import Settings
from services.site import Site, open_site
from terms.errors import KehutuError
from terms.ids import RunId
from terms.progress import Progress, silent

BATCH = 5_000
WRITE_SECONDS = 120.0
NAMES = ("risk", "community", "runId")
"""The properties that are written; the schema declares them of the class ``derived``, and the projector keeps them."""

Row = dict[str, object]
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Copied:
    """How many nodes carry the run now, and how many pairs are joined by SHARES.

    ``whole``: it was the current one to the end.
    """

    run: RunId
    nodes: int
    shares: int
    whole: bool


def copy_current(site: Site, progress: Progress = silent) -> Copied | None:
    """Write the current run on the nodes of its parties and customers; None where there is none to be read.

    The writer's lock is held for one batch at a time, so that no change has to wait for the whole. It ends early once
    another run is current. A fault is logged and ends it: the run is current all the same.
    """
    try:
        return _copy(site, progress)
    except KehutuError as fault:
        if fault.code != "NO_RUN":
            _log.warning("the run is not on the nodes, or on some of them only: %s", fault.message())
        return None


def copy_again(settings: Settings, progress: Progress = silent) -> Copied | None:
    """The same after the graph of a home was made again, if the settings want copies and there is a run."""
    if not settings.copy_runs:
        return None
    with Ledger.open(settings.home, create=False, zone=settings.zone) as ledger:
        try:
            runs.current(ledger)
        except KehutuError:
            return None  # and the store need not be opened again
    with open_site(settings, progress) as site:
        return copy_current(site, progress)


def _copy(site: Site, progress: Progress) -> Copied:
    run, model = current(site)
    store, done, total = site.store.within(WRITE_SECONDS), 0, len(model.ids) + len(model.inputs.customers)
    for type_name, entries in groupby(_rows(model), lambda entry: entry[0]):
        rows = (row for _, row in entries)
        while batch := list(islice(rows, BATCH)):
            with site.ledger.writer():
                if runs.current(site.ledger).id != run.id:
                    return Copied(run.id, done, 0, whole=False)
                copied = queries.copy_run(store, type=type_name, entries=batch, run=run.id)
                done += 0 if copied is None else copied.written
            progress("Copying the run onto the nodes", done, total)
    shares = shares_of(site, model)
    if written_already(site, shares):
        return Copied(run.id, done, shares.count, whole=True)
    written, steps = 0, batches(store, run.id, shares)
    while True:
        with site.ledger.writer():
            if runs.current(site.ledger).id != run.id:
                return Copied(run.id, done, written, whole=False)
            step = next(steps, None)
        if step is None:
            return Copied(run.id, done, written, whole=True)
        written += step
        progress("Copying shared evidence", written, shares.count)


def _rows(model: RiskModel) -> Iterator[tuple[str, Row]]:
    """Parties by type, then customers with the risk of their party."""
    parties = range(len(model.ids))
    for party in sorted(parties, key=lambda party: (model.types[party], party)):
        if model.types[party] != "Customer":
            yield model.types[party], _row(model, model.ids[party], party)
    for customer, party in zip(model.inputs.customers, model.inputs.customer_party.tolist(), strict=True):
        yield "Customer", _row(model, customer, party)


def _row(model: RiskModel, entity: str, party: int) -> Row:
    return {
        "id": entity,
        "risk": float(model.score[party]),
        "community": model.community_id(int(model.community[party])),
    }
