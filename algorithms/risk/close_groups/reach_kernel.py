"""Compiled: the chance of each set of parties that a root reaches, exactly and by draws."""

from __future__ import annotations

import numpy as np

from algorithms.kernel import kernel
from algorithms.risk.close_groups.links import Bytes, Ints32
from graph.arrays import Floats, Ints


@kernel("i8 i4 f8 i8 i8 i8 u1 i8 f8*")
def exact(
    ptr: Ints,
    source: Ints32,
    weight: Floats,
    root: Ints,
    first: Ints,
    member: Ints,
    drawn: Bytes,
    value_first: Ints,
    value: Floats,
) -> None:  # pragma: no cover  # compiled
    """Write the chance of each set of a table that is not drawn, from ``value_first`` on, in the order of its bits."""
    most = 0
    for t in range(len(root)):
        if drawn[t] == 0:
            most = max(most, first[t + 1] - first[t])
    mass = np.zeros((1 << most, 1 << most))
    into = np.zeros((most + 1, most + 1))  # into[u, k]: weight of k -> u; the root stands last
    chance = np.empty(1 << most)
    which = np.empty(1 << most, dtype=np.int64)
    for t in range(len(root)):
        if drawn[t] == 1:
            continue
        size = first[t + 1] - first[t]
        out = value_first[t]
        for a in range(size + 1):
            u = root[t] if a == size else member[first[t] + a]
            q, last = ptr[u], ptr[u + 1]
            if last - q > 64 * size:
                for b in range(size):
                    k = member[first[t] + b]
                    low, high = q, last
                    while low < high:
                        middle = (low + high) // 2
                        if source[middle] < k:
                            low = middle + 1
                        else:
                            high = middle
                    into[a, b] = weight[low] if low < last and source[low] == k else 0.0
            else:
                for b in range(size):
                    k = member[first[t] + b]
                    while q < last and source[q] < k:
                        q += 1
                    into[a, b] = weight[q] if q < last and source[q] == k else 0.0
        if size == 1:
            value[out], value[out + 1] = 1.0 - into[1, 0], into[1, 0]
            continue
        whole = (1 << size) - 1
        for reached in range(whole + 1):
            layer = reached
            while True:
                # Layers within ``reached``, largest first; an empty one only where nobody is reached: the root itself.
                share = 1.0 if reached == 0 else mass[reached, layer]
                if reached != 0:
                    mass[reached, layer] = 0.0
                if share > 0.0:
                    chance[0] = share
                    which[0] = 0
                    count = 1
                    for b in range(size):
                        if reached >> b & 1:
                            continue
                        hit, spared = 0.0, 1.0
                        if reached == 0:
                            hit, spared = into[size, b], 1.0 - into[size, b]
                        else:
                            for a in range(size):
                                if layer >> a & 1:
                                    hit += into[a, b] * spared
                                    spared *= 1.0 - into[a, b]
                        for c in range(count):
                            chance[count + c] = chance[c] * hit
                            which[count + c] = which[c] | (1 << b)
                            chance[c] *= spared
                        count *= 2
                    value[out + reached] += chance[0]
                    for c in range(1, count):
                        mass[reached | which[c], which[c]] += chance[c]
                if layer == 0:
                    break
                layer = (layer - 1) & reached
                if layer == 0:
                    break
