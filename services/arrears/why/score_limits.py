"""Between which limits a score lies if unreported buffers are larger or smaller than assumed.

The amounts at stake stay as they are: what a holding is worth depends on its company's equity, so that with amounts
that moved along a score would not fall as buffers rise. Each end is what an analysis would say with those buffers,
close groups included (docs/science.md, "How far a score can move").
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from algorithms.risk.close_groups.probability import chances, prepare
from algorithms.risk.parameters import RiskParameters
from algorithms.risk.uncertainty import with_buffers
from graph.arrays import Floats
from services.arrears.answer.interval import Interval
from services.exposure.model import BUFFER_KINDS
from services.reading.runs import Run
from services.risk.model import RiskModel
from services.risk.situation import parameters_of

FACTOR = 2.0
"""A buffer that is a proxy or the floor may be so many times smaller or larger than assumed."""
NOTHING = 1e-12
"""Limits that are no further apart are rounding."""


def interval_of(run: Run, model: RiskModel, party: int) -> Interval | None:
    """The interval of a party's score; None where no uncertain buffer bears on it. Solved once for each run, with
    everybody in it."""
    model, party = model.everything, model.in_everything(party)
    low, high = _limits(model, parameters_of(run))
    if high[party] - low[party] <= NOTHING:
        return None
    ends = np.array([low[party], high[party]])
    least, most = model.probability(ends).tolist()  # g never falls
    return Interval(float(ends[0]), float(ends[1]), least, most, FACTOR)


@lru_cache(maxsize=2)
def _limits(model: RiskModel, parameters: RiskParameters) -> tuple[Floats, Floats]:
    uncertain = model.inputs.buffer_kind >= BUFFER_KINDS.index("proxy")
    taken = model.inputs.buffer / 100
    ends = []
    for factor in (FACTOR, 1 / FACTOR):
        buffer = np.where(uncertain, taken * factor, taken)
        weights = with_buffers(model.weights, taken, buffer, uncertain, parameters)
        made = prepare(weights, priority=model.priority, keys=model.ids)
        ends.append(chances(made, model.own, proven=False).p)
    # The score itself was solved from weights that were summed in another order, or lies beyond an end whose close
    # groups are others.
    low, high = np.minimum(ends[0], ends[1]), np.maximum(ends[0], ends[1])
    return np.minimum(low, model.score), np.maximum(high, model.score)
