"""Whether a table has classes, which, and how stable they are: ``kehutu evaluate segments``."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from typing import Final

import numpy as np

from algorithms.segments.agreement import adjusted_rand
from algorithms.segments.classes import REFITS, Classes, Step, find
from algorithms.segments.rules import depth
from algorithms.segments.search import GENERATIONS
from algorithms.segments.table import Table, distinct, in_hashed_order
from algorithms.segments.valley import FEWEST
from graph.arrays import Ints
from services.assumption import Assumption
from services.evaluation.credit_files import Cells, read, texts
from services.evaluation.segment_columns import choose, present, table_of
from services.features.unfinished import Unfinished, subject_of
from terms.progress import Progress, silent

PHASES: Final[dict[Step, str]] = {
    "tree": "Looking for gaps",
    "refit": "Looking again on other draws",
    "search": "Searching for classes that say more",
    "rules": "Putting classes into rules",
}
TOTALS: Final[dict[Step, int]] = {"refit": REFITS, "search": GENERATIONS}


@dataclass(frozen=True, slots=True)
class Budget:
    """``seconds``: after so many no further generation of the search begins; what was found until then stands.
    ``kept``: a file that notes what has been worked out, so that the same call goes on where it was cut off."""

    seconds: float | None = None
    kept: Path | None = None


@dataclass(frozen=True, slots=True)
class SegmentReport:
    """What was found in a table; what there is nothing to say of is null."""

    classes: int
    """How many classes; 0 where there are no clusters."""
    no_clusters: bool
    """Whether the table has no gap that parts its rows."""
    ari: float | None
    """Adjusted Rand index with the true classes, where a row has one; no clusters count as one class."""
    bootstrap_ari: float | None
    """Mean adjusted Rand index of five bootstrap refits with the classes, their number fixed."""
    bootstrap_ari_free_k: float | None
    """The same with the number of classes chosen again."""
    silhouette: float | None
    """Mean silhouette, reported and never optimised."""
    tree_depth: int
    """Most questions of a rule."""
    fidelity: float | None
    """Share of the rows whose class the rules give."""
    jaccard: tuple[float, ...]
    """Of each class, the largest first, the mean best Jaccard similarity over the refits."""
    seconds: float
    """From the read table to the answer."""


@dataclass(frozen=True, slots=True)
class ClassesOfFile:
    """A report, with what was left out or assumed. ``labels``: the class of each row, 0 the largest; -1 without any."""

    report: SegmentReport
    cautions: tuple[Assumption, ...]
    labels: tuple[int, ...]


def evaluate(
    path: Path,
    *,
    truth: str | None = None,
    identifier: str | None = None,
    seed: int = 0,
    budget: Budget | None = None,
    progress: Progress = silent,
) -> ClassesOfFile:
    """Find the classes of a table of CSV, Parquet, JSON lines or Excel, packed or not.

    Args:
        truth: column of the true classes, to compare with.
        identifier: column of the customers' ids; without it a row's draws hang on what it says.
        seed: of every draw.
        budget: of the search; without one it comes to its end.

    Raises:
        KehutuError: what the readers raise; ``FILE_UNREADABLE``; ``CREDIT_FILE_EMPTY``, ``SEGMENT_COLUMN_MISSING``.
    """
    file = read(path)
    began = perf_counter()
    chosen = choose(file, truth, identifier)
    cautions = list(chosen.cautions)
    table = table_of(chosen, file.rows, None if identifier is None else present(file, identifier))
    if not table.names:
        cautions.append(Assumption("SEGMENT_NOTHING_LEFT", file.name))
    elif file.rows < FEWEST:
        cautions.append(Assumption("SEGMENT_TOO_FEW", file.name))
    if file.faulty:
        cautions.append(Assumption("SEGMENT_FAULTY_ROWS", file.name))
    label, found = _found(table, seed, cautions, file.name, budget=budget or Budget(), progress=progress)
    ari = None if truth is None else _ari(label, present(file, truth))
    if found is None:
        report = SegmentReport(0, True, ari, None, None, None, 0, None, (), perf_counter() - began)
        return ClassesOfFile(report, tuple(cautions), (-1,) * file.rows)
    measured = found.stability
    report = SegmentReport(
        classes=len(measured.jaccard),
        no_clusters=False,
        ari=ari,
        bootstrap_ari=measured.ari,
        bootstrap_ari_free_k=measured.ari_free,
        silhouette=found.silhouette,
        tree_depth=depth(found.rules),
        fidelity=found.fidelity,
        jaccard=tuple(measured.jaccard.tolist()),
        seconds=perf_counter() - began,
    )
    return ClassesOfFile(report, tuple(cautions), tuple(label.tolist()))


def _found(
    table: Table,
    seed: int,
    cautions: list[Assumption],
    name: str,
    *,
    budget: Budget,
    progress: Progress,
) -> tuple[Ints, Classes | None]:
    """Class of each row, and what was found; None where there are no classes."""
    began = perf_counter()
    hashed, order = in_hashed_order(table)
    once = distinct(hashed)
    if not once.all():
        cautions.append(Assumption("SEGMENT_DUPLICATES", name))
    part, dimension = hashed.rows(once), np.zeros(len(table.names), dtype=np.int64)
    notes = None if budget.kept is None else Unfinished(budget.kept, subject_of(part, dimension, seed))
    cut = False

    def proceed(_generation: int) -> bool:
        nonlocal cut
        cut = budget.seconds is not None and perf_counter() - began >= budget.seconds
        return not cut

    def tell(step: Step, number: int) -> None:
        progress(PHASES[step], number, TOTALS.get(step))

    found = find(part, dimension, seed, tell=tell, proceed=proceed, notes=notes)
    if cut:
        cautions.append(Assumption("SEGMENT_SEARCH_CUT", name))
    elif notes is not None:
        notes.done()
    label = np.zeros(table.size, dtype=np.int64)
    if not isinstance(found, Classes):
        if found.loose:
            cautions.append(Assumption("SEGMENT_LOOSE", name))
        return label, None
    label[order] = found.model.assign(hashed)[0]
    return label, found


def _ari(label: Ints, true: Cells) -> float:
    cells = texts(true).tolist()
    known = np.array([cell is not None for cell in cells], dtype=np.bool_)
    codes = np.unique([cell for cell in cells if cell is not None], return_inverse=True)[1].astype(np.int64)
    return adjusted_rand(label[known], codes)
