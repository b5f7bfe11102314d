"""What a shock does by DebtRank 2012 and by a hard cascade; never mixed in one figure with ``propagation``."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from algorithms.risk.propagation import unit_interval
from graph.arrays import Bools, Csr, Floats, Ints


@dataclass(frozen=True, slots=True, eq=False)
class DebtRank:
    """``h``: n, distress at the end. ``steps``: T of the paper, counted from 1. ``trajectory``: T x n, h over time."""

    h: Floats
    steps: int
    trajectory: Floats

    def value(self, economic_value: Floats) -> float:
        """R = sum_i v_i (h_i(T) - h_i(1)), v the shares of the given values; 0 where all values are 0."""
        whole = float(economic_value.sum())
        if whole == 0.0:
            return 0.0
        return float((economic_value / whole * (self.h - self.trajectory[0])).sum())


def debtrank_2012(weights: Csr, shock: Floats) -> DebtRank:
    """DebtRank as first published: each party transmits once, at its first distress.

    Args:
        weights: n x n, row harms column; entries above 1 are cut to 1.
        shock: n in [0, 1], distress at t = 1.

    Stops when nobody is distressed and still to transmit, after at most n + 2 steps. O(links) in all.
    Source: Battiston, Puliga, Kaushik, Tasca, Caldarelli 2012, Sci. Rep. 2:541.
    """
    unit_interval("shock", shock, weights.size)
    weight = np.minimum(1.0, weights.data)
    rows = weights.rows()
    h = shock.astype(np.float64)
    active = h > 0.0
    quiet = np.zeros(len(h), dtype=bool)  # has transmitted; still receives
    trajectory = [h.copy()]
    while active.any():
        sending = active[rows]
        hit = np.bincount(weights.indices[sending], weight[sending] * h[rows[sending]], minlength=len(h))
        quiet |= active
        h = np.minimum(1.0, h + hit)
        active = (h > 0.0) & ~quiet
        trajectory.append(h.copy())
    return DebtRank(h, len(trajectory), np.array(trajectory))


@dataclass(frozen=True, slots=True, eq=False)
class Cascade:
    """``failed``: n. ``round``: n, when each failed; 0 = at the start, -1 = not. ``loss``: n, in the unit given."""

    failed: Bools
    round: Ints
    loss: Floats


def hard_cascade(exposure: Csr, buffer: Floats, failed: Bools) -> Cascade:
    """A party fails when what it loses through failed parties is at least its buffer.

    Args:
        exposure: n x n, money that the column loses when the row fails.
        buffer: n, same unit.
        failed: n, at the start.

    The order of failures does not matter. O(links). Source: Furfine 2003, J. Money Credit Bank. 35:111.
    """
    rows = exposure.rows()
    size = exposure.size
    now = failed.copy()
    when = np.where(failed, 0, -1).astype(np.int64)
    fresh = now.copy()
    loss = np.zeros(size)
    number = 0
    while fresh.any():
        sending = fresh[rows]
        loss += np.bincount(exposure.indices[sending], exposure.data[sending], minlength=size)
        number += 1
        fresh = ~now & (loss > 0.0) & (loss >= buffer)
        now |= fresh
        when[fresh] = number
    return Cascade(now, when, loss)
