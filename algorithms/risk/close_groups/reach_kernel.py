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


@kernel("i8 i4 f8 i8 i8 i8 i8 u1 int")
def draw(
    ptr: Ints,
    source: Ints32,
    weight: Floats,
    hashes: Ints,
    root: Ints,
    first: Ints,
    member: Ints,
    drawn: Bytes,
    draws: int,
) -> tuple[Ints, Floats, Ints, Ints32]:  # pragma: no cover  # compiled
    """Sets found per table, the share of draws of each, and their members (positions within the block)."""
    step = np.uint64(0x9E3779B97F4A7C15)
    one, other = np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB)
    size = len(ptr) - 1
    place = np.full(size, -1, dtype=np.int64)
    seen = np.full(size, -1, dtype=np.int64)
    stack = np.empty(size, dtype=np.int64)
    found = np.empty(size, dtype=np.int32)
    found_so_far = np.zeros(len(root), dtype=np.int64)
    share = [0.0 for _ in range(0)]
    set_first = [np.int64(0)]
    set_member = [np.int32(0) for _ in range(0)]
    room = 1
    while room < 2 * draws:
        room *= 2
    known = np.empty(room, dtype=np.int64)
    walk = 0
    for t in range(len(root)):
        if drawn[t] == 0:
            continue
        for p in range(first[t], first[t + 1]):
            place[member[p]] = p - first[t]
        known[:] = -1
        begin = len(share)
        for draw in range(draws):
            walk += 1
            seen[root[t]] = walk
            stack[0] = root[t]
            depth = 1
            count = 0
            while depth > 0:
                depth -= 1
                u = stack[depth]
                for q in range(ptr[u], ptr[u + 1]):
                    k = source[q]
                    if place[k] < 0 or seen[k] == walk:
                        continue
                    z = np.uint64(hashes[q]) + np.uint64(draw) * step + step
                    z = (z ^ (z >> np.uint64(30))) * one
                    z = (z ^ (z >> np.uint64(27))) * other
                    z ^= z >> np.uint64(31)
                    if np.float64(z) / 18446744073709551616.0 < weight[q]:
                        seen[k] = walk
                        stack[depth] = k
                        depth += 1
                        found[count] = place[k]
                        count += 1
            found[:count].sort()
            mixed = np.int64(count)
            for c in range(count):
                mixed = (mixed ^ found[c]) * np.int64(-7046029254386353131)
                mixed ^= mixed >> 32
            at = mixed & (room - 1)
            while known[at] >= 0:
                v = known[at]
                same = set_first[v + 1] - set_first[v] == count
                c = 0
                while same and c < count:
                    same = set_member[set_first[v] + c] == found[c]
                    c += 1
                if same:
                    break
                at = (at + 1) & (room - 1)
            if known[at] < 0:
                known[at] = len(share)
                share.append(0.0)
                for c in range(count):
                    set_member.append(found[c])
                set_first.append(np.int64(len(set_member)))
            share[known[at]] += 1.0 / draws
        found_so_far[t] = len(share) - begin
        for p in range(first[t], first[t + 1]):
            place[member[p]] = -1
    return found_so_far, np.array(share), np.array(set_first), np.array(set_member)
