"""What would lower a party's expected loss most: settling a seed, or cutting one step of a path."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from algorithms.risk.explain import Explanation
from algorithms.risk.propagation import solve
from graph.arrays import Csr, Floats, Ints
from services.arrears.model import Change
from services.names import Named
from services.risk_model import RiskModel
from terms.money import Money

SHOWN = 3
TRIED = 12
"""Seeds, and steps, that are tried: the largest; each costs one solution of the parties that lead here."""


def largest_drops(
    model: RiskModel, party: int, explanation: Explanation, seeds: list[int], names: Mapping[int, Named]
) -> tuple[Change, ...]:
    """The three largest drops of expected loss, each computed by solving again without its cause.

    Only parties from which harm can reach this one matter, so the solution is exact on them alone.
    """
    loss = int(model.expected_loss[party])
    if loss == 0:
        return ()
    upstream = _leading_to(model.weights.csr, party)
    local = {int(index): at for at, index in enumerate(upstream)}
    weights = _among(model.weights.csr, upstream)
    own = model.own[upstream]
    stake = float(model.lgd[party]) * int(model.exposure[party])

    def drop(changed: Csr, distress: Floats) -> int:
        after = float(solve(changed, distress).h[local[party]])
        return loss - round(after * stake)

    found: list[tuple[int, str]] = []
    for seed in seeds[:TRIED]:
        if seed in local:
            settled = own.copy()
            settled[local[seed]] = 0.0
            found.append((drop(weights, settled), f"settle the arrears of {names[seed].name}"))
    steps = {(step.source, step.target): None for path in explanation.paths for step in path.steps}
    for source, target in list(steps)[:TRIED]:
        if source in local and target in local:
            cut = _without(weights, local[source], local[target])
            found.append((drop(cut, own), f"cut the link from {names[source].name} to {names[target].name}"))
    found = sorted((change for change in found if change[0] > 0), key=lambda change: (-change[0], change[1]))
    return tuple(Change(what, Money(effect)) for effect, what in found[:SHOWN])


def _leading_to(weights: Csr, party: int) -> Ints:
    """Parties from which harm reaches one, itself included; ascending."""
    into = weights.transpose()
    seen = np.zeros(weights.size, dtype=np.bool_)
    seen[party] = True
    frontier = np.array([party], dtype=np.int64)
    while len(frontier):
        parts = [into.indices[into.indptr[i] : into.indptr[i + 1]] for i in frontier.tolist()]
        found = np.unique(np.concatenate(parts))
        frontier = found[~seen[found]]
        seen[frontier] = True
    return np.flatnonzero(seen)


def _among(weights: Csr, chosen: Ints) -> Csr:
    """The matrix of the chosen parties alone."""
    place = np.full(weights.size, -1, dtype=np.int64)
    place[chosen] = np.arange(len(chosen))
    source, target = place[weights.rows()], place[weights.indices]
    kept = (source >= 0) & (target >= 0)
    return Csr.from_edges(len(chosen), source[kept], target[kept], weights.data[kept])


def _without(weights: Csr, source: int, target: int) -> Csr:
    """The matrix without one entry."""
    rows = weights.rows()
    kept = ~((rows == source) & (weights.indices == target))
    return Csr.from_edges(weights.size, rows[kept], weights.indices[kept], weights.data[kept])
