"""Compiled: walking back from the roots of large blocks, 64 draws at a time."""

from __future__ import annotations

import numpy as np

from algorithms.kernel import kernel
from algorithms.risk.close_groups.links import DRAWS, Bytes, Ints16, Ints32
from graph.arrays import Floats, Ints


@kernel("i8 i4 f8 i8 i8 i8 i8 i8 u1")
def walk_back(
    ptr: Ints,
    source: Ints32,
    weight: Floats,
    hashes: Ints,
    kept: Ints,
    root: Ints,
    first: Ints,
    member: Ints,
    drawn: Bytes,
) -> tuple[Ints, Ints16]:  # pragma: no cover  # compiled
    step = np.uint64(0x9E3779B97F4A7C15)
    one, other = np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB)
    none = np.uint64(0)
    # A lone bit times this constant (de Bruijn) has another six highest bits for each place of the bit.
    unique = np.uint64(0x03F79D71B4CB0A89)
    place_of = np.empty(64, dtype=np.int64)
    for b in range(64):
        place_of[((np.uint64(1) << np.uint64(b)) * unique) >> np.uint64(58)] = b
    words = (DRAWS + 63) // 64
    place = np.full(len(ptr) - 1, -1, dtype=np.int64)
    places = 0
    many = 0
    largest = 0
    for q in range(len(kept)):
        places = max(places, kept[q] + 1)
    for t in range(len(root)):
        if drawn[t] == 1:
            many += first[t + 1] - first[t]
            largest = max(largest, first[t + 1] - first[t] + 1)
    live = np.empty((places, words), dtype=np.uint64)
    known = np.zeros(places, dtype=np.uint64)  # which words of a link have been found
    begin = np.zeros(many + 1, dtype=np.int64)
    draws = np.empty(1024, dtype=np.uint16)
    waits = np.zeros(largest, dtype=np.uint8)
    queue = np.empty(largest, dtype=np.int64)
    # The links inside the block of one table, by the member that they enter.
    inner_ptr = np.zeros(largest + 1, dtype=np.int64)
    inner_from = np.empty(len(source), dtype=np.int32)
    inner_link = np.empty(len(source), dtype=np.int64)
    filled = 0
    at = 0
    for t in range(len(root)):
        if drawn[t] == 0:
            continue
        count = first[t + 1] - first[t]
        for p in range(count):
            place[member[first[t] + p]] = p
        place[root[t]] = count
        inner = 0
        for p in range(count + 1):
            u = root[t] if p == count else member[first[t] + p]
            for q in range(ptr[u], ptr[u + 1]):
                if place[source[q]] >= 0:
                    inner_from[inner] = place[source[q]]
                    inner_link[inner] = q
                    inner += 1
            inner_ptr[p + 1] = inner
        reaches = np.zeros((count + 1, words), dtype=np.uint64)
        found = 0
        for w in range(words):
            bits = min(64, DRAWS - 64 * w)
            reaches[count, w] = ~none >> np.uint64(64 - bits)
            # First in, first out: who is seen by many ways is walked on from when most of them have come in.
            queue[0] = count
            head, length = 0, 1
            while length > 0:
                u = queue[head]
                head = head + 1 if head + 1 < largest else 0
                length -= 1
                waits[u] = 0
                here = reaches[u, w]
                for g in range(inner_ptr[u], inner_ptr[u + 1]):
                    p = inner_from[g]
                    wanted = here & ~reaches[p, w]
                    if wanted == none:
                        continue
                    q = inner_link[g]
                    keep = kept[q]
                    if keep >= 0 and (known[keep] >> np.uint64(w)) & np.uint64(1) != none:
                        wanted &= live[keep, w]
                    else:
                        word = none
                        for b in range(bits):
                            bit = np.uint64(1) << np.uint64(b)
                            if keep >= 0 or wanted & bit != none:
                                z = np.uint64(hashes[q]) + np.uint64(64 * w + b) * step + step
                                z = (z ^ (z >> np.uint64(30))) * one
                                z = (z ^ (z >> np.uint64(27))) * other
                                z ^= z >> np.uint64(31)
                                if np.float64(z) / 18446744073709551616.0 < weight[q]:
                                    word |= bit
                        if keep >= 0:
                            live[keep, w] = word
                            known[keep] |= np.uint64(1) << np.uint64(w)
                        wanted &= word
                    if wanted != none:
                        reaches[p, w] |= wanted
                        if waits[p] == 0:
                            waits[p] = 1
                            tail = head + length
                            queue[tail if tail < largest else tail - largest] = p
                            length += 1
            for p in range(count):
                rest = reaches[p, w]
                while rest != none:
                    rest &= rest - np.uint64(1)
                    found += 1
        if filled + found > len(draws):
            wider = np.empty(max(filled + found, 2 * len(draws)), dtype=np.uint16)
            wider[:filled] = draws[:filled]
            draws = wider
        for p in range(count):
            for w in range(words):
                rest = reaches[p, w]
                while rest != none:
                    below = rest & (rest - np.uint64(1))
                    draws[filled] = 64 * w + place_of[((rest ^ below) * unique) >> np.uint64(58)]
                    filled += 1
                    rest = below
            at += 1
            begin[at] = filled
            place[member[first[t] + p]] = -1
        place[root[t]] = -1
    return begin, draws[:filled]
