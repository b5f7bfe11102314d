"""Days, months and instants out of cells, by their format or as ISO, in the zone of the home."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta, tzinfo
from decimal import Decimal
from functools import lru_cache
from typing import Final

from graph.schema.model import Property
from graph.validity import BOUNDS
from ingest.cells.absence import NEVER, Absence
from ingest.cells.doubtful import Convert, Doubtful, Taken
from ingest.cells.texts import code_of
from ingest.cells.workbook_values import shown_time
from ingest.input_errors import NotAcceptedError, WrongUseError
from ingest.readers.shown import Shown
from terms.texts import Texts
from terms.zones import business_day

EPOCHS: Final = ("epoch-s", "epoch-ms", "excel-days")
"""Formats of times that are numbers: since 1970 in UTC, or the days of a spreadsheet since 1899-12-30."""

FIRST_DAYS: Final = frozenset(
    {date(1, 1, 1), date(1753, 1, 1), date(1899, 12, 30), date(1899, 12, 31), date(1900, 1, 1)}
)
"""Days that programs begin to count from, and that stand for one that nobody gave. So does 1970-01-01 for an end; of
days that have been it is one like any other."""
ZERO: Final = re.compile(r"0000-00-00(?:[T ]00:00:00)?", re.ASCII)
"""How some databases write an absent date."""

_DATE = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_MONTH = re.compile(r"(\d{4})-(0[1-9]|1[0-2])", re.ASCII)
_INSTANT = re.compile(
    r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:Z|[+-]\d\d:?\d\d)?", re.ASCII | re.IGNORECASE
)


def check_format(format: str) -> None:
    """Raises ``WrongUseError`` for a format of dates by which none can be read."""
    if format in EPOCHS:
        return
    trial = datetime(2001, 2, 3, 4, 5, 6, tzinfo=UTC)
    try:
        fits = "%" in format and datetime.strptime(trial.strftime(format), format).year == trial.year
    except (ValueError, re.error):
        fits = False
    if not fits:
        raise WrongUseError(
            Texts(
                f"format '{format}' reads no date; write it like %Y-%m-%d or %Y年%m月%d日, with %z for an offset "
                f"such as +0800, or {', '.join(EPOCHS)}",
                f"format“{format}”读不出日期；请写成“%Y-%m-%d”或“%Y年%m月%d日”，时区偏移写“%z”（例如“+0800”），"
                f"或 {'、'.join(f'“{name}”' for name in EPOCHS)}",
            )
        )


def dated(declared: Property, format: str | None, absent: Absence, zone: tzinfo) -> Convert:
    """The function for cells that become days, months or instants."""
    kind = declared.type
    past = declared.past and format is not None and format not in EPOCHS and _has_two_digit_year(format)
    shape = format or {"date": "2026-01-31", "month": "2026-01", "instant": "2026-01-31T08:00:00+08:00"}[kind]
    called = {
        "date": Texts("a date", "日期"),
        "month": Texts("a month", "月份"),
        "instant": Texts("an instant", "时刻"),
    }
    expected = Texts(f"{called[kind].en} like {shape}", f"{called[kind].zh}，形如 {shape}")
    # A month is none of these days, and bounds of relations have fillers of their own.
    looked_at = kind != "month" and declared.name not in BOUNDS and absent is not NEVER

    def told(at: datetime) -> Taken:
        if looked_at and stands_for_none(at):
            return Doubtful(None, "NOTICE_DATE_FILLER")
        return _written(kind, at, zone)

    def of_text(cell: str) -> Taken:
        text = code_of(cell)
        if text is None or absent.says_nothing(text) or ZERO.fullmatch(text):
            return None
        try:
            if kind == "month" and format is None and _MONTH.fullmatch(text):
                return text
            if kind == "date" and format is None and _DATE.fullmatch(text):
                day = date.fromisoformat(text)
                return Doubtful(None, "NOTICE_DATE_FILLER") if looked_at and stands_for_none(day) else text
            at = instant(text, format, zone)
            return told(_not_ahead(at, zone) if past else at)
        except (NotAcceptedError, ValueError, OverflowError):
            raise NotAcceptedError.of(expected) from None

    def convert(cell: object) -> Taken:
        if isinstance(cell, str):
            return of_text(cell)
        if isinstance(cell, Shown):
            cell = shown_time(cell)
        if isinstance(cell, datetime):
            return told(zoned(cell, zone))
        if isinstance(cell, date):
            return told(datetime(cell.year, cell.month, cell.day, tzinfo=zone))
        text = code_of(cell)
        return None if text is None else of_text(text)

    return convert


def stands_for_none(at: date) -> bool:
    """Whether a day, or the day of an instant, is one that is written where nobody gave any."""
    day = at.date() if isinstance(at, datetime) else at
    return day in FIRST_DAYS or day.year == date.max.year


def _written(kind: str, at: datetime, zone: tzinfo) -> str:
    if kind == "instant":
        return at.astimezone(UTC).isoformat(timespec="auto").replace("+00:00", "Z")
    text = business_day(at, zone).isoformat()
    return text if kind == "date" else text[:7]


@lru_cache(maxsize=65_536)
def instant(text: str, format: str | None, zone: tzinfo) -> datetime:
    """The instant of a text.

    Raises:
        NotAcceptedError: it is no time of this format.
    """
    shape = format or "2026-01-31T08:00:00+08:00"
    expected = Texts(f"a date or an instant like {shape}", f"日期或时刻，形如 {shape}")
    try:
        if format in EPOCHS:
            if not re.fullmatch(r"-?\d{1,14}(\.\d{1,12})?", text, re.ASCII):
                raise NotAcceptedError.of(expected)
            if format == "excel-days":
                # To the second: a fraction of a day is as exact as the spreadsheet keeps it.
                return datetime(1899, 12, 30, tzinfo=zone) + timedelta(seconds=round(Decimal(text) * 86_400))
            seconds = Decimal(text) / (1000 if format == "epoch-ms" else 1)
            return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=int(seconds * 1_000_000))
        if format is not None:
            return zoned(datetime.strptime(text, format), zone)
        if _INSTANT.fullmatch(text):
            return zoned(datetime.fromisoformat(text.upper()), zone)
        if _DATE.fullmatch(text):
            return zoned(datetime.fromisoformat(text), zone)
    except (ValueError, OverflowError):
        pass
    raise NotAcceptedError.of(expected)


def zoned(at: datetime, zone: tzinfo) -> datetime:
    """A time with its zone; where it has none, that of the home."""
    return at.replace(tzinfo=zone) if at.tzinfo is None else at


def _has_two_digit_year(format: str) -> bool:
    """Whether a format leaves out the century, so that 1968 comes back as 2068."""
    trial = datetime(1968, 2, 3, 4, 5, 6, tzinfo=UTC)
    return datetime.strptime(trial.strftime(format), format).year != trial.year


def _not_ahead(at: datetime, zone: tzinfo) -> datetime:
    """The latest day with this two-digit year that has been."""
    return at.replace(year=at.year - 100) if at.date() > datetime.now(zone).date() else at
