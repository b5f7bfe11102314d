"""The walk back from a party to the causes of its distress, as an absorbing Markov chain.

From party a the chain steps to b with probability ``W_ba h_b / d_a`` and stops with ``own_a / d_a``, where
``d_a = own_a + sum_b W_ba h_b`` (not h_a: so shares add up by construction; the scaling by kappa cancels). The share
of h that a walk explains is its probability. All sums here only add: near a gain of 1 a subtraction would lose every
digit (Grassmann, Taksar, Heyman 1985).
"""
# ruff: noqa: PLR0912, PLR0915, PLR0917  # kernels take plain arrays and cannot be split: none calls another

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from algorithms.kernel import kernel
from algorithms.risk.network import Network
from graph.arrays import Floats, Ints

Ints32 = npt.NDArray[np.int32]
Matrix = npt.NDArray[np.float64]
Bytes = npt.NDArray[np.uint8]


@dataclass(frozen=True, slots=True, eq=False)
class BackChain:
    """The chain among k parties, the target first.

    ``parties``: k positions in the network. ``step``: k x k, ``step[a, b]`` = probability of going from a to b.
    ``stop``: k, probability of stopping there: the party's own distress is the cause. ``leave``: k, probability of
    going to a party that is not among the k. ``total``: k, d_a. Rows of step, stop and leave sum to 1.
    """

    parties: Ints
    step: Matrix
    stop: Floats
    leave: Floats
    total: Floats

    def visits(self) -> Floats:
        """k, expected visits of each party from the target on, by state reduction without subtraction."""
        return expected_visits(self.step.copy(), self.stop + self.leave)

    def returns(self, at: int, closed: Bytes) -> float:
        """Expected visits at ``at`` when the chain ends on entering a closed party."""
        return float(visits_at(self.step, self.stop + self.leave, closed, at))


def back_chain(network: Network, own: Floats, h: Floats, target: int, within: int) -> BackChain:
    """The chain from ``target`` among the (at most) ``within`` parties that it visits most.

    Where the target has no more ancestors than that, all of them. Ties go to the lower position.
    O(links into the parties pushed), about 40,000 at most.
    """
    size = network.size
    into = network.into
    parties = _most_visited(
        into.indptr, into.indices, into.data, own, h, target, within,
        np.zeros(size), np.zeros(size), np.zeros(size, dtype=np.uint8),
    )  # fmt: skip
    k = len(parties)
    step = np.zeros((k, k))
    stop, leave, total = np.zeros(k), np.zeros(k), np.zeros(k)
    place = np.zeros(size, dtype=np.int32)
    place[parties] = np.arange(1, k + 1)
    _fill(into.indptr, into.indices, into.data, own, h, parties, place, step, stop, leave, total)
    return BackChain(parties, step, stop, leave, total)


@kernel("i8 i8 f8 f8 f8 int int f8* f8* u1*")
def _most_visited(
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
def _fill(
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
