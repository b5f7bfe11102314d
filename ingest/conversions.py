"""A cell of a file becomes a value of the model, or is refused: nothing is guessed and nothing is rounded.

:func:`converter` looks once at the declared property and at what the mapping says of the column, and returns
a function for the cells. The rules, by type of property:

* text: kept byte for byte; control, bidirectional and zero-width characters are refused; blank is absent.
* keys: blanks around them are dropped and full-width forms folded; what is looked up has at most 500 characters.
* numbers: digits in any width, one sign, a decimal point, well-placed thousands separators, an exponent; not
  NaN, not infinite, not more digits than are kept. Money must come out in whole fen.
* dates, months, instants: ISO, or the format that the mapping declares; an instant without zone is in that
  of the deployment (UTC+8).
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import Final, TypeAlias

from graph.schema.ddl import longest_of
from graph.schema.model import Property, Texts
from ingest.readers import FIELD_LIMIT
from ingest.statements import Value

Convert: TypeAlias = Callable[[object], Value | None]
"""A cell in, a value out; ``None`` for an absent cell. Raises :class:`NotAcceptedError`."""

ZONE: Final = timezone(timedelta(hours=8))
"""Business dates and instants without zone belong here (Asia/Shanghai keeps no summer time)."""

UNITS: Final[Mapping[str, Mapping[str, Decimal]]] = {
    "fen": {
        "fen": Decimal(1),
        "yuan": Decimal(100),
        "wan-yuan": Decimal(10) ** 6,
        "yi-yuan": Decimal(10) ** 10,
    },
    "m": {"m": Decimal(1), "km": Decimal(1000)},
    "kWh": {"kWh": Decimal(1), "MWh": Decimal(1000), "Wh": Decimal("0.001")},
    "kW": {"kW": Decimal(1), "MW": Decimal(1000), "W": Decimal("0.001")},
    "kVA": {"kVA": Decimal(1), "MVA": Decimal(1000), "VA": Decimal("0.001")},
    "kV": {"kV": Decimal(1), "V": Decimal("0.001")},
    "fraction": {"fraction": Decimal(1), "percent": Decimal("0.01")},
}
"""Unit of the property -> units that a mapping may give for a column, with their factor."""

_LARGEST = 2**53
_DIGITS = 20  # more than any kept number has, fewer than decimal arithmetic rounds
_NUMBER = re.compile(r"[+-]?(?:\d+|\d{1,3}(?:,\d{3})+)?(?:\.\d*)?(?:[eE][+-]?\d{1,3})?", re.ASCII)
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


class NotAcceptedError(ValueError):
    """A cell that is not what the property needs; ``code`` is an entry of the catalogue of errors."""

    def __init__(self, expected: str, *, code: str = "ROW_FIELD_INVALID", zh: str | None = None) -> None:
        super().__init__(expected)
        self.expected = expected
        self.zh = zh
        self.code = code


class WrongUseError(ValueError):
    """The mapping asks for what this property cannot take; the text says what it can."""


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
    if format is not None and kind not in ("date", "instant", "month"):
        raise WrongUseError(f"'format' is for dates, and {declared.name} is {kind}")
    factor = _factor(declared, unit)
    convert: Convert
    if kind == "text":
        convert = _text_converter(declared)
    elif kind == "boolean":
        convert = _boolean
    elif kind in ("date", "instant", "month"):
        convert = _dated(kind, format)
    else:
        convert = _number_converter(declared, factor)
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
        raise NotAcceptedError("visible characters are expected", code="ROW_CHARACTERS")
    return text


def _written_out(cell: object) -> str:
    """The text of a typed cell."""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float):
        if math.isnan(cell):
            return ""  # what pandas writes for an absent cell
        return str(int(cell)) if cell.is_integer() and abs(cell) < _LARGEST else repr(cell)
    if isinstance(cell, Decimal):
        return format(cell, "f")
    if isinstance(cell, datetime | date):
        return cell.isoformat()
    if isinstance(cell, int):
        return str(cell)
    raise NotAcceptedError("one value")


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
    if isinstance(cell, datetime):
        return _zoned(cell)
    if isinstance(cell, date):
        return datetime(cell.year, cell.month, cell.day, tzinfo=ZONE)
    text = code_of(cell)
    return None if text is None else _instant(text, format)


def _factor(declared: Property, unit: str | None) -> Decimal:
    own = {"money": "fen", "share": "fraction"}.get(declared.type, declared.unit)
    if unit is None:
        return Decimal(100) if declared.type == "money" else Decimal(1)
    known = UNITS.get(own or "", {own: Decimal(1)} if own else {})
    if unit not in known:
        listed = ", ".join(known) or "none"
        raise WrongUseError(f"unit '{unit}' does not fit {declared.name}; it takes {listed}")
    return known[unit]


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
        text = convert(cell)
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
    raise NotAcceptedError("yes or no")


def _number_converter(declared: Property, factor: Decimal) -> Convert:
    kind = declared.type
    whole = kind in ("integer", "money")
    least = Decimal(0) if kind == "share" and declared.minimum is None else _bound(declared.minimum)
    most = Decimal(1) if kind == "share" and declared.maximum is None else _bound(declared.maximum)
    # Bounds are declared in the property's own unit (money in fen): compared after the conversion.
    limits = _in_words(least, most)
    expected = {"integer": "a whole number", "money": "an amount of money in whole fen"}.get(kind, "a number")

    def of_decimal(found: Decimal) -> Value:
        value = found * factor if factor != 1 else found
        if (least is not None and value < least) or (most is not None and value > most):
            raise NotAcceptedError(f"{expected} {limits}")
        if whole:
            if value != value.to_integral_value():
                raise NotAcceptedError(expected)
            if abs(value) > _LARGEST:
                raise NotAcceptedError(f"{expected} of at most {_LARGEST}")
            return int(value)
        return _exact_float(value, expected)

    @lru_cache(maxsize=65_536)
    def of_text(text: str) -> Value | None:
        text = text.strip()
        return of_decimal(_decimal_of_text(text, kind == "share", expected)) if text else None

    def number(cell: object) -> Value | None:
        if isinstance(cell, str):
            return of_text(cell)
        found = _decimal(cell, expected)
        return None if found is None else of_decimal(found)

    return number


def _exact_float(value: Decimal, expected: str) -> float:
    result = float(value)
    if result in (float("inf"), float("-inf")):
        raise NotAcceptedError(f"{expected} that is finite")
    # A binary float keeps 15 decimal digits of any number: more would be rounded without a word.
    if len(value.normalize().as_tuple().digits) > 15 and Decimal(repr(result)) != value:
        raise NotAcceptedError(f"{expected} of at most 15 digits")
    return result + 0.0 if result else 0.0


def _bound(limit: float | None) -> Decimal | None:
    return None if limit is None else Decimal(repr(limit))


def _in_words(least: Decimal | None, most: Decimal | None) -> str:
    if least is not None and most is not None:
        return f"from {least} to {most}"
    return f"of at least {least}" if least is not None else f"of at most {most}"


def _decimal(cell: object, expected: str) -> Decimal | None:
    if cell is None:
        return None
    if isinstance(cell, bool):
        raise NotAcceptedError(expected)
    if isinstance(cell, int):
        return Decimal(cell)
    if isinstance(cell, float):
        if math.isnan(cell):
            return None
        cell = Decimal(repr(cell))
    if isinstance(cell, Decimal) and cell.is_finite() and len(cell.as_tuple().digits) <= _DIGITS:
        return cell
    raise NotAcceptedError(expected)


def _decimal_of_text(text: str, percent: bool, expected: str) -> Decimal:
    folded = text if text.isascii() else unicodedata.normalize("NFKC", text).replace("−", "-").strip()
    scale = Decimal(1)
    if percent and folded.endswith("%"):
        folded, scale = folded[:-1].rstrip(), Decimal("0.01")
    if not _NUMBER.fullmatch(folded) or len(folded) > _DIGITS + 8:
        raise NotAcceptedError(expected)
    try:
        return Decimal(folded.replace(",", "")) * scale
    except InvalidOperation:
        raise NotAcceptedError(expected) from None


def _dated(kind: str, format: str | None) -> Convert:
    expected = {"date": "a date", "month": "a month", "instant": "an instant"}[kind]
    shape = format or {"date": "2026-01-31", "month": "2026-01", "instant": "2026-01-31T08:00:00+08:00"}[kind]
    expected = f"{expected} like {shape}"

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
            raise NotAcceptedError(expected) from None

    def dated(cell: object) -> Value | None:
        if isinstance(cell, str):
            return of_text(cell)
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
    expected = f"a date or an instant like {format or '2026-01-31T08:00:00+08:00'}"
    try:
        if format in ("epoch-s", "epoch-ms"):
            if not re.fullmatch(r"-?\d{1,14}(\.\d{1,6})?", text, re.ASCII):
                raise NotAcceptedError(expected)
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
    raise NotAcceptedError(expected)


def _zoned(at: datetime) -> datetime:
    return at.replace(tzinfo=ZONE) if at.tzinfo is None else at


def _translated(convert: Convert, words: Mapping[str, str]) -> Convert:
    def translated(cell: object) -> Value | None:
        text = code_of(cell)
        return convert(cell) if text is None else convert(words.get(text, cell))

    return translated
