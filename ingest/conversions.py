"""A cell of a file becomes a value of the model, or is refused: nothing is guessed and nothing is rounded.

:func:`converter` looks once at the declared property and at what the mapping says of the column, and returns
a function for the cells. The rules, by type of property:

* text: kept byte for byte; control, bidirectional and zero-width characters are refused; blank is absent.
* keys: blanks around them are dropped and full-width forms folded; what is looked up has at most 500 characters.
* numbers: digits in any width, one sign, a decimal point, well-placed thousands separators, an exponent; not
  NaN, not infinite, not more digits than are kept. Money must come out in whole fen, and may have the sign of its
  currency and of its unit (¥1,234.56, 12万元 where the unit is wan-yuan); shares may have a percent sign.
* dates, months, instants: ISO, or the format that the mapping declares; an instant without zone is in that
  of the deployment (UTC+8).
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from functools import lru_cache
from typing import Final

from graph.schema.ddl import longest_of
from graph.schema.model import Property
from ingest.numbers import LARGEST, Convert, number_converter
from ingest.readers import FIELD_LIMIT
from ingest.readers.shown import Shown
from ingest.refusals import NotAcceptedError, WrongUseError
from ingest.shown import shown_in_text, shown_text, shown_time
from ingest.statements import Value
from terms.texts import Texts

ZONE: Final = timezone(timedelta(hours=8))
"""Business dates and instants without zone belong here (Asia/Shanghai keeps no summer time)."""

EPOCHS: Final = ("epoch-s", "epoch-ms", "excel-days")
"""Formats of times that are numbers: since 1970 in UTC, or the days of a spreadsheet since 1899-12-30."""

_DATE = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_MONTH = re.compile(r"(\d{4})-(0[1-9]|1[0-2])", re.ASCII)
_INSTANT = re.compile(
    r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:Z|[+-]\d\d:?\d\d)?", re.ASCII | re.IGNORECASE
)
_HIDDEN = re.compile(
    "[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff"
    "\ufff9-\ufffb\ufffe\uffff\ud800-\udfff]"
)
_TRUE = frozenset({"true", "yes", "y", "1", "是", "真"})
_FALSE = frozenset({"false", "no", "n", "0", "否", "假"})


def converter(
    declared: Property,
    *,
    unit: str | None = None,
    format: str | None = None,
    words: Mapping[str, str] | None = None,
) -> Convert:
    """The function for one mapped column.

    Args:
        declared: the property that the column fills.
        unit: of the numbers in the column; the property's own when absent, yuan for money.
        format: of dates, ``strptime`` or ``epoch-s`` or ``epoch-ms``.
        words: what the cells say -> what the model says (``居民`` -> ``consumer``).
    Raises:
        WrongUseError: a unit or format that does not fit the property.
    """
    kind = declared.type
    if format is not None:
        if kind not in ("date", "instant", "month"):
            raise WrongUseError(
                Texts(
                    f"'format' is for dates, and {declared.name} is {kind}",
                    f"format 用于日期，而 {declared.name} 为 {kind}",
                )
            )
        check_format(format)
    if unit is not None and kind not in ("integer", "decimal", "money", "share"):
        raise WrongUseError(
            Texts(
                f"'unit' is for numbers, and {declared.name} is {kind}",
                f"unit 用于数值，而 {declared.name} 为 {kind}",
            )
        )
    convert: Convert
    if kind == "text":
        convert = _text_converter(declared)
    elif kind == "boolean":
        convert = _boolean
    elif kind in ("date", "instant", "month"):
        convert = _dated(kind, format)
    else:
        convert = number_converter(declared, unit)
    return _translated(convert, words) if words else convert


def hidden_characters(text: str) -> bool:
    """Whether a text holds characters that cannot be seen but change what is shown or compared.

    Tabulator, line feed and carriage return are allowed, and so are the joiners that emoji and scripts need.
    """
    return not text.isprintable() and _HIDDEN.search(text) is not None


def text_of(cell: object) -> str | None:
    """The text of a cell; numbers that files made of codes lose their ``.0``. Blank is absent."""
    if cell is None:
        return None
    text = cell if isinstance(cell, str) else _written_out(cell)
    # The way of nearly all cells.
    if text.isprintable() and len(text) <= FIELD_LIMIT:
        return None if not text or text.isspace() else text
    if text.isspace():
        return None
    if len(text) > FIELD_LIMIT:
        raise NotAcceptedError(str(FIELD_LIMIT), code="ROW_FIELD_TOO_LONG")
    if _HIDDEN.search(text):
        raise NotAcceptedError("visible characters are expected", code="ROW_CHARACTERS", zh="应只含可见字符")
    return text


def _written_out(cell: object) -> str:
    """The text of a typed cell."""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float):
        if math.isnan(cell):
            return ""  # what pandas writes for an absent cell
        return str(int(cell)) if cell.is_integer() and abs(cell) < LARGEST else repr(cell)
    if isinstance(cell, Decimal):
        return format(cell, "f")
    if isinstance(cell, Shown):
        return shown_text(cell)
    if isinstance(cell, datetime | date):
        return cell.isoformat()
    if isinstance(cell, int):
        return str(cell)
    raise NotAcceptedError("one value", zh="单个值")


def code_of(cell: object) -> str | None:
    """The text of a key: as :func:`text_of`, without blanks around it and with full-width forms folded."""
    if isinstance(cell, str) and cell.isascii() and cell.isalnum() and len(cell) <= FIELD_LIMIT:
        return cell  # the way of nearly all keys
    text = text_of(cell)
    if text is None:
        return None
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text)
    return text.strip() or None


def instant_of(cell: object, format: str | None = None) -> datetime | None:
    """The instant of a cell, with zone; a date is its first moment in the deployment's zone."""
    if isinstance(cell, Shown):
        cell = shown_time(cell)
    if isinstance(cell, datetime):
        return _zoned(cell)
    if isinstance(cell, date):
        return datetime(cell.year, cell.month, cell.day, tzinfo=ZONE)
    text = code_of(cell)
    return None if text is None else _instant(text, format)


def _text_converter(declared: Property) -> Convert:
    # An address is a key too, and is kept as it is written.
    clean: Callable[[object], str | None] = text_of
    if declared.identity == "key" and (declared.pattern or not declared.hashed):
        clean = code_of
    values = frozenset(declared.values)
    if values:
        expected = "one of " + ", ".join(declared.values)
        in_chinese = f"以下之一：{'、'.join(declared.values)}"

        def one_of(cell: object) -> Value | None:
            text = code_of(cell)
            if text is None or text in values:
                return text
            raise NotAcceptedError(expected, zh=in_chinese)

        return one_of
    longest = longest_of(declared)
    if declared.pattern is None:
        return _short(clean, longest)
    match = re.compile(declared.pattern).fullmatch
    form = declared.form or Texts(f"of the form {declared.pattern}", f"形如 {declared.pattern}")

    def matching(cell: object) -> str | None:
        text = clean(cell)
        if text is None or match(text):
            return text
        raise NotAcceptedError(form.en, zh=form.zh)

    return _short(matching, longest)


def _short(convert: Callable[[object], str | None], longest: int) -> Convert:
    """Refuse a text that is longer than the graph takes: behind the door it would stop the graph for good."""

    def short(cell: object) -> Value | None:
        text = convert(shown_in_text(cell) if isinstance(cell, Shown) else cell)
        if text is not None and len(text) > longest:
            raise NotAcceptedError(str(longest), code="ROW_FIELD_TOO_LONG")
        return text

    return short


def _boolean(cell: object) -> Value | None:
    if isinstance(cell, bool):
        return cell
    text = code_of(cell)
    if text is None:
        return None
    folded = text.casefold()
    if folded in _TRUE:
        return True
    if folded in _FALSE:
        return False
    raise NotAcceptedError("yes or no", zh="是或否")


def check_format(format: str) -> None:
    """Raises ``WrongUseError`` for a format of dates by which none can be read."""
    if format in EPOCHS:
        return
    trial = datetime(2001, 2, 3, 4, 5, 6)
    try:
        fits = "%" in format and datetime.strptime(trial.strftime(format), format).year == trial.year
    except (ValueError, re.error):
        fits = False
    if not fits:
        raise WrongUseError(
            Texts(
                f"format '{format}' reads no date; write it like %Y-%m-%d or %Y年%m月%d日, or {', '.join(EPOCHS)}",
                f"format“{format}”读不出日期；请写成 %Y-%m-%d 或 %Y年%m月%d日，或 {'、'.join(EPOCHS)}",
            )
        )


def _dated(kind: str, format: str | None) -> Convert:
    shape = format or {"date": "2026-01-31", "month": "2026-01", "instant": "2026-01-31T08:00:00+08:00"}[kind]
    called = {
        "date": Texts("a date", "日期"),
        "month": Texts("a month", "月份"),
        "instant": Texts("an instant", "时刻"),
    }
    expected = Texts(f"{called[kind].en} like {shape}", f"{called[kind].zh}，形如 {shape}")

    @lru_cache(maxsize=65_536)
    def of_text(cell: str) -> str | None:
        text = code_of(cell)
        if text is None:
            return None
        try:
            if kind == "month" and format is None and _MONTH.fullmatch(text):
                return text
            if kind == "date" and format is None and _DATE.fullmatch(text):
                return date.fromisoformat(text).isoformat()
            return _written(kind, _instant(text, format))
        except (NotAcceptedError, ValueError, OverflowError):
            raise NotAcceptedError.of(expected) from None

    def dated(cell: object) -> Value | None:
        if isinstance(cell, str):
            return of_text(cell)
        if isinstance(cell, Shown):
            cell = shown_time(cell)
        if isinstance(cell, datetime):
            return _written(kind, _zoned(cell))
        if isinstance(cell, date):
            return _written(kind, datetime(cell.year, cell.month, cell.day, tzinfo=ZONE))
        text = code_of(cell)
        return None if text is None else of_text(text)

    return dated


def _written(kind: str, at: datetime) -> str:
    if kind == "instant":
        return at.astimezone(UTC).isoformat(timespec="auto").replace("+00:00", "Z")
    text = at.astimezone(ZONE).date().isoformat()
    return text if kind == "date" else text[:7]


@lru_cache(maxsize=65_536)
def _instant(text: str, format: str | None) -> datetime:
    shape = format or "2026-01-31T08:00:00+08:00"
    expected = Texts(f"a date or an instant like {shape}", f"日期或时刻，形如 {shape}")
    try:
        if format in EPOCHS:
            if not re.fullmatch(r"-?\d{1,14}(\.\d{1,12})?", text, re.ASCII):
                raise NotAcceptedError.of(expected)
            if format == "excel-days":
                # To the second: a fraction of a day is as exact as the spreadsheet keeps it.
                return datetime(1899, 12, 30, tzinfo=ZONE) + timedelta(seconds=round(Decimal(text) * 86_400))
            seconds = Decimal(text) / (1000 if format == "epoch-ms" else 1)
            return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=int(seconds * 1_000_000))
        if format is not None:
            return _zoned(datetime.strptime(text, format))
        if _INSTANT.fullmatch(text):
            return _zoned(datetime.fromisoformat(text.upper()))
        if _DATE.fullmatch(text):
            return _zoned(datetime.fromisoformat(text))
    except (ValueError, OverflowError):
        pass
    raise NotAcceptedError.of(expected)


def _zoned(at: datetime) -> datetime:
    return at.replace(tzinfo=ZONE) if at.tzinfo is None else at


def _translated(convert: Convert, words: Mapping[str, str]) -> Convert:
    def translated(cell: object) -> Value | None:
        text = code_of(cell)
        return convert(cell) if text is None else convert(words.get(text, cell))

    return translated
