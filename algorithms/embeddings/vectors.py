"""Rows of numbers in float32, and what is asked of them: length one, cosine, the random vectors to start from."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from hashlib import blake2b
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from graph.arrays import Floats, Ints

Vectors: TypeAlias = npt.NDArray[np.float32]
"""n x d, a row for each node."""
Hashes: TypeAlias = npt.NDArray[np.uint64]

_GOLDEN = 0x9E3779B97F4A7C15
_MASK = 2**64 - 1
_SIXTH = 10_923
"""A sixth of 2^16."""
_ROWS = 1 << 14
"""Rows at a time, so that what lies between two arrays stays in the processor's cache."""


def key_hashes(keys: Sequence[str]) -> Hashes:
    """n 64-bit hashes of keys: the digest of BLAKE2b at that length, read big-endian."""
    digests = b"".join(blake2b(key.encode("utf-8", "surrogatepass"), digest_size=8).digest() for key in keys)
    return np.frombuffer(digests, dtype=">u8").astype(np.uint64)


def start_vectors(hashes: Hashes, dimension: int, *, seed: int = 0) -> Vectors:
    """Very sparse random vectors (Li, Hastie, Church 2006): 1 or -1 with a chance of a sixth each, else 0.

    A row is a function of its hash and the seed alone, so that embeddings of two runs can be compared.

    Returns:
        n x ``dimension`` float32.
    """
    words = -(-dimension // 4)
    steps = (np.arange(1, words + 1, dtype=np.uint64) * np.uint64(_GOLDEN)) + np.uint64(_mixed_seed(seed))
    vectors = np.empty((len(hashes), dimension), dtype=np.float32)
    for rows in _slices(len(hashes)):
        pieces = _mixed(hashes[rows, None] + steps).astype("<u8").view("<u2")[:, :dimension]
        vectors[rows] = (pieces < _SIXTH).astype(np.int8) - (
            (pieces >= _SIXTH) & (pieces < 2 * _SIXTH)
        ).astype(np.int8)
    return vectors


def _mixed(state: Hashes) -> Hashes:
    """The numbers of SplitMix64 (Steele, Lea, Flood 2014) at some states."""
    state = (state ^ (state >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    state = (state ^ (state >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return state ^ (state >> np.uint64(31))


def _mixed_seed(seed: int) -> int:
    return int(_mixed(np.array([seed & _MASK], dtype=np.uint64))[0])


def lengths(vectors: Vectors) -> Vectors:
    """n Euclidean lengths, float32."""
    squares: Vectors = np.einsum("ij,ij->i", vectors, vectors)
    return np.sqrt(squares)


def add_at_unit_length(total: Vectors, vectors: Vectors, weight: float) -> None:
    """Add ``weight`` times each row at length one to the rows of ``total``; rows of length 0 add nothing."""
    length = lengths(vectors)
    factor = np.divide(np.float32(weight), length, out=np.zeros_like(length), where=length > 0)
    for rows in _slices(len(vectors)):
        total[rows] += vectors[rows] * factor[rows, None]


def unit(vectors: Vectors) -> Vectors:
    """The rows at length one; rows of length 0 stay as they are."""
    scaled = np.zeros_like(vectors)
    add_at_unit_length(scaled, vectors, 1.0)
    return scaled


def cosines(unit_vectors: Vectors, one: Ints, other: Ints) -> Floats:
    """Cosine of each pair of rows, k values in [-1, 1]; 0 where one of the two has length 0."""
    found = np.empty(len(one))
    for rows in _slices(len(one)):
        found[rows] = np.einsum("ij,ij->i", unit_vectors[one[rows]], unit_vectors[other[rows]])
    return found


def _slices(size: int) -> Iterator[slice]:
    return (slice(start, start + _ROWS) for start in range(0, size, _ROWS))
