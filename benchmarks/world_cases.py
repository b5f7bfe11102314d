"""A world as a case to fit on or to judge: what the model sees of it, with outcomes where it learns from them."""

from __future__ import annotations

import numpy as np

from algorithms.risk.fitting import Case
from algorithms.risk.parameters import GUARANTEE, TRADE_CREDIT
from algorithms.risk.weights import EvidenceEdges, MoneyEdges
from benchmarks import worlds


def case(world: worlds.World, years: int = 0) -> Case:
    """What the model sees of a world, with the outcomes of ``years`` years where fitted on."""
    relation = np.where(world.relation == worlds.GUARANTEE, GUARANTEE, TRADE_CREDIT)
    failures = worlds.outcomes(world, years).failed.sum(axis=0) if years else np.zeros(world.size, np.int64)
    return Case(
        money=MoneyEdges(world.source, world.target, relation, world.amount),
        evidence=EvidenceEdges.none(),
        buffer=world.buffer,
        uncertain_buffer=np.zeros(world.size, bool),
        own=world.own,
        judged=~world.known,
        failures=failures,
        years=years,
    )
