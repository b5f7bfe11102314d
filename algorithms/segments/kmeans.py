"""k-means whose start hangs on the customers and not on their order."""

from __future__ import annotations

from typing import Final

import numpy as np

from algorithms.segments.draws import Keys, uniform
from algorithms.segments.kmeans_kernel import lloyd
from graph.arrays import Floats, Ints

ROUNDS: Final = 25


def kmeans(
    points: Floats, keys: Keys, classes: int, purpose: str, rounds: int = ROUNDS
) -> tuple[Ints, Floats]:
    """Lloyd's k-means from a hashed k-means++ start.

    The start draws a point with chance in proportion to D^2 as the one with the smallest -ln(u) / D^2, so that one more
    customer seldom changes it.

    Args:
        points: n x p, n at least 1. ``keys``: n. ``classes``: at least 1; fewer are found where fewer points
            are distinct.
        purpose: of the draws.
        rounds: most rounds, each O(n p K).
    Returns:
        label of each point (n, of 0..K-1, none empty) and the K means.
    """
    most = min(classes, len(points))
    drawn = np.vstack([uniform(keys, f"{purpose} {step}") for step in range(most)])
    centres = np.zeros((most, points.shape[1]))
    label = np.zeros(len(points), dtype=np.int64)
    found = lloyd(np.ascontiguousarray(points), drawn, rounds, centres, label)
    return label, centres[:found]
