"""What would lower a party's expected loss most: settling a seed, or cutting one step of a path."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

import numpy as np

from algorithms.risk.explain import Explanation
from algorithms.risk.network import Network
from algorithms.risk.update import update
from graph.arrays import Floats, Ints
from services.arrears.model import Change, ChangeKind
from services.names import Named
from services.risk_model import RiskModel
from terms.money import Money

SHOWN = 3
TRIED = 10
"""Seeds, and steps, that are tried: those with the largest shares. Each costs one update of what they reach."""


def largest_drops(
    model: RiskModel, party: int, explanation: Explanation, seeds: list[int], names: Mapping[int, Named]
) -> tuple[Change, ...]:
    """The three largest drops of expected loss, each computed by continuing from the run's solution without its cause.

    The continued solution is that of solving again: it is unique (docs/science.md, "Updates"). Drop = loss now - score
    without the cause * loss given default * exposure, to the fen. Of two equal drops the first by name comes first.
    """
    loss = int(model.expected_loss[party])
    if loss == 0:
        return ()
    stake = float(model.lgd[party]) * int(model.exposure[party])

    def drop(network: Network, own: Floats, touched: int) -> int:
        found = update(model.solution, network, own, np.array([touched], dtype=np.int64))
        at = int(np.searchsorted(found.parties, party))
        if at == len(found.parties) or found.parties[at] != party:
            return 0
        return loss - round(float(found.h[at]) * stake)

    found = []
    for seed in seeds[:TRIED]:
        settled = model.own.copy()
        settled[seed] = 0.0
        overdue = int(model.customer_balance[model.customer_party == seed].sum()) > 0
        kind = ChangeKind.SETTLE if overdue else ChangeKind.PAY_ON_TIME
        found.append(_change(kind, drop(model.network, settled, seed), names[seed]))
    for source, target in _steps(explanation)[:TRIED]:
        cut = model.network.changed(_one(source), _one(target), np.zeros(1))
        found.append(_change(ChangeKind.CUT, drop(cut, model.own, target), names[source], names[target]))
    ranked = sorted((c for c in found if c.effect.fen > 0), key=lambda c: (-c.effect.fen, c.what))
    return tuple(ranked[:SHOWN])


def _steps(explanation: Explanation) -> list[tuple[int, int]]:
    """The steps of all listed paths, those with the largest sum of shares first."""
    shares: dict[tuple[int, int], float] = defaultdict(float)
    for path in explanation.paths:
        for step in path.steps:
            shares[step.source, step.target] += path.share
    return sorted(shares, key=lambda step: (-shares[step], step))


def _change(kind: ChangeKind, effect: int, party: Named, other: Named | None = None) -> Change:
    if kind is ChangeKind.CUT:
        what = f"cut the link from {party.name} to {other.name if other else ''}"
    elif kind is ChangeKind.SETTLE:
        what = f"settle the arrears of {party.name}"
    else:
        what = f"have {party.name} pay on time"
    return Change(what, Money(effect), kind, party, other)


def _one(value: int) -> Ints:
    return np.array([value], dtype=np.int64)
