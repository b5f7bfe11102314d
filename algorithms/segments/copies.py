"""Columns that say what another one says: counted twice they would weigh twice."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final, TypeAlias

import numpy as np

from algorithms.segments.ranks import average_ranks
from graph.arrays import Floats

COPY: Final = 0.9999
"""A number is a copy of another when their ranks correlate so far."""
FEW: Final = 50
"""A column with up to so many values may be what a category says in words."""

Levels: TypeAlias = list[str | None]


def copies(numbers: Mapping[str, Floats], categories: Mapping[str, Levels]) -> list[str]:
    """Numbers that rank rows as an earlier one does, and categories that part them as an earlier column does.

    Args:
        numbers: by name, n values with NaN where missing.
        categories: by name, n levels with None where missing.
    """
    left: list[str] = []
    ranks: dict[str, Floats] = {}
    for name, values in numbers.items():
        missing = np.isnan(values)
        rank = np.zeros(len(values))
        rank[~missing] = average_ranks(values[~missing])
        rank[~missing] -= rank[~missing].mean() if len(rank[~missing]) else 0.0
        size = np.linalg.norm(rank)
        rank /= size if size > 0 else 1.0
        twin = next(
            (
                other
                for other, theirs in ranks.items()
                if abs(rank @ theirs) > COPY and np.array_equal(missing, np.isnan(numbers[other]))
            ),
            None,
        )
        if twin is None:
            ranks[name] = rank
        else:
            left.append(name)
    kept: list[Sequence[str | None]] = [
        [None if np.isnan(value) else repr(value) for value in numbers[name].tolist()]
        for name in ranks
        if len(np.unique(numbers[name])) <= FEW
    ]
    for name, cells in categories.items():
        if any(_same(cells, other) for other in kept):
            left.append(name)
        else:
            kept.append(cells)
    return left


def _same(one: Sequence[str | None], other: Sequence[str | None]) -> bool:
    pairs = set(zip(one, other, strict=True))
    return len(pairs) == len({pair[0] for pair in pairs}) == len({pair[1] for pair in pairs})
