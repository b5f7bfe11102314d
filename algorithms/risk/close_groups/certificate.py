"""Proven bounds for the chances by close groups.

With slopes J of G at x: e = 1.05 J e + 1.05 (|G(x) - x| + rounding). If G(x + 2e) <= x + 2e and G(x - 2e) >= x - 2e
(clipped to [0, 1], rounded outwards), then |x - exact| <= 2e, because G rises in every value and has one solution on
what is reached. Where that is not proven the answer is enclosed from below and above. Tables of reach sets are taken as
given; what draws may be off is told apart, as noise.
"""

from __future__ import annotations

import numpy as np

from algorithms.risk.close_groups.certificate_kernel import errors
from algorithms.risk.close_groups.equations import Equations
from algorithms.risk.close_groups.links import DRAWS
from algorithms.risk.close_groups.slopes import slopes
from algorithms.risk.close_groups.solve import sweep
from graph.arrays import Bools, Floats, Ints

CAUTION = 1.05
ROUNDING = 1.2e-16
ERROR_SWEEPS = 500
ENCLOSING_SWEEPS = 1_000
GOOD = 1e-9


def certificate(system: Equations, own: Floats, x: Floats) -> tuple[Floats, int]:
    """Proven bounds on |x - exact| per value, and the linear systems that they took; x may move within them.

    Args:
        system: of n parties.
        own: n, as solved.
        x: the values to judge.
    """
    part_of = _part_of(system)
    y = np.zeros(len(x))
    sweep(system, own, x, y, most=1)
    rounding = ROUNDING * _operations(system)
    source = CAUTION * (np.abs(y - x) + rounding * y)
    e = np.zeros(len(x))
    _spread(system, own, x, e, source)
    solves = 0
    bad = _unproven(system, own, x, e, rounding, part_of=part_of)
    for part in np.flatnonzero(bad).tolist():
        # The sweeps for e stop early where slopes come near 1: solve for it.
        found = slopes(system, own, x, part)
        if found is None:
            continue
        inside = found.unknowns[x[found.unknowns] > 0.0]
        outer = np.zeros(len(x))
        np.add.at(
            outer, found.row, found.value * np.where(part_of[found.column] == part, 0.0, e[found.column])
        )
        solution = found.solve(inside, source[inside] + CAUTION * outer[inside])
        e[inside] = np.clip(np.nan_to_num(solution, nan=1.0, posinf=1.0), 0.0, 1.0)
        e[inside] = np.where(solution < 0.0, 1.0, e[inside])
        solves += 1
    if solves:
        bad = _unproven(system, own, x, e, rounding, part_of=part_of)
    if not bad.any():
        return 2.0 * e * (1.0 + 1e-15) + ROUNDING * x, solves
    low, high = _enclosed(system, own, x, rounding)
    middle = np.clip(x, low, high)
    unproven = bad[part_of]
    # A part behind one that is not proven is not proven either: only enclosures stand on their own there.
    behind = _behind(system, unproven)
    bound = np.where(behind, np.maximum(high - middle, middle - low), 2.0 * e * (1.0 + 1e-15))
    x[behind] = middle[behind]
    return bound + ROUNDING * x, solves


def noise(system: Equations, own: Floats, x: Floats) -> Floats:
    """Two standard deviations of what 4,000 draws leave open, per value; 0 where no draws reach.

    Deviations of blocks add up as if they fell together: the same draws serve all of them.
    """
    e = np.zeros(len(x))
    if system.reach.drawn.any():
        _spread(system, own, x, e, np.zeros(len(x)), draws=True)
    return e


def _part_of(system: Equations) -> Ints:
    """The part of every value."""
    part = np.empty(system.values, dtype=np.int64)
    part[: system.slots] = np.repeat(np.arange(len(system.parts) - 1), np.diff(system.parts))
    lacking = system.without >= 0
    of_slot = np.repeat(np.arange(system.slots), np.diff(system.term))
    part[system.without[lacking]] = part[of_slot[lacking]]
    return part


def _operations(system: Equations) -> Floats:
    """Roundings that a value of G may carry, counted from above."""
    table = system.block_table
    size = np.diff(system.block_first)
    sets = np.where(system.reach.drawn[table], DRAWS + 3.0 * size, 2.0 ** np.minimum(size, 16))
    sums = np.concatenate([np.zeros(1), np.cumsum(sets[system.block] + 3.0)])
    count = np.zeros(system.values)
    count[: system.slots] = np.diff(sums[system.child]) + 3.0 * np.diff(system.term) + 3.0
    lacking = system.without >= 0
    of_slot = np.repeat(np.arange(system.slots), np.diff(system.term))
    count[system.without[lacking]] = count[of_slot[lacking]]
    return count


def _unproven(
    system: Equations, own: Floats, x: Floats, e: Floats, rounding: Floats, *, part_of: Ints
) -> Bools:
    """Parts whose bound is not proven, or is too wide to be of use."""
    up, down = np.minimum(1.0, x + 2.0 * e), np.maximum(0.0, x - 2.0 * e)
    above, below = np.zeros(len(x)), np.zeros(len(x))
    sweep(system, own, up, above, most=1)
    sweep(system, own, down, below, most=1)
    bad = (np.minimum(1.0, above * (1.0 + rounding)) > up) | (below * (1.0 - rounding) < down)
    bad |= 2.0 * e > GOOD * x + 1e-300
    parts = np.zeros(len(system.parts) - 1, dtype=np.bool_)
    parts[part_of[bad]] = True
    return parts


def _enclosed(system: Equations, own: Floats, x: Floats, rounding: Floats) -> tuple[Floats, Floats]:
    """Values that are certainly below and certainly above the solution."""
    low, high = np.zeros(len(x)), np.where(x > 0.0, 1.0, 0.0)
    new = np.zeros(len(x))
    for _ in range(ENCLOSING_SWEEPS):
        sweep(system, own, low, new, most=1)
        rising = np.maximum(low, new * (1.0 - rounding))
        sweep(system, own, high, new, most=1)
        falling = np.minimum(high, new * (1.0 + rounding))
        done = (rising - low <= 1e-13 * rising).all() and (high - falling <= 1e-13 * falling).all()
        low, high = rising, falling
        if done:
            break
    return low, high


def _behind(system: Equations, marked: Bools) -> Bools:
    """Marked values and all that read them, over any number of steps."""
    marked = marked.copy()
    of_slot = np.repeat(np.arange(system.slots), np.diff(system.term))
    of_child = np.repeat(np.arange(system.slots), np.diff(system.child))
    of_block = np.repeat(np.arange(len(system.block_table)), np.diff(system.block_first))
    while True:
        before = int(marked.sum())
        hit = np.zeros(len(system.block_table), dtype=np.bool_)
        hit[of_block[marked[system.block_slot]]] = True
        marked[of_child[hit[system.block]]] = True
        marked[of_slot[marked[system.operand]]] = True
        lacking = system.without >= 0
        marked[system.without[lacking]] |= marked[of_slot[lacking]]
        if int(marked.sum()) == before:
            return marked


def _spread(
    system: Equations, own: Floats, x: Floats, e: Floats, source: Floats, *, draws: bool = False
) -> None:
    """e := 1.05 J e + source part by part, until no e moves by more than 2 %; e changes in place."""
    errors(
        system.parts, system.alone, system.party, system.term, system.operand, system.weight, system.without,
        system.child, system.block, system.block_first, system.block_slot, system.block_table,
        *system.reach.plain,
        own, x, source, e, 1.0 if draws else CAUTION, draws, ERROR_SWEEPS,
    )  # fmt: skip
