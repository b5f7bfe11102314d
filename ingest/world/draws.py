"""Randomness by name: every process, block and entity draws from a stream of its own.

So a process can change without moving the others, and the world does not depend on the order of computation.
"""

from __future__ import annotations

from zlib import crc32

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

_STEP = np.uint64(0x9E3779B97F4A7C15)


def stream(seed: int, process: str, block: int = 0) -> np.random.Generator:
    """A generator for one process (and one block of entities) of the world of ``seed``."""
    return np.random.Generator(np.random.PCG64([seed, crc32(process.encode()), block]))


def uniform(seed: int, field: str, numbers: npt.NDArray[np.integer]) -> Floats:
    """One number in [0, 1) for each entity number; the same entity always has the same (SplitMix64)."""
    start = np.uint64((seed * 0x5851F42D4C957F2D + crc32(field.encode())) % 2**64)
    with np.errstate(over="ignore"):  # modulo 2^64 is meant
        x = _mixed(numbers.astype(np.uint64) * _STEP + _mixed(np.array([start]))[0])
    return np.asarray((x >> np.uint64(11)).astype(np.float64) * 2.0**-53)


def pick(seed: int, field: str, numbers: npt.NDArray[np.integer], count: int) -> Ints:
    """One integer in [0, count) for each entity number."""
    return np.asarray((uniform(seed, field, numbers) * count).astype(np.int64))


def _mixed(x: npt.NDArray[np.uint64]) -> npt.NDArray[np.uint64]:
    with np.errstate(over="ignore"):
        x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        return x ^ (x >> np.uint64(31))
