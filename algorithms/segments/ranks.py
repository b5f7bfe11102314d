"""Ranks of values, equal ones alike."""

from __future__ import annotations

import numpy as np

from graph.arrays import Floats


def average_ranks(values: Floats) -> Floats:
    """The place of each of n values in ascending order, from 1 on; equal values share the mean of their places.

    >>> average_ranks(np.array([3.0, 1.0, 3.0])).tolist()
    [2.5, 1.0, 2.5]
    """
    _, place, count = np.unique(values, return_inverse=True, return_counts=True)
    ranks: Floats = (np.cumsum(count) - (count - 1) / 2)[place]
    return ranks
