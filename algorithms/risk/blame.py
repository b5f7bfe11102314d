"""Whose own distress causes a party's share of equity lost: followed back to the seeds, exactly.

With the back chain P of ``back_chain`` (``P_ab = W_ba h_b / d_a``) the flow ``y = f + P'y`` carries a unit f that sits
at the party back to its causes.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from algorithms.risk.back_chain_kernel import expected_visits
from algorithms.risk.network import Network
from algorithms.risk.policy_iteration import component, linear
from algorithms.risk.region import Region, region
from algorithms.risk.sweeps_kernel import settle
from graph.arrays import Floats, Ints

DENSE = 400
"""Up to so many parties a slow component is reduced state by state, exact near a gain of 1 too."""


@dataclass(frozen=True, slots=True, eq=False)
class Blame:
    """Shares by seed. ``seeds``: k positions ascending. ``part``: k, > 0; adds up to 1."""

    seeds: Ints
    part: Floats


def by_seed(network: Network, own: Floats, h: Floats, target: int) -> Blame:
    """Share of every seed in h of ``target``; the parts add up to 1 (nothing where h = 0).

    Exact over all ancestors, unlike the seeds of ``explain``, which looks at the most visited ones. O(links among
    the ancestors).
    """
    if h[target] == 0.0:
        return Blame(np.zeros(0, dtype=np.int64), np.zeros(0))
    chain = _chain(network, own, h, target)
    part = _flow(chain, (chain.area.parties == target).astype(np.float64)) * chain.stop
    order = np.argsort(chain.area.parties)
    order = order[part[order] > 0.0]
    return Blame(chain.area.parties[order].astype(np.int64), part[order])


@dataclass(frozen=True, slots=True, eq=False)
class _Chain:
    """The back chain among all ancestors of a party, renumbered in the order in which walks run.

    ``area``: its ``weight`` holds P: the links into b are the steps that lead to b. ``stop``: chance of ending at a
    party. ``leave``: chance of a step from it into another component, or of an end for want of any step.
    """

    area: Region
    stop: Floats
    leave: Floats


def _chain(network: Network, own: Floats, h: Floats, target: int) -> _Chain:
    backwards = Network(network.into, network.out, network.into_patch, network.out_patch)
    area = region(backwards, np.array([target], dtype=np.int64))
    size = len(area.parties)
    here_h, here_own = h[area.parties], own[area.parties].astype(np.float64)
    to = np.repeat(np.arange(size), np.diff(area.ptr))
    harm = area.weight * here_h[to]
    # Every party that harms one of these is among them, so the sums are whole.
    total = here_own + np.bincount(area.source, harm, minlength=size)
    passes = total > 0.0
    step = np.divide(harm, total[area.source], out=np.zeros(len(harm)), where=passes[area.source])
    stop = np.divide(here_own, total, out=np.zeros(size), where=total > 0.0)
    number = np.repeat(np.arange(area.components), np.diff(area.starts))
    across = number[area.source] != number[to]
    leave = np.bincount(area.source[across], step[across], minlength=size)
    return _Chain(replace(area, weight=step), stop, np.where(passes, leave, 1.0))


def _flow(chain: _Chain, base: Floats) -> Floats:
    """y on the chain's parties, component by component."""
    area = chain.area
    y = base.copy()
    at = 0
    while True:
        at, _ = settle(at, area.starts, area.ptr, area.source, area.weight, base, y, True, np.inf)
        if at == area.components:
            return y
        span = slice(int(area.starts[at]), int(area.starts[at + 1]))
        part = component(area, at, base, y)
        matrix = part.matrix()  # row b holds the steps into b
        if span.stop - span.start <= DENSE:
            y[span] = _reduced(matrix.toarray().T, chain.stop[span] + chain.leave[span], part.base)
        else:
            y[span] = np.maximum(0.0, linear(matrix, part.base, y[span]))
        at += 1


def _reduced(step: Floats, end: Floats, entering: Floats) -> Floats:
    """Visits in one component by state reduction; ends are added up, never subtracted from 1."""
    size = len(end)
    mass = float(entering.sum())
    if mass == 0.0:
        return np.zeros(size)
    whole = np.zeros((size + 1, size + 1))  # state 0 starts the walks
    whole[0, 1:] = entering / mass
    whole[1:, 1:] = step
    return mass * expected_visits(whole, np.append(0.0, end))[1:]
