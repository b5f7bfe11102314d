"""Names of classes: which prototype each is most like (science.md 3.3)."""

from __future__ import annotations

from typing import Any, Final

import numpy as np

from algorithms.segments.ranks import average_ranks
from graph.arrays import Floats, Ints
from terms.delayed import Delayed

optimize: Final[Any] = Delayed("scipy.optimize")

LIKE: Final = 0.6
"""A class is named at this cosine ..."""
CLEAR: Final = 0.1
"""... and at so much more than its next best prototype has."""
NAMELESS: Final = -1


def profiles(values: Floats, label: Ints) -> Floats:
    """q = 2 (median rank) - 1 of each class and feature, K x m, in -1..1; 0 where a class has no value.

    Args:
        values: n x m, NaN where missing. Ranks are shares of the customers whose value is known.
        label: n, of 0..K-1.
    """
    classes = int(label.max(initial=-1)) + 1
    found = np.zeros((classes, values.shape[1]))
    for k in range(values.shape[1]):
        there = np.flatnonzero(~np.isnan(values[:, k]))
        if not len(there):
            continue
        rank = (average_ranks(values[there, k]) - 0.5) / len(there)
        for one in range(classes):
            own = rank[label[there] == one]
            if len(own):
                found[one, k] = 2 * float(np.median(own)) - 1
    return found


def cosines(one: Floats, other: Floats) -> Floats:
    """Cosines of a and b vectors, a x b; 0 for a vector of zeros."""
    size = np.linalg.norm(one, axis=1)[:, None] * np.linalg.norm(other, axis=1)[None, :]
    return np.where(size > 0, (one @ other.T) / np.where(size > 0, size, 1.0), 0.0)


def named(own: Floats, prototypes: Floats) -> Ints:
    """Position of the prototype that names each of K classes, K; :data:`NAMELESS` where none is like it clearly.

    Args:
        own: K x m profiles. ``prototypes``: r x m.
    """
    like = cosines(own, prototypes)
    found = np.full(len(own), NAMELESS, dtype=np.int64)
    if not like.size:
        return found
    for row, column in zip(*optimize.linear_sum_assignment(like, maximize=True), strict=True):
        rest = np.delete(like[row], column)
        if like[row, column] >= LIKE and like[row, column] - rest.max(initial=-1.0) >= CLEAR:
            found[row] = column
    return found
