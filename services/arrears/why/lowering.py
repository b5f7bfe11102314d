"""What would lower a party's expected loss most: settling a seed, or cutting one step of a path."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from algorithms.risk.blame import Blame
from algorithms.risk.explain import Explanation
from algorithms.risk.update import update
from graph.arrays import Ints
from services.arrears.answer.model import Change, ChangeKind
from services.names import Named
from services.risk.model import RiskModel
from terms.money import Money

SHOWN = 3
TRIED = 20
"""Seeds and steps that are tried: those with the largest shares."""
REACHED = 200_000
"""No further one is tried once so many parties were computed again, all tries together; the first three always are."""


@dataclass(frozen=True, slots=True)
class _Cause:
    """A seed (``source`` is ``target``) or a step of a path, with its share of the score."""

    share: float
    source: int
    target: int


def largest_drops(
    model: RiskModel, party: int, explanation: Explanation, blamed: Blame, names: Mapping[int, Named]
) -> tuple[Change, ...]:
    """The three largest drops of expected loss among the causes with the largest shares.

    Each is computed by continuing from the run's solution without its cause, which gives the solution of solving again:
    it is unique (docs/science.md, "Solving"). Drop = loss now - g(score without the cause) * loss given default *
    exposure, to the fen. Of two equal drops the first in words comes first.

    Args:
        blamed: the seeds of the party; those without a name are left out.
        names: of the parties that may be named.
    """
    loss = int(model.expected_loss[party])
    if loss == 0:
        return ()
    before = model.solution
    found: list[Change] = []
    reached = 0
    for tried, cause in enumerate(_causes(explanation, blamed, names)):
        if tried >= SHOWN and reached >= REACHED:
            break
        network, own = model.network, model.own
        if cause.source == cause.target:
            own = own.copy()
            own[cause.source] = 0.0
        else:
            network = network.changed(_one(cause.source), _one(cause.target), np.zeros(1))
        after = update(before, network, own, _one(cause.target))
        reached += len(after.parties)
        at = int(np.searchsorted(after.parties, party))
        if at < len(after.parties) and after.parties[at] == party:
            left = int(model.loss_at(after.h[[at]], _one(party))[0])
            found.append(_change(model, cause, loss - left, names))
    ranked = sorted((c for c in found if c.effect.fen > 0), key=lambda c: (-c.effect.fen, c.what))
    return tuple(ranked[:SHOWN])


def _causes(explanation: Explanation, blamed: Blame, names: Mapping[int, Named]) -> list[_Cause]:
    """Seeds and steps, those with the largest shares first."""
    found = [
        _Cause(part, seed, seed)
        for seed, part in zip(blamed.seeds.tolist(), blamed.part.tolist(), strict=True)
        if seed in names
    ]
    shares: dict[tuple[int, int], float] = defaultdict(float)
    for path in explanation.paths:
        for step in path.steps:
            shares[step.source, step.target] += path.share
    found += [_Cause(share, source, target) for (source, target), share in shares.items()]
    return sorted(found, key=lambda cause: (-cause.share, cause.source, cause.target))[:TRIED]


def _change(model: RiskModel, cause: _Cause, effect: int, names: Mapping[int, Named]) -> Change:
    party, other = names[cause.source], names[cause.target]
    if cause.source != cause.target:
        what = f"cut the link from {party.name} to {other.name}"
        return Change(what, Money(effect), ChangeKind.CUT, party, other)
    if int(model.inputs.customer_balance[model.inputs.customer_party == cause.source].sum()) > 0:
        return Change(f"settle the arrears of {party.name}", Money(effect), ChangeKind.SETTLE, party)
    return Change(f"have {party.name} pay on time", Money(effect), ChangeKind.PAY_ON_TIME, party)


def _one(value: int) -> Ints:
    return np.array([value], dtype=np.int64)
