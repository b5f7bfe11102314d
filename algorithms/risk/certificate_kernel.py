"""Compiled: proven bounds of the parties of a region, component by component."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from algorithms.kernel import kernel
from graph.arrays import Floats, Ints

Ints32 = npt.NDArray[np.int32]
Bytes = npt.NDArray[np.uint8]


@kernel("int bool i4 i8 i4 f8 f8 f8 f8 f8* f8* u1* f8* float int")
def certify(
    first: int,
    only_one: bool,
    starts: Ints32,
    ptr: Ints,
    source: Ints32,
    weight: Floats,
    base: Floats,
    base_error: Floats,
    links: Floats,
    h: Floats,
    raw: Floats,
    uncapped: Bytes,
    e: Floats,
    factor: float,
    most: int,
) -> tuple[int, bool]:  # pragma: no cover  # compiled
    """Find and prove e for the components from ``first`` on (or for that one only), in topological order.

    Writes raw, uncapped, e, and h = 1 where raw shows it. ``most``: sweeps for e per component; 0 = prove the e that
    is there. Returns the first component without a good proof (the number of components when all have one), and
    whether that one is at least proven, only too wide.
    """
    end_component = first + 1 if only_one else len(starts) - 1
    for c in range(first, end_component):
        begin, end = starts[c], starts[c + 1]
        enters = False
        for j in range(begin, end):
            enters = base[j] >= 1e-290 or h[j] > 0.0
            for p in range(ptr[j], ptr[j + 1]):
                enters = enters or (source[p] < begin and weight[p] * h[source[p]] >= 1e-290)
            if enters:
                break
        if not enters:
            # Nothing that counts enters (``sweeps.LEAST``): 0 by definition, not by computing.
            raw[begin:end] = 0.0
            uncapped[begin:end] = 1
            e[begin:end] = 0.0
            continue
        for _ in range(3):
            risen = False
            for j in range(begin, end):
                x = base[j]
                for p in range(ptr[j], ptr[j + 1]):
                    x += weight[p] * h[source[p]]
                raw[j] = x
                if x >= 1.0 and h[j] < 1.0:
                    h[j] = 1.0
                    risen = True
            if not risen:
                break
        if most > 0:
            for j in range(begin, end):
                uncapped[j] = 1 if raw[j] < 1.0 or h[j] < 1.0 else 0
                e[j] = 0.0
        proven = False
        good = False
        for _ in range(8):
            for _ in range(most):
                moved = False
                for j in range(begin, end):
                    if uncapped[j] == 0:
                        continue
                    terms = links[j] + 3.0
                    x = abs(min(1.0, raw[j]) - h[j]) + 1.2e-16 * terms * raw[j] + 1e-320 * terms
                    y = 0.0
                    for p in range(ptr[j], ptr[j + 1]):
                        y += weight[p] * e[source[p]]
                    x = min(1.0, x + base_error[j] + factor * y)
                    if abs(x - e[j]) > 0.02 * e[j]:
                        moved = True
                    e[j] = x
                if not moved:
                    break
            grown = False
            proven = True
            good = True
            for j in range(begin, end):
                up = base[j] + base_error[j]
                down = base[j] - base_error[j]
                for p in range(ptr[j], ptr[j + 1]):
                    i = source[p]
                    up += weight[p] * min(1.0, h[i] + 2.0 * e[i])
                    down += weight[p] * max(0.0, h[i] - 2.0 * e[i])
                terms = links[j] + 3.0
                up = min(1.0, up + 1.2e-16 * terms * up + 1e-320 * terms)
                down = max(0.0, min(1.0, down - 1.2e-16 * terms * down - 1e-320 * terms))
                if down < 1.0 and uncapped[j] == 0 and raw[j] >= 1.0:
                    # A ring of gain exactly 1 is held at 1 by an inflow far below one unit of rounding: the same sum
                    # again in twice the precision (Ogita, Rump, Oishi 2005, SIAM J. Sci. Comput. 26:1955).
                    high = base[j] - base_error[j] - 1.2e-16 * terms * base[j]
                    low = 0.0
                    rough = 0.0  # what was lost by rounding, which is all that is rounded again
                    tiny = 0.0
                    for p in range(ptr[j], ptr[j + 1]):
                        i = source[p]
                        x = weight[p]
                        y = max(0.0, h[i] - 2.0 * e[i])
                        product = x * y
                        part = 134217729.0 * x
                        x_high = part - (part - x)
                        part = 134217729.0 * y
                        y_high = part - (part - y)
                        x_low, y_low = x - x_high, y - y_high
                        lost = x_low * y_low - (
                            ((product - x_high * y_high) - x_low * y_high) - x_high * y_low
                        )
                        total = high + product
                        back = total - high
                        part = (high - (total - back)) + (product - back)
                        low += part + lost
                        rough += abs(part) + abs(lost)
                        tiny += 1e-320 if 0.0 < product < 1e-280 else 0.0
                        high = total
                    if (high - 1.0) + low >= 1.2e-16 * terms * rough + tiny:
                        down = 1.0
                if up > min(1.0, h[j] + 2.0 * e[j]) or down < max(0.0, h[j] - 2.0 * e[j]):
                    proven = False
                    if uncapped[j] == 0:
                        uncapped[j] = 1
                        grown = True
                if 2.0 * e[j] > 1e-9 * h[j] + 1e-300:
                    good = False
            if proven or not grown or most == 0:
                break
        if not (proven and good):
            return c, proven
    return end_component, True
