"""From declared features to the table that classes are found in, and what is left out by which rule.

The rules: a feature that is missing for more than half of the customers, that is the same for all, or that says what an
earlier one says is left out; an infinite number is missing; of a category the 40 most common levels count, and one for
all others.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

import numpy as np
import numpy.typing as npt

from algorithms.segments.copies import copies
from algorithms.segments.draws import keys_of
from algorithms.segments.table import MISSING, Table
from graph.arrays import Floats, Ints

Texts: TypeAlias = npt.NDArray[Any]
MOST_MISSING: Final = 0.5
MOST_LEVELS: Final = 40
LARGEST: Final = 1e150
"""Numbers beyond count as infinite: differences and squares of larger ones would be."""
OTHER: Final = "\x00other"
LEFT_OUT: Final = ("SEGMENT_MISSING_FOR_MOST", "SEGMENT_CONSTANT", "SEGMENT_COPY", "SEGMENT_INFINITE")


@dataclass(frozen=True, slots=True)
class Described:
    """Which features are used, so that later customers are read in the same way.

    ``numbers``, ``categories``: by name, in order. ``levels``: of each category. ``cautions``: code and feature.
    """

    numbers: tuple[str, ...]
    categories: tuple[str, ...]
    levels: tuple[tuple[str, ...], ...]
    cautions: tuple[tuple[str, str], ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """Numbers, then categories: the features of the table."""
        return (*self.numbers, *self.categories)

    def table(self, ids: Sequence[str], values: Mapping[str, Floats | Texts]) -> Table:
        """Customers as rows, in their order; a word that was never seen is missing, unless others were gathered."""
        numbers = [finite(np.asarray(values[name], dtype=np.float64)) for name in self.numbers]
        codes = np.full((len(ids), len(self.categories)), MISSING, dtype=np.int64)
        for k, (name, levels) in enumerate(zip(self.categories, self.levels, strict=True)):
            place = {level: at for at, level in enumerate(levels)}
            other = place.get(OTHER, MISSING)
            codes[:, k] = [place.get(word, other) if word else MISSING for word in values[name].tolist()]
        return Table(
            keys_of(ids),
            np.column_stack(numbers) if numbers else np.zeros((len(ids), 0)),
            codes,
            self.names,
            self.levels,
        )


def finite(values: Floats) -> Floats:
    """Numbers with NaN in place of infinite ones."""
    return np.where(np.abs(values) > LARGEST, np.nan, values)


def describe(values: Mapping[str, Floats | Texts], rows: Ints) -> Described:
    """Decide which features are used, from some customers.

    Args:
        values: by feature, n numbers or words ('' where missing), in the order of the contract.
        rows: customers that classes are found among.
    """
    cautions: list[tuple[str, str]] = []
    numbers: dict[str, Floats] = {}
    words: dict[str, list[str | None]] = {}
    for name, column in values.items():
        own = column[rows]
        if own.dtype == object:
            said = [word or None for word in own.tolist()]
            code = _left_out(len(own), len({*said} - {None}), sum(word is not None for word in said))
            if code is None:
                words[name] = _levels(said)
        else:
            known = finite(own.astype(np.float64))
            if (np.abs(own) > LARGEST).any():
                cautions.append(("SEGMENT_INFINITE", name))
            there = known[~np.isnan(known)]
            code = _left_out(len(own), len(np.unique(there)), len(there))
            if code is None:
                numbers[name] = known
        if code is not None:
            cautions.append((code, name))
    twins = copies(numbers, words)
    cautions += [("SEGMENT_COPY", name) for name in twins]
    kept = [name for name in words if name not in twins]
    return Described(
        tuple(name for name in numbers if name not in twins),
        tuple(kept),
        tuple(tuple(sorted({word for word in words[name] if word is not None})) for name in kept),
        tuple(cautions),
    )


def _left_out(size: int, distinct: int, known: int) -> str | None:
    if known < (1 - MOST_MISSING) * size or not known:
        return "SEGMENT_MISSING_FOR_MOST"
    return "SEGMENT_CONSTANT" if distinct < 2 else None


def _levels(said: list[str | None]) -> list[str | None]:
    count = Counter(word for word in said if word is not None)
    known = set(sorted(count, key=lambda word: (-count[word], word))[:MOST_LEVELS])
    return [word if word is None or word in known else OTHER for word in said]
