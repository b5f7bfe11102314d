"""The compiled reading of normal scores by level and place."""

from __future__ import annotations

from algorithms.kernel import kernel
from graph.arrays import Floats, Ints


@kernel("i8 i8 f8 i8 f8 int f8*2")
def read_levels(
    codes: Ints, place: Ints, missing: Floats, begin: Ints, normal: Floats, width: int, found: Floats
) -> None:
    n, q = found.shape
    for k in range(q):
        for i in range(n):
            code = codes[k * n + i]
            if code < 0:
                found[i, k] = missing[k * n + i]
            else:
                found[i, k] = normal[begin[k * width + code] + place[k * n + i]]
