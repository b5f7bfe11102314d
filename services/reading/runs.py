"""Runs as somebody sees them: the current one and earlier ones, what they say of each party, and their tables."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path

import pyarrow as pa

from graph.state import read_state
from ledger import columns, runs
from ledger.runs import Run
from services.own_risk import kept
from services.own_risk.kept import OwnModel
from services.reading.seen_runs import without_unseen
from services.risk import another_day
from services.risk import current as of_run
from services.risk.current import is_outdated
from services.risk.model import RiskModel
from services.risk.parts.own_risk import OWN_RISK
from services.runs.tables import CHANGES, depth_of
from services.seen import Seen
from services.site import whole, whole_ledger
from terms.errors import KehutuError
from terms.ids import RunId

__all__ = [
    "CHANGES",
    "OwnModel",
    "Run",
    "columns_of_current",
    "current",
    "current_id",
    "depth_of",
    "graph_state",
    "is_outdated",
    "links_of",
    "listing",
    "model_of",
    "own_model",
    "run_of",
    "table_of",
]

DERIVED = ("derived",)
"""The class of what a run says of a party; of whom it is read in clear, names tell."""


def current(seen: Seen) -> tuple[Run, RiskModel]:
    """The current run and its model, of those whom the asker sees.

    Raises:
        KehutuError: ``NO_RUN``; ``BUSY``; a column file that is missing or damaged.
    """
    run, model = columns_of_current(seen)
    return run, without_unseen(seen, model)


def columns_of_current(seen: Seen) -> tuple[Run, RiskModel]:
    """The current run with everybody in it, for what is looked up by the id of one who is seen.

    Raises:
        KehutuError: ``NO_RUN``; a column file that is missing or damaged.
    """
    seen.note((), DERIVED)
    return of_run.current(whole(seen), seen.moment)


def current_id(seen: Seen) -> RunId | None:
    """The id of the current run; None where there is none."""
    try:
        return runs.current(whole_ledger(seen)).id
    except KehutuError as fault:
        if fault.code == "NO_RUN":
            return None
        raise


def model_of(seen: Seen, run: Run) -> RiskModel:
    """The model of a run, the current or an earlier one, of those whom the asker sees today.

    Raises:
        KehutuError: ``RUN_OUTDATED``; ``BUSY``; a column file that is missing or damaged.
    """
    seen.note((), DERIVED)
    return without_unseen(seen, of_run.model_of(whole(seen), run))


def links_of(seen: Seen, day: date) -> RiskModel:
    """Parties that the asker sees and links as an analysis of another day would have them; all scores are 0.

    Raises:
        KehutuError: ``STORE_UNAVAILABLE``, ``STORE_CHANGED``, ``BUSY``.
    """
    return without_unseen(seen, another_day.links_of(whole(seen), day))


def listing(seen: Seen, first: int = 100) -> list[Run]:
    """Runs, the newest first."""
    return runs.listing(whole_ledger(seen), first)


def run_of(seen: Seen, run_id: str) -> Run:
    """A run by its id.

    Raises:
        KehutuError: ``UNKNOWN_RUN``.
    """
    return runs.get(whole_ledger(seen), run_id)


def table_of(seen: Seen, run: Run, name: str, only: Sequence[str] = ()) -> pa.Table | None:
    """A table of a run as it was written, with some of its columns or all; None where the run has none of this name.

    Raises:
        KehutuError: ``COLUMNS_MISSING``, ``COLUMNS_DAMAGED``.
    """
    file = run.files.get(name)
    if file is None:
        return None
    seen.note((), DERIVED)
    folder = Path(file.path).parent.name
    return columns.read(whole(seen).home, folder, name, only=tuple(only) or None)


def own_model(seen: Seen, run: Run) -> tuple[str, OwnModel | None] | None:
    """The version of the model of own risk that a run was made with, and the model where it is kept; None without."""
    version = run.parts.get(OWN_RISK.name, {}).get("model")
    return None if version is None else (version, kept.kept(whole(seen).home, version))


def graph_state(seen: Seen) -> int:
    """The number of the last record that the graph shows: another one, another graph."""
    state = read_state(whole(seen).store)
    return state.watermark if state else 0
