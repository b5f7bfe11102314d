"""Least solution of the system of close groups: sweeps from below, part by part, and Newton's method from above.

Every value rises with every other, and along rays from 0 the system is concave, so there is one solution on what is
reached. Sweeps from 0 rise to it, Newton's steps from 1 fall to it (docs/science.md, "Close groups").
"""

from __future__ import annotations

import numpy as np

from algorithms.risk.close_groups.equations import Equations
from algorithms.risk.close_groups.slopes import slopes
from algorithms.risk.close_groups.solve_kernel import sweep_parts
from graph.arrays import Floats

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
    return sweep_parts(
        system.parts, system.alone, system.party, system.term, system.operand, system.weight, system.without,
        system.child, system.block, system.block_first, system.block_slot, system.block_table,
        *system.reach.plain,
        own, x, y, first, len(system.parts) - 1 if last is None else last, most,
    )  # fmt: skip
