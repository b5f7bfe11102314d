"""Compiled: which parties a walk back visits most, its chain among them, and how often it comes to each."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from algorithms.kernel import kernel
from graph.arrays import Floats, Ints

Ints32 = npt.NDArray[np.int32]
Matrix = npt.NDArray[np.float64]
Bytes = npt.NDArray[np.uint8]


@kernel("i8 i8 f8 f8 f8 int int f8* f8* u1*")
def most_visited(
    indptr: Ints,
    indices: Ints,
    data: Floats,
    own: Floats,
    h: Floats,
    target: int,
    within: int,
    visits: Floats,
    waiting: Floats,
    state: Bytes,
) -> Ints:  # pragma: no cover  # compiled
    """Ancestors by expected visits. The last three are cleared arrays of n; only touched parts cost time."""
    touched = np.empty(1024, dtype=np.int64)
    touched[0] = target
    state[target] = 1
    count = 1
    # All ancestors, if they are few.
    at = 0
    while at < count <= within:
        a = touched[at]
        at += 1
        for p in range(indptr[a], indptr[a + 1]):
            b = indices[p]
            if state[b] == 0 and data[p] * h[b] > 0.0:
                state[b] = 1
                if count == len(touched):
                    touched = np.append(touched, np.empty(count, dtype=np.int64))
                touched[count] = b
                count += 1
                if count > within:
                    break
    if count <= within:
        result = np.empty(count, dtype=np.int64)
        result[0] = target
        rest = np.sort(touched[1:count])
        result[1:] = rest
        return result
    for k in range(count):
        state[touched[k]] = 0
    # Push what waits until little waits, or the work is spent.
    state[target] = 1
    touched[0] = target
    count = 1
    waiting[target] = 1.0
    links = 0
    least = 1e-3
    queue = np.empty(1024, dtype=np.int64)
    while True:
        # 1 = known, 2 = in the queue
        head, tail = 0, 0
        for k in range(count):
            if waiting[touched[k]] > least:
                if tail == len(queue):
                    queue = np.append(queue, np.empty(tail, dtype=np.int64))
                queue[tail] = touched[k]
                state[touched[k]] = 2
                tail += 1
        while head < tail and links < 40000:
            a = queue[head]
            head += 1
            state[a] = 1
            mass = waiting[a]
            waiting[a] = 0.0
            visits[a] += mass
            total = own[a]
            for p in range(indptr[a], indptr[a + 1]):
                total += data[p] * h[indices[p]]
            links += indptr[a + 1] - indptr[a] + 1
            for p in range(indptr[a], indptr[a + 1]):
                b = indices[p]
                share = data[p] * h[b] / total
                if share <= 0.0:
                    continue
                waiting[b] += mass * share
                if state[b] == 0:
                    state[b] = 1
                    if count == len(touched):
                        touched = np.append(touched, np.empty(count, dtype=np.int64))
                    touched[count] = b
                    count += 1
                if state[b] == 1 and waiting[b] > least:
                    state[b] = 2
                    if tail == len(queue):
                        queue = np.append(queue, np.empty(tail, dtype=np.int64))
                    queue[tail] = b
                    tail += 1
        for k in range(head, tail):
            state[queue[k]] = 1
        if links >= 40000 or least < 1e-8 or (count > 4 * within and least < 2e-4):
            break
        least *= 0.3
    found = np.sort(touched[:count])
    score = np.empty(count)
    for k in range(count):
        score[k] = -(visits[found[k]] + waiting[found[k]])
        if found[k] == target:
            score[k] = -np.inf
    order = np.argsort(score, kind="mergesort")
    return found[order[:within]]


@kernel("i8 i8 f8 f8 f8 i8 i4 f8*2 f8* f8* f8*")
def fill(
    indptr: Ints,
    indices: Ints,
    data: Floats,
    own: Floats,
    h: Floats,
    parties: Ints,
    place: Ints32,
    step: Matrix,
    stop: Floats,
    leave: Floats,
    total: Floats,
) -> None:  # pragma: no cover  # compiled
    """Write the chain among ``parties`` into the last four; ``place``: n, position among them from 1 on, else 0."""
    for k in range(len(parties)):
        a = parties[k]
        whole = own[a]
        for p in range(indptr[a], indptr[a + 1]):
            whole += data[p] * h[indices[p]]
        total[k] = whole
        if whole <= 0.0:
            leave[k] = 1.0
            continue
        stop[k] = own[a] / whole
        for p in range(indptr[a], indptr[a + 1]):
            b = indices[p]
            share = data[p] * h[b] / whole
            if place[b] > 0:
                step[k, place[b] - 1] += share
            else:
                leave[k] += share


@kernel("f8*2 f8*")
def expected_visits(step: Matrix, end: Floats) -> Floats:  # pragma: no cover  # compiled
    """Visits from state 0 of a chain with steps ``step`` and ends ``end``; both are used up. O(k^3 / 3)."""
    size = len(end)
    for m in range(size - 1, 0, -1):
        out = end[m]
        for b in range(m):
            out += step[m, b]
        for a in range(m):
            if step[a, m] == 0.0:
                continue
            f = step[a, m] / out if out > 0.0 else 0.0
            step[a, m] = f
            for b in range(m):
                step[a, b] += f * step[m, b]
            end[a] += f * end[m]
    visits = np.zeros(size)
    visits[0] = (step[0, 0] + end[0]) / end[0] if end[0] > 0.0 else 0.0
    for m in range(1, size):
        x = 0.0
        for a in range(m):
            x += visits[a] * step[a, m]
        visits[m] = x
    return visits


@kernel("f8*2 f8 u1 int")
def visits_at(step: Matrix, end: Floats, closed: Bytes, at: int) -> float:  # pragma: no cover  # compiled
    """Expected visits at one state, from itself, when closed states end the chain.

    Only states on a way from ``at`` back to it matter; they are eliminated one by one.
    """
    size = len(end)
    # Reached from `at`, then able to return to it.
    forward = np.zeros(size, dtype=np.uint8)
    stack = np.empty(size, dtype=np.int64)
    stack[0] = at
    depth = 1
    forward[at] = 1
    while depth > 0:
        depth -= 1
        a = stack[depth]
        for b in range(size):
            if step[a, b] > 0.0 and closed[b] == 0 and forward[b] == 0:
                forward[b] = 1
                stack[depth] = b
                depth += 1
    both = np.zeros(size, dtype=np.uint8)
    both[at] = 1
    stack[0] = at
    depth = 1
    while depth > 0:
        depth -= 1
        b = stack[depth]
        for a in range(size):
            if step[a, b] > 0.0 and forward[a] == 1 and both[a] == 0:
                both[a] = 1
                stack[depth] = a
                depth += 1
    count = 0
    for a in range(size):
        if both[a] == 1 and a != at:
            stack[count] = a
            count += 1
    if count == 0 and step[at, at] == 0.0:
        return 1.0
    # Row 0 is `at`.
    local = np.empty((count + 1, count + 1))
    out = np.empty(count + 1)
    for i in range(count + 1):
        a = at if i == 0 else stack[i - 1]
        local[i, 0] = step[a, at]
        for j in range(count):
            local[i, j + 1] = step[a, stack[j]]
        x = end[a]
        for b in range(size):
            if both[b] == 0:
                x += step[a, b]
        out[i] = x
    for m in range(count, 0, -1):
        whole = out[m]
        for j in range(m):
            whole += local[m, j]
        for i in range(m):
            if local[i, m] == 0.0:
                continue
            f = local[i, m] / whole
            for j in range(m):
                local[i, j] += f * local[m, j]
            out[i] += f * out[m]
    result: float = (local[0, 0] + out[0]) / out[0]
    return result
