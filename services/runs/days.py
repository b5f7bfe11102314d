"""On which day an answer holds, and whether it lies before all that data tell of; never the clock's."""

from __future__ import annotations

from datetime import date
from typing import Final

from graph import queries
from graph.validity import spans_of
from ingest.projection import business_days
from services.site import Site
from terms.errors import KehutuError

UNKNOWN: Final = date.max
"""Stands for the latest day where nothing has been loaded."""


def latest_day(site: Site) -> date:
    """The latest business day that any record states; where none states one, the day of the latest load.

    Raises:
        KehutuError: ``NOTHING_LOADED``.
    """
    found = business_days.latest_day(site.ledger)
    if found is None:
        raise KehutuError("NOTHING_LOADED")
    return found


def day_of(site: Site, as_of: date | None = None, *, last: int | None = None) -> date:
    """The day on which an answer holds: the one that was asked for, else the latest of the data.

    Args:
        last: number of the last record, where it is known.
    """
    return as_of or business_days.latest_day(site.ledger, last) or UNKNOWN


def before_all(site: Site, day: date) -> bool:
    """Whether a day lies before all that data tell of: observations, beginnings of relations, periods of bills.

    Answered from the ledger for every day since the first observation; before it relations are looked through.
    """
    first = business_days.first_day(site.ledger)
    if first is None or day >= first:
        return False
    asked = day.isoformat()
    bills = queries.first_period(site.store)
    if bills is not None and bills.period is not None and bills.period <= asked[:7]:
        return False
    spanning = (name for name, declared in site.schema.relations.items() if declared.spans)
    return not any("" < _first_beginning(site, name) <= asked for name in spanning)


def _first_beginning(site: Site, relation: str) -> str:
    """The first day on which a relation of a type begins to hold, ISO; '' where none says when."""
    found = queries.first_beginning(site.store, relation=relation)
    if found is None:
        return ""
    begun = [found.since, *(spans_of(None, None, [period])[0].since for period in [found.period] if period)]
    return min((day for day in begun if day), default="")
