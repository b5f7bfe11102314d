"""What to do about a group of parties first: settle with a seed, or ring-fence a party that passes harm on.

Both are judged by what they would really spare: what an analysis without the cause would say, not a first-order guess.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import inf

from algorithms.risk.close_groups.steering import most_spared, ring_fence
from algorithms.risk.close_groups.trials import Trials
from graph.arrays import Floats
from services.arrears.answer.model import Action, ActionKind
from services.names import Named
from services.risk.model import RiskModel
from terms.money import Money

TRIED = 3
"""Seeds that are tried."""


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


def trials_of(model: RiskModel) -> Trials:
    """What is tried on a run; groups of parties share it."""
    return Trials(
        model.prepared,
        model.own,
        model.chances,
        model.network,
        priority=model.priority,
        probability=model.probability,
    )


def first_action(model: RiskModel, stake: Floats, seeds: list[int], trials: Trials) -> Step | None:
    """The action that spares most of ``sum stake * g(score)``; None where there is nothing to spare.

    Args:
        stake: n, fen that the utility loses at each party of the group if it fails; 0 outside.
        seeds: the parties to blame, the worst first.
        trials: of the run; what is found for one group serves the next.

    A ring-fence is named only where it spares more than settling with any seed that was tried.
    """
    total = float(stake @ model.probability(model.score))
    if total <= 0:
        return None
    best: Step | None = None
    for seed in seeds[:TRIED]:
        least = -inf if best is None else best.spared
        spared = trials.settled(seed).spares(stake, model.probability, least)
        if spared is not None and (best is None or spared > best.spared):
            best = Step(ActionKind.AGREE_ON_PAYMENT, seed, spared, spared / total)
    fence = most_spared(trials, stake, floor=0.0 if best is None else max(0.0, best.spared))
    return Step(ActionKind.RING_FENCE, fence.party, fence.spared, fence.spared / total) if fence else best


def ring_fences(model: RiskModel, stake: Floats, picks: int) -> list[Step]:
    """Parties whose outgoing links to cut, one after the other, each where it spares most (docs/science.md,
    "Close groups"). ``spared`` is what the pick adds.
    """
    total = float(stake @ model.probability(model.score))
    if total <= 0:
        return []
    found = ring_fence(
        model.network,
        model.own,
        stake,
        picks,
        model=model.prepared,
        before=model.chances,
        priority=model.priority,
        probability=model.probability,
    )
    return [Step(ActionKind.RING_FENCE, one.party, one.spared, one.spared / total) for one in found]
