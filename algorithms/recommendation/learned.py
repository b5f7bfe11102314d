"""Boosted trees that learn which service comes next from what a customer has and what is known of it."""

from __future__ import annotations

from typing import Any, Final

import numpy as np

from graph.arrays import Bools, Floats, Ints
from terms.delayed import Delayed

ensemble: Final[Any] = Delayed("sklearn.ensemble")
threadpoolctl: Final[Any] = Delayed("threadpoolctl")

FOLDS: Final = 5
MOST: Final = 40
"""Services that are learnt one by one, the most frequent ones; the others share one chance, in proportion to how often
each is taken."""
LEAST_ROWS: Final = 20


def next_service(owned: Bools, known: Floats, fold: Ints, *, seed: int, most: int = MOST) -> Floats:
    """The chance of each service to be the next one, n x m, as forecast by trees that never saw the customer.

    Each service that a customer of the other folds has is taken for the next one in turn, the rest for what it has; a
    customer's rows weigh 1 together. What is hidden is never learnt from.

    Args:
        owned: n x m, what is known to be owned.
        known: n x p, columns of the customers, NaN where missing.
        fold: n, the fold of each customer.
        most: services that are learnt one by one.
    """
    n, m = owned.shape
    often = owned.sum(axis=0)
    learnt = np.sort(np.argsort(-often, kind="stable")[:most])
    others = np.setdiff1d(np.arange(m), learnt)
    target = np.full(m, len(learnt))
    target[learnt] = np.arange(len(learnt))
    found = np.zeros((n, m))
    for one in range(int(fold.max(initial=-1)) + 1):
        train, test = np.flatnonzero(fold != one), np.flatnonzero(fold == one)
        chances = _forecast((owned, known), train, test, target, width=len(learnt) + 1, seed=seed)
        found[np.ix_(test, learnt)] = chances[:, : len(learnt)]
        if len(others):
            share = (often[others] + 1.0) / (often[others] + 1.0).sum()
            found[np.ix_(test, others)] = chances[:, len(learnt) :] * share
    return found


def _forecast(
    seen: tuple[Bools, Floats], train: Ints, test: Ints, target: Ints, *, width: int, seed: int
) -> Floats:
    """Chances of the learnt services and, last, of all others together: test x width.

    Args:
        seen: what customers own and what is known of them.
        target: m, the column of each service.
    """
    owned, known = seen
    row, service = np.nonzero(owned[train])
    customer = train[row]
    before = owned[customer].copy()
    before[np.arange(len(customer)), service] = False
    goal = target[service]
    chances = np.zeros((len(test), width))
    if not len(goal):
        return chances
    if len(np.unique(goal)) == 1:
        chances[:, goal[0]] = 1.0
        return chances
    model = ensemble.HistGradientBoostingClassifier(
        learning_rate=0.08,
        max_iter=80,
        max_leaf_nodes=15,
        min_samples_leaf=LEAST_ROWS,
        l2_regularization=1.0,
        early_stopping=False,
        random_state=seed,
    )
    # One thread: with more, sums hang on the number of cores, and on a busy machine threads wait for each other.
    with threadpoolctl.threadpool_limits(1):
        model.fit(np.hstack([before, known[customer]]), goal, 1.0 / owned[customer].sum(axis=1))
        chances[:, model.classes_] = model.predict_proba(np.hstack([owned[test], known[test]]))
    return chances
