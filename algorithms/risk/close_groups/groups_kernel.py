"""Compiled: which parties have a group, and which rung of the ladder their groups take."""

from __future__ import annotations

import numpy as np

from algorithms.kernel import kernel
from algorithms.risk.close_groups.links import Bytes, Ints32
from graph.arrays import Floats, Ints


@kernel("i8 i4 i4 f8 float u1*")
def spread(
    out_ptr: Ints, out_target: Ints32, out_link: Ints32, weight: Floats, least: float, marked: Bytes
) -> None:  # pragma: no cover  # compiled
    """Mark everything that a marked party reaches over links of at least ``least``."""
    waiting = np.flatnonzero(marked).astype(np.int32)
    stack = np.empty(len(marked), dtype=np.int32)
    depth = len(waiting)
    stack[:depth] = waiting
    while depth > 0:
        depth -= 1
        i = stack[depth]
        for p in range(out_ptr[i], out_ptr[i + 1]):
            k = out_target[p]
            if marked[k] == 0 and weight[out_link[p]] >= least:
                marked[k] = 1
                stack[depth] = k
                depth += 1


@kernel("i8 i4 f8 i8 i4 float int int u1*")
def keep_fitting(
    ptr: Ints,
    source: Ints32,
    weight: Floats,
    out_ptr: Ints,
    out_target: Ints32,
    least: float,
    most: int,
    largest: int,
    asked: Bytes,
) -> None:  # pragma: no cover  # compiled
    """Clear ``asked`` where the group has more than ``most`` members or a block of more than ``largest``.

    Blocks by depth-first search (Hopcroft, Tarjan 1973).
    """
    size = len(ptr) - 1
    mark = np.full(size, -1, dtype=np.int32)
    number = np.zeros(size, dtype=np.int32)
    low = np.zeros(size, dtype=np.int32)
    edge = np.zeros(size, dtype=np.int64)
    members = np.empty(min(size, most + 1), dtype=np.int32)
    path = np.empty(len(members) + 1, dtype=np.int32)
    for j in range(size):
        if asked[j] == 0:
            continue
        members[0] = j
        mark[j] = j
        count, done = 1, 0
        fits = True
        while done < count and fits:
            u = members[done]
            done += 1
            for q in range(ptr[u], ptr[u + 1]):
                if weight[q] >= least and mark[source[q]] != j:
                    if count == most:
                        fits = False
                        break
                    mark[source[q]] = j
                    members[count] = source[q]
                    count += 1
        if not fits:
            asked[j] = 0
            continue
        if count <= largest:
            continue
        for k in range(count):
            number[members[k]] = 0
        counter = np.int32(1)
        number[j] = low[j] = counter
        edge[j] = 0
        path[0] = j
        depth = 1
        waiting = (
            0  # parties seen whose block is not closed; the vertex stack itself is not needed, only sizes
        )
        members[0] = j  # reused as the vertex stack
        while depth > 0 and fits:
            v = path[depth - 1]
            at = edge[v]
            ins = ptr[v + 1] - ptr[v]
            outs = out_ptr[v + 1] - out_ptr[v]
            down = np.int64(-1)
            while at < ins + outs:
                k = source[ptr[v] + at] if at < ins else out_target[out_ptr[v] + at - ins]
                at += 1
                if mark[k] != j:
                    continue
                if number[k] == 0:
                    down = k
                    break
                low[v] = min(low[v], number[k])
            edge[v] = at
            if down >= 0:
                counter += np.int32(1)
                number[down] = low[down] = counter
                edge[down] = 0
                members[waiting] = down
                waiting += 1
                path[depth] = down
                depth += 1
                continue
            depth -= 1
            if depth == 0:
                break
            above = path[depth - 1]
            low[above] = min(low[above], low[v])
            if low[v] >= number[above]:
                block = 1
                while True:
                    waiting -= 1
                    block += 1
                    if members[waiting] == v:
                        break
                fits = block <= largest
        if not fits:
            asked[j] = 0
