"""PageRank after a fixed number of rounds, the mass of nodes without out-links spread over all."""

from __future__ import annotations

from typing import Any, Final

import numpy as np

from algorithms.invalid_argument import invalid_argument
from graph.arrays import Csr, Floats
from terms.delayed import Delayed

sparse: Final[Any] = Delayed("scipy.sparse")


def pagerank(links: Csr, *, damping: float = 0.85, rounds: int = 20) -> Floats:
    """n values > 0 that sum to 1; ``links.data`` are weights >= 0, all 1 for the plain form.

    x0 = 1/n;  x' = (1 - d)/n + d * (sum over in-links of x_u w_uv / W_u + (sum of x of dangling nodes) / n)

    Args:
        damping: d in [0, 1].
        rounds: at least 0.

    Raises:
        ValueError: a damping, a number of rounds or a weight out of range.

    Graphalytics 1.0, section 2.3.2; O(m) a round. (Personalised: algorithms/pagerank.py.)
    """
    if not 0.0 <= damping <= 1.0 or rounds < 0:
        raise invalid_argument(f"damping = {damping} must be in [0, 1] and rounds = {rounds} at least 0")
    bad = np.flatnonzero(~(np.isfinite(links.data) & (links.data >= 0.0)))
    if len(bad):
        raise invalid_argument(
            f"weight of link {bad[0]} is {links.data[bad[0]]}, expected a finite number of at least 0"
        )
    size = links.size
    if size == 0:
        return np.zeros(0)
    rows = links.rows()
    total = np.bincount(rows, links.data, minlength=size)
    dangling = np.flatnonzero(total <= 0.0)
    share = np.divide(links.data, total[rows], out=np.zeros(len(rows)), where=total[rows] > 0.0)
    step = sparse.csr_matrix((share, links.indices, links.indptr), shape=(size, size)).T.tocsr()
    rank = np.full(size, 1.0 / size)
    for _ in range(rounds):
        rank = (1.0 - damping) / size + damping * (step @ rank + rank[dangling].sum() / size)
    return np.asarray(rank, dtype=np.float64)
