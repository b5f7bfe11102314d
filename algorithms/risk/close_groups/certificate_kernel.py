"""Compiled: how far the values of a part can be from its solution."""

from __future__ import annotations

import numpy as np

from algorithms.kernel import kernel
from algorithms.risk.close_groups.links import DRAWS, Bytes, Ints16, Ints32
from graph.arrays import Floats, Ints


@kernel("i8 i8 i8 i8 i8 f8 i8 i8 i8 i8 i8 i8 u1 i8 f8 i8 u2 u2 i8 i4 f8 f8 f8 f8* float bool int")
def errors(
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
    source: Floats,
    e: Floats,
    factor: float,
    draws: bool,
    most: int,
) -> None:  # pragma: no cover  # compiled
    some = np.zeros(1)
    moves = np.zeros(1)
    before = np.zeros(1)
    before_moves = np.zeros(1)
    level = np.zeros(1)
    level_moves = np.zeros(1)
    failing = np.zeros(2 * DRAWS + 1)
    failing_moves = np.zeros(2 * DRAWS + 1)
    for c in range(len(parts) - 1):
        turns = 1 if alone[c] == 1 else most
        for turn in range(turns):
            moved = False
            begin, end = parts[c], parts[c + 1]
            for position in range(end - begin):
                k = begin + position if turn % 2 == 0 else end - 1 - position
                base = own[party[k]]
                move = 0.0
                for h in range(child[k], child[k + 1]):
                    b = block[h]
                    t = block_table[b]
                    slots = block_first[b]
                    size = block_first[b + 1] - slots
                    gain = 0.0
                    gain_moves = 0.0
                    if drawn[t] == 1:
                        if len(level) < size:
                            level = np.zeros(2 * size)
                            level_moves = np.zeros(2 * size)
                        for i in range(size):
                            level[i] = x[block_slot[slots + i]]
                            level_moves[i] = e[block_slot[slots + i]]
                        squares = 0.0
                        root = node_first[table_at[t]]
                        for v in range(root, node_first[table_at[t] + 1]):
                            f = 0.0 if v == root else failing[parent[v]]
                            f_moves = 0.0 if v == root else failing_moves[parent[v]]
                            for p in range(run_first[v], run_first[v + 1]):
                                z = level[run[p]]
                                f_moves = f_moves * (1.0 - z) + level_moves[run[p]] * (1.0 - f)
                                f += z * (1.0 - f)
                            failing[v - root] = f
                            failing_moves[v - root] = f_moves
                            gain += count[v] * f
                            gain_moves += count[v] * f_moves
                            squares += count[v] * f * f
                        gain /= DRAWS
                        gain_moves /= DRAWS
                        if draws:
                            gain_moves += 2.0 * np.sqrt(max(0.0, squares / DRAWS - gain * gain) / DRAWS)
                    else:
                        sets = 1 << size
                        if len(some) < sets:
                            some = np.zeros(sets)
                            moves = np.zeros(sets)
                        for i in range(size):
                            z = x[block_slot[slots + i]]
                            z_moves = e[block_slot[slots + i]]
                            half = 1 << i
                            for s in range(half):
                                moves[half + s] = moves[s] * (1.0 - z) + z_moves * (1.0 - some[s])
                                some[half + s] = some[s] + z * (1.0 - some[s])
                        for s in range(1, sets):
                            gain += value[table_at[t] + s] * some[s]
                            gain_moves += value[table_at[t] + s] * moves[s]
                    move = move * (1.0 - gain) + gain_moves * (1.0 - base)
                    base += gain * (1.0 - base)
                low, high = term[k], term[k + 1]
                replies = False
                total = base
                total_moves = move
                for p in range(low, high):
                    z = weight[p] * x[operand[p]]
                    total_moves = total_moves * (1.0 - z) + weight[p] * e[operand[p]] * (1.0 - total)
                    total += z * (1.0 - total)
                    replies |= without[p] >= 0
                new = min(1.0, factor * total_moves + source[k])
                if abs(new - e[k]) > 0.02 * e[k]:
                    moved = True
                e[k] = new
                if replies:
                    if len(before) < high - low + 1:
                        before = np.zeros(2 * (high - low) + 1)
                        before_moves = np.zeros(2 * (high - low) + 1)
                    f = base
                    f_moves = move
                    for p in range(low, high):
                        before[p - low] = f
                        before_moves[p - low] = f_moves
                        z = weight[p] * x[operand[p]]
                        f_moves = f_moves * (1.0 - z) + weight[p] * e[operand[p]] * (1.0 - f)
                        f += z * (1.0 - f)
                    f = 0.0
                    f_moves = 0.0
                    for p in range(high - 1, low - 1, -1):
                        if without[p] >= 0:
                            new = before_moves[p - low] * (1.0 - f) + f_moves * (1.0 - before[p - low])
                            new = min(1.0, factor * new + source[without[p]])
                            if abs(new - e[without[p]]) > 0.02 * e[without[p]]:
                                moved = True
                            e[without[p]] = new
                        z = weight[p] * x[operand[p]]
                        f_moves = f_moves * (1.0 - z) + weight[p] * e[operand[p]] * (1.0 - f)
                        f += z * (1.0 - f)
            if not moved:
                break
