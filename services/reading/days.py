"""On which day an answer holds. It is the site's day, one for every asker."""

from __future__ import annotations

from datetime import date

from services.runs import days
from services.seen import Seen
from services.site import whole


def day_of(seen: Seen, as_of: date | None = None) -> date:
    """The day on which an answer holds: the one that was asked for, else the latest of the data."""
    last = None if seen.moment is None else seen.moment.last
    return days.day_of(whole(seen), as_of, last=last)


def before_all(seen: Seen, day: date) -> bool:
    """Whether a day lies before all that data tell of: observations, beginnings of relations, periods of bills."""
    return days.before_all(whole(seen), day)
