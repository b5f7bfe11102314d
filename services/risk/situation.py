"""What a run was made with, and the view of equity loss that a what-if starts from."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from algorithms.risk.network import Network
from algorithms.risk.parameters import MONEY_RELATIONS, RiskParameters
from algorithms.risk.probability import Probability
from algorithms.risk.propagation import Propagation, solve
from algorithms.risk.weights import MoneyEdges, loss_weights
from graph.arrays import Floats
from ledger.runs import Run
from services.risk.fitted import Fitted
from services.risk.model import RiskModel
from services.risk.parts.solution import FIT, PROBABILITY


@dataclass(frozen=True, slots=True, eq=False)
class Start:
    """Loss weights with their solution from the own distress of the run. ``buffer``: n, yuan."""

    network: Network
    solution: Propagation
    buffer: Floats


def parameters_of(run: Run) -> RiskParameters:
    """The parameters that the run's weights were made with."""
    return RiskParameters(**run.parts["risk"]["parameters"])


def fit_of(run: Run) -> Fitted | None:
    """The fit that the run was made with; None: the start values."""
    part = run.parts["risk"]
    if FIT not in part:
        return None
    return Fitted(str(part[FIT]), parameters_of(run), Probability.read(part[PROBABILITY]))


def equity(run: Run, model: RiskModel) -> Start:
    """Loss weights: the share of each buffer that is lost; solved once for each run."""
    return equity_of(model, parameters_of(run))


@lru_cache(maxsize=2)
def equity_of(model: RiskModel, parameters: RiskParameters) -> Start:
    """The same for the parameters of the run's weights."""
    links = model.weights
    link = np.repeat(np.arange(len(links.csr.data)), np.diff(links.part_indptr))
    money = np.flatnonzero(links.part_relation < len(MONEY_RELATIONS))
    owed = MoneyEdges(
        source=links.csr.rows()[link[money]],
        target=links.csr.indices[link[money]],
        relation=links.part_relation[money].astype(np.int64),
        amount=links.part_amount[money],
    )
    buffer = model.inputs.buffer / 100
    weights = loss_weights(len(model.ids), owed, buffer, parameters)
    network = Network.of(weights.csr)
    return Start(network, solve(network, model.own), buffer)
