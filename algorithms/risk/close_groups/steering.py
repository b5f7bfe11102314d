"""Where to act: what a little less own distress is worth, and whom to ring-fence; for a total ``M = sum_j m_j P_j``."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_matrix

from algorithms.invalid_argument import invalid_argument
from algorithms.risk.close_groups.probability import Chances, Model, chances, prepare
from algorithms.risk.close_groups.slopes import Slopes, slopes
from algorithms.risk.close_groups.what_if import what_if
from algorithms.risk.network import Network
from algorithms.risk.policy_iteration import linear
from algorithms.risk.probability import IDENTITY, Probability, slope_from_zero
from graph.arrays import Floats

CANDIDATES = 20
SPARKS = 2_000
"""Steps after which what no seed reaches counts as a ring that a first spark would fill."""


@dataclass(frozen=True, slots=True)
class RingFence:
    """One pick: ``spared`` = what M falls by when this party, after the earlier ones, can harm nobody any more."""

    party: int
    spared: float


def sensitivity(model: Model, own: Floats, result: Chances, money: Floats) -> Floats:
    """dM / d own_u for every party: n values.

    Infinite where a first spark would fill circles of weak links that no seed reaches yet.

    Args:
        model, own, result: as solved.
        money: n, >= 0.

    Raises:
        ValueError: the system holds too many slopes for one matrix.

    One transposed linear solve.
    """
    found, worth = _worth(model, own, result, money)
    return _of_parties(model, found, worth)


def ring_fence(
    weights: Network,
    own: Floats,
    money: Floats,
    picks: int,
    *,
    model: Model | None = None,
    before: Chances | None = None,
    priority: Floats | None = None,
    probability: Probability = IDENTITY,
) -> tuple[RingFence, ...]:
    """Whom to ring-fence, greedily: of the 20 parties that most of M seems to pass through, the one whose links out,
    once cut, let M fall the most; groups are derived again for each.

    Args:
        weights: break weights.
        own: n, own distress.
        money: n, >= 0.
        picks: at most so many; fewer where no cut lets M fall.
        model, before: of ``weights``, where they are there already.
        priority: n, as in ``prepare``.
        probability: g; ``M = sum_j m_j g(P_j)``.

    Ties go to the lower position. 20 what-ifs a pick, and a preparation for each pick after the first.
    """
    found: list[RingFence] = []
    network = weights.plain()
    model = model or prepare(network, priority=priority)
    before = before or chances(model, own, proven=False)
    while len(found) < picks:
        through = _through(model, own, before, money * slope_from_zero(probability, before.p))
        order = np.argsort(-through, kind="stable")[:CANDIDATES]
        best: tuple[float, int, Network] | None = None
        for party in order[through[order] > 0.0].tolist():
            targets, _ = network.row(party)
            cut = network.changed(np.full(len(targets), party), targets, np.zeros(len(targets)))
            after = what_if(model, before, own, targets, network=cut, priority=priority, quick=True)
            fall = probability(before.p[after.parties]) - probability(after.p)
            spared = float(money[after.parties] @ fall)
            if best is None or (spared, -party) > (best[0], -best[1]):
                best = spared, party, cut
        if best is None or best[0] <= 0.0:
            break
        found.append(RingFence(best[1], best[0]))
        if len(found) < picks:
            network = best[2].plain()
            model = prepare(network, limits=model.groups.limits, keys=model.keys, priority=priority)
            before = chances(model, own, proven=False)
    return tuple(found)


def _through(model: Model, own: Floats, result: Chances, money: Floats) -> Floats:
    """A first guess of what others lose through each party: its chance times what its failing by itself costs them."""
    found, worth = _worth(model, own, result, money)
    value = _of_parties(model, found, np.where(np.isfinite(worth), worth, 0.0))
    return np.asarray(result.p * np.maximum(0.0, value - money * found.by_own[model.system.party_slot]))


def _of_parties(model: Model, found: Slopes, worth: Floats) -> Floats:
    """What a little more own distress adds to M, by party: all values that it enters."""
    by_own = np.where(found.by_own > 0.0, worth, 0.0) * found.by_own
    return np.bincount(_owners(model), by_own, minlength=len(model.system.party_slot)).astype(np.float64)


def _worth(model: Model, own: Floats, result: Chances, money: Floats) -> tuple[Slopes, Floats]:
    """What a little more of each value adds to M: z = m + J'z, on what a seed reaches and then on the rest."""
    system = model.system
    found = slopes(
        system, np.ascontiguousarray(own, dtype=np.float64), result.values, 0, len(system.parts) - 1
    )
    if found is None:
        raise invalid_argument("too many slopes: close groups of hubs with many two-way links")
    right = np.zeros(system.values)
    np.add.at(right, system.party_slot, money)
    reached = result.values > 0.0
    inside, rest = np.flatnonzero(reached), np.flatnonzero(~reached)
    worth = np.zeros(system.values)
    worth[inside] = np.maximum(0.0, linear(found.matrix(inside).T.tocsr(), right[inside]))
    if len(rest):
        onto = reached[found.row] & ~reached[found.column]
        right[:] += np.bincount(
            found.column[onto], found.value[onto] * worth[found.row[onto]], minlength=len(right)
        )
        worth[rest] = _sparked(found.matrix(rest).T.tocsr(), right[rest])
    return found, worth


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


def _owners(model: Model) -> np.ndarray[tuple[int, ...], np.dtype[np.int64]]:
    """The party of every value."""
    system = model.system
    owner = np.empty(system.values, dtype=np.int64)
    owner[: system.slots] = system.party
    lacking = system.without >= 0
    of_slot = np.repeat(np.arange(system.slots), np.diff(system.term))
    owner[system.without[lacking]] = system.party[of_slot[lacking]]
    return owner
