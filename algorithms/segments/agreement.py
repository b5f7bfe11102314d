"""How far two partitions agree, and what a majority of several says."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from algorithms.invalid_argument import invalid_argument
from graph.arrays import Floats, Ints
from terms.delayed import Delayed

optimize: Final[Any] = Delayed("scipy.optimize")

UNKNOWN: Final = -1
"""Label of a refit's class that matches none."""


def common(one: Ints, other: Ints) -> Ints:
    """How many rows have each pair of labels, of 0..a-1 and 0..b-1: a x b."""
    if len(one) != len(other):
        raise invalid_argument(f"{len(one)} labels and {len(other)}, expected as many")
    width = int(other.max(initial=-1)) + 1
    height = int(one.max(initial=-1)) + 1
    return np.bincount(one * width + other, minlength=height * width).reshape(height, width).astype(np.int64)


def adjusted_rand(one: Ints, other: Ints) -> float:
    """Adjusted Rand index (Hubert and Arabie 1985), at most 1, around 0 by chance; 1 where both say the same.

    >>> adjusted_rand(np.array([0, 0, 1, 1]), np.array([1, 1, 0, 0]))
    1.0
    """
    table = common(one, other).astype(np.float64)

    def pairs(count: Floats) -> float:
        return float((count * (count - 1)).sum() / 2)

    both, mine, theirs = pairs(table), pairs(table.sum(axis=1)), pairs(table.sum(axis=0))
    every = len(one) * (len(one) - 1) / 2
    chance = mine * theirs / every if every else 0.0
    top = (mine + theirs) / 2
    return 1.0 if top == chance else (both - chance) / (top - chance)


def jaccards(base: Ints, refit: Ints) -> Floats:
    """Of each class of ``base`` (0..K-1) the best Jaccard similarity with a class of ``refit`` (Hennig 2007), K."""
    table = common(base, refit)
    union = table.sum(axis=1)[:, None] + table.sum(axis=0)[None, :] - table
    return np.asarray((table / np.maximum(union, 1)).max(axis=1))


def matched(base: Ints, refit: Ints) -> Ints:
    """For each class of ``refit`` the class of ``base`` that it is: the pairing with most common rows.

    :data:`UNKNOWN` where ``refit`` has more classes.
    """
    table = common(base, refit)
    rows, columns = optimize.linear_sum_assignment(table, maximize=True)
    found = np.full(table.shape[1], UNKNOWN, dtype=np.int64)
    found[columns] = rows
    return found


@dataclass(frozen=True, slots=True, eq=False)
class Consensus:
    """``label``: n. ``strength``: n, the share of the refits that say so, 0 to 1."""

    label: Ints
    strength: Floats


def consensus(base: Ints, refits: list[Ints]) -> Consensus:
    """The majority over refits in words of ``base``; ties go to ``base``, then to the lower label.

    Args:
        base: n labels of 0..K-1.
        refits: n labels each, already in words of ``base`` (:func:`matched`), or :data:`UNKNOWN`.
    """
    classes = int(base.max(initial=-1)) + 1
    if not refits:
        return Consensus(base.copy(), np.ones(len(base)))
    count = np.zeros((len(base), classes))
    for refit in refits:
        known = np.flatnonzero(refit != UNKNOWN)
        count[known, refit[known]] += 1
    favoured = count.copy()
    favoured[np.arange(len(base)), base] += 0.5
    label = np.argmax(favoured, axis=1).astype(np.int64)
    return Consensus(label, count[np.arange(len(base)), label] / len(refits))
