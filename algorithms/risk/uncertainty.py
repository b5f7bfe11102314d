"""How far a score can move when buffers are only known within limits."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from algorithms.invalid_argument import invalid_argument
from algorithms.risk.parameters import MONEY_RELATIONS, RiskParameters
from algorithms.risk.propagation import Propagation, solve
from algorithms.risk.weights import EvidenceEdges, MoneyEdges, Weights, break_weights, chance_of_breaking
from graph.arrays import Bools, Csr, Floats, Ints


@dataclass(frozen=True, slots=True, eq=False)
class BufferInterval:
    """``least`` and ``most``: solutions at the high and at the low end of every buffer; h lies between them."""

    least: Propagation
    most: Propagation


def buffer_interval(
    money: MoneyEdges,
    evidence: EvidenceEdges,
    *,
    low: Floats,
    high: Floats,
    uncertain_buffer: Bools,
    own: Floats,
    parameters: RiskParameters,
) -> BufferInterval:
    """Exact limits of h over all buffers from ``low`` to ``high`` (yuan, n each, 0 < low <= high).

    The amounts stay as reported: a holding's amount depends on its company's equity, so that with amounts that moved
    along h would not fall as buffers rise. With amounts held it does, and the two ends are the limits.

    Raises:
        ValueError: low above high; what ``break_weights`` and ``solve`` refuse.
    """
    if (low > high).any():
        at = int((low > high).argmax())
        raise invalid_argument(
            f"low buffer of party {at} is {low[at]}, expected at most its high one, {high[at]}"
        )
    size = len(own)
    ends = [
        solve(break_weights(size, money, evidence, buffer, uncertain_buffer, parameters=parameters).csr, own)
        for buffer in (high, low)
    ]
    return BufferInterval(*ends)


def with_buffers(  # one state, then the other
    weights: Weights, before: Floats, after: Floats, uncertain_buffer: Bools, parameters: RiskParameters
) -> Csr:
    """The break weights that ``weights`` would be with other buffers; amounts and evidence are held.

    Args:
        weights: made with the buffers ``before``.
        before, after: yuan, n each, > 0. Links to parties whose buffer stays keep their weight, to the last bit.
    """
    csr = weights.csr
    entry = np.repeat(np.arange(len(csr.data)), np.diff(weights.part_indptr))
    is_money = weights.part_relation < len(MONEY_RELATIONS)
    rates = np.concatenate([parameters.rho(), np.zeros(len(parameters.theta()))])
    exposure = _by_entry(entry, weights.part_amount * rates[weights.part_relation], csr)
    money = _by_entry(entry, np.where(is_money, weights.part_value, 0.0), csr)
    evidence = _by_entry(entry, np.where(is_money, 0.0, weights.part_value), csr)
    target = csr.indices
    sigma = np.where(uncertain_buffer, parameters.sigma_uncertain, parameters.sigma)[target]
    was = chance_of_breaking(exposure / before[target], sigma)
    # Where the sum was cut at 1 its parts were scaled down with it; money tells by how much.
    scale = np.divide(was, money, out=np.ones(len(was)), where=money > 0.0)
    now = chance_of_breaking(exposure / after[target], sigma) + evidence * np.maximum(1.0, scale)
    changed = (before != after)[target] & (exposure > 0.0)
    return Csr(csr.indptr, csr.indices, np.where(changed, np.minimum(1.0, now), csr.data))


def _by_entry(entry: Ints, values: Floats, csr: Csr) -> Floats:
    return np.bincount(entry, weights=values, minlength=len(csr.data)).astype(np.float64)
