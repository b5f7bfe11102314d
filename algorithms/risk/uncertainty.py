"""What weights would be with other buffers: how far a score can move when buffers are only known within limits."""

from __future__ import annotations

import numpy as np

from algorithms.risk.parameters import GUARANTEE, MONEY_RELATIONS, RiskParameters
from algorithms.risk.weights import Weights, chance_of_breaking
from graph.arrays import Bools, Csr, Floats, Ints


def with_buffers(
    weights: Weights, before: Floats, after: Floats, uncertain_buffer: Bools, parameters: RiskParameters
) -> Csr:
    """The break weights that ``weights`` would be with other buffers; amounts and evidence are held.

    Args:
        weights: made with the buffers ``before``, guarantees called with chance ``parameters.called``.
        before, after: yuan, n each, > 0. Links to parties whose buffer stays keep their weight, to the last bit.
    """
    csr = weights.csr
    entry = np.repeat(np.arange(len(csr.data)), np.diff(weights.part_indptr))
    is_money = weights.part_relation < len(MONEY_RELATIONS)
    rates = np.concatenate([parameters.rho(), np.zeros(len(parameters.theta()))])
    guarantee = weights.part_relation == GUARANTEE
    rates[GUARANTEE] = 0.0
    certain = _by_entry(entry, weights.part_amount * rates[weights.part_relation], csr)
    with_call = certain + _by_entry(entry, np.where(guarantee, weights.part_amount, 0.0), csr)
    money = _by_entry(entry, np.where(is_money, weights.part_value, 0.0), csr)
    evidence = _by_entry(entry, np.where(is_money, 0.0, weights.part_value), csr)
    target = csr.indices
    sigma = np.where(uncertain_buffer, parameters.sigma_uncertain, parameters.sigma)[target]
    called = parameters.called

    def breaks(buffer: Floats) -> Floats:
        at = buffer[target]
        return called * chance_of_breaking(with_call / at, sigma) + (1.0 - called) * chance_of_breaking(
            certain / at, sigma
        )

    # Where the sum was cut at 1 its parts were scaled down with it; money tells by how much.
    scale = np.divide(breaks(before), money, out=np.ones(len(money)), where=money > 0.0)
    now = breaks(after) + evidence * np.maximum(1.0, scale)
    changed = (before != after)[target] & (with_call > 0.0)
    return Csr(csr.indptr, csr.indices, np.where(changed, np.minimum(1.0, now), csr.data))


def _by_entry(entry: Ints, values: Floats, csr: Csr) -> Floats:
    return np.bincount(entry, weights=values, minlength=len(csr.data)).astype(np.float64)
