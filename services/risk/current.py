"""The model of a run, read once: of the current one, or of an earlier one."""

from __future__ import annotations

from datetime import date
from functools import lru_cache
from pathlib import Path

from algorithms.risk.probability import Probability
from ledger import runs
from ledger.database import Ledger
from ledger.moment import Moment
from services.risk.model import RiskModel
from services.risk.parts.solution import ALGORITHM, PROBABILITY, SOLUTION
from services.risk.registry import PARTS
from services.runs.tables import Places, places_of, tables_at
from services.site import Site
from terms.errors import KehutuError
from terms.ids import RunId


def current(site: Site, moment: Moment | None = None) -> tuple[runs.Run, RiskModel]:
    """The current run, or that of a moment, and its model; read once for each run.

    Raises:
        KehutuError: ``NO_RUN``; a column file that is missing or damaged.
    """
    if moment is None:
        run = runs.current(site.ledger)
    elif moment.run is None:
        raise KehutuError("NO_RUN")
    else:
        run = runs.kept(site.ledger, moment.run)
    return run, model_of(site, run)


def model_of(site: Site, run: runs.Run) -> RiskModel:
    """The model of a run, the current or an earlier one.

    Raises:
        KehutuError: ``RUN_OUTDATED`` where an earlier version of the program made it; a column file that is missing
            or damaged.
    """
    if is_outdated(run):
        raise KehutuError("RUN_OUTDATED", id=run.id)
    probability = Probability.read(run.parts[SOLUTION.name].get(PROBABILITY))
    return _load(site.home, run.cut_off, _places(site.ledger, run.id), probability)


def is_outdated(run: runs.Run) -> bool:
    """Whether an earlier version of the program, with another definition of the score, made the run."""
    return bool(run.parts.get(SOLUTION.name, {}).get("algorithm") != ALGORITHM)


@lru_cache(maxsize=64)
def _places(ledger: Ledger, run_id: RunId) -> Places:
    return places_of(ledger, runs.kept(ledger, run_id), PARTS.needed)


@lru_cache(maxsize=3)
def _load(home: Path, cut_off: date, places: Places, probability: Probability) -> RiskModel:
    tables = tables_at(home, places)
    return RiskModel.from_found(cut_off, PARTS.read(tables, probability))
