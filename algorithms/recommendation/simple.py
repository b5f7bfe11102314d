"""Forecasts that a good one has to beat: what is popular, what goes together, what the customer's class takes."""

from __future__ import annotations

from typing import Any, Final

import numpy as np

from graph.arrays import Bools, Floats, Ints
from terms.delayed import Delayed

cluster: Final[Any] = Delayed("sklearn.cluster")
threadpoolctl: Final[Any] = Delayed("threadpoolctl")

PULL: Final = 10.0
"""Customers of average taste that are added to each class, so that a small one does not go to extremes."""
TIE: Final = 1e-9
"""What popularity adds where nothing else parts two services."""


def popularity(owned: Bools) -> Floats:
    """Share of customers who have a service, n x m: the same for everybody."""
    return np.tile(owned.mean(axis=0), (len(owned), 1))


def item_item(owned: Bools) -> Floats:
    """Sum of the cosine of a service with those that the customer has, n x m (Sarwar et al. 2001, WWW)."""
    known = owned.astype(np.float64)
    together = known.T @ known
    length = np.sqrt(np.diag(together))
    cosine = np.divide(
        together, np.outer(length, length), out=np.zeros_like(together), where=np.outer(length, length) > 0
    )
    np.fill_diagonal(cosine, 0.0)
    closeness: Floats = known @ cosine + TIE * owned.mean(axis=0)
    return closeness


def class_mean(owned: Bools, label: Ints) -> Floats:
    """Share of the customer's class that has a service, n x m, pulled to that of all.

    Args:
        label: n, the class of each customer, from 0.
    """
    size = np.bincount(label).astype(np.float64)
    within = np.zeros((len(size), owned.shape[1]))
    np.add.at(within, label, owned)
    shares: Floats = (within + PULL * owned.mean(axis=0)) / (size + PULL)[:, None]
    return shares[label]


def classes(known: Floats, *, seed: int, most: int = 8) -> Ints:
    """Up to eight classes of customers by k-means of their columns, n (Lloyd 1982, IEEE Trans. Inf. Theory 28:129).

    Args:
        known: n x p, NaN where missing: it counts as the mean then.
    """
    mean = np.nanmean(np.where(np.isfinite(known), known, np.nan), axis=0) if known.size else np.zeros(0)
    filled = np.where(np.isfinite(known), known, np.nan_to_num(mean))
    spread = filled.std(axis=0)
    scaled = (filled - filled.mean(axis=0)) / np.where(spread > 0, spread, 1.0)
    different = len(np.unique(scaled, axis=0))
    if different < 2:
        return np.zeros(len(known), dtype=np.int64)
    with threadpoolctl.threadpool_limits(1):
        found = cluster.KMeans(min(most, different), n_init=4, random_state=seed).fit_predict(scaled)
    return np.asarray(found, dtype=np.int64)
