"""Numbers of a file become numbers of the model exactly, or are refused: nothing is guessed and nothing is rounded."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Final, NamedTuple

from graph.schema.model import Property
from ingest.cells.absence import SHIPPED, Absence
from ingest.cells.doubtful import Convert
from ingest.cells.number_styles import COMMA, POINT, Proof, Style, number_of, proof_of
from ingest.cells.workbook_values import shown_number
from ingest.input_errors import NotAcceptedError, UndecidedError, WrongUseError
from ingest.readers.shown import Shown
from ingest.statements import Value
from terms.texts import Texts

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
    "ratio": {"ratio": Decimal(1), "percent": Decimal("0.01")},
}
"""Unit of the property -> units that a mapping may give for a column, with their factor."""

LARGEST: Final = 2**53
"""The largest whole number that every reader of ours keeps exactly."""

_NAMES: Final = {
    "integer": Texts("a whole number", "整数"),
    "money": Texts("an amount of money in whole fen", "以整分计的金额"),
}
_DIGITS: Final = 20  # more than any kept number has, fewer than decimal arithmetic rounds
_PERCENT_HINT: Final = (
    " (with `unit: percent` where 35 means 35 %)",
    "（35 表示 35% 时请写 `unit: percent`）",
)
_PERCENT: Final = Decimal("0.01")
# Nearly all numbers: a point that separates no thousands, and no more digits than a float keeps.
_PLAIN: Final = re.compile(r"-?[0-9]{1,13}(?:\.[0-9]{1,2})?")
_CURRENCY: Final = ("¥", "CNY", "RMB", "人民币")
_SUFFIXES: Final[Mapping[str, tuple[str, ...]]] = {
    "fen": ("分",),
    "yuan": ("元",),
    "wan-yuan": ("万元", "万"),
    "yi-yuan": ("亿元", "亿"),
}


class Numbers(NamedTuple):
    """How the cells of a column of numbers are read. ``proof``: what one of them proves of the style of the column."""

    convert: Convert
    proof: Callable[[str], Proof]


def numbers_of(
    declared: Property, unit: str | None, absent: Absence = SHIPPED, style: Style | None = POINT
) -> Numbers:
    """The functions for a column of numbers: integers, decimals, money and shares.

    Args:
        style: how the column writes its numbers; ``None``: that is not decided, and a cell that hangs on it raises
            :class:`UndecidedError`.
    Raises:
        WrongUseError: a unit that does not fit the property.
    """
    factor = _factor(declared, unit)
    percent = declared.type == "share" or declared.unit == "ratio"
    suffixes = _SUFFIXES[unit or "yuan"] if declared.type == "money" else ()
    kind = declared.type
    whole = kind in ("integer", "money")
    least = Decimal(0) if kind == "share" and declared.minimum is None else _bound(declared.minimum)
    most = Decimal(1) if kind == "share" and declared.maximum is None else _bound(declared.maximum)
    # Bounds are declared in the property's own unit (money in fen): compared after the conversion.
    may_be_percent = kind == "share" and unit is None and declared.maximum is None
    limits = _and(_in_words(least, most), *_PERCENT_HINT) if may_be_percent else _in_words(least, most)
    expected = _NAMES.get(kind, Texts("a number", "数值"))

    def of_decimal(found: Decimal) -> Value:
        value = found * factor if factor != 1 else found
        if (least is not None and value < least) or (most is not None and value > most):
            raise NotAcceptedError.of(_and(expected, " " + limits.en, "，" + limits.zh))
        if whole:
            if value != value.to_integral_value():
                raise NotAcceptedError.of(expected)
            if abs(value) > LARGEST:
                raise NotAcceptedError.of(_and(expected, f" of at most {LARGEST}", f"，不大于 {LARGEST}"))
            return int(value)
        return _exact_float(value, expected)

    def bare_of(folded: str) -> tuple[str, Decimal]:
        if percent and folded.endswith("%"):
            # The sign says already what `unit: percent` says of bare numbers.
            return folded[:-1].rstrip(), _PERCENT / factor
        return _bare(folded, suffixes) if suffixes else folded, Decimal(1)

    def proven(bare: str, scale: Decimal) -> Proof:
        proof = proof_of(bare)
        if kind == "integer":
            return None  # no whole number has a decimal mark to be mistaken
        if proof == "open" and _accepted(of_decimal, number_of(bare, POINT)):
            comma = number_of(bare, COMMA)
            return "open" if comma is None or _accepted(of_decimal, comma * scale) else "point"
        return None if proof == "open" else proof

    def proof(text: str) -> Proof:
        folded = _folded(text)
        return None if absent.says_nothing(folded) else proven(*bare_of(folded))

    def read(text: str, style: Style | None) -> Value | None:
        folded = _folded(text)
        if absent.says_nothing(folded):
            return None
        bare, scale = bare_of(folded)
        if style is None and proven(bare, scale) in {"comma", "open"}:
            raise UndecidedError
        written = style or POINT
        found = number_of(bare, written)
        if found is None or (not written.firm and proven(bare, scale) == "open"):
            otherwise = number_of(bare, written.other) is not None
            raise _not_so_written(written, expected) if otherwise else NotAcceptedError.of(expected)
        return of_decimal(found * scale if scale != 1 else found)

    # Such a number reads alike whether its style was declared, found or is not decided yet.
    likely = (style or POINT).decimal == "." and not absent.own
    plain = _plain_numbers(factor, least, most, whole=whole) if likely else _never

    def number(cell: object) -> Value | None:
        known = plain(cell)
        if known is not None:
            return known
        if isinstance(cell, str):
            return read(cell, style)
        if isinstance(cell, Shown):
            if percent and cell.kind == "percent":
                return read(cell.text, POINT)  # as Excel shows it, whatever the texts of the column do
            cell = shown_number(cell, expected)
        found = _decimal(cell, expected)
        return None if found is None else of_decimal(found)

    return Numbers(number, proof)


def _accepted(of_decimal: Callable[[Decimal], Value], found: Decimal | None) -> bool:
    try:
        return found is not None and of_decimal(found) is not None
    except NotAcceptedError:
        return False


def _plain_numbers(
    factor: Decimal, least: Decimal | None, most: Decimal | None, *, whole: bool
) -> Callable[[object], int | float | None]:
    """The quick way for plain numbers: their value, or nothing where the long way has to look."""
    scale = int(factor)
    if scale != factor or (scale != 1 and not whole):
        return _never
    bottom = -LARGEST if least is None else float(least)
    top = LARGEST if most is None else float(most)

    def plain(cell: object) -> int | float | None:
        number: int | float
        if type(cell) is str:
            if not _PLAIN.fullmatch(cell) or (whole and "." in cell):
                return None
            number = int(cell) * scale if whole else float(cell)
        elif type(cell) is int and whole:
            number = cell * scale
        elif type(cell) is float and not whole:
            number = cell
        else:
            return None
        # No negative zero.
        return (number if whole else number + 0.0) if bottom <= number <= top else None

    return plain


def _never(_cell: object) -> None:
    """The quick way where there is none."""


def _folded(text: str) -> str:
    return (
        text if text.isascii() else unicodedata.normalize("NFKC", text).replace("−", "-").replace("’", "'")
    ).strip()


def _not_so_written(style: Style, expected: Texts) -> NotAcceptedError:
    """The refusal of a cell that contradicts the other cells of its column."""
    told = Texts(
        f"{expected.en} written with '{style.decimal}' as decimal mark, as its column is",
        f"以“{style.decimal}”为小数点的{expected.zh}（与该列一致）",
    )
    return NotAcceptedError.of(told)


def _exact_float(value: Decimal, expected: Texts) -> float:
    result = float(value)
    if result in (float("inf"), float("-inf")):
        raise NotAcceptedError.of(_and(expected, " that is finite", "，且为有限值"))
    # A binary float keeps 15 decimal digits of any number: more would be rounded without a word.
    if len(value.normalize().as_tuple().digits) > 15 and Decimal(repr(result)) != value:
        raise NotAcceptedError.of(_and(expected, " of at most 15 digits", "，最多 15 位有效数字"))
    return result + 0.0 if result else 0.0


def _bound(limit: float | None) -> Decimal | None:
    return None if limit is None else Decimal(repr(limit))


def _in_words(least: Decimal | None, most: Decimal | None) -> Texts:
    if least is not None and most is not None:
        return Texts(f"from {least} to {most}", f"在 {least} 与 {most} 之间")
    if least is not None:
        return Texts(f"of at least {least}", f"不小于 {least}")
    return Texts(f"of at most {most}", f"不大于 {most}")


def _and(expected: Texts, en: str, zh: str) -> Texts:
    return Texts(expected.en + en, expected.zh + zh)


def _decimal(cell: object, expected: Texts) -> Decimal | None:
    if cell is None:
        return None
    if isinstance(cell, bool):
        raise NotAcceptedError.of(expected)
    if isinstance(cell, int):
        return Decimal(cell)
    if isinstance(cell, float):
        if math.isnan(cell):
            return None
        cell = Decimal(repr(cell))
    if isinstance(cell, dict):
        raise NotAcceptedError(expected.en, code="ROW_OBJECT", zh=expected.zh)
    if isinstance(cell, Decimal) and cell.is_finite() and len(cell.as_tuple().digits) <= _DIGITS:
        return cell
    raise NotAcceptedError.of(expected)


def _bare(text: str, suffixes: tuple[str, ...]) -> str:
    """An amount without the signs of the currency and of the unit that its column is in."""
    sign, rest = (text[0], text[1:].lstrip()) if text[0] in "+-" else ("", text)
    rest = next((rest[len(mark) :].lstrip() for mark in _CURRENCY if rest.upper().startswith(mark)), rest)
    return sign + next((rest[: -len(end)].rstrip() for end in suffixes if rest.endswith(end)), rest)


def _factor(declared: Property, unit: str | None) -> Decimal:
    own = {"money": "fen", "share": "fraction"}.get(declared.type, declared.unit)
    if unit is None:
        return Decimal(100) if declared.type == "money" else Decimal(1)
    known = UNITS.get(own or "", {own: Decimal(1)} if own else {})
    if unit not in known:
        raise WrongUseError(
            Texts(
                f"unit '{unit}' does not fit {declared.name}; it takes {', '.join(known)}",
                f"单位“{unit}”不适用于 {declared.name}；可用单位为 {'、'.join(known)}",
            )
        )
    return known[unit]
