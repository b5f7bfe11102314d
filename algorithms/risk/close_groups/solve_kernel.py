"""Compiled: sweeps over the parts of the system of close groups."""

from __future__ import annotations

import numpy as np

from algorithms.kernel import kernel
from algorithms.risk.close_groups.links import DRAWS, Bytes, Ints16, Ints32
from graph.arrays import Floats, Ints


@kernel("i8 i8 i8 i8 i8 f8 i8 i8 i8 i8 i8 i8 u1 i8 f8 i8 u2 u2 i8 i4 f8 f8* f8* int int int")
def sweep_parts(
    parts: Ints,
    alone: Ints,
    party: Ints,
    term: Ints,
    operand: Ints,
    weight: Floats,
    without: Ints,
    child: Ints,
    block: Ints,
    block_first: Ints,
    block_slot: Ints,
    block_table: Ints,
    drawn: Bytes,
    table_at: Ints,
    value: Floats,
    node_first: Ints,
    parent: Ints16,
    count: Ints16,
    run_first: Ints,
    run: Ints32,
    own: Floats,
    x: Floats,
    y: Floats,
    first: int,
    last: int,
    most: int,
) -> tuple[int, int]:  # pragma: no cover  # compiled
    some = np.zeros(1)
    before = np.zeros(1)
    level = np.zeros(1)
    failing = np.zeros(2 * DRAWS + 1)
    sweeps = 0
    for c in range(first, last):
        turns = 1 if alone[c] == 1 else most
        settled = False
        for turn in range(turns):
            settled = True
            begin, end = parts[c], parts[c + 1]
            for position in range(end - begin):
                # Harm mostly runs forward in this order. One sweep backward carries all of a tree with two-way links.
                k = begin + position if turn % 8 != 1 else end - 1 - position
                base = own[party[k]]
                for h in range(child[k], child[k + 1]):
                    b = block[h]
                    t = block_table[b]
                    slots = block_first[b]
                    size = block_first[b + 1] - slots
                    gain = 0.0
                    if drawn[t] == 1:
                        if len(level) < size:
                            level = np.zeros(2 * size)
                        for i in range(size):
                            level[i] = x[block_slot[slots + i]]
                        root = node_first[table_at[t]]
                        for v in range(root, node_first[table_at[t] + 1]):
                            f = 0.0 if v == root else failing[parent[v]]
                            for p in range(run_first[v], run_first[v + 1]):
                                f += level[run[p]] * (1.0 - f)
                            failing[v - root] = f
                            gain += count[v] * f
                        gain /= DRAWS
                    elif size == 1:
                        gain = value[table_at[t] + 1] * x[block_slot[slots]]
                    else:
                        sets = 1 << size
                        if len(some) < sets:
                            some = np.zeros(sets)
                        for i in range(size):
                            z = x[block_slot[slots + i]]
                            half = 1 << i
                            for s in range(half):
                                some[half + s] = some[s] + z * (1.0 - some[s])
                        for s in range(1, sets):
                            gain += value[table_at[t] + s] * some[s]
                    base += gain * (1.0 - base)
                low, high = term[k], term[k + 1]
                replies = False
                total = base
                for p in range(low, high):
                    total += weight[p] * x[operand[p]] * (1.0 - total)
                    replies |= without[p] >= 0
                if abs(total - x[k]) > 1e-12 * total:
                    settled = False
                y[k] = total
                if replies:
                    if len(before) < high - low + 1:
                        before = np.zeros(2 * (high - low) + 1)
                    f = base
                    for p in range(low, high):
                        before[p - low] = f
                        f += weight[p] * x[operand[p]] * (1.0 - f)
                    f = 0.0
                    for p in range(high - 1, low - 1, -1):
                        if without[p] >= 0:
                            rest = before[p - low] + f * (1.0 - before[p - low])
                            if abs(rest - x[without[p]]) > 1e-12 * rest:
                                settled = False
                            y[without[p]] = rest
                        f += weight[p] * x[operand[p]] * (1.0 - f)
            if alone[c] == 0:
                sweeps += 1
            if settled:
                break
        if not settled and alone[c] == 0 and most > 1:
            return c, sweeps
    return last, sweeps
