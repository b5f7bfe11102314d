"""Who owns what in the end: shares looked through cross-holdings and loops.

``A_ij`` = share of company j that i holds directly, V = (I - A)^-1. Naive: V - I (counts a company's stake in itself).
Integrated: ``(V_ij - delta_ij) / V_ii`` (Baldone, Brioschi, Paleari 1998; Vitali, Glattfelder, Battiston 2011, PLoS ONE
6:e25995). For persons, whom nobody holds, both agree. Undisclosed rest of a register stays unknown.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from algorithms.invalid_argument import invalid_argument
from graph.arrays import Csr, Floats, Ints
from terms.delayed import Delayed

sparse: Final[Any] = Delayed("scipy.sparse")
factors: Final[Any] = Delayed("scipy.sparse.linalg")

ROUNDING = 1e-12
DENSE = 5_000
FEW: Final = 200
"""Parties of a system that plain elimination solves in less time (3 ms) than it takes to load sparse factors."""


@dataclass(frozen=True, slots=True, eq=False)
class Register:
    """Holdings made usable.

    ``shares``: n x n, row holds column; the holders of a column sum to at most 1. ``over``: companies whose
    registered shares summed to more than 1 (scaled down pro rata, to be warned of). ``known``: n, sum of disclosed
    shares. ``circular``: companies that are owned entirely within loops that nobody outside holds: who owns them
    cannot be said, their loop's holdings are left out.
    """

    shares: Csr
    over: Ints
    known: Floats
    circular: Ints


def register(holdings: Csr) -> Register:
    """Check and complete holdings.

    Args:
        holdings: n x n, row holds column, >= 0; parallel holdings already added up.

    Raises:
        ValueError: a share below 0 or not finite; gives the position.
    """
    bad = np.flatnonzero(~(np.isfinite(holdings.data) & (holdings.data >= 0.0)))
    if len(bad):
        raise invalid_argument(f"share {bad[0]} is {holdings.data[bad[0]]}, expected at least 0")
    size = holdings.size
    total = np.bincount(holdings.indices, holdings.data, minlength=size)
    over = np.flatnonzero(total > 1.0 + 1e-9)
    scale = np.where(total > 1.0, 1.0 / np.maximum(total, 1.0), 1.0)
    data = holdings.data * scale[holdings.indices]
    # Follow ownership down from whatever holds or leaves shares outside: what is not reached is circular.
    known = np.minimum(1.0, total)
    rooted = known < 1.0 - 1e-9
    rows, columns = holdings.rows(), holdings.indices
    while True:
        wider = rooted.copy()
        wider[columns[rooted[rows] & (data > 0.0)]] = True
        if (wider == rooted).all():
            break
        rooted = wider
    circular = np.flatnonzero(~rooted)
    kept = rooted[rows] & rooted[columns]
    shares = Csr.from_edges(size, rows[kept], columns[kept], data[kept])
    return Register(shares, over, known, circular)


@dataclass(frozen=True, slots=True, eq=False)
class LookThrough:
    """Holdings of owners in companies, o x n: row k belongs to ``owners[k]``."""

    owners: Ints
    naive: Floats
    integrated: Floats


def look_through(shares: Csr, owners: Ints) -> LookThrough:
    """Naive and integrated shares of some owners in every company.

    Args:
        shares: of a ``Register``.
        owners: positions; persons or companies.

    One factorisation, one solve an owner; o x n values are returned.
    """
    size = shares.size
    unit = np.zeros((size, len(owners)))
    unit[owners, np.arange(len(owners))] = 1.0
    # Loops fill the factors: for many owners plain elimination is faster.
    dense = size <= FEW or (size <= DENSE and len(owners) > size // 10)
    walks = _solve(shares.transpose(), unit, dense=dense).T
    own = walks[np.arange(len(owners)), owners]
    naive = np.maximum(0.0, walks - unit.T)
    return LookThrough(owners, naive, naive / own[:, None])


def ultimate_owners(shares: Csr, company: int) -> Floats:
    """n values: the share of ``company`` that comes to each party in the end, over all chains and loops.

    Only parties whom nobody holds (persons; companies with an unknown register) end a chain; values at others are
    what passes through them. One solve.
    """
    unit = np.zeros((shares.size, 1))
    unit[company] = 1.0
    through = _solve(shares, unit, dense=shares.size <= FEW)[:, 0]
    through[company] -= 1.0
    return np.maximum(0.0, through)


def _solve(shares: Csr, right: Floats, *, dense: bool) -> Floats:
    """x of ``(I - shares) x = right``; ``right`` and x are n x k."""
    if right.shape[1] == 0:
        return right
    size = shares.size
    if dense:
        matrix = np.eye(size)
        matrix[shares.rows(), shares.indices] -= shares.data
        return np.asarray(np.linalg.solve(matrix, right), dtype=np.float64)
    direct = sparse.csr_matrix((shares.data, shares.indices, shares.indptr), shape=(size, size))
    system = sparse.csc_matrix(sparse.identity(size, format="csc") - direct)
    solution: Floats = factors.splu(system).solve(right)
    return solution


def beneficial_owners(ultimate: Floats, persons: Ints, *, threshold: float = 0.25) -> Ints:
    """Persons with an ultimate share of at least the threshold (inclusive), the largest first, then by position."""
    holds = persons[ultimate[persons] >= threshold - ROUNDING]
    return holds[np.lexsort((holds, -ultimate[holds]))]
