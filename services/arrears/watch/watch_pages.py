"""Pages of the watch list. Apart from those of other answers: watching writes, and loads what a load needs."""

from __future__ import annotations

from services.arrears.watch.watching import Watched, WatchList
from services.paging import Page, page_within
from services.site import Site


def watched(site: Site, found: WatchList, first: int, after: str | None = None) -> Page[Watched]:
    """Parties on the watch list."""
    return page_within(
        site.ledger, ["watch list"], found.watched, lambda one: one.party.id, first=first, after=after
    )
