"""Capped linear propagation of distress (linear DebtRank), solved and certified.

    h = 0 outside R, the parties reached from {own > 0};   on R   h = min(1, raw),   raw = own + W'h

The solution on R is unique for every W >= 0, also at a spectral radius above 1 (docs/science.md). Sources:
Bardoscia, Battiston, Caccioli, Caldarelli 2015, PLoS ONE 10(6):e0130406; Battiston et al. 2012, Sci. Rep. 2:541.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from algorithms.invalid_argument import invalid_argument
from algorithms.risk.certificate import certificate
from algorithms.risk.network import Network
from algorithms.risk.policy_iteration import component, from_above
from algorithms.risk.region import Region, region
from algorithms.risk.sweeps_kernel import settle
from graph.arrays import Bools, Csr, Floats


@dataclass(frozen=True, slots=True, eq=False)
class Propagation:
    """Distress of n parties.

    ``h``: in [0, 1]. ``raw``: before the cap; above 1 = over-determined raw times. ``bound``: proven |h - exact|.
    ``reached``: whether a seed reaches the party; elsewhere everything is 0. ``sweeps``: over components of more
    than one party. ``solves``: linear systems solved, for the solution and for the proof.
    """

    h: Floats
    raw: Floats
    bound: Floats
    reached: Bools
    sweeps: int
    solves: int


def solve(weights: Csr | Network, own: Floats, *, start: Floats | None = None) -> Propagation:
    """Solution of ``h = min(1, own + W'h)`` on the parties that a seed reaches; 0 elsewhere.

    Args:
        weights: n x n, row harms column, >= 0, no unit; any spectral radius. A ``Network`` spares the transpose.
        own: n values in [0, 1], own distress. Neither array is changed.
        start: an earlier h to continue from; changes the time, never the answer.

    Raises:
        ValueError: a weight below 0 or not finite, ``own`` or ``start`` outside [0, 1]; gives the position.

    O(links) a sweep; components in topological order, Gauss-Seidel inside each, policy iteration from above where
    sweeps crawl.

    >>> import numpy as np
    >>> ring = Csr.from_edges(3, np.array([0, 1, 2]), np.array([1, 2, 0]), np.array([0.5, 0.5, 0.5]))
    >>> solve(ring, np.array([0.2, 0.0, 0.0])).h.round(6).tolist()
    [0.228571, 0.114286, 0.057143]
    """
    network = Network.of(weights)
    unit_interval("own distress", own, network.size)
    if start is not None:
        unit_interval("start", start, network.size)
    area = region(network, np.flatnonzero(own > 0.0))
    at = area.parties
    base = own[at].astype(np.float64)
    h, raw, bound, sweeps, solves = solve_region(area, base, None if start is None else start[at])
    return Propagation(
        h=_spread(network.size, area, h),
        raw=_spread(network.size, area, raw),
        bound=_spread(network.size, area, bound),
        reached=_mask(network.size, area),
        sweeps=sweeps,
        solves=solves,
    )


def solve_region(area: Region, base: Floats, start: Floats | None) -> tuple[Floats, Floats, Floats, int, int]:
    """h, raw, bound (per local party), sweeps and solves of a region.

    Args:
        area: the region; its inflow is added to ``base``.
        base: own distress per local party.
        start: where to begin, else at ``base`` from below.
    """
    base = base + area.inflow
    h = np.minimum(1.0, base) if start is None else np.minimum(1.0, np.maximum(start, 0.0))
    sweeps = solves = at = 0
    while True:
        at, made = settle(at, area.starts, area.ptr, area.source, area.weight, base, h, start is None, 1.0)
        sweeps += made
        if at == area.components:
            break
        begin, end = area.starts[at], area.starts[at + 1]
        h[begin:end], made = from_above(component(area, at, base, h))
        solves += made
        at += 1
    raw = np.zeros(len(h))
    bound, made = certificate(area, base, area.inflow_error, h, raw)
    return h, raw, bound, sweeps, solves + made


def unit_interval(name: str, values: Floats, size: int) -> None:
    """Refuse values that are no n shares.

    Raises:
        ValueError: a wrong length, or a value outside [0, 1]; gives the position.
    """
    if len(values) != size:
        raise invalid_argument(f"{len(values)} values of {name} for {size} parties", above=1)
    bad = np.flatnonzero(~((values >= 0.0) & (values <= 1.0)))
    if len(bad):
        raise invalid_argument(f"{name} of party {bad[0]} is {values[bad[0]]}, expected 0 to 1", above=1)


def _spread(size: int, area: Region, values: Floats) -> Floats:
    whole = np.zeros(size)
    whole[area.parties] = values
    return whole


def _mask(size: int, area: Region) -> Bools:
    whole = np.zeros(size, dtype=bool)
    whole[area.parties] = True
    return whole
