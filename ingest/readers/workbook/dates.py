"""Dates, times of day and durations from the days that a workbook counts."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Final

from ingest.readers.shown import Shown

_LEAP_DAY: Final = 60
"""The 29th of February 1900, which Excel has and the calendar has not; days before it count from one day later."""
_LAST_SECOND: Final = 86_399
_BEGIN_1900: Final = datetime(1899, 12, 30)
_BEGIN_1904: Final = datetime(1904, 1, 1)


def moment(days: float, kind: str, raw: str, *, from_1904: bool) -> Shown:
    """The cell of a number in a format of dates or times.

    Args:
        days: since the first day of the workbook's calendar, in days and parts of a day.
        kind: of its format: ``date``, ``time`` or ``elapsed``.
        raw: as written in the file, for what is no date.
        from_1904: whether the workbook counts from 1904-01-01 and not from 1900.
    """
    if days < 0 or days >= 2_958_466:  # the end of the year 9999
        return Shown("no-date", None, raw)
    if kind == "elapsed":
        length = timedelta(seconds=round(days * 86_400))
        return Shown("elapsed", length, _elapsed(length))
    only_time = days < 1 and (kind == "time" or (days > 0 and not from_1904))
    if only_time:
        return _time_of_day(days)
    found = _date(timedelta(milliseconds=round(days * 86_400_000)), from_1904=from_1904)
    if found is None:
        return Shown("no-date", None, raw)
    return Shown("time", found, _time_of_day(days % 1).text) if kind == "time" else dated(found)


def dated(at: datetime) -> Shown:
    """A date, with its time where it has one."""
    value = at.date() if at.time() == time() and at.tzinfo is None else at
    return Shown("date", value, value.isoformat())


def _date(at: timedelta, *, from_1904: bool) -> datetime | None:
    try:
        if from_1904:
            return _BEGIN_1904 + at
        if at.days in (0, _LEAP_DAY):
            return None
        return _BEGIN_1900 + at + timedelta(days=at.days < _LEAP_DAY)
    except OverflowError:
        return None


def _time_of_day(days: float) -> Shown:
    """To the second, as Excel shows it; seconds are written only where there are some."""
    seconds = min(round(days * 86_400), _LAST_SECOND)
    value = time(seconds // 3600, seconds // 60 % 60, seconds % 60)
    return Shown("time", value, value.isoformat("seconds" if value.second else "minutes"))


def _elapsed(length: timedelta) -> str:
    minutes, seconds = divmod(int(length.total_seconds()), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours:02}:{minutes:02}" + (f":{seconds:02}" if seconds else "")
