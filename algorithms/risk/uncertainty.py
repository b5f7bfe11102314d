"""How far a score can move when buffers are only known within limits."""

from __future__ import annotations

from dataclasses import dataclass

from algorithms.risk.parameters import RiskParameters
from algorithms.risk.propagation import Propagation, solve
from algorithms.risk.weights import EvidenceEdges, MoneyEdges, break_weights
from graph.arrays import Bools, Floats


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
        raise ValueError(f"low buffer of party {int((low > high).argmax())} is above its high one")
    size = len(own)
    ends = [
        solve(break_weights(size, money, evidence, buffer, uncertain_buffer, parameters).csr, own)
        for buffer in (high, low)
    ]
    return BufferInterval(*ends)
