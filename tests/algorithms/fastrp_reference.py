"""FastRP node by node from docs/science.md alone: slow, and plain to read."""

from __future__ import annotations

import math
from collections.abc import Sequence
from hashlib import blake2b

WORD = 2**64


def splitmix64(state: int) -> int:
    """The next number of SplitMix64 (Steele, Lea, Flood 2014) whose state is so far advanced already."""
    state %= WORD
    state = (state ^ (state >> 30)) * 0xBF58476D1CE4E5B9 % WORD
    state = (state ^ (state >> 27)) * 0x94D049BB133111EB % WORD
    return state ^ (state >> 31)


def start_vector(key: str, dimension: int, seed: int) -> list[float]:
    """Each entry is 1 or -1 with a chance of a sixth, else 0: four of them from each number, the low bits first."""
    hashed = int.from_bytes(blake2b(key.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "big")
    entries = []
    for at in range(dimension):
        word = splitmix64(hashed + splitmix64(seed) + (at // 4 + 1) * 0x9E3779B97F4A7C15)
        piece = word >> (16 * (at % 4)) & 0xFFFF
        entries.append(1.0 if piece < 10923 else -1.0 if piece < 21846 else 0.0)
    return entries


def fastrp(
    keys: Sequence[str],
    links: Sequence[tuple[int, int, float]],
    *,
    dimension: int,
    steps: Sequence[float],
    seed: int = 0,
) -> list[list[float]]:
    """Step t gives each node the weighted mean of its neighbours' vectors of step t - 1; the embedding is the sum over
    steps of the step's weight times that mean at unit length."""
    current = [start_vector(key, dimension, seed) for key in keys]
    answer = [[0.0] * dimension for _ in keys]
    for step in steps:
        mean = [[0.0] * dimension for _ in keys]
        total = [0.0] * len(keys)
        for one, other, weight in links:
            if one == other:
                continue
            for here, there in ((one, other), (other, one)):
                total[here] += weight
                for at in range(dimension):
                    mean[here][at] += weight * current[there][at]
        current = [
            [value / total[node] for value in mean[node]] if total[node] > 0 else [0.0] * dimension
            for node in range(len(keys))
        ]
        for node, vector in enumerate(current):
            length = math.sqrt(sum(value * value for value in vector))
            if length > 0:
                answer[node] = [
                    a + step * value / length for a, value in zip(answer[node], vector, strict=True)
                ]
    return answer
