"""One deployment at work: its home folder, its ledger and its graph store, opened together."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from graph.rebuild import refuse_while_rebuilding
from graph.schema.load import schema
from graph.schema.model import Schema
from graph.state import prepare
from graph.store import Store, open_store
from ingest.projection.store_matches_ledger import refuse_ahead
from ledger.database import Ledger
from ledger.records import sources
from services.access.areas.keeping import deployment_of
from services.access.areas.own import Reach
from services.access.asker import Asker
from services.access.opaque import Opaque
from services.access.policy import policy_of
from services.access.reads import gathered
from services.seen import Seen, SeenLedger
from services.settings import Settings
from terms.progress import Progress, silent

LARGE_LEDGER: Final = 300 * 1024**2
"""Bytes of a ledger whose graph of about a million nodes and relations the loader writes with 768 MB."""


@dataclass(frozen=True, slots=True)
class Site:
    """Everything that a service needs of its surroundings."""

    settings: Settings
    schema: Schema
    ledger: Ledger
    store: Store

    @property
    def home(self) -> Path:
        """The folder that holds the ledger, the columns and the embedded store."""
        return self.settings.home

    def as_seen_by(self, asker: Asker) -> Seen:
        """What an asker sees of the site: all that answers can read with.

        Raises:
            KehutuError: ``BUSY`` while it is found out what lies in whose regions.
        """
        policy = policy_of(asker, lambda: deployment_of(self.store, self.schema, self.ledger), self._reached)
        found = Seen(asker, self.ledger, self.schema, policy, self.settings, self.store, gathered())
        return replace(found, opaque=self._words(asker)) if "id" in found.masked else found

    def _reached(self, asker: Asker) -> list[str]:
        reach = Reach(self.store, self.schema, self.ledger)
        return reach.own(asker) if asker.role == "customer" else reach.assigned(asker)

    def _words(self, asker: Asker) -> Opaque:
        prefixes = [node.prefix for node in self.schema.nodes.values()]
        return Opaque(self.ledger.sign, f"{asker.role} {asker.subject}", prefixes, sources(self.ledger))


def ledger_as_seen_by(ledger: Ledger, asker: Asker) -> SeenLedger:
    """What an asker sees of a ledger that was opened alone."""
    return SeenLedger(asker, ledger)


def whole(seen: Seen) -> Site:
    """The site behind what somebody sees of it: for ``services/reading/`` and for what writes, for no answer."""
    return Site(seen._settings, seen.schema, seen._ledger, seen._store)


def whole_ledger(seen: SeenLedger) -> Ledger:
    """The ledger behind what somebody sees of it; for whom :func:`whole` is."""
    return seen._ledger


def heap(chosen: str | None, ledger: Ledger) -> str | None:
    """Memory of the embedded store's server: what is chosen, else enough for the graph that this ledger will give.

    None: by the size of the graph that is there.
    """
    return chosen or ("2g" if ledger.path.stat().st_size > LARGE_LEDGER else None)


def open_ledger(settings: Settings) -> Ledger:
    """The site's ledger alone, for what needs no store; as a context it is closed at the end.

    Raises:
        KehutuError: LEDGER_MISSING; it cannot be opened.
    """
    return Ledger.open(settings.home, create=False, zone=settings.zone)


@contextmanager
def open_site(settings: Settings, progress: Progress = silent, *, create: bool = True) -> Iterator[Site]:
    """Open (and where needed make, or migrate) the site's ledger and store; both are closed at the end.

    Args:
        create: whether a home without a site becomes one; else LEDGER_MISSING. Who only reads, says False: a home
            that is misspelt is no new site.
    Raises:
        KehutuError: the store does not answer, belongs to another ledger, or is locked; the home cannot be written.
    """
    ledger = Ledger.open(settings.home, create=create, zone=settings.zone)
    try:
        store = open_store(
            settings.store_url,
            settings.home,
            heap=heap(settings.store_heap, ledger),
            linger=settings.store_linger,
        )
        try:
            refuse_while_rebuilding(store)
            state = prepare(store, schema(), ledger.id, alone=ledger.writer, progress=progress)
            refuse_ahead(ledger, store, state)
            yield Site(settings, schema(), ledger, store)
        finally:
            store.close()
    finally:
        ledger.close()
