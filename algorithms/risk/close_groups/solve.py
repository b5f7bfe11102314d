"""Least solution of the system of close groups: sweeps from below, part by part, and Newton's method from above.

Every value rises with every other, and along rays from 0 the system is concave, so there is one solution on what is
reached. Sweeps from 0 rise to it, Newton's steps from 1 fall to it (docs/science.md, "Close groups").
"""
# ruff: noqa: PLR0912, PLR0915, PLR0917  # kernels take plain arrays and cannot be split: none calls another

from __future__ import annotations

import numpy as np

from algorithms.kernel import kernel
from algorithms.risk.close_groups.equations import Equations
from algorithms.risk.close_groups.links import Bytes, Ints32
from algorithms.risk.close_groups.slopes import slopes
from graph.arrays import Floats, Ints

SWEEPS = 200
"""A part that has not settled after so many sweeps is solved by Newton's method."""
STEPS = 100
MORE_SWEEPS = 5_000


def solve(system: Equations, own: Floats, start: Floats | None = None) -> tuple[Floats, int, int]:
    """The values x = G(x), the sweeps made over parts of more than one party, and the linear systems solved.

    Args:
        system: of n parties.
        own: n, own distress in [0, 1].
        start: values that are nowhere above the solution, such as the solution of less distress; 0 when absent.
    """
    x = np.zeros(system.values) if start is None else start.copy()
    count = len(system.parts) - 1
    sweeps = solves = part = 0
    while True:
        part, made = sweep(system, own, x, x, first=part, most=SWEEPS)
        sweeps += made
        if part == count:
            return x, sweeps, solves
        solves += _newton(system, own, x, part)
        # From Newton's answer sweeps only polish; where it gave up they go on rising.
        _, made = sweep(system, own, x, x, first=part, last=part + 1, most=MORE_SWEEPS if solves == 0 else 20)
        sweeps += made
        part += 1


def _newton(system: Equations, own: Floats, x: Floats, part: int) -> int:
    """Solve one part from above; x changes in place. Returns the steps, 0 where the part is too large."""
    found = slopes(system, own, x, part)
    if found is None:
        return 0
    inside = found.unknowns[x[found.unknowns] > 0.0]
    below = x[inside].copy()
    x[inside] = 1.0
    for step in range(1, STEPS + 1):
        found = slopes(system, own, x, part)
        if found is None:
            break
        y = x.copy()
        sweep(system, own, x, y, first=part, last=part + 1, most=1)
        change = found.solve(inside, y[inside] - x[inside])
        new = np.clip(x[inside] + change, below, x[inside])
        moved = np.abs(new - x[inside]).max(initial=0.0)
        x[inside] = new
        if not np.isfinite(change).all() or moved <= 1e-15:
            return step
    return STEPS


def sweep(
    system: Equations,
    own: Floats,
    x: Floats,
    y: Floats,
    *,
    first: int = 0,
    last: int | None = None,
    most: int,
) -> tuple[int, int]:
    """y := G(x) slot by slot; with ``y`` the same array as ``x`` new values are read at once, until parts settle.

    Returns:
        The first part that has not settled after ``most`` sweeps (the number of parts when all have), and the sweeps
        made over parts of more than one party.
    """
    reach = system.reach
    return _sweep(
        system.parts, system.alone, system.party, system.term, system.operand, system.weight, system.without,
        system.child, system.block, system.block_first, system.block_slot, system.block_table,
        reach.drawn.astype(np.uint8), reach.first, reach.value, reach.set_first, reach.set_member,
        own, x, y, first, len(system.parts) - 1 if last is None else last, most,
    )  # fmt: skip


@kernel("i8 i8 i8 i8 i8 f8 i8 i8 i8 i8 i8 i8 u1 i8 f8 i8 i4 f8 f8* f8* int int int")
def _sweep(
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
    table_first: Ints,
    value: Floats,
    set_first: Ints,
    set_member: Ints32,
    own: Floats,
    x: Floats,
    y: Floats,
    first: int,
    last: int,
    most: int,
) -> tuple[int, int]:  # pragma: no cover  # compiled
    some = np.zeros(1)
    before = np.zeros(1)
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
                        for v in range(table_first[t], table_first[t + 1]):
                            f = 0.0
                            for p in range(set_first[v], set_first[v + 1]):
                                f += x[block_slot[slots + set_member[p]]] * (1.0 - f)
                            gain += value[v] * f
                    elif size == 1:
                        gain = value[table_first[t] + 1] * x[block_slot[slots]]
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
                            gain += value[table_first[t] + s] * some[s]
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
