"""The compiled steps of a Leiden run: parts of communities that hang together, and the network of parts."""

from __future__ import annotations

import numpy as np

from algorithms.kernel import kernel
from graph.arrays import Floats, Ints


@kernel("i8 i8 f8 f8 i8 i8 f8 float float")
def parts(
    indptr: Ints,
    indices: Ints,
    data: Floats,
    strength: Floats,
    label: Ints,
    order: Ints,
    draw: Floats,
    share: float,
    heat: float,
) -> Ints:  # pragma: no cover  # compiled
    """Parts of each community, n labels of 0..n-1: every party begins alone, and who still is joins a part.

    A party joins only within its community ``label``, of 0..n-1, and only where it and the part hang together with the
    rest of it. ``order``: in which they are asked. ``draw``: n numbers of [0, 1); part p is chosen with a chance in
    proportion to exp(gain of p / heat). ``share``: resolution / 2m.
    """
    size = len(label)
    part = np.arange(size)
    whole = np.zeros(size)  # strength of each community
    inside = np.zeros(size)  # weight from a part to the rest of its community
    for v in range(size):
        whole[label[v]] += strength[v]
        for at in range(indptr[v], indptr[v + 1]):
            if label[indices[at]] == label[v]:
                inside[v] += data[at]
    weight = strength.copy()
    joined = np.zeros(size, np.uint8)
    to = np.zeros(size)
    near = np.empty(size, np.int64)
    gain = np.empty(size)
    for v in order:
        c, k = label[v], strength[v]
        if joined[v] or inside[v] < share * k * (whole[c] - k):
            continue
        found = 0
        for at in range(indptr[v], indptr[v + 1]):
            u = indices[at]
            if label[u] == c:
                p = part[u]
                if to[p] == 0.0:
                    near[found] = p
                    found += 1
                to[p] += data[at]
        best, kept = 0.0, 0
        for i in range(found):
            p = near[i]
            worth = to[p] - share * k * weight[p]
            if worth > 0.0 and inside[p] >= share * weight[p] * (whole[c] - weight[p]):
                near[i], near[kept] = near[kept], p
                gain[kept] = worth
                kept += 1
                best = max(best, worth)
        if kept:
            total = 0.0
            for i in range(kept):
                total += np.exp((gain[i] - best) / heat)
                gain[i] = total
            chosen = 0
            while chosen < kept - 1 and gain[chosen] <= draw[v] * total:
                chosen += 1
            p = near[chosen]
            inside[p] += inside[v] - 2.0 * to[p]
            weight[p] += k
            part[v] = p
            joined[v] = 1
            joined[p] = 1
        for i in range(found):
            to[near[i]] = 0.0
    return part


@kernel("i8*")
def renumber(label: Ints) -> int:  # pragma: no cover  # compiled
    """Number labels of 0..n by their first member, in place; how many there are."""
    new = np.full(len(label) + 1, -1)
    count = 0
    for v in range(len(label)):
        if new[label[v]] == -1:
            new[label[v]] = count
            count += 1
        label[v] = new[label[v]]
    return count


@kernel("i8 i8 f8 i8 int")
def together(
    indptr: Ints, indices: Ints, data: Floats, group: Ints, count: int
) -> tuple[Ints, Ints, Floats]:  # pragma: no cover  # compiled
    """The network of groups 0..count-1 as rows, columns and weights; links within a group are left out."""
    size = len(group)
    start = np.zeros(count + 1, np.int64)
    for v in range(size):
        start[group[v] + 1] += 1
    for c in range(count):
        start[c + 1] += start[c]
    place = start[:-1].copy()
    member = np.empty(size, np.int64)
    for v in range(size):
        member[place[group[v]]] = v
        place[group[v]] += 1
    rows = np.zeros(count + 1, np.int64)
    columns = np.empty(len(indices), np.int64)
    weights = np.empty(len(indices))
    to = np.zeros(count)
    length = 0
    for c in range(count):
        first = length
        for i in range(start[c], start[c + 1]):
            v = member[i]
            for at in range(indptr[v], indptr[v + 1]):
                d = group[indices[at]]
                if d != c:
                    if to[d] == 0.0:
                        columns[length] = d
                        length += 1
                    to[d] += data[at]
        for at in range(first, length):
            weights[at] = to[columns[at]]
            to[columns[at]] = 0.0
        rows[c + 1] = length
    return rows, columns[:length].copy(), weights[:length].copy()
