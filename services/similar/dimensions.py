"""Where customers stand in the three dimensions of their features: a vector of length one in each."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

import numpy as np

from algorithms.embeddings.vectors import Vectors, unit
from algorithms.segments.scores import level_scores, number_scale
from algorithms.segments.table import MISSING
from graph.arrays import Floats
from services.features.contract import contract
from services.risk.model import RiskModel

_KEPT: Final = 6


@lru_cache(maxsize=_KEPT)
def dimension_vectors(model: RiskModel, dimension: str) -> Vectors | None:
    """Of c customers in the order of the run, by the scores of the features of a dimension (science.md 3.2).

    Returns:
        c x k at length one; zeros where nothing is known that differs between customers. None in a run of an earlier
        program.
    """
    known = model.features
    if known is None:
        return None
    columns: list[Floats] = []
    for name, feature in contract().features.items():
        if feature.dimension != dimension:
            continue
        values = known.values[name]
        if feature.kind == "number":
            numbers = np.asarray(values, dtype=np.float64)
            columns.append(number_scale(numbers).of(numbers)[:, None])
        else:
            columns.append(_levels(values.tolist()))
    if not columns:
        return None
    return unit(np.hstack(columns).astype(np.float32))


def _levels(words: list[str]) -> Floats:
    levels = sorted({word for word in words if word})
    place = {word: at for at, word in enumerate(levels)}
    codes = np.array([place.get(word, MISSING) for word in words], dtype=np.int64)
    if not levels:
        return np.zeros((len(words), 0))
    share = np.bincount(codes[codes != MISSING], minlength=len(levels)) / max(
        int((codes != MISSING).sum()), 1
    )
    return level_scores(codes, share.astype(np.float64))
