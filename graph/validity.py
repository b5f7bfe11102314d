"""When a relation holds, and whether an entity has ended, by ISO days and columns of them.

A span runs at a day T when since <= T < until; what is absent does not bound, and a span that ends before or when it
begins holds at no T. A relation with several disjoint spans carries the latest of them, by its begin, as ``since`` and
``until``, and all of them, ascending, as ``periods``: texts ``SINCE/UNTIL`` with an empty part where open.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final, NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt

Days: TypeAlias = npt.NDArray[Any]
"""Objects of str: ISO days, ascending as texts ascend; '' where absent."""
Flags: TypeAlias = npt.NDArray[np.bool_]

BOUNDS: Final = ("since", "until")
"""Properties of every relation that can end."""
OPEN: Final = "9999-12-31"
"""How a record states that an end is open; the graph holds no such day."""
VALIDITY: Final = (*BOUNDS, "periods")
"""What to read of relations to tell when they run."""


class Span(NamedTuple):
    """From the day ``since`` to the day before ``until``, ISO; '' is open."""

    since: str
    until: str

    @property
    def empty(self) -> bool:
        """Whether it holds on no day."""
        return self.since != "" and self.until != "" and self.until <= self.since

    def holds(self, day: str) -> bool:
        """Whether it holds on an ISO day."""
        return self.since <= day and (self.until == "" or day < self.until)

    def overlaps(self, other: Span) -> bool:
        """Whether a day exists on which both hold."""
        if self.empty or other.empty:
            return False
        begins_before_other_ends = other.until == "" or self.since < other.until
        return begins_before_other_ends and (self.until == "" or other.since < self.until)


def spans_of(since: str | None, until: str | None, periods: Iterable[str] | None = None) -> tuple[Span, ...]:
    """All spans of a relation as the store holds it, ascending.

    >>> spans_of("2024-01-01", None, ["2018-01-01/2020-01-01", "2024-01-01/"])
    (Span(since='2018-01-01', until='2020-01-01'), Span(since='2024-01-01', until=''))
    """
    found = tuple(Span(*period.split("/")) for period in periods or ())
    return found or (Span(since or "", until or ""),)


def stored_spans(spans: Sequence[Span]) -> dict[str, object]:
    """What the store holds of the disjoint spans of a relation: ``since``, ``until`` and ``periods``, where present.

    >>> stored_spans([Span("2024-01-01", ""), Span("2018-01-01", "2020-01-01")])
    {'since': '2024-01-01', 'periods': ['2018-01-01/2020-01-01', '2024-01-01/']}
    """
    if not spans:
        return {}
    ordered = sorted(spans)
    latest = ordered[-1]
    stored: dict[str, object] = {name: day for name, day in zip(BOUNDS, latest, strict=True) if day}
    if len(ordered) > 1:
        stored["periods"] = ["/".join(span) for span in ordered]
    return stored


def running(since: str | None, until: str | None, periods: Iterable[str] | None, day: str) -> bool:
    """Whether a relation runs on an ISO day.

    >>> running("2024-01-01", None, ["2018-01-01/2020-01-01", "2024-01-01/"], "2019-06-30")
    True
    >>> running("2024-01-01", None, ["2018-01-01/2020-01-01", "2024-01-01/"], "2022-06-30")
    False
    """
    return any(span.holds(day) for span in spans_of(since, until, periods))


def ended(since: str | None, until: str | None, periods: Iterable[str] | None, day: str) -> bool:
    """Whether a relation has run its time on an ISO day: it does not run, and no span of it is yet to come.

    >>> ended(None, "2020-01-01", None, "2020-01-01"), ended("2030-01-01", None, None, "2020-01-01")
    (True, False)
    """
    return all(
        span.empty or (span.until != "" and span.until <= day) for span in spans_of(since, until, periods)
    )


def running_rows(columns: Mapping[str, Days], day: str) -> Flags:
    """Which relations run on an ISO day, from their columns ``since``, ``until`` and ``periods`` as a projection
    reads them. O(rows)."""
    since, until = columns["since"], columns["until"]
    runs = np.asarray(since <= day, dtype=np.bool_) & np.asarray(
        (until == "") | (until > day), dtype=np.bool_
    )
    periods = columns["periods"]
    for row in np.flatnonzero(np.fromiter(map(len, periods), dtype=np.int64, count=len(periods))).tolist():
        runs[row] = running(None, None, periods[row], day)
    return runs


def alive(last_day: str | None, day: str) -> bool:
    """Whether an entity has not ended on an ISO day; its last day is one on which it still is.

    >>> alive("2020-03-31", "2020-03-31"), alive("2020-03-31", "2020-04-01"), alive(None, "2020-04-01")
    (True, False, True)
    """
    return not last_day or day <= last_day


def alive_rows(last_days: Days, day: str) -> Flags:
    """Which entities have not ended on an ISO day, from the column of the property that their type names. O(rows)."""
    return np.asarray((last_days == "") | (last_days >= day), dtype=np.bool_)
