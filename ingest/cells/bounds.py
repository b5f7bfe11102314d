"""When something begins and ends, as sources write it: days, months and years, and the fillers that mean open.

``since`` is the first day of a relation and ``until`` the first day after it. A year or a month alone is its first day
in ``since`` and the day after its last in ``until``. A source that states the last day itself says ``inclusive: true``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final, NamedTuple, TypeAlias

from graph.schema.model import Property
from graph.validity import BOUNDS, OPEN, Span
from ingest.cells.conversions import PLAIN, Reading, converter
from ingest.cells.texts import code_of
from ingest.cells.times import EPOCHS, FIRST_DAYS, ZERO
from ingest.cells.workbook_values import shown_time
from ingest.input_errors import WrongUseError
from ingest.readers.lists import Values
from ingest.readers.shown import Shown
from terms.texts import Texts

_, UNTIL = BOUNDS
FILLED_FROM: Final = 2900
FAR_YEARS: Final = 10
"""A beginning so many years after its row was true is hardly meant: 2205 for 2025."""

_PART: Final = re.compile(r"(\d{4})(?:-(\d\d))?(?:-00)*", re.ASCII)
_STILL: Final = frozenset(
    ("长期", "长期有效", "永久", "永续", "永续经营", "无固定期限", "无期限", "无限期", "不限", "至今",
     "長期", "永久有效", "present", "current", "ongoing", "permanent", "indefinite", "perpetual",
     "open-ended", "unlimited")
)  # fmt: skip
"""Words for an end that is open."""
_ENDLESS: Final = re.compile(r"9999(?!\d{5})", re.ASCII)


class Bound(NamedTuple):
    """One end of a span. ``day``: ISO, ``OPEN`` for an end that is said to be open, '' for a beginning that
    nobody gave. ``notice``: what there is to say of how it was read."""

    day: str
    notice: str | None = None


ConvertBound: TypeAlias = Callable[[object], Bound | None]
"""From a cell; None where it is absent. Raises NotAcceptedError."""


@dataclass(frozen=True, slots=True)
class FilledBound:
    """``since`` or ``until`` and the function that takes it from a row; ``column`` names its origin."""

    name: str
    column: str
    take: Callable[[Values], Bound | None]
    proxy: bool = False


Notice: TypeAlias = tuple[str, str, str]
"""What there is to say of a bound: a code of the catalogue, the type of the relation and the column."""


class Times(NamedTuple):
    """What there is to look at in the times of a relation. ``since``: its begin, '' where it has none."""

    since: str
    notices: Sequence[Notice] = ()


@dataclass(frozen=True, slots=True)
class Bounds:
    """What fills ``since`` and ``until`` of a relation of a type."""

    type: str
    filled: tuple[FilledBound, ...]

    def take(self, values: Values, found: dict[str, Any]) -> tuple[Sequence[str], Sequence[Notice]]:
        """Take both into ``found``: the names of those that are proxies, and what there is to say."""
        proxy: Sequence[str] = ()
        notices: Sequence[Notice] = ()
        for bound in self.filled:
            taken = bound.take(values)
            if taken is None:
                continue
            if taken.day:
                found[bound.name] = taken.day
                if bound.proxy:
                    proxy = (*proxy, bound.name)
            if taken.notice is not None:
                notices = (*notices, (taken.notice, self.type, bound.column))
        if len(self.filled) > 1 and self.span(found).empty:
            columns = ", ".join(bound.column for bound in self.filled)
            notices = (*notices, ("NOTICE_SPAN_BACKWARDS", self.type, columns))
        return proxy, notices

    @staticmethod
    def span(found: Mapping[str, Any]) -> Span:
        """The span of what was taken."""
        return Span(*(found.get(name, "") for name in BOUNDS))


def bound_converter(
    declared: Property,
    *,
    format: str | None = None,
    words: Mapping[str, str] | None = None,
    inclusive: bool = False,
    reading: Reading = PLAIN,
) -> ConvertBound:
    """The function for a column that fills ``since`` or ``until``.

    Raises:
        WrongUseError: a format that reads no date; ``inclusive`` of a beginning.
    """
    ends = declared.name == UNTIL
    if inclusive and not ends:
        raise not_inclusive(declared.name)
    plain = converter(declared, format=format, words=words, reading=reading)
    shorter = _shorter(format)

    def of_text(text: str) -> Bound | None:
        if ZERO.fullmatch(text):
            return None
        if ends and ((format not in EPOCHS and _ENDLESS.match(text)) or text.casefold() in _STILL):
            return Bound(OPEN)
        part = _part(text, format, shorter)
        if part is not None:
            return _of_part(*part, ends=ends)
        day = plain(text)
        last = inclusive or _LAST_MINUTE.search(text) is not None
        return None if day is None else _of_day(_day(day), ends=ends, inclusive=ends and last)

    def bound(cell: object) -> Bound | None:
        if isinstance(cell, Shown):
            cell = shown_time(cell)
        if isinstance(cell, date):
            endless = ends and cell.year == date.max.year
            if endless:
                return Bound(OPEN)
            last = inclusive or (isinstance(cell, datetime) and (cell.hour, cell.minute) == (23, 59))
            return _of_day(_day(plain(cell)), ends=ends, inclusive=ends and last)
        text = code_of(cell)
        return None if text is None else of_text(words.get(text, text) if words else text)

    return bound


def not_inclusive(name: str) -> WrongUseError:
    """What to say where another property than ``until`` is said to be inclusive."""
    return WrongUseError(
        Texts(
            f"'inclusive' is for the last day of '{UNTIL}', and not for '{name}'",
            f"'inclusive' 只用于 '{UNTIL}' 的最后一天，不能用于 '{name}'",
        )
    )


def far(since: str, observed: date) -> bool:
    """Whether a beginning lies so far after the day on which its row was true that it is hardly meant."""
    return int(since[:4]) > observed.year + FAR_YEARS


def _day(text: object) -> date:
    return date.fromisoformat(str(text))


def _of_part(year: int, month: int | None, *, ends: bool) -> Bound:
    if not ends:
        return Bound(date(year, month or 1, 1).isoformat(), "NOTICE_BOUND_PART")
    last = date(year, 12, 31) if month in (None, 12) else date(year, month + 1, 1) - timedelta(days=1)
    if _filler(last):
        return Bound(OPEN, "NOTICE_BOUND_FILLER")
    return Bound((last + timedelta(days=1)).isoformat(), "NOTICE_BOUND_PART")


def _of_day(day: date, *, ends: bool, inclusive: bool) -> Bound:
    if ends and day in _NO_ENDS:
        return Bound(OPEN, "NOTICE_BOUND_FILLER")
    if not ends and day in FIRST_DAYS:
        return Bound("", "NOTICE_BOUND_FILLER")
    if ends and _filler(day):
        return Bound(OPEN, None if day.year == date.max.year else "NOTICE_BOUND_FILLER")
    return Bound((day + timedelta(days=1) if inclusive else day).isoformat())


_LAST_MINUTE: Final = re.compile(r"[T ]23:59(?::[0-9]{2}(?:\.[0-9]+)?)?$", re.ASCII)
"""Of an end at the last minute of a day that day is the last one."""
_NO_ENDS: Final = FIRST_DAYS | {date(1970, 1, 1)}
"""Nothing ended on the days that programs begin to count from."""


def _filler(day: date) -> bool:
    """Whether an end stands for none: in 2900 or later, or where a century turns (2099-12-31, 2200-01-01)."""
    turns = (day.year % 100, day.month, day.day) in ((99, 12, 31), (0, 1, 1))
    return day.year >= FILLED_FROM or (turns and day.year >= 2099)


def _part(text: str, format: str | None, shorter: tuple[str, ...]) -> tuple[int, int | None] | None:
    """The year, and the month, of a text that states no day."""
    if format is None:
        found = _PART.fullmatch(text)
        if found is None or found[1] == "0000" or (month := int(found[2] or 0)) > 12:
            return None
        return int(found[1]), month or None
    for one in shorter:
        try:
            read = datetime.strptime(text, one)
        except ValueError:
            continue
        return read.year, read.month if "%m" in one else None
    return None


def _shorter(format: str | None) -> tuple[str, ...]:
    """What is left of a format without the day, and without the month.

    >>> _shorter("%Y年%m月%d日"), _shorter("%d.%m.%Y"), _shorter("%Y%m%d")
    (('%Y年%m月', '%Y年'), ('%m.%Y', '%Y'), ('%Y%m', '%Y'))
    """
    if format is None or "%Y" not in format:
        return ()
    return tuple(dict.fromkeys(_only(format, letters) for letters in ("Ym", "Y")))


def _only(format: str, letters: str) -> str:
    """The parts of a format with these letters, each with the unit behind it, without a separator at the end."""
    parts: list[str] = re.findall(r"%[A-Za-z][^%]*", format)
    *first, last = (part for part in parts if part[1] in letters)
    return "".join(first) + last[:2] + last[2:].rstrip(" ./-,T")
