"""Personalised PageRank: relatedness by random walks with restart, not money.

    pi = a e + (1 - a) P' pi,   rows of parties without out-edges = e

Sources: Haveliwala 2002 WWW; Jeh and Widom 2003 WWW; forward push: Andersen, Chung, Lang 2006 FOCS.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from algorithms.invalid_argument import invalid_argument
from graph.arrays import Csr, Floats, Ints
from terms.delayed import Delayed

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

sparse: Final[Any] = Delayed("scipy.sparse")

SETTLED = 1e-15


def personalised_pagerank(weights: Csr, seeds: Floats, *, restart: float = 0.15) -> Floats:
    """The exact restart distribution: n values >= 0 that sum to 1.

    Args:
        weights: n x n, >= 0, from row to column (list both directions of an undirected edge).
        seeds: n, >= 0, not all 0; normalised to e.
        restart: a in (0, 1].

    Raises:
        ValueError: no seed, a negative seed or weight, a restart outside (0, 1].

    Power iteration until the sum of changes is at most 1e-15; O(links * log(1e-15) / log(1 - a)).
    """
    e = _seeds(seeds, weights.size, restart)
    walk, dangling = _walk(weights)
    forward = walk.T.tocsr()
    pi = e.copy()
    for _ in range(int(np.ceil(40.0 / restart)) + 10):
        lost = float(pi[dangling].sum())
        after = restart * e + (1.0 - restart) * (forward @ pi + lost * e)
        change = float(np.abs(after - pi).sum())
        pi = after
        if change <= SETTLED:
            break
    return np.asarray(pi / pi.sum(), dtype=np.float64)


@dataclass(frozen=True, slots=True, eq=False)
class Push:
    """``estimate`` p <= pi and what is still to be spread, ``residual`` r: p + sum_u r_u pi_u = pi, sums to 1."""

    estimate: Floats
    residual: Floats
    pushes: int


def forward_push(weights: Csr, seeds: Floats, *, restart: float = 0.15, eps: float = 1e-6) -> Push:
    """A local estimate: touches only parties near the seeds, O(1 / (restart * eps)) links.

    Pushes party u while ``r_u > eps * out-degree of u`` (links counted); on undirected unweighted graphs
    ``|pi_v - p_v| <= eps * degree of v``. Arguments and errors as above; parties are pushed first in, first out.
    """
    e = _seeds(seeds, weights.size, restart)
    if eps <= 0.0:
        raise invalid_argument(f"eps = {eps} must be above 0")
    estimate, residual = np.zeros(weights.size), e.copy()
    queue = deque(np.flatnonzero(e).tolist())
    waiting = set(queue)
    seeded = np.flatnonzero(e)
    pushes = 0
    while queue:
        u = queue.popleft()
        waiting.discard(u)
        span = slice(int(weights.indptr[u]), int(weights.indptr[u + 1]))
        whole = float(weights.data[span].sum())
        if residual[u] <= eps * max(1, span.stop - span.start):
            continue
        pushes += 1
        mass = float(residual[u])
        residual[u] = 0.0
        estimate[u] += restart * mass
        spread = (1.0 - restart) * mass
        if whole > 0.0:
            neighbours = weights.indices[span]
            np.add.at(residual, neighbours, spread * weights.data[span] / whole)
        else:
            neighbours = seeded
            residual += spread * e
        for v in neighbours.tolist():
            degree = max(1, int(weights.indptr[v + 1] - weights.indptr[v]))
            if residual[v] > eps * degree and v not in waiting:
                waiting.add(v)
                queue.append(v)
    return Push(estimate, residual, pushes)


def _walk(weights: Csr) -> tuple[csr_matrix, Ints]:
    size = weights.size
    rows = weights.rows()
    bad = np.flatnonzero(~(np.isfinite(weights.data) & (weights.data >= 0.0)))
    if len(bad):
        raise invalid_argument(
            f"weight of entry {bad[0]} is {weights.data[bad[0]]}, expected a finite number of at least 0"
        )
    total = np.bincount(rows, weights.data, minlength=size)
    data = np.divide(weights.data, total[rows], out=np.zeros(len(rows)), where=total[rows] > 0.0)
    return sparse.csr_matrix((data, weights.indices, weights.indptr), shape=(size, size)), np.flatnonzero(
        total <= 0.0
    )


def _seeds(seeds: Floats, size: int, restart: float) -> Floats:
    if len(seeds) != size or (seeds < 0.0).any() or not np.isfinite(seeds).all() or seeds.sum() <= 0.0:
        raise invalid_argument(
            f"seeds are {len(seeds)} values, the least {seeds.min(initial=0.0)}, together {seeds.sum()}; "
            f"expected {size} of at least 0, not all 0"
        )
    if not 0.0 < restart <= 1.0:
        raise invalid_argument(f"restart = {restart} must be in (0, 1]")
    return np.asarray(seeds / seeds.sum(), dtype=np.float64)
