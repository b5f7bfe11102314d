"""Check digits of identity numbers (GB 11643, by ISO 7064 MOD 11-2) and of unified social credit codes (GB 32100)."""

from __future__ import annotations

import re
from operator import mul
from typing import Final

_IDENTITY: Final = re.compile(r"[0-9]{17}[0-9Xx]")
_IDENTITY_WEIGHTS: Final = tuple(pow(2, 17 - place, 11) for place in range(17))
_IDENTITY_DIGITS: Final = "10X98765432"

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
    if not _IDENTITY.fullmatch(number):
        return True
    rest: int = sum(map(mul, _IDENTITY_WEIGHTS, map(int, number[:17]))) % 11
    return _IDENTITY_DIGITS[rest] == number[17].upper()


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
