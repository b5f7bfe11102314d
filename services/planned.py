"""What a compiled document reads before its answer is made: portraits of customers that it names, or of a page of them.

The store is asked on what the ledger said at the last answer, and the ledger then confirms it by one statement: which
run is current, on which day answers hold, that the graph is whole, whom the names mean. Where one of these has changed
it is done again on what the ledger says now. Who does not see everything is answered the other way round, names first,
so that what does not exist and what is not seen cost the same.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

from services.graph_answers.lists import cursors_of
from services.paging import Page, checked, page_of
from services.portrait import CustomerRow, Wanted
from services.reading.days import day_of
from services.reading.portraits import (
    Moment,
    graph_is_whole,
    is_customer,
    moment_of,
    named_in,
    names_tried,
    portraits_after,
    portraits_waiting,
)
from services.seen import Seen

TRIES: Final = 3


@dataclass(frozen=True, slots=True)
class PageAsked:
    """A page of all customers by id. ``counted``: whether their number is asked for too."""

    first: int
    after: str | None
    counted: bool


@dataclass(frozen=True, slots=True)
class Asked:
    """``names``: texts that name customers; ``cursors``: whether the answer shows any."""

    names: tuple[str, ...]
    page: PageAsked | None
    wanted: Wanted
    cursors: bool = True


@dataclass(frozen=True, slots=True)
class Found:
    """What was read. ``seen``: resting on the state of the ledger that confirmed it; ``customers``: by the texts."""

    seen: Seen
    customers: Mapping[str, CustomerRow | None]
    page: Page[CustomerRow] | None = None


class PlanReader:
    """Reads for one open site, and remembers what its ledger said last."""

    def __init__(self) -> None:
        self._last: Moment | None = None

    async def read(self, seen: Seen, asked: Asked) -> Found | None:
        """What is asked for; None where it has to be asked in another way: the graph is being made again, say.

        Raises:
            KehutuError: ``PAGE_SIZE``, ``CURSOR_UNKNOWN``; a fault of the store.
        """
        guessing = not seen.restricted and all(map(is_customer, asked.names))
        for attempt in range(TRIES):
            before = self._last if guessing and attempt == 0 else None
            ids: Mapping[str, str] = {name: name for name in asked.names}
            if before is None:
                before = moment_of(seen, names_tried(seen, asked.names))
                ids = {name: named_in(seen, before, name) for name in asked.names}
                self._last = replace(before, names={})
            if not graph_is_whole(before):
                return None
            on = replace(seen, moment=before, cursors=asked.cursors)
            found = await self._tried(on, asked, ids)
            if found is None:
                return None
            named = tuple(ids.values()) if guessing and attempt == 0 else ()
            now = moment_of(seen, named)
            self._last = replace(now, names={})
            if _holds(found.seen, now) and all(now.names.get(name) == name for name in named):
                return found
        return None

    @staticmethod
    async def _tried(seen: Seen, asked: Asked, ids: Mapping[str, str]) -> Found | None:
        rows: Mapping[str, CustomerRow] = {}
        if ids:
            rows = await portraits_waiting(seen, sorted(set(ids.values())), asked.wanted)
        customers = {name: rows.get(entity) for name, entity in ids.items()}
        page = None
        if asked.page is not None:
            page = await _page(seen, asked.page, asked.wanted)
            if page is None:
                return None
        return Found(seen, customers, page)


def _holds(seen: Seen, now: Moment) -> bool:
    """Whether an answer on an earlier state of the ledger is one on this state too."""
    then = seen.moment
    if then is None or (then.rebuilt, then.run) != (now.rebuilt, now.run):
        return False
    return then.last == now.last or day_of(seen) == day_of(replace(seen, moment=now))


async def _page(seen: Seen, asked: PageAsked, wanted: Wanted) -> Page[CustomerRow] | None:
    checked(asked.first)
    cursors = cursors_of(seen, "Customer")
    after = "" if asked.after is None else str(cursors.read(asked.after)[1])
    counted = asked.counted or asked.after is not None
    rows, total = await portraits_after(seen, after, asked.first + 1, wanted, counted=counted)
    if counted and total is None:
        return None  # after the last one: only a query of its own tells how many there are
    return page_of(
        cursors, rows, lambda row: [None, row.id], first=asked.first, after=asked.after, total=total or 0
    )
