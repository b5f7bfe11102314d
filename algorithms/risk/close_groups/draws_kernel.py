"""Compiled: walking back from the roots of large blocks, 64 draws at a time, and what their sets of members come to."""

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
) -> tuple[Ints, Ints16, Ints16, Ints, Ints32]:  # pragma: no cover  # compiled
    """The lists of ``Drawn`` in the order of its fields."""
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
    largest = 0
    for q in range(len(kept)):
        places = max(places, kept[q] + 1)
    for t in range(len(root)):
        if drawn[t] == 1:
            largest = max(largest, first[t + 1] - first[t] + 1)
    live = np.empty((places, words), dtype=np.uint64)
    known = np.zeros(places, dtype=np.uint64)  # which words of a link have been found
    node_first = [np.int64(0)]
    parent = np.empty(1024, dtype=np.uint16)
    count = np.empty(1024, dtype=np.uint16)
    run_first = np.zeros(1025, dtype=np.int64)
    run = np.empty(1024, dtype=np.int32)
    nodes, filled = 0, 0
    # The tree of one table: every draw stands at a node and moves down as members that reach the root come in turn.
    stands = np.empty(DRAWS, dtype=np.int32)
    above = np.empty(2 * DRAWS + 1, dtype=np.int32)
    size = np.empty(2 * DRAWS + 1, dtype=np.int32)
    hits = np.zeros(2 * DRAWS + 1, dtype=np.int32)
    goes = np.empty(2 * DRAWS + 1, dtype=np.int32)
    forks = np.zeros(2 * DRAWS + 1, dtype=np.uint8)
    head_of = np.empty(2 * DRAWS + 1, dtype=np.int32)
    tail_of = np.empty(2 * DRAWS + 1, dtype=np.int32)
    met = np.empty(DRAWS, dtype=np.int32)
    coming = np.empty(DRAWS, dtype=np.int32)
    waits = np.zeros(largest, dtype=np.uint8)
    queue = np.empty(largest, dtype=np.int64)
    # The links inside the block of one table, by the member that they enter.
    inner_ptr = np.zeros(largest + 1, dtype=np.int64)
    inner_from = np.empty(len(source), dtype=np.int32)
    inner_link = np.empty(len(source), dtype=np.int64)
    for t in range(len(root)):
        if drawn[t] == 0:
            continue
        others = first[t + 1] - first[t]
        for p in range(others):
            place[member[first[t] + p]] = p
        place[root[t]] = others
        inner = 0
        for p in range(others + 1):
            u = root[t] if p == others else member[first[t] + p]
            for q in range(ptr[u], ptr[u + 1]):
                if place[source[q]] >= 0:
                    inner_from[inner] = place[source[q]]
                    inner_link[inner] = q
                    inner += 1
            inner_ptr[p + 1] = inner
        reaches = np.zeros((others + 1, words), dtype=np.uint64)
        for w in range(words):
            bits = min(64, DRAWS - 64 * w)
            reaches[others, w] = ~none >> np.uint64(64 - bits)
            # First in, first out: who is seen by many ways is walked on from when most of them have come in.
            queue[0] = others
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
        frequency = np.zeros(others, dtype=np.int64)
        entries = 0
        for p in range(others):
            for w in range(words):
                rest = reaches[p, w]
                while rest != none:
                    rest &= rest - np.uint64(1)
                    frequency[p] += 1
            entries += frequency[p]
        # Those that reach most often come first, so that most draws go the same way for long.
        order = np.argsort(-frequency, kind="mergesort")
        item = np.empty(entries, dtype=np.int32)
        item_next = np.empty(entries, dtype=np.int32)
        items = 0
        made = 1
        stands[:] = 0
        above[0], size[0], head_of[0], tail_of[0], forks[0] = -1, DRAWS, -1, -1, 0
        for a in range(others):
            p = order[a]
            many = 0
            for w in range(words):
                rest = reaches[p, w]
                while rest != none:
                    below = rest & (rest - np.uint64(1))
                    coming[many] = 64 * w + place_of[((rest ^ below) * unique) >> np.uint64(58)]
                    many += 1
                    rest = below
            seen = 0
            for b in range(many):
                v = stands[coming[b]]
                if hits[v] == 0:
                    met[seen] = v
                    seen += 1
                hits[v] += 1
            for b in range(seen):
                v = met[b]
                child = v
                if hits[v] < size[v] or forks[v] == 1:
                    child = np.int32(made)
                    made += 1
                    above[child], size[child] = v, hits[v]
                    head_of[child], tail_of[child], forks[child] = -1, -1, 0
                    size[v] -= hits[v]
                    forks[v] = 1
                item[items], item_next[items] = p, -1
                if head_of[child] < 0:
                    head_of[child] = items
                else:
                    item_next[tail_of[child]] = items
                tail_of[child] = items
                items += 1
                goes[v] = child
                hits[v] = 0
            for b in range(many):
                stands[coming[b]] = goes[stands[coming[b]]]
        if nodes + made > len(parent):
            room = max(nodes + made, 2 * len(parent))
            parent = np.append(parent, np.empty(room - len(parent), dtype=np.uint16))
            count = np.append(count, np.empty(room - len(count), dtype=np.uint16))
            run_first = np.append(run_first, np.zeros(room + 1 - len(run_first), dtype=np.int64))
        if filled + items > len(run):
            wider = np.empty(max(filled + items, len(run) + len(run) // 4), dtype=np.int32)
            wider[:filled] = run[:filled]
            run = wider
        for v in range(made):
            parent[nodes] = max(0, above[v])
            count[nodes] = size[v]
            at = head_of[v]
            while at >= 0:
                run[filled] = item[at]
                filled += 1
                at = item_next[at]
            nodes += 1
            run_first[nodes] = filled
        node_first.append(np.int64(nodes))
        for p in range(others):
            place[member[first[t] + p]] = -1
        place[root[t]] = -1
    return np.array(node_first), parent[:nodes], count[:nodes], run_first[: nodes + 1], run[:filled]


@kernel("u2 u2 i8 i4 f8")
def some_fail(
    parent: Ints16, count: Ints16, run_first: Ints, run: Ints32, failing: Floats
) -> tuple[float, float]:  # pragma: no cover  # compiled
    """Mean, and mean square, over the draws of one table, of the chance that some member in the draw fails.

    The first four: the nodes of the table alone, but for ``run``. ``failing``: the chance of each member.
    """
    held = np.empty(len(parent))
    mean, square = 0.0, 0.0
    for v in range(len(parent)):
        f = 0.0 if v == 0 else held[parent[v]]
        for q in range(run_first[v], run_first[v + 1]):
            f += failing[run[q]] * (1.0 - f)
        held[v] = f
        mean += count[v] * f
        square += count[v] * f * f
    return mean / DRAWS, square / DRAWS
