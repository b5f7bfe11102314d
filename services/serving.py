"""How a site serves while its Neo4j is down: it opens all the same, and its graph follows once the server answers."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

from algorithms.risk.warm import warm as warm_kernels
from graph.rebuild import refuse_while_rebuilding
from graph.schema.load import schema
from graph.state import prepare
from graph.store import open_store
from ingest.projection.store_matches_ledger import refuse_ahead
from ledger.database import Ledger
from services.containment import contained
from services.loading import project
from services.settings import Settings
from services.site import Site, open_site
from terms.errors import KehutuError
from terms.texts import Texts

PATIENCE: Final = 1.5
"""Seconds that a query bears an outage of Neo4j: whoever asks a server rather hears at once that it is down."""
AGAIN_SECONDS: Final = 1.0
LEAVE_SECONDS: Final = 5.0
UNAVAILABLE: Final = "STORE_UNAVAILABLE"

_log = logging.getLogger(__name__)


@contextmanager
def serving_site(settings: Settings, tell: Callable[[KehutuError], None]) -> Iterator[Site]:
    """The site with its graph up to date; with Neo4j down, open at once and up to date as soon as it answers.

    Until then every query raises STORE_UNAVAILABLE, or what is wrong with the store that answered (it belongs to
    another ledger, say). The embedded store is started here, so its faults are raised.

    Args:
        tell: is told that the store is down, once.
    Raises:
        KehutuError: as :func:`services.site.open_site`, but for a server that does not answer.
    """
    if settings.store == "embedded":
        with open_site(settings) as site:
            project(site)
            yield site
        return
    with (
        Ledger.open(settings.home, zone=settings.zone) as ledger,
        open_store(settings.store_url, settings.home, patience=PATIENCE, look=False) as store,
    ):
        site = Site(settings, schema(), ledger, store)
        connecting = _Connecting(site)
        try:
            connecting.begin(tell)
            yield site
        finally:
            connecting.leave()


def warm() -> None:
    """Load every kernel of risk, so that the first trace does not wait for them to be compiled or read."""
    warm_kernels()


class _Connecting:
    """Brings the graph of a site up to date, now or as soon as that can be done."""

    def __init__(self, site: Site) -> None:
        self._site = site
        not_yet = KehutuError(
            UNAVAILABLE, store=site.store.url, reason=Texts("it was not asked yet", "尚未询问")
        )
        self._unheld = site.store.hold(not_yet)
        self._looked = False
        self._left = threading.Event()
        self._thread = threading.Thread(target=self._go_on, name="kehutu-connecting", daemon=True)

    def begin(self, tell: Callable[[KehutuError], None]) -> None:
        try:
            self._follow()
        except KehutuError as fault:
            if fault.code != UNAVAILABLE:
                raise
            tell(fault)
            self._thread.start()

    def leave(self) -> None:
        self._left.set()
        if self._thread.is_alive():
            self._thread.join(LEAVE_SECONDS)

    def _follow(self) -> None:
        try:
            self._look()
        except KehutuError as fault:
            self._site.store.hold(fault)
            raise
        project(self._site)

    def _look(self) -> None:
        if not self._looked:
            self._unheld.ping()
            refuse_while_rebuilding(self._unheld)
            ledger = self._site.ledger
            state = prepare(self._unheld, schema(), ledger.id, alone=ledger.writer)
            refuse_ahead(ledger, self._unheld, state)
            self._site.store.admit()
            self._looked = True

    def _go_on(self) -> None:
        while not self._left.wait(AGAIN_SECONDS):
            with contained() as outcome:  # a fault of ours must not end the tries
                self._follow()
            fault = outcome.fault
            if fault is None:
                return
            if isinstance(fault, KehutuError):
                _log.debug("the store is not ready: %s", fault.code)
            else:
                _log.error("bringing the graph up to date failed; it is tried again", exc_info=fault)
