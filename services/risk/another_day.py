"""Which links held on another day than the run's, by all that is known now. Nothing is solved or kept."""

from __future__ import annotations

from datetime import date
from threading import Lock

import numpy as np

from algorithms.risk.parameters import RiskParameters
from graph.state import read_state
from services.risk.fitted import in_force
from services.risk.inputs import exposure
from services.risk.model import RiskModel
from services.risk.scores import Scores
from services.risk.weights import weigh
from services.site import Site

KEPT = 2
"""Days whose links are kept: one is asked about more than once."""


def links_of(site: Site, day: date) -> RiskModel:
    """Parties and links as an analysis of the day would have them, by the parameters in force; all scores are 0.

    Read once for each state of the graph, and again for every other day: O(size of the graph).

    Raises:
        KehutuError: ``STORE_UNAVAILABLE``, ``STORE_CHANGED``.
    """
    state, fit = read_state(site.store), in_force(site.home)
    version = fit.version if fit else ""
    key = (site.ledger.id, site.store.url, state.watermark if state else 0, version, day)
    with _lock:
        found = _kept.get(key)
    if found is None:
        found = _read(site, day, fit.parameters if fit else RiskParameters())
        with _lock:
            while len(_kept) >= KEPT:
                del _kept[next(iter(_kept))]
            _kept[key] = found
    return found


_kept: dict[tuple[object, ...], RiskModel] = {}
_lock = Lock()


def _read(site: Site, day: date, parameters: RiskParameters) -> RiskModel:
    inputs = exposure(site, np.datetime64(day), parameters)
    size = len(inputs.parties.ids)
    return RiskModel.of(inputs, weigh(inputs), Scores.unsolved(size), np.arange(size))
