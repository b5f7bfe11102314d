"""Values of cells: what their type and their number format make of the text in the file."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from math import isfinite
from typing import Final, TypeAlias

from ingest.readers.shown import Shown
from ingest.readers.workbook.dates import dated, moment
from ingest.readers.workbook.formats import NumberFormat
from ingest.readers.workbook.texts import SharedTexts, plain
from ingest.readers.workbook.xml import UnreadableError

MakeValue: TypeAlias = Callable[[str], object]
"""Makes the value of a cell of its text."""

_DIGITS_KEPT: Final = 15
_FIRST_LONG: Final = 10**_DIGITS_KEPT
_LARGEST_EXACT: Final = 2**53
_MEMO: Final = 50_000
_MEMO_TEXT: Final = 30
_SHOWN: Final = 80


@dataclass(frozen=True, slots=True)
class Reading:
    """What cells refer to.

    Attributes:
        formats: style of a cell -> its number format, where that changes the reading.
        from_1904, computed: see :class:`~ingest.readers.workbook.package.Workbook`.
    """

    texts: SharedTexts
    formats: Mapping[str, NumberFormat]
    from_1904: bool
    computed: bool


class Values:
    """Makes values; what a format makes of a number is remembered."""

    def __init__(self, reading: Reading) -> None:
        self._texts = reading.texts
        self._near = reading.texts.near
        self._formats = reading.formats
        self._from_1904 = reading.from_1904
        self._computed = reading.computed
        # By style: what it makes of texts, and the function that remembers it.
        self._memo: dict[str, dict[str, object]] = {}
        self._makers: dict[str, MakeValue] = {}
        self._room = _MEMO

    def of(self, style: str | None, kind: str | None, text: str | None, formula: str | None) -> object:
        """The value of a cell; ``None`` for a blank one.

        Args:
            style: number of its style.
            kind: type of its value (``s``: a shared text, ``n`` or nothing: a number).
            text: what stands for its value; ``None`` where nothing does.
            formula: of which it is the value.
        """
        if kind == "s" and text:
            return self._shared(text) or None
        if kind is None or kind == "n":
            if not text or (formula is not None and text == "0" and not self._computed):
                # A program that leaves the computing to Excel writes no value, or a nought for each.
                return _without_value(formula)
            if style is not None and style in self._formats:
                return self._remembered(style, text)
            return number_of(text)
        if text is None:
            return _without_value(formula)
        return _of_kind(kind, text)

    def _shared(self, text: str) -> str:
        try:
            number = int(text)
            return self._near[number] if 0 <= number < len(self._near) else self._texts[number]
        except (ValueError, IndexError):
            there = len(self._texts)
            raise UnreadableError(
                f"a cell names text {text[:20]}, and there are {there:,}",
                f"有单元格引用第 {text[:20]} 条文本，而文本共 {there:,} 条",
            ) from None

    def maker(self, style: str | None, kind: str | None) -> MakeValue:
        """The function for cells of a style and type that hold a value and no formula: as :meth:`of`, in less time."""
        if kind == "s":
            shared = self._shared
            return lambda text: shared(text) or None if text else None
        if kind in (None, "n"):
            if style is None or style not in self._formats:
                return lambda text: number_of(text) if text else None
            return self._remembering(style)
        return lambda text: self.of(style, kind, text, None)

    def _remembering(self, style: str) -> MakeValue:
        form, known = self._formats[style], self._memo.setdefault(style, {})

        def value(text: str) -> object:
            if text in known:
                return known[text]
            if not text:
                return None
            made = self._formatted(text, form)
            if len(text) < _MEMO_TEXT:
                self._room -= 1
                if self._room < 0:
                    self._forget()
                known[text] = made
            return made

        return value

    def _remembered(self, style: str, text: str) -> object:
        make = self._makers.get(style)
        if make is None:
            make = self._makers[style] = self._remembering(style)
        return make(text)

    def _forget(self) -> None:
        self._room = _MEMO
        for known in self._memo.values():
            known.clear()

    def _formatted(self, text: str, form: NumberFormat) -> object:
        number = number_of(text)
        if isinstance(number, Shown):  # too long for any format
            return number if form.kind in ("code", "percent") else Shown("no-date", None, number.text)
        if not isinstance(number, int | float):
            return number
        if form.kind == "code":
            code = form.code(number)
            return number if code is None or code == str(number) else Shown("code", number, code)
        if form.kind == "percent":
            return Shown("percent", number, percent(number, form.decimals))
        return moment(number, form.kind, text[:_SHOWN], from_1904=self._from_1904)


def number_of(text: str) -> int | float | str | Shown:
    """The number that a cell holds, to the 15 digits that Excel keeps; text that is no number stays text.

    >>> number_of("42"), number_of("33.150000000000006"), number_of("1.33E+21").kind
    (42, 33.15, 'long')
    """
    if len(text) <= _DIGITS_KEPT and text.isdecimal():
        return int(text)
    try:
        value = float(text)
    except ValueError:
        return text
    if "_" in text:
        return text
    if not -_FIRST_LONG < value < _FIRST_LONG:
        return _long(text, value) if isfinite(value) else text
    if len(text) > _DIGITS_KEPT:
        value = float(f"{value:.{_DIGITS_KEPT}g}")
    return int(value) if value.is_integer() else value


def percent(value: int | float, decimals: int) -> str:
    """A number in percent, with all its digits.

    >>> percent(0.35, 2), percent(0.12345, 0)
    ('35.00%', '12.345%')
    """
    hundredfold = Decimal(repr(value)).scaleb(2)
    rounded = round(hundredfold, decimals)
    return format(rounded if rounded == hundredfold else hundredfold.normalize(), "f") + "%"


def _without_value(formula: str | None) -> Shown | None:
    return None if formula is None else Shown("formula-without-value", None, f"={formula[:_SHOWN]}")


def _of_kind(kind: str, text: str) -> object:
    if kind == "e":
        return Shown("error", None, text[:_SHOWN])
    if kind == "b":
        return text.strip() in ("1", "true")
    if kind == "d":
        try:
            return dated(datetime.fromisoformat(text.strip()))
        except ValueError:
            return Shown("no-date", None, text[:_SHOWN])
    return plain(text) or None  # a text of its own, or that of a formula


def _long(text: str, value: float) -> int | Shown:
    """A number of 16 digits or more. Excel puts noughts behind the 15th digit: one that ends otherwise is whole."""
    exact = int(value) if abs(value) < _LARGEST_EXACT and value.is_integer() else value
    if isinstance(exact, int) and exact % 10:
        return exact
    return Shown("long", exact, text.strip()[:_SHOWN])
