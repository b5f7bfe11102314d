"""Compiled: the order of the parties that roots reach, and the links among them."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from algorithms.kernel import kernel
from graph.arrays import Floats, Ints

Ints32 = npt.NDArray[np.int32]


@kernel("i8 i8 f8 i4 i8 i8 f8 i8 i4*")
def order(
    indptr: Ints,
    indices: Ints,
    data: Floats,
    patch: Ints32,
    patch_indptr: Ints,
    patch_indices: Ints,
    patch_data: Floats,
    roots: Ints,
    visit: Ints32,
) -> tuple[Ints32, Ints32, Ints32]:  # pragma: no cover  # compiled
    """Tarjan's algorithm without recursion. ``visit``: zeros; 0 = not seen, largest int = component known."""
    size = len(indptr) - 1
    done = np.int32(2147483647)
    low = np.empty(size, dtype=np.int32)
    component = np.empty(size, dtype=np.int32)
    stack = np.empty(size, dtype=np.int32)
    path = np.empty(size, dtype=np.int32)
    edge = np.empty(size, dtype=np.int64)
    number = np.empty(size, dtype=np.int32)
    patched = len(patch) > 0
    finished = np.empty(size, dtype=np.int32)
    counter = np.int32(0)
    components = 0
    on_stack = 0
    depth = 0
    count = 0
    for root in roots:
        if visit[root] != 0:
            continue
        counter += np.int32(1)
        visit[root] = counter
        low[root] = counter
        stack[on_stack] = root
        on_stack += 1
        path[0] = root
        number[0] = patch[root] if patched else 0
        edge[0] = patch_indptr[number[0] - 1] if number[0] > 0 else indptr[root]
        depth = 1
        while depth > 0:
            v = path[depth - 1]
            p = edge[depth - 1]
            other = number[depth - 1]
            last = patch_indptr[other] if other > 0 else indptr[v + 1]
            least = low[v]
            down = np.int64(-1)
            while p < last:
                if other > 0:
                    w, positive = patch_indices[p], patch_data[p] > 0.0
                else:
                    w, positive = indices[p], data[p] > 0.0
                p += 1
                if not positive:
                    continue
                seen = visit[w]
                if seen == 0:
                    down = w
                    break
                least = min(least, seen) if seen != done else least
            low[v] = least
            edge[depth - 1] = p
            if down >= 0:
                counter += np.int32(1)
                visit[down] = counter
                low[down] = counter
                stack[on_stack] = down
                on_stack += 1
                path[depth] = down
                number[depth] = patch[down] if patched else 0
                edge[depth] = patch_indptr[number[depth] - 1] if number[depth] > 0 else indptr[down]
                depth += 1
                continue
            finished[count] = v
            count += 1
            depth -= 1
            if least == visit[v]:
                while True:
                    on_stack -= 1
                    w = stack[on_stack]
                    visit[w] = done
                    component[w] = components
                    if w == v:
                        break
                components += 1
            if depth > 0:
                above = path[depth - 1]
                low[above] = min(low[above], least)
    # Components were found last first; inside one, the party that finished last comes first.
    starts = np.zeros(components + 1, dtype=np.int32)
    for k in range(count):
        starts[components - component[finished[k]]] += 1
    for c in range(components):
        starts[c + 1] += starts[c]
    free = starts[:-1].copy()
    parties = np.empty(count, dtype=np.int32)
    for k in range(count - 1, -1, -1):
        v = finished[k]
        c = components - 1 - component[v]
        parties[free[c]] = v
        free[c] += 1
    # `visit` becomes the place of each party, counted from 1; 0 = outside.
    for k in range(count):
        visit[parties[k]] = k + 1
    return parties, starts, visit


@kernel("i8 i8 f8 i4 i8 i8 f8 i4 i4 f8 f8 i8* i4* f8* f8* f8* f8*")
def gather(
    indptr: Ints,
    indices: Ints,
    data: Floats,
    patch: Ints32,
    patch_indptr: Ints,
    patch_indices: Ints,
    patch_data: Floats,
    parties: Ints32,
    place: Ints32,
    outside: Floats,
    outside_error: Floats,
    ptr: Ints,
    source: Ints32,
    weight: Floats,
    links: Floats,
    inflow: Floats,
    inflow_error: Floats,
) -> int:  # pragma: no cover  # compiled
    """Write the links into each party into ``ptr``, ``source``, ``weight``; what comes from outside into the last two.

    Returns how many links there are.
    """
    used = 0
    patched = len(patch) > 0
    for k in range(len(parties)):
        j = parties[k]
        first, last = indptr[j], indptr[j + 1]
        number = patch[j] if patched else 0
        if number > 0:
            first, last = patch_indptr[number - 1], patch_indptr[number]
        for p in range(first, last):
            if number > 0:
                i, w = patch_indices[p], patch_data[p]
            else:
                i, w = indices[p], data[p]
            where = place[i]
            if where > 0:
                if w > 0.0:
                    source[used] = where - 1
                    weight[used] = w
                    used += 1
            elif len(outside) > 0 and outside[i] > 0.0:
                inflow[k] += w * outside[i]
                if len(outside_error) > 0:
                    inflow_error[k] += w * outside_error[i]
        links[k] = last - first
        ptr[k + 1] = used
    return used
