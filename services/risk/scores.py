"""The chance that each party of a run fails, with all that was found about how exact it is."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from algorithms.risk.close_groups.probability import Chances, Model
from algorithms.risk.close_groups.what_if import Renewed
from graph.arrays import Bools, Floats, Ints

GONE = -1
"""Stands for the place of a party that a later run has no more."""
SCORES = ("score", "bound", "noise", "loop_outside", "rung", "drawn", "cut")
"""Columns of the scores by party."""


@dataclass(frozen=True, slots=True, eq=False)
class Scores:
    """The chance that each of n parties fails, by close groups (docs/science.md, "Close groups").

    ``score``: n, in [0, 1]. ``bound``: n, its proven distance from the exact solution. ``noise``: n, two standard
    deviations of what draws leave open, 0 where nothing is drawn. ``loop_outside``: n, circles outside the close group
    may count a failure more than once. ``rung``: n, the least weight of the links that make the close group, infinite =
    the party is alone. ``drawn``, ``cut``: n, large blocks of the group are drawn; the group was cut.
    """

    score: Floats
    bound: Floats
    noise: Floats
    loop_outside: Bools
    rung: Floats
    drawn: Bools
    cut: Bools

    @classmethod
    def of(cls, model: Model, found: Chances) -> Scores:
        """What was solved for everybody."""
        groups = model.groups
        return cls(
            found.p, found.bound, found.noise, model.loop_outside, groups.rung, groups.drawn, groups.cut
        )

    @classmethod
    def unsolved(cls, size: int) -> Scores:
        """All scores 0."""
        nothing, no = np.zeros(size), np.zeros(size, dtype=np.bool_)
        return cls(nothing, nothing, nothing, no, np.full(size, np.inf), no, no)

    def moved(self, place: Ints, size: int) -> Scores:
        """The same at other positions, those of ``place``; a party that is new is unsolved."""
        start, kept = Scores.unsolved(size), place != GONE
        found = {}
        for name in SCORES:
            values = getattr(start, name).copy()
            values[place[kept]] = getattr(self, name)[kept]
            found[name] = values
        return Scores(**found)

    def renewed(self, after: Renewed) -> Scores:
        """The same with new values of some parties."""
        found = {}
        for name in SCORES:
            values = getattr(self, name).copy()
            values[after.parties] = after.p if name == "score" else getattr(after, name)
            found[name] = values
        return Scores(**found)
