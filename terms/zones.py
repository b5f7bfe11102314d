"""The business zone of a home: in which zone an instant falls on a day, and times without a zone are read."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from functools import cache
from typing import Final
from zoneinfo import ZoneInfo

DEFAULT: Final = "UTC+08:00"
"""What a home has that names no other: the time of China without the summer times of 1986 to 1991."""
DEFAULT_ZONE: Final = timezone(timedelta(hours=8))
"""The same as a zone."""

_OFFSET = re.compile(r"(?:UTC|GMT)?([+-])(\d{1,2})(?::?([0-5]\d))?", re.IGNORECASE | re.ASCII)
_LARGEST = timedelta(hours=14)


@cache
def zone_of(name: str) -> tzinfo:
    """The zone of a name: an offset (``UTC+08:00``), or a name of the IANA database (``Asia/Shanghai``).

    Raises:
        ValueError: it is neither, or this machine does not have that zone.

    >>> zone_of("UTC+8")
    datetime.timezone(datetime.timedelta(seconds=28800))
    >>> zone_of("Asia/Shanghai")
    zoneinfo.ZoneInfo(key='Asia/Shanghai')
    """
    if name.upper() in ("UTC", "Z"):
        return UTC
    written = _OFFSET.fullmatch(name)
    if written is None:
        try:
            return ZoneInfo(name)
        except (KeyError, OSError, ValueError) as fault:
            raise ValueError(
                f"'{name}' is no offset from UTC such as UTC+08:00, and no zone that this machine knows by its name, "
                "such as Asia/Shanghai"
            ) from fault
    sign, hours, minutes = written.groups()
    offset = timedelta(hours=int(hours), minutes=int(minutes or 0))
    if offset > _LARGEST:
        raise ValueError(f"'{name}' is more than 14 hours from UTC")
    return timezone(-offset if sign == "-" else offset)


def canonical(name: str) -> str:
    """One name for each zone: offsets are written ``UTC+08:00``, names of the database as they are.

    Raises:
        ValueError: see :func:`zone_of`.

    >>> canonical("utc+8"), canonical("Asia/Shanghai"), canonical("UTC")
    ('UTC+08:00', 'Asia/Shanghai', 'UTC')
    """
    zone = zone_of(name)
    return zone.key if isinstance(zone, ZoneInfo) else str(zone)


def business_day(instant: datetime, zone: tzinfo) -> date:
    """The day of an instant in a zone.

    >>> evening = datetime.fromisoformat("2026-01-31T20:00:00Z")
    >>> business_day(evening, zone_of(DEFAULT))
    datetime.date(2026, 2, 1)
    """
    return instant.astimezone(zone).date()
