"""How rows are split for learning and judging: by time with a gap, or by group, so that nobody is on both sides."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from algorithms.own_risk.models import Fold
from graph.arrays import Bools, Floats, Ints

FOLDS = 5


def share_of(names: Sequence[str], seed: int) -> Floats:
    """A number in [0, 1) for each name, by a keyed hash: equal names and seeds give equal numbers everywhere."""
    key = str(seed).encode()
    return np.array(
        [
            int.from_bytes(hashlib.blake2b(name.encode(), digest_size=8, key=key).digest(), "big") / 2**64
            for name in names
        ],
        dtype=np.float64,
    )


def by_group(groups: Sequence[str], seed: int, happened: Floats) -> list[Fold]:
    """Five folds by a hash of the group; those are left out whose rows to learn from, or to judge by, lack an outcome.

    Args:
        groups: n, the group of each row; a row's own number where there are none.
    """
    part = np.minimum(FOLDS - 1, (share_of(groups, seed) * FOLDS).astype(np.int64))
    folds = [(np.flatnonzero(part != k), np.flatnonzero(part == k)) for k in range(FOLDS)]
    return [fold for fold in folds if _both(happened, fold)]


def by_time(times: npt.NDArray[Any], groups: Sequence[str] | None, happened: Floats) -> list[Fold]:
    """Blocks of time, each judged by what was learned from all earlier ones; equal times stay together.

    Args:
        times: n, anything that has an order.
        groups: n, or None; a group that a block is judged by is not learned from.
    """
    _, moment, counts = np.unique(times, return_inverse=True, return_counts=True)
    block = np.minimum(FOLDS - 1, ((np.cumsum(counts) - counts) * FOLDS // max(1, len(times))))[moment]
    folds = []
    for number in range(1, FOLDS):
        past, now = np.flatnonzero(block < number), np.flatnonzero(block == number)
        if groups is not None:
            past = past[~shared(groups, past, now)]
        folds.append((past, now))
    return [fold for fold in folds if _both(happened, fold)]


def shared(groups: Sequence[str], rows: Ints, others: Ints) -> Bools:
    """Which of ``rows`` belong to a group that ``others`` have too."""
    taken = {groups[k] for k in others.tolist()}
    return np.array([groups[k] in taken for k in rows.tolist()], dtype=np.bool_)


def _both(happened: Floats, fold: Fold) -> bool:
    """Whether both outcomes occur on both sides."""
    return all(len(side) > 0 and 0 < happened[side].sum() < len(side) for side in fold)
