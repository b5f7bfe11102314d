"""The site as whoever runs a command sees it: the operator everything, with ``--as`` what a role sees."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from cli.options import Call
from services.seen import Seen, SeenLedger
from services.site import ledger_as_seen_by, open_ledger, open_site


@contextmanager
def seen_site(call: Call, *, create: bool = False) -> Iterator[Seen]:
    """What who asks sees of the site; its ledger and store are closed at the end.

    Args:
        create: whether a home without a site becomes one; else LEDGER_MISSING.
    """
    with open_site(call.settings, create=create) as site:
        yield site.as_seen_by(call.asker)


@contextmanager
def seen_ledger(call: Call) -> Iterator[SeenLedger]:
    """What who asks sees of the ledger alone, for what needs no store."""
    with open_ledger(call.settings) as ledger:
        yield ledger_as_seen_by(ledger, call.asker)
