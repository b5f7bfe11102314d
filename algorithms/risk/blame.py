"""Who is to blame: distress and money followed back to the seeds, exactly and for all parties at once.

With the back chain P of ``back_chain`` (``P_ab = W_ba h_b / d_a``) the flow ``y = f + P'y`` carries any amounts f that
sit at parties back to their causes. ``f`` = one party's unit gives its shares by seed; ``f = m h`` the whole
portfolio's money by seed (science: ``y_u = lamk_u h_u``).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from algorithms.risk.back_chain import expected_visits
from algorithms.risk.network import Network
from algorithms.risk.policy import component, linear
from algorithms.risk.region import region
from algorithms.risk.sweeps import settle
from graph.arrays import Bools, Csr, Floats, Ints

DENSE = 400
"""Up to so many parties a slow component is reduced state by state, exact near a gain of 1 too."""


@dataclass(frozen=True, slots=True, eq=False)
class Blame:
    """Money (or shares) by seed. ``seeds``: k positions ascending. ``part``: k, > 0; adds up to the total."""

    seeds: Ints
    part: Floats


def by_seed(network: Network, own: Floats, h: Floats, target: int) -> Blame:
    """Share of every seed in h of ``target``; the parts add up to 1 (nothing where h = 0).

    Exact over all ancestors, unlike the seeds of ``explain``, which looks at the most visited ones. O(links).
    """
    unit = np.zeros(network.size)
    unit[target] = 1.0 if h[target] > 0.0 else 0.0
    return _stopped(network, own, h, unit)


def portfolio_by_seed(network: Network, own: Floats, h: Floats, money: Floats) -> Blame:
    """Money of every seed in ``sum_j money_j h_j``; the parts add up to it.

    Args:
        network, own, h: as solved.
        money: n, >= 0, what each party's failure costs (LGD * EAD, or equity).
    """
    return _stopped(network, own, h, money * h)


def ring_fence_value(network: Network, own: Floats, h: Floats, money: Floats) -> Floats:
    """n values: the part of ``sum_j money_j h_j`` that passes through each party on its way to others.

    ``h_u (lamk_u - m_u)`` of the definition: what would be spared at most, to first order, if the party's outgoing
    links were cut.
    """
    own_money = money * h
    return np.maximum(0.0, back_flow(network, own, h, own_money) - own_money)


def back_flow(
    network: Network, own: Floats, h: Floats, source: Floats, *, through: Bools | None = None
) -> Floats:
    """y = source + P'y: expected visits of the back chain when ``source_j`` walks start at each j.

    Args:
        network, own, h: as solved.
        source: n, >= 0; 0 where h = 0.
        through: parties that walks pass on from; at the others they end. All when absent.
    """
    network = network.plain()
    chain = _chain(network, own, h, through)
    area = region(chain, np.flatnonzero(source > 0.0))
    base = source[area.parties].astype(np.float64)
    y = base.copy()
    at = 0
    while True:
        at, _ = settle(at, area.starts, area.ptr, area.source, area.weight, base, y, True, np.inf)
        if at == area.components:
            break
        begin, end = int(area.starts[at]), int(area.starts[at + 1])
        part = component(area, at, base, y)
        matrix = part.matrix()  # row b holds the steps into b
        if end - begin <= DENSE:
            parties = area.parties[begin:end].astype(np.int64)
            y[begin:end] = _reduced(
                network, chain, own, h, parties=parties, step=matrix.toarray().T, entering=part.base
            )
        else:
            y[begin:end] = np.maximum(0.0, linear(matrix, part.base, y[begin:end]))
        at += 1
    result = np.zeros(network.size)
    result[area.parties] = y
    return result


def totals(network: Network, own: Floats, h: Floats) -> Floats:
    """n values d_j = own_j + sum_i W_ij h_i."""
    into = network.plain().into
    harm = into.data * h[into.indices]
    return own + np.bincount(into.rows(), weights=harm, minlength=network.size)


def _stopped(network: Network, own: Floats, h: Floats, source: Floats) -> Blame:
    y = back_flow(network, own, h, source)
    seeds = np.flatnonzero((y > 0.0) & (own > 0.0))
    part = y[seeds] * own[seeds] / totals(network, own, h)[seeds]
    return Blame(seeds, part)


def _chain(network: Network, own: Floats, h: Floats, through: Bools | None) -> Network:
    """P as a network: rows are the parties that walks come from."""
    total = totals(network, own, h)
    scale = np.divide(1.0, total, out=np.zeros(network.size), where=total > 0.0)
    if through is not None:
        scale = np.where(through, scale, 0.0)
    into, out = network.into, network.out
    forth = into.data * h[into.indices] * scale[into.rows()]
    back = out.data * h[out.rows()] * scale[out.indices]
    return Network(Csr(into.indptr, into.indices, forth), Csr(out.indptr, out.indices, back))


def _reduced(
    network: Network, chain: Network, own: Floats, h: Floats, *, parties: Ints, step: Floats, entering: Floats
) -> Floats:
    """Visits in one component by state reduction; ends are added up, never subtracted from 1."""
    size = len(parties)
    mass = float(entering.sum())
    whole = np.zeros((size + 1, size + 1))
    whole[0, 1:] = entering / mass
    whole[1:, 1:] = step
    end = np.zeros(size + 1)
    inside = np.zeros(network.size, dtype=bool)
    inside[parties] = True
    for k, a in enumerate(parties):
        span = slice(int(chain.out.indptr[a]), int(chain.out.indptr[a + 1]))
        elsewhere = ~inside[chain.out.indices[span]]
        into = slice(int(network.into.indptr[a]), int(network.into.indptr[a + 1]))
        total = own[a] + float((network.into.data[into] * h[network.into.indices[into]]).sum())
        end[k + 1] = own[a] / total + float(chain.out.data[span][elsewhere].sum())
        if not chain.out.data[span].any():  # walks end here
            end[k + 1] = 1.0
    return mass * expected_visits(whole, end)[1:]
