"""Which columns of a labelled table a credit model may learn from, and why the others are left out."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass

import numpy as np

from algorithms.metrics import auc
from algorithms.own_risk.columns import LEAST_ROWS, MOST_LEVELS, Texts
from algorithms.own_risk.protected import protected
from graph.arrays import Bools, Floats
from services.evaluation import credit_files
from services.evaluation.credit_files import DAY, Cells, File
from terms.errors import KehutuError
from terms.texts import Texts as Said
from terms.texts import filled

COPY_AUC = 0.999
"""A column that ranks the outcome this well by itself is taken for a copy of the label and left out."""

SUSPECT_AUC = 0.95
"""... and one that ranks it this well is kept and warned of."""

IDENTIFIER = re.compile(
    r"(^|[_\W])(id|no|nr|number|key|uuid|index|rowid|unnamed)$|编号|户号|序号|证件", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class ExcludedColumn:
    """A column that the model does not see, and the reason."""

    column: str
    reason: str


@dataclass(frozen=True, slots=True, eq=False)
class Chosen:
    """Columns to learn from, as training and test tables, with what was left out and what looks wrong."""

    train: dict[str, Floats | Texts]
    test: dict[str, Floats | Texts]
    left_out: tuple[ExcludedColumn, ...]
    warnings: tuple[Said, ...]


def choose(
    train: File,
    test: File,
    happened: Floats,
    *,
    rows: tuple[Bools, Bools],
    roles: dict[str, str],
    exclude: frozenset[str],
    keep_protected: bool,
) -> Chosen:
    """Decide for each column of the training file.

    Args:
        happened: outcomes of the training rows that count.
        rows: which rows of each file count.
        roles: columns that have another part to play, with it.
        exclude: columns that the caller leaves out.
        keep_protected: take protected attributes too.

    Raises:
        KehutuError: ``CREDIT_COLUMN_MISSING`` for a column to exclude that the file lacks, or one that the test file
            lacks; ``CREDIT_NOTHING_LEFT``.
    """
    for name in exclude:
        train.column(name)
    kept: dict[str, Floats | Texts] = {}
    judged: dict[str, Floats | Texts] = {}
    left: list[ExcludedColumn] = []
    warnings: list[Said] = []
    here, there = np.flatnonzero(rows[0]).tolist(), np.flatnonzero(rows[1]).tolist()
    for name, cells in train.columns.items():
        mine = [cells[k] for k in here]
        reason = _reason(name, mine, roles, exclude, keep_protected)
        if reason is None:
            column = credit_files.numbers(mine) if credit_files.numeric(mine) else credit_files.texts(mine)
            alone = _alone(column, happened)
            if alone >= COPY_AUC:
                reason = "copies the label"
                warnings.append(
                    Said(
                        f"Column '{name}' tells the label by itself (AUC {alone:.4f}): taken for a copy, left out.",
                        f"“{name}”列单独即可判定标签（AUC {alone:.4f}）：视为标签的副本，已略去。",
                    )
                )
            else:
                if alone >= SUSPECT_AUC:
                    warnings.append(
                        Said(
                            f"Column '{name}' ranks the outcome with AUC {alone:.3f} by itself: make sure that it was"
                            " known before the outcome, or leave it out by --exclude.",
                            f"“{name}”列单独排序结果的 AUC 为 {alone:.3f}：请确认它在结果之前已知，"
                            "或用 --exclude 略去。",
                        )
                    )
                kept[name] = column
                theirs = [test.column(name)[k] for k in there]
                judged[name] = (
                    credit_files.numbers(theirs) if column.dtype != object else credit_files.texts(theirs)
                )
                lost = _lost(theirs, judged[name])
                if lost:
                    warnings.append(
                        Said(
                            filled(
                                "Column '{name}' has {lost:,} {lost:cell|cells} in {file} without a number: taken as "
                                "missing.",
                                name=name,
                                lost=lost,
                                file=test.name,
                            ),
                            f"“{name}”列在 {test.name} 中有 {lost:,} 个单元格不是数值：按缺失处理。",
                        )
                    )
        if reason is not None:
            left.append(ExcludedColumn(name, reason))
    if not kept:
        raise KehutuError("CREDIT_NOTHING_LEFT", file=train.name, columns=len(train.columns))
    return Chosen(kept, judged, tuple(left), tuple(warnings))


def _reason(
    name: str, cells: Cells, roles: dict[str, str], exclude: frozenset[str], keep_protected: bool
) -> str | None:
    """Why a column is left out; None where it is kept."""
    if name in roles:
        return roles[name]
    if name in exclude:
        return "excluded"
    kind = protected(name)
    if kind is not None and not keep_protected:
        return f"protected ({kind})"
    present = [cell for cell in cells if cell is not None]
    distinct = set(present)
    if len(distinct) <= 1 and len(present) in (0, len(cells)):
        return "constant" if present else "empty"
    if credit_files.numeric(cells):
        single = len(distinct) == len(present) >= LEAST_ROWS
        return "identifier" if single and IDENTIFIER.search(name) else None
    if all(isinstance(cell, str) and DAY.fullmatch(cell) for cell in present):
        return "date"
    common = sum(count for _, count in Counter(present).most_common(MOST_LEVELS))
    if common < len(present) / 2:
        return "identifier" if len(distinct) == len(present) else "free text"
    return None


def _alone(column: Floats | Texts, happened: Floats) -> float:
    """How well a column ranks the outcome by itself, in the better direction; missing values are a class."""
    if column.dtype == object:
        named = np.array(["" if cell is None else f"={cell}" for cell in column.tolist()])
        _, code = np.unique(named, return_inverse=True)
    else:
        values = np.asarray(column, dtype=np.float64)
        missing = np.isnan(values)
        if missing.any():
            ranked = auc(happened, missing.astype(np.float64))
            if max(ranked, 1 - ranked) >= COPY_AUC:
                return max(ranked, 1 - ranked)
        least = values[~missing].min() - 1 if not missing.all() else 0.0
        ranked = auc(happened, np.where(missing, least, values))
        return max(ranked, 1 - ranked)
    # Levels are ranked by the share of bad outcomes among the other rows of the same level: without that, a level of
    # one row would tell its own label.
    count = np.bincount(code)[code].astype(np.float64)
    bad = np.bincount(code, weights=happened)[code]
    mean = float(happened.mean())
    others = (bad - happened + mean) / np.maximum(count, 1.0)
    return auc(happened, others)


def _lost(cells: Cells, column: Floats | Texts) -> int:
    """Cells of a test column that say something and are no numbers where the training file has numbers."""
    if column.dtype == object:
        return 0
    missing = np.isnan(np.asarray(column, dtype=np.float64)).tolist()
    return sum(gone and cell is not None for cell, gone in zip(cells, missing, strict=True))
