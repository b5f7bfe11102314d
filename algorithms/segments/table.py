"""The table that classes are found in: numbers and categories of n customers, in hashed order."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from algorithms.invalid_argument import invalid_argument
from algorithms.segments.draws import Keys
from graph.arrays import Floats, Ints

MISSING: Final = -1
"""Code of a category that is missing."""
FEWEST_VALUES: Final = 20
MOST_AT_ONE_VALUE: Final = 0.05
"""A number with fewer distinct values, or more at one value, has ties that mean nothing: tests read its ranks."""


@dataclass(frozen=True, slots=True, eq=False)
class Table:
    """n customers by p numbers and q categories.

    ``keys``: n hashes, ascending. ``numbers``: n x p, NaN where missing. ``codes``: n x q, the position of the level in
    ``levels``, or :data:`MISSING`. ``names``: of the p numbers, then of the q categories.
    """

    keys: Keys
    numbers: Floats
    codes: Ints
    names: tuple[str, ...]
    levels: tuple[tuple[str, ...], ...]

    def __post_init__(self) -> None:
        rows = len(self.keys)
        if self.numbers.shape[0] != rows or self.codes.shape[0] != rows:
            raise invalid_argument(
                f"{rows} keys, {self.numbers.shape[0]} rows of numbers and {self.codes.shape[0]} of categories,"
                " expected as many"
            )
        if len(self.names) != self.numbers.shape[1] + self.codes.shape[1]:
            raise invalid_argument(
                f"{len(self.names)} names for {self.numbers.shape[1] + self.codes.shape[1]} columns"
            )
        if np.isinf(self.numbers).any():
            raise invalid_argument("a number is infinite, expected a finite one or NaN where it is missing")

    @property
    def size(self) -> int:
        """Number of customers."""
        return len(self.keys)

    def rows(self, which: npt.NDArray[np.bool_] | Ints) -> Table:
        """Some of the customers, in the same order."""
        return Table(self.keys[which], self.numbers[which], self.codes[which], self.names, self.levels)


def in_hashed_order(table: Table) -> tuple[Table, Ints]:
    """The table by ascending key, and the row that each of its rows had."""
    order = np.argsort(table.keys, kind="stable").astype(np.int64)
    return table.rows(order), order


def distinct(table: Table) -> npt.NDArray[np.bool_]:
    """Which rows count when classes are looked for: of rows that say the same the one with the smallest key.

    A record that was kept a thousand times is no class. Where no number has twenty values with at most 5 % of the
    distinct rows at one, equal rows are what is to be expected, and all count.
    """
    everything = np.ones(table.size, dtype=np.bool_)
    words = np.hstack([np.nan_to_num(table.numbers, nan=np.inf), table.codes.astype(np.float64)])
    if not words.shape[1] or not table.size:
        return everything
    first = np.unique(words, axis=0, return_index=True)[1]
    once = np.zeros(table.size, dtype=np.bool_)
    once[first] = True
    for column in table.numbers[once].T:
        count = np.unique(column[~np.isnan(column)], return_counts=True)[1]
        if len(count) >= FEWEST_VALUES and count.max() <= MOST_AT_ONE_VALUE * count.sum():
            return once
    return everything
