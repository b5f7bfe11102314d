"""Chances that are only known from below yet, and rise to the solution as far as somebody wants to know.

For changes that compete: one that cannot win any more is given up early, and goes on from there for the next question.
"""

from __future__ import annotations

import numpy as np

from algorithms.risk.close_groups.equations import Equations
from algorithms.risk.close_groups.solve import SWEEPS, solve, sweep
from graph.arrays import Floats

AT_ONCE = 3
"""Sweeps between two looks."""


class Rising:
    """The values of a system: nowhere above its solution, and at it once ``settled``."""

    def __init__(self, system: Equations, own: Floats, start: Floats | None = None) -> None:
        """``own``: n, own distress. ``start``: values that are nowhere above the solution; 0 when absent."""
        self.system, self._own = system, np.ascontiguousarray(own, dtype=np.float64)
        self.values = np.zeros(system.values) if start is None else start
        self._part = self._sweeps = 0
        self._last = len(system.parts) - 1

    @property
    def settled(self) -> bool:
        """Whether this is the solution."""
        return self._part == self._last

    @property
    def p(self) -> Floats:
        """n, the chances of the parties as far as they are known."""
        return self.values[self.system.party_slot]

    def rise(self) -> None:
        """A few more sweeps."""
        part, _ = sweep(self.system, self._own, self.values, self.values, first=self._part, most=AT_ONCE)
        self._sweeps = self._sweeps + AT_ONCE if part == self._part else AT_ONCE
        self._part = part
        if self._sweeps >= SWEEPS and not self.settled:
            self.values, _, _ = solve(self.system, self._own)
            self._part = self._last
        elif not self.settled:
            # What comes after has to show something as well before this part has settled.
            sweep(self.system, self._own, self.values, self.values, first=part + 1, most=1)
