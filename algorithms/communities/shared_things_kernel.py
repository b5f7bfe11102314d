"""The compiled loop that links all who share a thing."""

from __future__ import annotations

from algorithms.kernel import kernel
from graph.arrays import Floats, Ints


@kernel("i8 i8 f8 int i8* i8* f8*")
def pairs_of(
    start: Ints, member: Ints, each: Floats, most: int, source: Ints, target: Ints, value: Floats
) -> None:  # pragma: no cover  # compiled
    """Everyone with everyone of each thing; ``start``: where the members of each begin."""
    length = 0
    for one in range(len(each)):
        if start[one + 1] - start[one] > most:
            continue
        for i in range(start[one], start[one + 1]):
            for j in range(i + 1, start[one + 1]):
                source[length] = member[i]
                target[length] = member[j]
                value[length] = each[one]
                length += 1
