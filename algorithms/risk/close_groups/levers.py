"""What a little more of each value adds to a total ``M = sum_j m_j P_j``, for many totals on one solved model."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from algorithms.invalid_argument import invalid_argument
from algorithms.risk.close_groups.probability import Chances, Model
from algorithms.risk.close_groups.slopes import slopes
from algorithms.risk.policy_iteration import linear_solver
from graph.arrays import Floats, Ints

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

SPARKS = 2_000
"""Steps after which what no seed reaches counts as a ring that a first spark would fill."""


class Levers:
    """The slopes at the solution, with the factors of their matrix."""

    def __init__(self, model: Model, own: Floats, result: Chances) -> None:
        """``model``, ``own``, ``result``: as solved.

        Raises:
            ValueError: the system holds too many slopes for one matrix.
        """
        system = model.system
        found = slopes(
            system, np.ascontiguousarray(own, dtype=np.float64), result.values, 0, len(system.parts) - 1
        )
        if found is None:
            raise invalid_argument("too many slopes: close groups of hubs with many two-way links")
        self._system, self._slopes, self._p = system, found, result.p
        self._owners = owners(model)
        reached = result.values > 0.0
        self._inside, self._rest = np.flatnonzero(reached), np.flatnonzero(~reached)
        self._onto = reached[found.row] & ~reached[found.column]
        self._solve = linear_solver(found.matrix(self._inside).T.tocsr())
        self._unreached = found.matrix(self._rest).T.tocsr() if len(self._rest) else None

    def sensitivity(self, money: Floats) -> Floats:
        """dM / d own_u for every party: n values; infinite where a first spark would fill circles that none reaches."""
        return self._of_parties(self._worth(money))

    def through(self, money: Floats) -> Floats:
        """A first guess of what others lose through each party: its chance times what its failing by itself costs
        them."""
        worth = self._worth(money)
        value = self._of_parties(np.where(np.isfinite(worth), worth, 0.0))
        by_own = self._slopes.by_own[self._system.party_slot]
        return np.asarray(self._p * np.maximum(0.0, value - money * by_own))

    def _of_parties(self, worth: Floats) -> Floats:
        """What a little more own distress adds to M, by party: all values that it enters."""
        by_own = np.where(self._slopes.by_own > 0.0, worth, 0.0) * self._slopes.by_own
        size = len(self._system.party_slot)
        return np.bincount(self._owners, by_own, minlength=size).astype(np.float64)

    def _worth(self, money: Floats) -> Floats:
        """What a little more of each value adds to M: z = m + J'z, on what a seed reaches and then on the rest."""
        system, found = self._system, self._slopes
        right = np.zeros(system.values)
        np.add.at(right, system.party_slot, money)
        worth = np.zeros(system.values)
        worth[self._inside] = np.maximum(0.0, self._solve(right[self._inside]))
        if self._unreached is not None:
            onto = self._onto
            right[:] += np.bincount(
                found.column[onto], found.value[onto] * worth[found.row[onto]], minlength=len(right)
            )
            worth[self._rest] = _sparked(self._unreached, right[self._rest])
        return worth


def owners(model: Model) -> Ints:
    """The party of every value."""
    system = model.system
    owner = np.empty(system.values, dtype=np.int64)
    owner[: system.slots] = system.party
    lacking = system.without >= 0
    of_slot = np.repeat(np.arange(system.slots), np.diff(system.term))
    owner[system.without[lacking]] = system.party[of_slot[lacking]]
    return owner


def _sparked(matrix: csr_matrix, right: Floats) -> Floats:
    """z = right + matrix z from below; infinite where it goes on growing."""
    z = right.copy()
    for _ in range(SPARKS):
        new = right + matrix @ z
        if (new - z <= 1e-12 * new).all():
            return np.asarray(new)
        z = new
    growing = right + matrix @ z - z > 1e-9 * z
    return np.where(growing, np.inf, z)
