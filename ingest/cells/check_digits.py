"""Check digits of identity numbers (GB 11643, by ISO 7064 MOD 11-2) and of unified social credit codes (GB 32100)."""

from __future__ import annotations

from operator import mul
from typing import Final

_IDENTITY_WEIGHTS: Final = tuple(pow(2, 17 - place, 11) for place in range(17))
_IDENTITY_DIGITS: Final = "10X98765432"
_LAST: Final = "0123456789Xx"


class _Weighed(dict[str, int]):
    """What digits from a place on add to the sum, remembered: areas, days of birth and what follows come again."""

    def __init__(self, place: int) -> None:
        super().__init__()
        self._weights = _IDENTITY_WEIGHTS[place:]

    def __missing__(self, digits: str) -> int:
        if len(self) >= _MOST:
            self.clear()
        weighed: int = sum(map(mul, self._weights, map(int, digits)))
        self[digits] = weighed
        return weighed


_MOST: Final = 65_536
_AREA, _BIRTH, _WITHIN = _Weighed(0), _Weighed(6), _Weighed(14)

_CREDIT: Final = "0123456789ABCDEFGHJKLMNPQRTUWXY"
"""The characters of a credit code by their value; I, O, S, V and Z are left out."""
_CREDIT_VALUES: Final = {character: value for value, character in enumerate(_CREDIT)}
_CREDIT_WEIGHTS: Final = tuple(pow(3, place, 31) for place in range(17))


def identity_number_holds(number: str) -> bool:
    """Whether the last character of an identity number of 18 is the one that the others ask for.

    Numbers of other lengths (the old ones of 15 digits, passports) have no check digit and hold.

    >>> identity_number_holds("11010519491231002X"), identity_number_holds("110105194912310021")
    (True, False)
    """
    if len(number) != 18 or not number.isascii() or not number[:17].isdigit() or number[17] not in _LAST:
        return True
    weighed = _AREA[number[:6]] + _BIRTH[number[6:14]] + _WITHIN[number[14:17]]
    return _IDENTITY_DIGITS[weighed % 11] == number[17].upper()


def credit_code_holds(code: str) -> bool:
    """Whether the last character of a unified social credit code is the one that the others ask for.

    >>> credit_code_holds("91350100M000100Y43"), credit_code_holds("91350100M000100Y44")
    (True, False)
    """
    values = [_CREDIT_VALUES[character] for character in code if character in _CREDIT_VALUES]
    if len(code) != 18 or len(values) != 18:
        return False
    rest: int = (sum(map(mul, _CREDIT_WEIGHTS, values)) + values[17]) % 31
    return rest == 0
