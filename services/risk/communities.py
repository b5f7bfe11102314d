"""Parties of a run that hang together."""

from __future__ import annotations

import numpy as np

from algorithms.risk.weights import Weights
from graph.arrays import Ints
from services.engines.protocol import ArrayProjection, Communities, Engine

LEIDEN_RESOLUTION = 1.0
LEIDEN_SEED = 0


def communities(ids: list[str], weights: Weights, engine: Engine) -> Ints:
    """Leiden by modularity over parties, both directions of a link together; labels by position."""
    matrix = weights.csr
    found = engine.compute(
        ArrayProjection(ids, matrix.rows(), matrix.indices, matrix.data),
        Communities(LEIDEN_RESOLUTION, LEIDEN_SEED),
    )
    return found.values.astype(np.int64)
