"""Number formats of a workbook: what kind of number a format makes, and how it writes a code.

Only what changes the reading is worked out: dates, times, percentages, and codes (leading zeros, characters between or
around the digits). Colours, separators of thousands and decimals change how a number looks, not which one it is.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Final, Literal, NamedTuple, TypeAlias

FormatKind: TypeAlias = Literal["plain", "code", "percent", "date", "time", "elapsed"]

_BUILT_IN_TIMES: Final = frozenset({18, 19, 20, 21, 32, 33, 34, 35, 45, 47, 55, 56, 75, 76, 77, 78, 80})
_BUILT_IN_DATES: Final = frozenset({14, 15, 16, 17, 22, *range(27, 37), *range(50, 59), *range(71, 82)})
BUILT_IN: Final[Mapping[int, str]] = {
    **dict.fromkeys(_BUILT_IN_DATES, "yyyy-mm-dd"),
    **dict.fromkeys(_BUILT_IN_TIMES, "hh:mm:ss"),
    9: "0%",
    10: "0.00%",
    46: "[h]:mm:ss",
    79: "[h]:mm:ss",
}
"""Numbers of formats that no file spells out -> a format of the same kind; all others are plain. ECMA-376, 18.8.30."""

_TOKEN: Final = re.compile(
    r"""
    "(?P<quoted>[^"]*)"?
  | \\(?P<escaped>.)
  | _. | \*.                                  # room as wide as a character; a character that fills the cell
  | \[(?P<elapsed>h+|m+|s+)\]
  | \[(?P<test><=|>=|<>|<|>|=)(?P<limit>-?[0-9.]+)\]
  | \[\$(?P<symbol>[^\]-]*)[^\]]*\] | \[[^\]]*\]   # a currency and a language; a colour, a kind of numerals
  | (?P<general>general)
  | (?P<exponent>e[+-])
  | (?P<clock>am/pm | a/p | 上午/下午)
  | (?P<date>[ymdhsgeb]|a{3,})
  | (?P<place>[0\#?])
  | (?P<other>.)
    """,
    re.VERBOSE | re.IGNORECASE | re.DOTALL,
)
_TESTS: Final[Mapping[str, Callable[[float, float], bool]]] = {
    "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge, "=": operator.eq, "<>": operator.ne,
}  # fmt: skip
_LONGEST: Final = 1_000


class _Part(NamedTuple):
    """A place for a digit (``0``, ``#``, ``?``), or text that stands in the cell as it is."""

    kind: Literal["place", "text"]
    text: str


@dataclass(frozen=True, slots=True)
class _Section:
    """One of up to four parts of a format: how numbers look for which ``holds`` is true."""

    kind: FormatKind
    whole: tuple[_Part, ...]
    decimals: int
    grouped: bool
    holds: Callable[[float], bool] | None


@dataclass(frozen=True, slots=True)
class NumberFormat:
    """A format that changes how its numbers are read.

    ``decimals``: digits behind the point, of a percentage. ``noughts``: of a format of nothing but noughts, how many.
    """

    kind: FormatKind
    decimals: int
    sections: tuple[_Section, ...]
    noughts: int = 0

    def code(self, value: int | float) -> str | None:
        """The number as this format writes it; ``None`` where it adds nothing or would lose a digit.

        >>> number_format("000000000000").code(1234567), number_format("0000-0000").code(123456)
        ('000001234567', '0012-3456')
        """
        if self.noughts and isinstance(value, int) and value >= 0:
            return str(value).zfill(self.noughts)  # the way of nearly all codes
        section = self._section(value)
        if section is None or section.kind != "code":
            return None
        return _written(section, value)

    def _section(self, value: float) -> _Section | None:
        tested = [section for section in self.sections if section.holds is not None]
        if tested:
            fitting = (s for s in self.sections if s.holds is None or s.holds(value))
            return next(fitting, None)
        if value < 0 and len(self.sections) > 1:
            return None  # brackets or a colour in place of the sign
        if value == 0 and len(self.sections) > 2:
            return self.sections[2]
        return self.sections[0]


@lru_cache(maxsize=4_096)
def number_format(code: str) -> NumberFormat | None:
    """What a format says of its numbers; ``None`` for one that leaves them as they are.

    Args:
        code: as in ``numFmt``, for example ``[$-804]yyyy"年"m"月"`` or ``0000-0000;@``.
    """
    sections = _sections(code[:_LONGEST])
    kind: FormatKind = sections[0].kind
    if kind == "plain" and any(section.kind == "code" for section in sections):
        kind = "code"
    if kind == "plain":
        return None
    return NumberFormat(kind, sections[0].decimals, sections, len(code) if not code.strip("0") else 0)


def _sections(code: str) -> tuple[_Section, ...]:
    found: list[list[re.Match[str]]] = [[]]
    for token in _TOKEN.finditer(code):
        if token["other"] == ";":
            found.append([])
        else:
            found[-1].append(token)
    return tuple(map(_section, found[:3]))


def _section(tokens: list[re.Match[str]]) -> _Section:
    groups = {token.lastgroup for token in tokens}
    test = next((t for t in tokens if t["test"]), None)
    holds = None if test is None else _limit(test["test"], test["limit"])
    parts: list[_Part] = []
    decimals, point, percent, fraction = 0, False, False, False
    grouped = scaled = False
    for token in tokens:
        other = token["other"]
        if token["place"]:
            # A comma between places parts thousands; one behind the last of them shows thousands only.
            grouped, scaled = grouped or scaled, False
            if point:
                decimals += 1
            else:
                parts.append(_Part("place", token["place"]))
        elif other == "." and not point:
            point = True
        elif other == ",":
            scaled = True
        elif other == "%":
            percent = True
        elif other == "/":
            fraction = True
        elif token["general"]:
            parts.append(_Part("place", "0"))
        elif text := token["quoted"] or token["escaped"] or token["symbol"] or other:
            parts.append(_Part("text", text))
    kind = _kind(tokens, parts, percent=percent)
    other_number = fraction or scaled or "exponent" in groups
    if kind == "code" and (other_number or not _adds(parts, decimals, grouped=grouped)):
        kind = "plain"
    return _Section(kind, tuple(parts), decimals, grouped, holds)


def _kind(tokens: list[re.Match[str]], parts: list[_Part], *, percent: bool) -> FormatKind:
    if any(token["elapsed"] for token in tokens):
        return "elapsed"
    letters = {token["date"][0].lower() for token in tokens if token["date"]}
    places = [part for part in parts if part.kind == "place"]
    if letters and not places:
        times = letters <= {"h", "m", "s"} and letters & {"h", "s"}
        return "time" if times else "date"
    if percent:
        return "percent"
    return "code" if places else "plain"


def _adds(parts: list[_Part], decimals: int, *, grouped: bool) -> bool:
    """Whether the format adds characters to a code: zeros in front, or text that can be seen."""
    if sum(part == ("place", "0") for part in parts) > 1:
        return True
    seen = any(part.kind == "text" and part.text.strip() for part in parts)
    return seen and not decimals and not grouped


def _limit(test: str, limit: str) -> Callable[[float], bool] | None:
    compare = _TESTS[test]
    try:
        bound = float(limit)
    except ValueError:
        return None
    return lambda value: compare(value, bound)


def _written(section: _Section, value: int | float) -> str | None:
    if value == 0 and _Part("place", "0") not in section.whole:
        return None  # a dash, or nothing, in place of a nought
    exact = Decimal(repr(value))
    rounded = round(exact, section.decimals)
    if rounded != exact:
        return None
    digits, _, behind = format(abs(rounded), f".{section.decimals}f").partition(".")
    left = list(digits.lstrip("0"))
    places = sum(part.kind == "place" for part in section.whole)
    out: list[str] = []
    filled = 0
    for part in reversed(section.whole):
        if part.kind == "text":
            out.append(part.text)
            continue
        places -= 1
        taken = [left.pop()] if left else ["0"] if part.text == "0" else []
        if not places:
            taken += reversed(left)  # what the format has no place for stands before its first one
        for digit in taken:
            if section.grouped and filled and filled % 3 == 0:
                out.append(",")
            out.append(digit)
            filled += 1
    sign = "-" if value < 0 else ""
    return sign + "".join(reversed(out)) + (f".{behind}" if behind else "")
