"""Pages of the watch list. Apart from those of other answers: watching writes, and loads what a load needs."""

from __future__ import annotations

from services.arrears.watch.watching import Watched, WatchList
from services.paging import Page, page_within
from services.seen import Seen


def watched(seen: Seen, found: WatchList, first: int, after: str | None = None) -> Page[Watched]:
    """Parties on the watch list."""
    return page_within(
        seen, ["watch list"], found.watched, lambda one: one.party.id, first=first, after=after
    )
