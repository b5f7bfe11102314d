"""Columns of a table as a model reads them: numbers in bins, texts as levels, what is missing as a class of its own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from graph.arrays import Floats, Ints

Texts: TypeAlias = npt.NDArray[np.object_]
"""Text or None (missing)."""

Table: TypeAlias = Mapping[str, Floats | Texts]
"""Columns of equal length by name; numbers with NaN, texts with None, where a value is missing."""

MOST_BINS = 12
MOST_LEVELS = 40
LEAST_ROWS = 20
"""A bin or a level that fewer training rows have is joined with its neighbour, or with all other rare levels."""

MISSING = 0
"""Code of a missing value; bins and levels follow from 1."""


@dataclass(frozen=True, slots=True)
class Bins:
    """A column of numbers cut at ascending ``edges``: code 1 below the first, then one more from each edge on."""

    name: str
    edges: tuple[float, ...]

    @property
    def size(self) -> int:
        """Number of codes."""
        return len(self.edges) + 2

    def codes(self, values: Floats | Texts) -> Ints:
        """Codes of n values, n."""
        numbers = np.asarray(values, dtype=np.float64)
        found = np.searchsorted(np.array(self.edges), numbers, side="right") + 1
        return np.where(np.isnan(numbers), MISSING, found).astype(np.int64)


@dataclass(frozen=True, slots=True)
class Levels:
    """A column of texts: code 1 for the first level, ..., and one after the last for every other text."""

    name: str
    levels: tuple[str, ...]

    @property
    def size(self) -> int:
        """Number of codes."""
        return len(self.levels) + 2

    def codes(self, values: Floats | Texts) -> Ints:
        """Codes of n values, n."""
        known: dict[object, int] = {level: code for code, level in enumerate(self.levels, start=1)}
        other = len(self.levels) + 1
        return np.array(
            [MISSING if value is None else known.get(value, other) for value in values.tolist()],
            dtype=np.int64,
        )


Coding: TypeAlias = Bins | Levels


def learn(table: Table, *, least: int = LEAST_ROWS) -> tuple[Coding, ...]:
    """How each column is read, from training rows; in the order of the table. Constant columns are left out.

    Args:
        table: the training rows.
        least: rows that a bin or level needs; fewer in small tables.
    """
    found: list[Coding] = []
    for name, values in table.items():
        coding = _levels(name, values, least) if values.dtype == object else _bins(name, values, least)
        if len(np.unique(coding.codes(values))) > 1:
            found.append(coding)
    return tuple(found)


def encode(codings: tuple[Coding, ...], table: Table) -> Ints:
    """Codes of n rows, n x columns; a column that the table lacks is missing everywhere."""
    rows = len(next(iter(table.values()))) if table else 0
    codes = np.zeros((rows, len(codings)), dtype=np.int64)
    for position, coding in enumerate(codings):
        if coding.name in table:
            codes[:, position] = coding.codes(table[coding.name])
    return codes


def take(table: Table, rows: Ints) -> dict[str, Floats | Texts]:
    """Some rows of a table."""
    return {name: values[rows] for name, values in table.items()}


def _bins(name: str, values: Floats | Texts, least: int) -> Bins:
    numbers = np.sort(np.asarray(values, dtype=np.float64))
    numbers = numbers[~np.isnan(numbers)]
    if len(numbers) == 0:
        return Bins(name, ())
    # Cuts between distinct values, so that equal values never part: candidates at quantiles, each kept if both the
    # bin that it closes and what is left above it have rows enough.
    edges: list[float] = []
    start = 0
    for quantile in range(1, MOST_BINS):
        at = int(np.searchsorted(numbers, numbers[len(numbers) * quantile // MOST_BINS], side="right"))
        if at >= len(numbers) or at - start < least or len(numbers) - at < least:
            continue
        low, high = float(numbers[at - 1]), float(numbers[at])
        middle = low + (high - low) / 2
        edges.append(middle if low < middle <= high else high)
        start = at
    return Bins(name, tuple(edges))


def _levels(name: str, values: Texts | Floats, least: int) -> Levels:
    present = [value for value in values.tolist() if value is not None]
    levels, counts = np.unique(np.array(present, dtype=str), return_counts=True)
    order = np.lexsort((levels, -counts))
    chosen = [str(levels[k]) for k in order.tolist() if counts[k] >= least][:MOST_LEVELS]
    return Levels(name, tuple(sorted(chosen)))
