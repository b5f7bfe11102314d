"""Where to act: what a little less own distress is worth, and whom to ring-fence; for a total ``M = sum_j m_j P_j``."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from algorithms.risk.close_groups.levers import Levers
from algorithms.risk.close_groups.probability import Chances, Model, chances, prepare
from algorithms.risk.close_groups.trials import Trials
from algorithms.risk.network import Network
from algorithms.risk.probability import IDENTITY, Probability, slope_from_zero
from graph.arrays import Floats

CANDIDATES = 20
ROUNDING = 1e-9
"""What spares more by no more than this, relatively, spares as much."""


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
    return Levers(model, own, result).sensitivity(money)


def ring_fence(
    network: Network,
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
        network: break weights.
        own: n, own distress.
        money: n, >= 0.
        picks: at most so many; fewer where no cut lets M fall.
        model, before: of ``network``, where they are there already.
        priority: n, as in ``prepare``.
        probability: g; ``M = sum_j m_j g(P_j)``.

    Ties go to the lower position. 20 what-ifs a pick, and a preparation for each pick after the first.
    """
    found: list[RingFence] = []
    whole = network.plain()
    model = model or prepare(whole, priority=priority)
    before = before or chances(model, own, proven=False)
    trials = Trials(model, own, before, whole, priority=priority, probability=probability)
    while len(found) < picks:
        best = most_spared(trials, money)
        if best is None:
            break
        found.append(best)
        if len(found) < picks:
            whole = trials.cut(best.party).plain()
            model = prepare(whole, limits=model.groups.limits, keys=model.keys, priority=priority)
            before = chances(model, own, proven=False)
            trials = Trials(model, own, before, whole, priority=priority, probability=probability)
    return tuple(found)


def most_spared(trials: Trials, money: Floats, floor: float = 0.0) -> RingFence | None:
    """The one pick; None where none spares more than ``floor``.

    Args:
        trials: of the solved model; what they find serves other totals too.
        money: n, >= 0.
    """
    slope = slope_from_zero(trials.probability, trials.before.p)
    through = trials.levers.through(money * slope)
    order = np.argsort(-through, kind="stable")[:CANDIDATES]
    best: RingFence | None = None
    for party in order[through[order] > 0.0].tolist():
        least = floor if best is None else best.spared
        spared = trials.silenced(party).spares(money, trials.probability, least)
        if spared is None or spared <= floor * (1.0 + ROUNDING):
            continue
        if best is None or (spared, -party) > (best.spared, -best.party):
            best = RingFence(party, spared)
    return best
