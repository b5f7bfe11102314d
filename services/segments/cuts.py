"""The cuts that the valley tree made, with the density at each; found again from the features of the run."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from algorithms.segments.classes import SAMPLE
from algorithms.segments.table import distinct, in_hashed_order
from algorithms.segments.valley import Cut
from algorithms.segments.valley_tree import ValleyTree
from graph.arrays import Floats
from services.segments.classified import Classified
from terms.delayed import Delayed

threadpoolctl: Final[Any] = Delayed("threadpoolctl")
BINS: Final = 64
PURPOSE: Final = "seed 0 tree"
"""What the draws of the run's own tree are for."""


@dataclass(frozen=True, slots=True, eq=False)
class ShownCut:
    """One cut. ``p``: of the valley test. ``low``, ``high``: customers on each side. ``density``: of 64 bins, 1 at the
    highest. ``begin``, ``end``: the valley, and ``at``: where it is cut, as shares of the width."""

    path: str
    p: float
    low: int
    high: int
    density: Floats
    begin: float
    end: float
    at: float


def cuts(found: Classified) -> tuple[ShownCut, ...]:
    """The cuts, the first one first; none where there are no classes."""
    described = found.segments.judged.described
    members = np.flatnonzero(found.features.active)
    ids = [found.features.ids[at] for at in members.tolist()]
    values = {name: found.features.values[name][members] for name in described.names}
    table, _ = in_hashed_order(described.table(ids, values))
    table = table.rows(distinct(table))
    with threadpoolctl.threadpool_limits(1):
        tree = ValleyTree(table.rows(np.arange(min(table.size, SAMPLE))), PURPOSE)
        tree.parts()
    told, waiting = [], [tree.root]
    while waiting:
        node = waiting.pop(0)
        if node.cut is not None and node.sides is not None:
            told.append(_shown(node.path, node.p, node.cut))
            waiting += node.sides
    return tuple(told)


def _shown(path: str, p: float, cut: Cut) -> ShownCut:
    along, edges = cut.along, cut.gap.edges
    low, high = float(along.min()), float(along.max())
    count, _ = np.histogram(along, BINS, (low, high))
    smooth = np.convolve(count, np.array([1, 2, 3, 2, 1]) / 9, "same")

    def place(value: float) -> float:
        return (value - low) / (high - low)

    return ShownCut(
        path,
        p,
        int((~cut.side).sum()),
        int(cut.side.sum()),
        smooth / max(float(smooth.max()), 1.0),
        place(float(edges[1])),
        place(float(edges[2])),
        place(cut.gap.cut),
    )
