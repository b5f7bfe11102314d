"""Compiled: slopes of the equations of close groups."""

from __future__ import annotations

import numpy as np

from algorithms.kernel import kernel
from algorithms.risk.close_groups.links import DRAWS, Bytes, Ints16, Ints32
from graph.arrays import Floats, Ints


@kernel("i8 i8 i8 f8 i8 i8 i8 i8 i8 i8 u1 i8 f8 i8 u2 u2 i8 i4 f8 f8 int int f8*")
def fill_slopes(
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
    begin: int,
    end: int,
    by_own: Floats,
) -> tuple[Ints, Ints, Floats]:  # pragma: no cover  # compiled
    zero = np.int64(0)
    rows = [zero for _ in range(0)]
    columns = [zero for _ in range(0)]
    values = [0.0 for _ in range(0)]
    spared = np.ones(2 * DRAWS + 1)
    beyond = np.zeros(2 * DRAWS + 1)
    for k in range(begin, end):
        # What is joined by noisy-or: own, blocks, links; each with what moves it.
        of = [0.0 for _ in range(0)]
        inner = [zero for _ in range(0)]
        slope = [0.0 for _ in range(0)]
        bounds = [zero]
        of.append(own[party[k]])
        bounds.append(zero)
        for h in range(child[k], child[k + 1]):
            b = block[h]
            t = block_table[b]
            slots = block_first[b]
            size = block_first[b + 1] - slots
            gain = 0.0
            moves = np.zeros(size)
            if drawn[t] == 1:
                level = np.empty(size)
                for i in range(size):
                    level[i] = x[block_slot[slots + i]]
                # Down the tree: the chance that nobody so far fails. Up: draws in which nobody further on does.
                root = node_first[table_at[t]]
                nodes = node_first[table_at[t] + 1] - root
                longest = 0
                failing = np.zeros(nodes)
                for v in range(nodes):
                    f = 0.0 if v == 0 else failing[parent[root + v]]
                    left = 1.0 if v == 0 else spared[parent[root + v]]
                    low, high = run_first[root + v], run_first[root + v + 1]
                    longest = max(longest, high - low)
                    for p in range(low, high):
                        f += level[run[p]] * (1.0 - f)
                        left *= 1.0 - level[run[p]]
                    failing[v] = f
                    spared[v] = left
                    beyond[v] = count[root + v]
                    gain += count[root + v] * f
                gain /= DRAWS
                ahead = np.empty(longest)
                for v in range(nodes - 1, -1, -1):
                    left = 1.0 if v == 0 else spared[parent[root + v]]
                    low, high = run_first[root + v], run_first[root + v + 1]
                    for p in range(low, high):
                        ahead[p - low] = left
                        left *= 1.0 - level[run[p]]
                    left = beyond[v]
                    for p in range(high - 1, low - 1, -1):
                        moves[run[p]] += ahead[p - low] * left / DRAWS
                        left *= 1.0 - level[run[p]]
                    if v > 0:
                        beyond[parent[root + v]] += left
            else:
                sets = 1 << size
                some = np.zeros(sets)
                for i in range(size):
                    z = x[block_slot[slots + i]]
                    half = 1 << i
                    for s in range(half):
                        some[half + s] = some[s] + z * (1.0 - some[s])
                for s in range(1, sets):
                    r = value[table_at[t] + s]
                    gain += r * some[s]
                    for i in range(size):
                        if s >> i & 1:
                            moves[i] += r * (1.0 - some[s & ~(1 << i)])
            of.append(gain)
            for i in range(size):
                inner.append(block_slot[slots + i])
                slope.append(moves[i])
            bounds.append(np.int64(len(inner)))
        links = len(of)
        for p in range(term[k], term[k + 1]):
            of.append(weight[p] * x[operand[p]])
            inner.append(operand[p])
            slope.append(weight[p])
            bounds.append(np.int64(len(inner)))
        many = len(of)
        after = np.ones(many + 1)
        for lacks in range(-1, term[k + 1] - term[k]):
            # Once for the slot itself, once for each message that lacks one link.
            target = np.int64(k)
            skipped = -1
            if lacks >= 0:
                target = without[term[k] + lacks]
                skipped = links + lacks
                if target < 0:
                    continue
            for i in range(many - 1, -1, -1):
                after[i] = after[i + 1] if i == skipped else after[i + 1] * (1.0 - of[i])
            left = 1.0
            for i in range(many):
                if i == skipped:
                    continue
                others = left * after[i + 1]
                if i == 0:
                    by_own[target] = others
                for m in range(bounds[i], bounds[i + 1]):
                    if slope[m] * others > 0.0:
                        rows.append(target)
                        columns.append(inner[m])
                        values.append(slope[m] * others)
                left *= 1.0 - of[i]
    return np.array(rows), np.array(columns), np.array(values)
