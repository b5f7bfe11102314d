"""Compiled sweeps of ``h = min(1, base + W'h)`` over a region, component by component."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from algorithms.kernel import kernel
from graph.arrays import Floats, Ints

Ints32 = npt.NDArray[np.int32]
Bytes = npt.NDArray[np.uint8]

SETTLED = 1e-12
"""A component has settled when no h changes by more than this part of itself."""
LEAST = 1e-290
"""What enters a component below this counts as nothing: near the end of the range of numbers a ring loses its way."""
SLOW_RATE = 0.99
SLOW_SWEEPS = 10
MOST_SWEEPS = 2000


@kernel("int i4 i8 i4 f8 f8 f8* bool float")
def settle(
    first: int,
    starts: Ints32,
    ptr: Ints,
    source: Ints32,
    weight: Floats,
    base: Floats,
    h: Floats,
    rising: bool,
    cap: float,
) -> tuple[int, int]:  # pragma: no cover  # compiled
    """Gauss-Seidel from component ``first`` on; h changes in place.

    ``rising``: h starts below the solution everywhere, so a party that reaches the cap stays there.
    ``cap``: 1, or infinity for a linear system; a party's link to itself is then left to the caller as too slow.
    Returns the component that is too slow for sweeps (the number of components when all have settled) and the
    sweeps made, counted over components of more than one party.
    """
    sweeps = 0
    components = len(starts) - 1
    step = np.empty(len(h))
    sure = np.zeros(len(h), dtype=np.uint8)  # rose to the cap before any leap: stays there
    for c in range(first, components):
        begin, end = starts[c], starts[c + 1]
        if end - begin == 1:
            x = base[begin]
            loop = 0.0
            for p in range(ptr[begin], ptr[begin + 1]):
                i = source[p]
                if i == begin:
                    loop += weight[p]
                else:
                    x += weight[p] * h[i]
            if loop > 0.0 and cap == np.inf:
                return c, sweeps
            if cap < np.inf and x < 1e-290:
                x = 0.0
            if loop > 0.0 and x > 0.0:
                x = x / (1.0 - loop) if x < 1.0 - loop else 1.0
            h[begin] = min(cap, x)
            continue
        if cap < np.inf:
            enters = False
            for j in range(begin, end):
                enters = base[j] >= 1e-290
                for p in range(ptr[j], ptr[j + 1]):
                    enters = enters or (source[p] < begin and weight[p] * h[source[p]] >= 1e-290)
                if enters:
                    break
            if not enters:
                h[begin:end] = 0.0
                continue
        slow = 0
        own_sweeps = 0
        before = np.inf
        leaps = 0
        rest = 0
        whole_before = np.inf
        rate_before = 0.0
        while True:
            moved = False
            change = 0.0
            whole = 0.0
            for j in range(begin, end):
                old = h[j]
                if sure[j] == 1:
                    continue
                x = base[j]
                for p in range(ptr[j], ptr[j + 1]):
                    x += weight[p] * h[source[p]]
                x = min(cap, x)
                d = abs(x - old)
                if d > 1e-12 * x:
                    moved = True
                change = max(change, d)
                whole += d
                step[j] = x - old
                h[j] = x
                if x >= cap and rising and leaps == 0:
                    sure[j] = 1
            sweeps += 1
            own_sweeps += 1
            if not moved:
                break
            slow = slow + 1 if change > 0.99 * before else 0
            before = change
            if slow >= 10 or own_sweeps >= 2000:
                return c, sweeps
            # Where the changes shrink at a steady rate, leap to where they would end. Any start leads to the one
            # solution, so a leap can cost sweeps but never change the answer.
            rate = whole / whole_before if whole_before > 0.0 else 0.0
            whole_before = whole
            rest += 1
            steady = abs(rate - rate_before) <= 0.01 * rate
            rate_before = rate
            if steady and rest >= 4 and leaps < 20 and 0.2 < rate < 0.98 and end - begin > 20:
                leap = rate / (1.0 - rate)
                for j in range(begin, end):
                    if sure[j] == 0:
                        h[j] = max(0.0, min(cap, h[j] + step[j] * leap))
                leaps += 1
                rest = 0
                slow = 0
                before = np.inf
    return components, sweeps


@kernel("i8 i4 f8 f8 f8 f8* int int")
def evaluate(
    ptr: Ints, source: Ints32, weight: Floats, base: Floats, h: Floats, raw: Floats, begin: int, end: int
) -> None:  # pragma: no cover  # compiled
    """raw := base + W'h on the local parties begin..end-1."""
    for j in range(begin, end):
        x = base[j]
        for p in range(ptr[j], ptr[j + 1]):
            x += weight[p] * h[source[p]]
        raw[j] = x


@kernel("i8 i4 f8 f8 f8* int")
def fall(
    ptr: Ints, source: Ints32, weight: Floats, base: Floats, x: Floats, times: int
) -> None:  # pragma: no cover  # compiled
    """x := min(x, F(x)), ``times`` sweeps in place; from above the solution x stays above it."""
    for _ in range(times):
        for j in range(len(x)):
            y = base[j]
            for p in range(ptr[j], ptr[j + 1]):
                y += weight[p] * x[source[p]]
            x[j] = min(x[j], y)


@kernel("i8 i4 f8 f8 f8 int int i8* i4* f8* f8*")
def extract(
    ptr: Ints,
    source: Ints32,
    weight: Floats,
    base: Floats,
    h: Floats,
    begin: int,
    end: int,
    inner_ptr: Ints,
    inner_source: Ints32,
    inner_weight: Floats,
    inner_base: Floats,
) -> int:  # pragma: no cover  # compiled
    """One component by itself: what enters from earlier components goes into its base."""
    used = 0
    for j in range(begin, end):
        x = base[j]
        for p in range(ptr[j], ptr[j + 1]):
            i = source[p]
            if i >= begin:
                inner_source[used] = i - begin
                inner_weight[used] = weight[p]
                used += 1
            else:
                x += weight[p] * h[i]
        inner_base[j - begin] = x
        inner_ptr[j - begin + 1] = used
    return used


@kernel("i8 i4 f8 f8 f8 f8 f8* f8* int")
def squeeze(
    ptr: Ints,
    source: Ints32,
    weight: Floats,
    base_low: Floats,
    base_high: Floats,
    terms: Floats,
    low: Floats,
    high: Floats,
    times: int,
) -> None:  # pragma: no cover  # compiled
    """Raise ``low`` and lower ``high`` towards the solution, rounded outwards so that it stays between them."""
    for _ in range(times):
        moved = False
        for j in range(len(low)):
            x = base_low[j]
            y = base_high[j]
            for p in range(ptr[j], ptr[j + 1]):
                x += weight[p] * low[source[p]]
                y += weight[p] * high[source[p]]
            x = min(1.0, x - 1.2e-16 * terms[j] * x - 1e-320 * terms[j])
            y = min(1.0, y + 1.2e-16 * terms[j] * y + 1e-320 * terms[j])
            if x > low[j]:
                moved = moved or x - low[j] > 1e-13 * x
                low[j] = x
            if y < high[j]:
                moved = moved or high[j] - y > 1e-13 * y
                high[j] = y
        if not moved:
            break
