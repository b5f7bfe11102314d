"""Draws that depend on the customer and on what they are for, never on the order of rows (science.md 3.2)."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from graph.arrays import Floats
from terms.delayed import Delayed

special: Final[Any] = Delayed("scipy.special")

Keys = npt.NDArray[np.uint64]
"""One hash a customer."""

_GOLDEN: Final = np.uint64(0x9E3779B97F4A7C15)


def hashed(text: str) -> int:
    """The first eight bytes of BLAKE2b of a text, as a number.

    >>> hashed("a") == hashed("a"), hashed("a") == hashed("b")
    (True, False)
    """
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), "big")


def keys_of(names: Iterable[str]) -> Keys:
    """Hashes of n names, n."""
    return np.array([hashed(name) for name in names], dtype=np.uint64)


def uniform(keys: Keys, purpose: str) -> Floats:
    """n draws in (0, 1): splitmix64 of key and purpose. Equal keys and purpose give equal draws."""
    with np.errstate(over="ignore"):
        bits = (keys ^ np.uint64(hashed(purpose))) + _GOLDEN
        bits = (bits ^ (bits >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        bits = (bits ^ (bits >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        bits ^= bits >> np.uint64(31)
    return ((bits >> np.uint64(11)).astype(np.float64) + 0.5) / 2.0**53


def normal(keys: Keys, purpose: str) -> Floats:
    """n draws of N(0, 1)."""
    drawn: Floats = special.ndtri(uniform(keys, purpose))
    return drawn


def numbered(count: int) -> Keys:
    """Keys of things that are no customers: 0, 1, ..."""
    return np.arange(count, dtype=np.uint64)
