"""Where to act: what a little less distress is worth, and whom to ring-fence.

All for a total ``M = sum_j m_j h_j``: m = LGD * EAD gives the utility's expected loss (h as probability),
m = buffer the equity lost (with loss weights).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from algorithms.risk.blame import back_flow, ring_fence_value
from algorithms.risk.network import Network
from algorithms.risk.policy_iteration import component, linear
from algorithms.risk.propagation import Propagation
from algorithms.risk.region import region
from algorithms.risk.sweeps_kernel import settle
from algorithms.risk.update import update
from graph.arrays import Bools, Csr, Floats


def sensitivity(network: Network, own: Floats, result: Propagation, money: Floats) -> Floats:
    """dM / d own_u for every party: n values.

    ``lambda = m + W (1[raw < 1] * lambda)``; 0 where the party is over-determined (a little less changes nothing).
    Infinite where a first spark would start a ring of gain above 1 that no seed reaches yet. One solve. O(links).
    """
    network = network.plain()
    reached = result.h > 0.0
    passes = result.raw < 1.0
    flow = back_flow(network, own, result.h, money * result.h, through=passes)
    value = np.divide(flow, result.h, out=np.zeros(len(flow)), where=reached)
    if not reached.all():
        _unreached(network, money, reached, passes, value)
    return np.where(passes, value, 0.0)


def _unreached(network: Network, money: Floats, reached: Bools, passes: Bools, value: Floats) -> None:
    """Fill ``value`` where no seed leads: those parties may harm reached ones, never the other way round."""
    rows, columns, weight = network.out.rows(), network.out.indices, network.out.data
    rest = np.flatnonzero(~reached)
    place = np.full(network.size, -1, dtype=np.int64)
    place[rest] = np.arange(len(rest))
    outward = ~reached[rows] & reached[columns] & passes[columns]
    base = money[rest] + np.bincount(
        place[rows[outward]], weight[outward] * value[columns[outward]], minlength=len(rest)
    )
    among = ~reached[rows] & ~reached[columns] & (weight > 0.0)
    # Worth runs against harm: from target to source.
    worth = Network.of(Csr.from_edges(len(rest), place[columns[among]], place[rows[among]], weight[among]))
    area = region(worth, np.flatnonzero(base > 0.0))
    own = base[area.parties].astype(np.float64)
    x = own.copy()
    at = 0
    while True:
        at, _ = settle(at, area.starts, area.ptr, area.source, area.weight, own, x, True, np.inf)
        if at == area.components:
            break
        begin, end = int(area.starts[at]), int(area.starts[at + 1])
        x[begin:end] = np.inf
        part = component(area, at, own, np.where(np.isfinite(x), x, 0.0))
        inflow = area.source[area.ptr[begin] : area.ptr[end]]
        if np.isfinite(x[inflow[inflow < begin]]).all():
            matrix = part.matrix()
            solution = linear(matrix, part.base)
            # A solution that is nowhere below its base exists only at a radius below 1.
            solved = np.allclose(solution, part.base + matrix @ solution, rtol=1e-6, atol=0.0)
            if solved and (solution >= part.base).all():
                x[begin:end] = solution
        at += 1
    value[rest[area.parties]] = x


@dataclass(frozen=True, slots=True)
class RingFence:
    """One pick: ``spared`` = what M falls by when this party, after the earlier ones, can harm nobody any more."""

    party: int
    spared: float


def ring_fence(
    network: Network, own: Floats, before: Propagation, money: Floats, picks: int
) -> tuple[RingFence, ...]:
    """Whom to ring-fence, greedily: the party that most of M passes through, then solved again, and so on.

    Args:
        network, own: as solved; ``before``: the solution.
        money: n, >= 0.
        picks: at most so many; fewer where nothing more passes through anybody.

    Ties go to the lower position. One flow and one update a pick.
    """
    network = network.plain()
    state = before
    found = []
    for _ in range(picks):
        worth = ring_fence_value(network, own, state.h, money)
        party = int(worth.argmax()) if len(worth) else 0
        if len(worth) == 0 or worth[party] <= 0.0:
            break
        harmed, weight = network.row(party)
        network = network.silenced(np.array([party]))
        change = update(state, network, own, harmed[weight > 0.0])
        found.append(RingFence(party, -float((change.rise(state) * money[change.parties]).sum())))
        state = change.apply(state)
    return tuple(found)
