"""The site as whoever runs a command sees it: the operator, who sees everything."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from services.access.asker import EVERYONE
from services.seen import Seen, SeenLedger
from services.settings import Settings
from services.site import ledger_as_seen_by, open_ledger, open_site


@contextmanager
def seen_site(settings: Settings, *, create: bool = False) -> Iterator[Seen]:
    """What the operator sees of the site; its ledger and store are closed at the end.

    Args:
        create: whether a home without a site becomes one; else LEDGER_MISSING.
    """
    with open_site(settings, create=create) as site:
        yield site.as_seen_by(EVERYONE)


@contextmanager
def seen_ledger(settings: Settings) -> Iterator[SeenLedger]:
    """What the operator sees of the ledger alone, for what needs no store."""
    with open_ledger(settings) as ledger:
        yield ledger_as_seen_by(ledger, EVERYONE)
