"""Decimal point or decimal comma: how the numbers of a column are written.

``412,750`` is 412750 in one column and 412.75 in another, so the column decides and not the cell: ``0,125``, ``12,5``
and ``1.234,56`` prove a decimal comma, ``0.125``, ``12.5`` and ``1,234.56`` a decimal point.
"""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import Final, Literal, NamedTuple, TypeAlias

LONGEST: Final = 28
"""Characters of a number: more digits than any kept number has."""

THOUSANDS: Final = (",", ".", " ", "'")
"""What may stand between groups of three digits."""


class Style(NamedTuple):
    """How a column writes its numbers.

    ``firm``: false where its cells contradict each other; a cell that could be meant either way is then refused.
    """

    decimal: str = "."
    thousands: str = ","
    firm: bool = True

    @property
    def other(self) -> Style:
        """The style with which this one may be confused."""
        return COMMA if self.decimal == "." else POINT


POINT: Final = Style()
COMMA: Final = Style(",", ".")

Proof: TypeAlias = Literal["point", "comma", "open"] | None
"""What a cell proves of its column. ``open``: both styles read it, and differently; ``None``: nothing."""


def declared_style(decimal: str | None, thousands: str | None) -> Style | None:
    """The style that a manifest states; ``None`` where it states nothing."""
    if decimal is None and thousands is None:
        return None
    decimal = decimal or ("," if thousands == "." else ".")
    return Style(decimal, thousands or ("." if decimal == "," else ","))


def number_of(text: str, style: Style) -> Decimal | None:
    """The number that a text is in a style; ``None`` where it is none.

    >>> number_of("1,234.5", POINT), number_of("0,125", COMMA), number_of("0,125", POINT)
    (Decimal('1234.5'), Decimal('0.125'), None)
    """
    if len(text) > LONGEST or not _pattern(style.decimal, style.thousands).fullmatch(text):
        return None
    try:
        return Decimal(text.replace(style.thousands, "").replace(style.decimal, "."))
    except InvalidOperation:
        return None


def proof_of(text: str) -> Proof:
    """What the writing of a number proves of its column.

    >>> [proof_of(text) for text in ("0,125", "1,234.56", "412,750", "412.750", "12")]
    ['comma', 'point', 'open', 'open', None]
    """
    if "." not in text and "," not in text:
        return None
    point, comma = number_of(text, POINT), number_of(text, COMMA)
    if comma is None:
        return None if point is None else "point"
    if point is None:
        return "comma"
    return None if point == comma else "open"


@lru_cache
def _pattern(decimal: str, thousands: str) -> re.Pattern[str]:
    """No group of thousands stands after a leading 0."""
    group, mark = re.escape(thousands), re.escape(decimal)
    whole = rf"\d+|[1-9]\d{{0,2}}(?:{group}\d{{3}})+"
    return re.compile(rf"[+-]?(?:{whole})?(?:{mark}\d*)?(?:[eE][+-]?\d{{1,3}})?", re.ASCII)
