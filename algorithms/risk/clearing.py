"""Who is actually paid: the greatest clearing vector of mutual debts.

Eisenberg and Noe 2001, Manage. Sci. 47:236 (limited liability, pro rata); Rogers and Veraart 2013, Manage. Sci. 59:882
(a defaulting firm realises only alpha of its cash and beta of what it is paid).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal

import numpy as np

from algorithms.invalid_argument import invalid_argument
from graph.arrays import Bools, Csr, Floats
from terms.delayed import Delayed

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

sparse: Final[Any] = Delayed("scipy.sparse")
factors: Final[Any] = Delayed("scipy.sparse.linalg")

SLACK = 1e-12
"""A firm that lacks no more than this part of its debt is solvent: rounding must not make a default."""


@dataclass(frozen=True, slots=True, eq=False)
class Clearing:
    """Payments of n firms.

    ``paid``, ``due``: p and p_bar. ``equity``: what is left after all debts, 0 in default. ``defaulted``: pays less
    than it owes. ``rounds``: of new defaults (fictitious default algorithm). ``recovery``: paid / due, 1 without debt.
    """

    paid: Floats
    due: Floats
    equity: Floats
    defaulted: Bools
    rounds: int

    @property
    def recovery(self) -> Floats:
        """Share of its debt that each firm pays."""
        return np.divide(self.paid, self.due, out=np.ones(len(self.due)), where=self.due > 0.0)

    @property
    def shortfall(self) -> Floats:
        """What each firm fails to pay."""
        return self.due - self.paid


def clear(
    debts: Csr,
    cash: Floats,
    *,
    outside: Floats | None = None,
    seniority: Literal["pari-passu", "senior"] = "pari-passu",
    alpha: float = 1.0,
    beta: float = 1.0,
) -> Clearing:
    """The greatest clearing vector.

    Args:
        debts: n x n, what the row owes the column, >= 0.
        cash: n, assets from outside, >= 0.
        outside: n, debt to outsiders, >= 0: ranks equally with the others or first ("senior": it is taken off the
            cash, which may then be negative).
        alpha, beta: shares of cash and of payments that a defaulting firm realises, in [0, 1]; 1 and 1 is
            Eisenberg-Noe.

    Raises:
        ValueError: a negative or not finite amount, or alpha or beta outside [0, 1].

    At most n rounds of defaults, each a sparse linear system.
    """
    size = debts.size
    extra = np.zeros(size) if outside is None else outside
    for name, values in (("debt", debts.data), ("cash", cash), ("outside debt", extra)):
        bad = np.flatnonzero(~(np.isfinite(values) & (values >= 0.0)))
        if len(bad):
            raise invalid_argument(f"{name} {bad[0]} is {values[bad[0]]}, expected a finite amount >= 0")
    if not (0.0 <= alpha <= 1.0 and 0.0 <= beta <= 1.0):
        raise invalid_argument(f"alpha = {alpha} and beta = {beta} must be in [0, 1]")
    owed = np.bincount(debts.rows(), debts.data, minlength=size).astype(np.float64)
    due: Floats = owed + extra if seniority == "pari-passu" else owed
    own = cash - extra if seniority == "senior" else cash.astype(np.float64)
    share = np.divide(debts.data, due[debts.rows()], out=np.zeros(len(debts.data)), where=debts.data > 0)
    # Row j: what j receives per unit that i pays.
    receives = sparse.csr_matrix((share, (debts.indices, debts.rows())), shape=(size, size))
    paid = due.copy()
    default = np.zeros(size, dtype=bool)
    rounds = 0
    while True:
        assets = own + receives @ paid
        scale = np.abs(own) + receives @ paid + due
        fresh = ~default & (assets < due - SLACK * scale)
        if not fresh.any():
            break
        rounds += 1
        default |= fresh
        paid = _payments(receives, own, due, default, alpha=alpha, beta=beta)
    assets = own + receives @ paid
    equity = np.where(default, 0.0, np.maximum(0.0, assets - due))
    return Clearing(paid, due, equity, default, rounds)


def _payments(
    receives: csr_matrix, own: Floats, due: Floats, default: Bools, *, alpha: float, beta: float
) -> Floats:
    """Payments when exactly the firms in ``default`` fail: ``x = max(0, alpha own + beta received)`` among them."""
    paid = np.where(default, 0.0, due)
    # A firm whose cash is negative realises all of the hole.
    start = np.where(own >= 0.0, alpha * own, own)
    inside = np.flatnonzero(default)
    fixed = start[inside] + beta * (receives[inside] @ paid)
    system = beta * receives[inside][:, inside]
    # Falling from the debts finds who pays nothing before the system is solved: it is not singular then.
    x = due[inside].copy()
    for _ in range(200):
        lower = np.minimum(x, np.maximum(0.0, fixed + system @ x))
        if np.array_equal(lower, x):
            break
        x = lower
    while True:
        paying = x > 0.0
        if not paying.any():
            break
        names = np.flatnonzero(paying)
        matrix = sparse.identity(len(names), format="csc") - system[names][:, names].tocsc()
        try:
            solution = factors.splu(matrix).solve(fixed[names])
        except RuntimeError:  # a closed ring that loses nothing: the fall is the answer
            break
        if not np.isfinite(solution).all():
            break
        x = np.zeros(len(inside))
        x[names] = np.clip(solution, 0.0, due[inside][names])
        if (solution >= 0.0).all():
            break
    paid[inside] = x
    return paid
