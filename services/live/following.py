"""How the current run follows a load: it is continued to what the graph shows now.

The parent's cut-off holds while no new record was observed after it. Otherwise the cut-off moves, and with it every
exposure, every overdue day, the age of all evidence and what has ended or begun meanwhile: then a full run is made,
whatever the records are about, as it is where too much has changed to continue (docs/decisions/0010-live-runs.md).
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from importlib.metadata import version
from time import monotonic
from typing import Literal, TypeAlias

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ingest.projection.business_days import latest_after, latest_day
from ingest.projection.projector import Projection
from ledger import runs
from ledger.runs import Run
from ledger.withdrawals import exist_after
from services.analysis import analyse, conclude
from services.containment import contained
from services.engines.choose import engine as engine_of
from services.live.continuing import Continued, go_on
from services.live.keeping import keep
from services.live.relevance import changes_risk
from services.own_risk import kept as own_models
from services.risk import fitted as fits
from services.risk.current import is_outdated, model_of
from services.risk.inputs import exposure
from services.risk.part import Basis
from services.risk.parts.communities import COMMUNITIES
from services.risk.parts.own_risk import OWN_RISK
from services.risk.parts.solution import FIT, SOLUTION
from services.risk.registry import PARTS
from services.risk.situation import fit_of, parameters_of
from services.runs.reach import read_until
from services.runs.tables import depth_of
from services.site import Site
from terms.errors import KehutuError
from terms.ids import RunId
from terms.money import Money
from terms.progress import Progress, silent

LONGEST = 16
"""Runs that may continue one another; the next one is full: reading a run reads all that it continues."""
SHARE = 0.25
"""Where more of the parties are touched, communities have to be found anew."""

Outcome: TypeAlias = Literal["continued", "full", "unchanged", "off", "no-run", "failed"]
Reason: TypeAlias = Literal["cut-off", "version", "parameters", "length", "share"]

NOTHING = Money(0)

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Followed:
    """What became of the current run after a load.

    ``outcome``: ``continued`` or ``full``: there is a new run; ``unchanged``: nothing that was loaded changes a result;
    ``off``: the setting ``live_runs`` says so; ``no-run``: there was none to continue; ``failed``: see ``fault``, the
    load itself stands. ``reason``: why the new run is a full one. ``changed``: parties whose own distress, score or
    expected loss is another one; ``loss``: what the expected loss of all parties changed by; both of continued runs.
    """

    outcome: Outcome
    run: RunId | None = None
    parent: RunId | None = None
    reason: Reason | None = None
    changed: int = 0
    loss: Money = NOTHING
    seconds: float = 0.0
    fault: KehutuError | None = None

    @property
    def new(self) -> bool:
        """Whether another run is the current one now."""
        return self.outcome in ("continued", "full")


def follow(site: Site, projection: Projection | None = None, progress: Progress = silent) -> Followed:
    """Continue the current run to what the graph shows, if that can change it. Never raises: the load is done.

    Args:
        projection: what has just been written to the graph; where it is known, a load without any input of risk is
            passed over without reading the graph.
    """
    if not site.settings.live_runs:
        return Followed("off")
    began = monotonic()
    found = Followed("failed")
    with contained() as outcome:  # whatever it is, what was loaded is acknowledged and stays
        found = _follow(site, projection, progress)
    error = outcome.fault
    if isinstance(error, KehutuError):
        found = Followed("failed", fault=error)
    elif error is not None:
        _log.error("the current run could not be continued", exc_info=error)
        found = Followed(
            "failed", fault=KehutuError("LIVE_RUN_FAILED", reason=f"{type(error).__name__}: {error}")
        )
    return Followed(
        outcome=found.outcome,
        run=found.run,
        parent=found.parent,
        reason=found.reason,
        changed=found.changed,
        loss=found.loss,
        seconds=round(monotonic() - began, 3),
        fault=found.fault,
    )


def _follow(site: Site, projection: Projection | None, progress: Progress) -> Followed:
    try:
        run = runs.current(site.ledger)
    except KehutuError as fault:
        if fault.code == "NO_RUN":
            return Followed("no-run")
        raise
    known, shown = runs.known_until(site.ledger, run), read_until(site)
    if shown <= known:
        return Followed("unchanged", run.id)
    complete = projection is not None and projection.start <= known and projection.watermark >= shown
    passed_over = complete and not _moved(site, run, known)
    if projection is not None and passed_over and not changes_risk(site, projection, known):
        runs.know(site.ledger, run.id, shown)
        return Followed("unchanged", run.id)
    reason = _needs_full(site, run, known)
    if reason is not None:
        made = analyse(site, engine=_engine(run), progress=progress)
        return Followed("unchanged" if made.run == run.id else "full", made.run, run.id, reason)
    progress("Reading what may have changed")
    inputs = exposure(site, np.datetime64(run.cut_off), parameters_of(run))
    before = model_of(site, run)
    basis = PARTS.gathered(site, Basis(inputs.parameters, inputs, before.probability, engine=_engine(run)))
    found = go_on(before, basis)
    if found.work.touched > SHARE * max(1, len(found.model.ids)):
        finder = engine_of(_engine(run), site.store, site.schema)
        made = conclude(site, inputs, finder, shown, engine=_engine(run), fit=fit_of(run), progress=progress)
        return Followed("full", made.run, run.id, "share")
    if _equal(PARTS.tables(before.found), PARTS.tables(found.found)):
        runs.know(site.ledger, run.id, shown)
        return Followed("unchanged", run.id)
    kept = keep(site, run, found, shown)
    if kept is None:  # somebody else has continued it meanwhile: go on from theirs
        return _follow(site, None, progress)
    return Followed("continued", kept.id, run.id, None, found.changes.num_rows, _loss(found))


def _needs_full(site: Site, run: Run, known: int) -> Reason | None:
    """Why the run cannot be continued; what can only be told from the inputs comes later."""
    if _moved(site, run, known):
        return "cut-off"
    if exist_after(site.ledger, known):  # what reached furthest may have been taken back
        latest = latest_day(site.ledger)
        if latest is None or latest < run.cut_off:
            return "cut-off"
    outdated = is_outdated(run) or run.code_version != version("kehutu")
    if outdated or not PARTS.needed <= _whole(site, run).files.keys():
        return "version"
    if _learned(run) != _in_force(site):
        return "parameters"
    return "length" if depth_of(run) >= LONGEST else None


def _moved(site: Site, run: Run, known: int) -> bool:
    """Whether what was loaded moves the cut-off: then bills fall overdue and relations end or begin."""
    latest = latest_after(site.ledger, known)
    return latest is not None and latest > run.cut_off


def _whole(site: Site, run: Run) -> Run:
    """The full run that this one goes back to."""
    while depth_of(run) and run.parent is not None:
        run = runs.get(site.ledger, run.parent)
    return run


def _learned(run: Run) -> tuple[object, object]:
    """Versions of the fit and of the model of own risk that the run was made with; None: the start values."""
    return run.parts[SOLUTION.name].get(FIT), run.parts.get(OWN_RISK.name, {}).get("model")


def _in_force(site: Site) -> tuple[object, object]:
    fit, own = fits.in_force(site.home), own_models.in_force(site.home)
    return fit.version if fit else None, own.version if own else None


def _engine(run: Run) -> str:
    return str(run.parts.get(COMMUNITIES.name, {}).get("engine", "local"))


def _equal(before: dict[str, pa.Table], after: dict[str, pa.Table]) -> bool:
    return before.keys() == after.keys() and all(table.equals(before[name]) for name, table in after.items())


def _loss(found: Continued) -> Money:
    """What the expected loss of all parties changed by."""
    after, before = (
        pc.sum(found.changes[f"expected_loss_{when}"]).as_py() or 0 for when in ("after", "before")
    )
    return Money(after - before)
