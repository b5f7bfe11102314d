"""What the chance of one party becomes after a change: only what reaches the party has a part in it.

For many changes that compete: one that can no longer lower the chance far enough is given up early.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from algorithms.risk.close_groups.equations import Equations
from algorithms.risk.close_groups.probability import Model, prepare
from algorithms.risk.close_groups.solve import SWEEPS, solve, sweep
from algorithms.risk.close_groups.what_if import MOST_APART, apart, known_of
from algorithms.risk.network import Network
from algorithms.risk.region import region
from graph.arrays import Floats, Ints

LOOKED_AT = 3
"""Sweeps after which it is asked whether to go on."""


@dataclass(frozen=True, slots=True)
class One:
    """``chance``: of the party after the change; none = given up. ``work``: parties that were looked at."""

    chance: float | None
    work: int


def chance_after(
    model: Model,
    own: Floats,
    touched: Ints,
    party: int,
    *,
    network: Network,
    same_links: bool,
    priority: Floats | None = None,
    hopeless: Callable[[float], bool] = lambda _: False,
) -> One:
    """The chance of a party after a change, as :func:`what_if` has it.

    Args:
        model: of what is.
        own, touched, network, same_links, priority: as in :func:`what_if`.
        party: position.
        hopeless: whether the answer is of no use if the chance is at least so much; monotone.

    O(what reaches the party); where groups are cut, or more would be drawn than allowed, an analysis.
    """
    if same_links and network.size <= MOST_APART:
        return One(_solved(model.system, own, party, hopeless), network.size)
    groups, limits = model.groups, model.groups.limits
    backwards = Network(network.into, network.out, network.into_patch, network.out_patch)
    behind = region(backwards, np.array([party], dtype=np.int64))
    if len(behind.parties) <= MOST_APART and not groups.cut.any():
        parties, inner, names = apart(behind, model.keys)
        known = known_of(model, network, touched, parties)
        small = prepare(inner, limits=limits, keys=names, known=known)
        # Groups elsewhere may be others as well, and so need draws that none needed before.
        elsewhere = int(groups.drawn.sum() - groups.drawn[parties].sum())
        if not same_links:
            elsewhere += len(np.setdiff1d(region(network, np.unique(touched)).parties, parties))
        if elsewhere + int(small.groups.drawn.sum()) <= limits.drawn and not small.groups.cut.any():
            at = int(np.searchsorted(parties, party))
            return One(_solved(small.system, own[parties], at, hopeless), len(parties))
    whole = model if same_links else prepare(network, limits=limits, priority=priority, keys=model.keys)
    return One(_solved(whole.system, own, party, hopeless), network.size)


def _solved(system: Equations, own: Floats, party: int, hopeless: Callable[[float], bool]) -> float | None:
    """The chance of one party; none once sweeps from below have shown that it is hopeless."""
    slot = int(system.party_slot[party])
    last = int(np.searchsorted(system.parts, slot, side="right"))
    own, x = np.ascontiguousarray(own, dtype=np.float64), np.zeros(system.values)
    part = unsettled = sweeps = 0
    while True:
        part, _ = sweep(system, own, x, x, first=part, last=last, most=LOOKED_AT)
        if part == last:
            return float(x[slot])
        if hopeless(float(x[slot])):
            return None
        sweeps = sweeps + LOOKED_AT if part == unsettled else LOOKED_AT
        unsettled = part
        if sweeps >= SWEEPS:
            return float(solve(system, own)[0][slot])
