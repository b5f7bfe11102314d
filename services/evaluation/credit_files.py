"""How labelled tables are read: what each column is, which rows count, and which outcome is the bad one."""

from __future__ import annotations

import difflib
import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import TypeAlias

import numpy as np

from algorithms.own_risk.columns import Texts
from graph.arrays import Bools, Floats
from ingest.readers import ENDINGS, Opened, Request, Row, reader
from terms.errors import KehutuError

Cells: TypeAlias = list[str | float | None]
"""One column: numbers, texts, and None where a cell is missing."""

ABSENT = frozenset({"", "na", "n/a", "nan", "null", "none", "?", "-", "--", "无", "未知", "不详"})
"""Cells that say that there is no value."""

BAD = frozenset(
    {
        "1", "true", "yes", "y", "bad", "default", "defaulted", "late", "overdue", "arrears", "delinquent",
        "charged off", "fraud", "是", "坏", "违约", "逾期", "欠费", "不良",
    }
)  # fmt: skip
"""Values of a label of two values that mean the bad outcome."""

DAY = re.compile(r"\d{4}-\d{2}-\d{2}([T ].*)?|\d{4}/\d{1,2}/\d{1,2}|\d{4}-\d{2}")
_PACKED = {".gz", ".zst", ".bz2", ".xz"}
_LISTED = 12


@dataclass(frozen=True, slots=True)
class File:
    """A table as read. ``faulty``: rows that were no rows of it, left out."""

    name: str
    columns: dict[str, Cells]
    rows: int
    faulty: int

    def column(self, name: str) -> Cells:
        """A column by name.

        Raises:
            KehutuError: ``CREDIT_COLUMN_MISSING``, with the nearest name.
        """
        if name in self.columns:
            return self.columns[name]
        near = difflib.get_close_matches(name, self.columns, 1, 0.4)
        raise KehutuError(
            "CREDIT_COLUMN_MISSING",
            file=self.name,
            column=name,
            nearest=near[0] if near else next(iter(self.columns), "-"),
            present=", ".join(
                [*list(self.columns)[:_LISTED], *(["..."] if len(self.columns) > _LISTED else [])]
            ),
        )


def read(path: Path, encoding: str | None = None) -> File:
    """A table of CSV, Parquet, JSON lines or Excel, packed or not.

    Args:
        encoding: of a text table; found out when absent.

    Raises:
        KehutuError: what the readers raise; ``CREDIT_FILE_EMPTY`` without rows.
    """
    opened = _open(path, frozenset(), encoding)
    if opened.columns is not None and path.suffix == ".parquet":  # reads only the columns that are asked for
        opened = _open(path, frozenset(opened.columns), encoding)
    columns: dict[str, Cells] = {name: [] for name in opened.columns or ()}
    rows = faulty = 0
    for row in opened.rows:
        if not isinstance(row, Row):
            faulty += 1
            continue
        for name in row.values:
            if name not in columns:  # a format whose rows name their own columns
                columns[name] = [None] * rows
        for name, cells in columns.items():
            cells.append(_cell(row.values.get(name)))
        rows += 1
    if not rows:
        raise KehutuError("CREDIT_FILE_EMPTY", file=path.name)
    return File(path.name, columns, rows, faulty)


def _open(path: Path, wanted: frozenset[str], encoding: str | None) -> Opened:
    bare = path.with_suffix("") if path.suffix in _PACKED else path
    ending = bare.suffix.lower()
    return reader(ENDINGS.get(ending, ending.removeprefix(".") or path.name))(
        Request(path, path.name, wanted=wanted, encoding=encoding)
    )


def _cell(value: object) -> str | float | None:
    if value is None:
        return None
    if isinstance(value, bool | int | float | Decimal):
        number = float(value)
        return number if math.isfinite(number) else None
    if isinstance(value, date | datetime):
        return value.isoformat()
    text = str(value).strip()
    return None if text.casefold() in ABSENT else text


def number(cell: str | float | None) -> float | None:
    """A cell as a finite number; None where it is none."""
    if cell is None or isinstance(cell, float):
        return cell
    try:
        value = float(cell.replace(",", "") if re.fullmatch(r"-?\d{1,3}(,\d{3})+(\.\d+)?", cell) else cell)
    except ValueError:
        return None
    return value if math.isfinite(value) else None


def numeric(cells: Cells) -> bool:
    """Whether every cell that is there is a number."""
    return all(cell is None or number(cell) is not None for cell in cells)


def numbers(cells: Cells) -> Floats:
    """Cells as numbers; NaN where missing or no number."""
    found = [number(cell) for cell in cells]
    return np.array([np.nan if value is None else value for value in found], dtype=np.float64)


def texts(cells: Cells) -> Texts:
    """Cells as texts; None where missing."""
    found = np.empty(len(cells), dtype=object)
    found[:] = [None if cell is None else said(cell) for cell in cells]
    return found


def said(cell: str | float) -> str:
    """A cell as text: 1.0 as ``1``."""
    return f"{cell:g}" if isinstance(cell, float) else cell


def outcomes(file: File, label: str, positive: Sequence[str]) -> tuple[Floats, Bools, tuple[str, ...]]:
    """1 where the bad outcome happened, else 0; which rows have a label; the values that mean the bad outcome.

    Args:
        positive: values that mean it; empty: it is taken from a label of two values, the larger number or the one
            that a list of words knows.

    Raises:
        KehutuError: ``CREDIT_COLUMN_MISSING``, ``CREDIT_LABEL_UNCLEAR``, ``CREDIT_LABEL_CONSTANT``.
    """
    values = texts(file.column(label))
    known = np.array([value is not None for value in values.tolist()], dtype=np.bool_)
    distinct = sorted({value for value in values.tolist() if value is not None})
    if len(distinct) < 2:
        raise KehutuError(
            "CREDIT_LABEL_CONSTANT",
            file=file.name,
            column=label,
            found=distinct[0] if distinct else "nothing",
        )
    chosen = tuple(positive) or _bad(distinct)
    if not chosen or not set(chosen) & set(distinct) or set(distinct) <= set(chosen):
        shown = ", ".join(
            f"'{value}'" for value in [*distinct[:_LISTED], *(["..."] if len(distinct) > _LISTED else [])]
        )
        raise KehutuError("CREDIT_LABEL_UNCLEAR", file=file.name, column=label, found=shown)
    happened = np.array([value in chosen for value in values.tolist()], dtype=np.float64)
    return happened, known, chosen


def _bad(distinct: list[str]) -> tuple[str, ...]:
    """The bad one of two values; empty where that is not certain."""
    if len(distinct) != 2:
        return ()
    as_numbers = [number(value) for value in distinct]
    if all(value is not None for value in as_numbers):
        return (distinct[int(np.argmax(np.array(as_numbers, dtype=np.float64)))],)
    bad = [value for value in distinct if value.casefold() in BAD]
    return (bad[0],) if len(bad) == 1 else ()
