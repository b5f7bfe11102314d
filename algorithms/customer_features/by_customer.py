"""Sums, means and extremes by customer."""

from __future__ import annotations

import numpy as np

from graph.arrays import Bools, Floats, Ints


def count(n: int, customer: Ints, chosen: Bools) -> Floats:
    """How many of the chosen rows are of each of n customers."""
    return np.bincount(customer[chosen], minlength=n).astype(np.float64)


def total(n: int, customer: Ints, value: Floats, chosen: Bools) -> Floats:
    """Their sum by customer, 0 without any."""
    return np.bincount(customer[chosen], weights=value[chosen], minlength=n).astype(np.float64)


def mean(n: int, customer: Ints, value: Floats, chosen: Bools) -> Floats:
    """Their mean by customer, NaN without any."""
    return ratio(total(n, customer, value, chosen), count(n, customer, chosen))


def highest(n: int, customer: Ints, value: Floats, chosen: Bools) -> Floats:
    """The largest by customer, -inf without any."""
    found = np.full(n, -np.inf)
    np.maximum.at(found, customer[chosen], value[chosen])
    return found


def ratio(top: Floats, bottom: Floats) -> Floats:
    """top / bottom, NaN where bottom is not above 0."""
    found: Floats = np.divide(top, bottom, out=np.full(len(top), np.nan), where=bottom > 0)
    return found
