"""Which columns of any table classes are found by, what each is, and why others are left out.

The rules: a column whose cells are numbers is a number, however few values it has, and its order counts; one in ten
cells may be something else, which is missing then. Everything else is a category: its 40 most common levels, and one
for all others. Identifiers, dates, free text, constants, what is missing for most, copies and protected attributes are
left out, and each is told.
"""

from __future__ import annotations

import difflib
import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from algorithms.own_risk.columns import LEAST_ROWS, MOST_LEVELS
from algorithms.own_risk.protected import protected
from algorithms.segments.copies import FEW, Levels, copies
from algorithms.segments.draws import hashed, keys_of
from algorithms.segments.table import MISSING, Table
from graph.arrays import Floats, Ints
from services.assumption import Assumption
from services.evaluation.credit_columns import IDENTIFIER
from services.evaluation.credit_files import DAY, Cells, File, number, said
from terms.errors import KehutuError

MOST_MISSING: Final = 0.5
"""A column with a larger share of missing cells is left out."""
OTHERWISE: Final = 0.1
"""Share of the cells of a number that may be something else."""
LARGEST: Final = 1e150
"""Numbers beyond count as infinite: differences and squares of larger ones would be."""
OTHER: Final = "\x00other"


@dataclass(frozen=True, slots=True, eq=False)
class Chosen:
    """Columns by name, in the order of names, and what was left out or assumed."""

    numbers: dict[str, Floats]
    categories: dict[str, Levels]
    cautions: tuple[Assumption, ...]


def present(file: File, name: str) -> Cells:
    """A column by name.

    Raises:
        KehutuError: ``SEGMENT_COLUMN_MISSING``, with the nearest name.
    """
    if name in file.columns:
        return file.columns[name]
    near = difflib.get_close_matches(name, file.columns, 1, 0.0)
    raise KehutuError("SEGMENT_COLUMN_MISSING", file=file.name, column=name, nearest=near[0] if near else "-")


def choose(file: File, truth: str | None, identifier: str | None) -> Chosen:
    """Decide for each column.

    Args:
        truth: column of the true classes; neither it nor a column that says the same is a feature.
        identifier: column of the customers' ids.

    Raises:
        KehutuError: ``SEGMENT_COLUMN_MISSING``.
    """
    true = None if truth is None else [_text(cell) for cell in present(file, truth)]
    if identifier is not None:
        present(file, identifier)
    numbers: dict[str, Floats] = {}
    categories: dict[str, Levels] = {}
    cautions: list[Assumption] = []
    for name in sorted(file.columns):
        if name in (truth, identifier):
            continue
        cells = file.columns[name]
        code = _left_out(name, cells) or (None if true is None else _copies_truth(cells, true))
        if code is not None:
            cautions.append(Assumption(code, name))
        elif _is_number(cells):
            values = np.array([_number(cell) for cell in cells], dtype=np.float64)
            endless = np.abs(values) > LARGEST
            if endless.any():
                cautions.append(Assumption("SEGMENT_INFINITE", name))
                values[endless] = np.nan
            numbers[name] = values
        else:
            categories[name] = _levels(cells)
    cautions += _without_copies(numbers, categories)
    return Chosen(numbers, categories, tuple(cautions))


def table_of(chosen: Chosen, rows: int, ids: Cells | None) -> Table:
    """The table in the order of the rows, each with a key of its own.

    A key is the hash of the id; without ids, or where several rows have one, of what the row says and how many equal
    rows went before it. So the order of rows changes nothing.
    """
    levels = [
        tuple(sorted({one for one in cells if one is not None})) for cells in chosen.categories.values()
    ]
    codes = np.full((rows, len(levels)), MISSING, dtype=np.int64)
    for k, (cells, known) in enumerate(zip(chosen.categories.values(), levels, strict=True)):
        place = {level: at for at, level in enumerate(known)}
        codes[:, k] = [MISSING if cell is None else place[cell] for cell in cells]
    numbers = np.column_stack([*chosen.numbers.values()]) if chosen.numbers else np.zeros((rows, 0))
    return Table(
        keys_of(_keys(numbers, codes, ids)),
        np.ascontiguousarray(numbers, dtype=np.float64),
        codes,
        (*chosen.numbers, *chosen.categories),
        tuple(levels),
    )


def _keys(numbers: Floats, codes: Ints, ids: Cells | None) -> list[str]:
    own = [None] * len(numbers) if ids is None else [_text(cell) for cell in ids]
    count = Counter(own)
    seen: Counter[str] = Counter()
    keys = []
    for row, one in enumerate(own):
        if one is not None and count[one] == 1:
            keys.append(f"id {one}")
            continue
        content = f"{one} {hashed(numbers[row].tobytes().hex() + codes[row].tobytes().hex())}"
        seen[content] += 1
        keys.append(f"row {content} {seen[content]}")
    return keys


def _text(cell: str | float | None) -> str | None:
    return None if cell is None else said(cell)


def _number(cell: str | float | None) -> float:
    """A cell as a number, infinite ones too; NaN where it is none."""
    found = number(cell)
    if found is not None:
        return found
    if isinstance(cell, str):
        try:
            value = float(cell)
        except ValueError:
            return math.nan
        return value if math.isinf(value) else math.nan
    return math.nan


def _is_number(cells: Cells) -> bool:
    there = [cell for cell in cells if cell is not None]
    no_number = sum(math.isnan(_number(cell)) for cell in there)
    return no_number <= OTHERWISE * len(there)


def _left_out(name: str, cells: Cells) -> str | None:
    """The code of the reason why a column is no feature; None where it is one."""
    if protected(name) is not None:
        return "SEGMENT_PROTECTED"
    there = [cell for cell in cells if cell is not None]
    if len(there) < (1 - MOST_MISSING) * len(cells) or not there:
        return "SEGMENT_MISSING_FOR_MOST"
    count = Counter(there)
    if len(count) == 1:
        return "SEGMENT_CONSTANT"
    if all(isinstance(cell, str) and DAY.fullmatch(cell) for cell in there):
        return "SEGMENT_DATES"
    single = len(count) == len(there) >= LEAST_ROWS
    if _is_number(cells):
        values = np.array([_number(cell) for cell in there])
        running = bool(np.ptp(values) == len(values) - 1 and (values == np.round(values)).all())
        return "SEGMENT_IDENTIFIER" if single and (running or IDENTIFIER.search(name)) else None
    if single:
        return "SEGMENT_IDENTIFIER"
    common = sum(many for _, many in count.most_common(MOST_LEVELS))
    return "SEGMENT_FREE_TEXT" if common < len(there) / 2 else None


def _copies_truth(cells: Cells, true: Sequence[str | None]) -> str | None:
    """Whether a column of few values says exactly what the truth says."""
    pairs = {
        (_text(cell), one)
        for cell, one in zip(cells, true, strict=True)
        if cell is not None and one is not None
    }
    mine, theirs = {pair[0] for pair in pairs}, {pair[1] for pair in pairs}
    same = len(pairs) == len(mine) == len(theirs) and 1 < len(theirs) <= FEW
    return "SEGMENT_COPY_OF_TRUTH" if same else None


def _levels(cells: Cells) -> Levels:
    texts = [_text(cell) for cell in cells]
    count = Counter(one for one in texts if one is not None)
    known = set(sorted(count, key=lambda one: (-count[one], one))[:MOST_LEVELS])
    return [one if one is None or one in known else OTHER for one in texts]


def _without_copies(numbers: dict[str, Floats], categories: dict[str, Levels]) -> list[Assumption]:
    """Remove numbers that rank rows as an earlier one does, and categories that part them as an earlier column does."""
    left = copies(numbers, categories)
    for name in left:
        numbers.pop(name, None)
        categories.pop(name, None)
    return [Assumption("SEGMENT_COPY", name) for name in left]
