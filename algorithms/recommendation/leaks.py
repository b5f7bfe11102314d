"""Columns that tell the hidden service: what a customer pays follows from all that it has."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

import numpy as np

from graph.arrays import Bools, Floats, Ints

EXPLAINED: Final = 0.9
"""Of the variance of a column; from here on it is left out."""
LEAST_LEFT: Final = 30
"""Customers beyond the number of columns: with fewer even noise can be explained, so nothing is said then."""


def explained(values: Floats, owned: Bools, categories: Mapping[str, Ints]) -> tuple[float, str | None]:
    """The largest share of a column's variance that services and at most one category explain, and that category.

    Least squares, adjusted for the number of columns: of pure noise it is about 0. Too few
    customers for their services explain nothing.

    Args:
        values: n, NaN where missing.
        owned: n x m, everything that customers have, the hidden service too.
        categories: by name, n codes from 0; -1 where missing.
    """
    best: tuple[float, str | None] = (0.0, None)
    there = np.isfinite(values)
    for name, codes in [(None, None), *categories.items()]:
        columns = [np.ones((len(values), 1)), owned.astype(np.float64)]
        if codes is not None:
            columns.append((codes[:, None] == np.unique(codes)[None, 1:]).astype(np.float64))
        share = _explained(values[there], np.hstack(columns)[there])
        if share > best[0]:
            best = share, name
    return best


def told(owned: Bools, codes: Ints) -> int | None:
    """The first service that a category tells, as a column that says yes or no of it does; None where there is none."""
    indicators = np.hstack([np.ones((len(codes), 1)), codes[:, None] == np.unique(codes)[None, 1:]]).astype(
        np.float64
    )
    for service in range(owned.shape[1]):
        if _explained(owned[:, service].astype(np.float64), indicators) >= EXPLAINED:
            return service
    return None


def ratios(numbers: Mapping[str, Floats]) -> Iterator[tuple[str, str, Floats]]:
    """Every column over every other one where that is above 0: numerator, denominator, n values."""
    for above, one in numbers.items():
        for below, other in numbers.items():
            if above != below and (other >= 0).any():
                with np.errstate(divide="ignore", invalid="ignore"):
                    yield above, below, np.where(other > 0, one / other, np.nan)


def _explained(values: Floats, columns: Floats) -> float:
    n = len(values)
    spread = float(((values - values.mean()) ** 2).sum()) if n else 0.0
    if n < 3 or spread <= 0:
        return 0.0
    solution, _, rank, _ = np.linalg.lstsq(columns, values, rcond=None)
    left = float(((values - columns @ solution) ** 2).sum())
    if n - rank < LEAST_LEFT:
        return 0.0
    return 1.0 - left / (n - rank) / (spread / (n - 1))
