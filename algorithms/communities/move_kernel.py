"""The compiled loop in which parties look for the community where they belong."""

from __future__ import annotations

import numpy as np

from algorithms.kernel import kernel
from graph.arrays import Floats, Ints


@kernel("i8 i8 f8 f8 i8* i8 float float")
def move(
    indptr: Ints,
    indices: Ints,
    data: Floats,
    strength: Floats,
    label: Ints,
    start: Ints,
    share: float,
    threshold: float,
) -> None:  # pragma: no cover  # compiled
    """Move parties in place, first in, first out. ``share``: resolution / 2m."""
    size = len(label)
    weight = np.zeros(size + 1)  # of the communities, and of one empty label at a time
    count = np.zeros(size + 1, np.int64)
    for v in range(size):
        weight[label[v]] += strength[v]
        count[label[v]] += 1
    free = np.empty(size + 1, np.int64)  # labels without members, the smallest on top
    top = 0
    for c in range(size, -1, -1):
        if count[c] == 0:
            free[top] = c
            top += 1
    ring = np.empty(size, np.int64)
    waits = np.zeros(size, np.uint8)
    head, length = 0, 0
    for v in start:
        if not waits[v]:
            ring[length] = v
            waits[v] = 1
            length += 1
    to = np.zeros(size + 1)
    near = np.empty(size + 1, np.int64)
    while length:
        v = ring[head]
        head = head + 1 if head + 1 < size else 0
        length -= 1
        waits[v] = 0
        own = label[v]
        found = 0
        for at in range(indptr[v], indptr[v + 1]):
            c = label[indices[at]]
            if to[c] == 0.0:
                near[found] = c
                found += 1
            to[c] += data[at]
        rest = weight[own] - strength[v]
        stay = to[own] - share * strength[v] * rest
        best, worth = own, stay
        if count[own] > 1 and worth < 0.0:
            best, worth = -1, 0.0
        for k in range(found):
            c = near[k]
            if c != own:
                gain = to[c] - share * strength[v] * weight[c]
                if gain > worth or (gain == worth and best not in (own, -1) and c < best):
                    best, worth = c, gain
        for k in range(found):
            to[near[k]] = 0.0
        if best == own or worth - stay <= threshold * strength[v]:
            continue
        if best == -1:
            top -= 1
            best = free[top]
        weight[own] -= strength[v]
        count[own] -= 1
        if count[own] == 0:
            weight[own] = 0.0
            free[top] = own
            top += 1
        weight[best] += strength[v]
        count[best] += 1
        label[v] = best
        for at in range(indptr[v], indptr[v + 1]):
            u = indices[at]
            if label[u] != best and not waits[u]:
                at_end = head + length
                ring[at_end if at_end < size else at_end - size] = u
                waits[u] = 1
                length += 1
