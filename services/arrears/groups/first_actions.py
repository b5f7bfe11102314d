"""What to do about a group of parties first: settle with a seed, or ring-fence a party that passes harm on.

Both are judged by what they would really spare: the solution continued without the cause, not a first-order guess.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from algorithms.risk.blame import ring_fence_value
from algorithms.risk.update import Update, update
from graph.arrays import Floats
from services.arrears.answer.model import Action, ActionKind
from services.names import Named
from services.risk.model import RiskModel
from terms.money import Money

TRIED = 3
"""Seeds, and parties to ring-fence, that are tried."""
NOTHING = 1e-9
"""A part of the loss below this is rounding."""


@dataclass(frozen=True, slots=True)
class Step:
    """An action by the position of its party; ``spared``: yuan in fen; ``share``: of the group's expected loss."""

    kind: ActionKind
    party: int
    spared: float
    share: float

    def named(self, names: Mapping[int, Named]) -> Action:
        """The same by name."""
        return Action(self.kind, names[self.party], Money(round(self.spared)), self.share)


def first_action(model: RiskModel, stake: Floats, seeds: list[int]) -> Step | None:
    """The action that spares most of ``sum stake * g(score)``; None where there is nothing to spare.

    Args:
        stake: n, fen that the utility loses at each party of the group if it fails; 0 outside.
        seeds: the parties to blame, the worst first.

    A ring-fence is named only where it spares more than settling with any seed that was tried.
    """
    total = float(stake @ model.probability(model.score))
    if total <= 0:
        return None
    found = []
    for seed in seeds[:TRIED]:
        own = model.own.copy()
        own[seed] = 0.0
        after = update(model.solution, model.network, own, np.array([seed]))
        spared = _spared(model, model.score, after, stake)
        found.append(Step(ActionKind.AGREE_ON_PAYMENT, seed, spared, spared / total))
    found += ring_fences(model, stake, picks=1)
    return max(found, key=lambda step: (step.spared, step.kind is ActionKind.AGREE_ON_PAYMENT), default=None)


def ring_fences(model: RiskModel, stake: Floats, picks: int) -> list[Step]:
    """Parties whose outgoing links to cut, one after the other, each where it spares most (docs/science.md,
    "Where to act").

    Each pick is the party with the largest part of the group's loss passing through it on the way to others; the
    solution is continued without its links before the next one. ``spared`` is what the pick adds.
    """
    total = float(stake @ model.probability(model.score))
    network, solution = model.network, model.solution
    found: list[Step] = []
    while len(found) < picks:
        value = ring_fence_value(network, model.own, solution.h, model.per_score(stake))
        best = int(np.argmax(value))
        if value[best] <= NOTHING * max(total, 1.0):
            break
        targets, _ = network.row(best)
        targets = targets[targets != best]
        if not len(targets):
            break
        network = network.changed(np.full(len(targets), best), targets, np.zeros(len(targets)))
        after = update(solution, network, model.own, targets)
        spared = _spared(model, solution.h, after, stake)
        found.append(Step(ActionKind.RING_FENCE, best, spared, spared / total))
        network, solution = network.plain(), after.apply(solution)
    return found


def _spared(model: RiskModel, before: Floats, after: Update, stake: Floats) -> float:
    """By how much the expected loss of the group is lower, fen."""
    changed = after.parties
    return float(stake[changed] @ (model.probability(before[changed]) - model.probability(after.h)))
