"""Break weights raised for losses that come together: many small ones break a party that none of them breaks alone.

A break weight says what one failure does by itself. Failures that strike one party in the same year draw on the same
buffer: with losses x_i (shares of the buffer), each met with the chance P_i of its debtor, the sum X breaks it with

    J = q Phi(mu / sqrt(sigma^2 + tau^2)),   q = chance that anything is lost,
    tau^2 = ln(E[X^2] q / E[X]^2),   mu = ln(E[X] / q) - tau^2 / 2

when X, given that it is above 0, is taken for lognormal with its own mean and variance. The weights of such money into
the party are multiplied by the one factor of at least 1 with which noisy-or, 1 - prod(1 - factor W_i P_i), gives J. A
party that one other alone can harm keeps its weight: there J is W_i P_i.

Guarantees stay as they are: all of one is lost or nothing, and one of ten times the buffer beside small deliveries is
far from lognormal. (Taken in, they cost .009 AUC* in rings of such guarantees.)
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np

from algorithms.invalid_argument import invalid_argument
from algorithms.risk.parameters import GUARANTEE, MONEY_RELATIONS, RiskParameters
from algorithms.risk.weights import Weights
from graph.arrays import Bools, Csr, Floats, Ints
from terms.delayed import Delayed

special: Final[Any] = Delayed("scipy.special")

HALVINGS = 40
HIGHEST = 50.0
"""No factor is above it."""
CERTAIN = 1.0 - 1e-12


def joint_losses(
    weights: Weights, buffer: Floats, uncertain_buffer: Bools, chance: Floats, parameters: RiskParameters
) -> Csr:
    """The weights, raised.

    Args:
        weights: break weights of n parties, made with ``called=parameters.called``.
        buffer, uncertain_buffer, parameters: as they were made with.
        chance: n, in [0, 1], the chance that each party fails, by these weights.

    Raises:
        ValueError: a chance outside [0, 1], or of another length.

    O(40 links). The weights then hang on own distress: other chances, other weights.
    """
    csr = weights.csr
    size = csr.size
    if len(chance) != size or not ((chance >= 0.0) & (chance <= 1.0)).all():
        raise invalid_argument(f"{len(chance)} chances for {size} parties, expected one in [0, 1] each")
    target, fails = csr.indices, chance[csr.rows()]
    entry = np.repeat(np.arange(len(csr.data)), np.diff(weights.part_indptr))
    counts = (weights.part_relation < len(MONEY_RELATIONS)) & (weights.part_relation != GUARANTEE)
    rates = np.append(parameters.rho(), np.zeros(len(parameters.theta())))[weights.part_relation]

    def by_link(values: Floats) -> Floats:
        return np.bincount(entry, values, minlength=len(csr.data)).astype(np.float64)

    money = by_link(np.where(counts, weights.part_value, 0.0))
    lost = by_link(np.where(counts, weights.part_amount * rates, 0.0)) / buffer[target]
    sigma = np.where(uncertain_buffer, parameters.sigma_uncertain, parameters.sigma)
    factor = _factor(size, target, money * fails, _by_the_sum(size, target, fails, lost, sigma))
    factor[np.bincount(target[money > 0.0], minlength=size) < 2] = 1.0
    return Csr(csr.indptr, csr.indices, np.minimum(1.0, csr.data + (factor[target] - 1.0) * money))


def _by_the_sum(size: int, target: Ints, fails: Floats, lost: Floats, sigma: Floats) -> Floats:
    """J of every party; ``lost``: per link, when its source fails."""
    mean = fails * lost
    first = np.bincount(target, mean, minlength=size)
    second = np.bincount(target, fails * lost**2 - mean**2, minlength=size) + first**2
    q = _any_of(size, target, np.where(lost > 0.0, fails, 0.0))
    struck = (q > 0.0) & (first > 0.0)
    at = first[struck] / q[struck]
    spread = np.log(np.maximum(1.0, second[struck] / q[struck] / at**2))
    found = np.zeros(size)
    found[struck] = q[struck] * special.ndtr(
        (np.log(at) - spread / 2.0) / np.sqrt(sigma[struck] ** 2 + spread)
    )
    return found


def _factor(size: int, target: Ints, alone: Floats, wanted: Floats) -> Floats:
    """The factor of at least 1 with which noisy-or of ``alone`` gives what is wanted, by halving."""
    low, high = np.ones(size), np.full(size, HIGHEST)
    for _ in range(HALVINGS):
        middle = (low + high) / 2.0
        below = _any_of(size, target, middle[target] * alone) < wanted
        low, high = np.where(below, middle, low), np.where(below, high, middle)
    return np.where(_any_of(size, target, alone) < wanted, low, 1.0)


def _any_of(size: int, target: Ints, chances: Floats) -> Floats:
    """Noisy-or by target."""
    spared = np.bincount(target, np.log1p(-np.minimum(chances, CERTAIN)), minlength=size)
    return np.asarray(-np.expm1(spared), dtype=np.float64)
