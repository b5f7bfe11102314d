"""Bring sources into the ledger, and the graph up to date with it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from ingest.entities.relations import Warned
from ingest.loads.load import load
from ingest.loads.rehearsal import Rehearsal, RehearsedSource, Said, Understood, rehearse
from ingest.loads.report import LoadReport
from ingest.projection.cardinality import Crowded
from ingest.projection.projector import Projection
from ledger.database import Ledger
from services.live.following import Followed, follow
from services.run_copy import copy_current
from services.settings import Settings
from services.site import Site, open_site
from services.whole_graph import AT_ONCE
from services.whole_graph import follow as follow_ledger
from terms.errors import KehutuError
from terms.progress import Progress, silent

__all__ = [
    "STORE_FAULT_EXIT",
    "Loaded",
    "Rehearsal",
    "RehearsedSource",
    "Said",
    "Understood",
    "dry_run",
    "ingest",
    "project",
]


@dataclass(frozen=True, slots=True)
class Loaded:
    """What became of a manifest: its report, and either the projection or why the graph has to follow later.

    ``followed``: what became of the current run; None where it was not asked for or the graph has to follow.
    """

    report: LoadReport
    projection: Projection | None
    store_fault: KehutuError | None = None
    followed: Followed | None = None

    def cautions(self) -> list[KehutuError]:
        """What the load has brought into the graph that does not fit together, in words; the first hundred."""
        found = self.projection.warnings if self.projection is not None else ()
        return [one.fault() if isinstance(one, Crowded) else _doubled(one) for one in found]


def _doubled(found: Warned) -> KehutuError:
    return KehutuError(
        "RELATION_DOUBLED",
        type=found.type,
        source=found.source,
        target=found.target,
        records=", ".join(found.records),
    )


def ingest(
    settings: Settings,
    manifest: Path,
    *,
    strict: bool = False,
    analyse: bool = True,
    progress: Progress = silent,
) -> Loaded:
    """Load a manifest, project, and continue the current run. With the store down the records are kept and the fault
    is handed back.

    Args:
        analyse: whether the current run, where there is one, is continued.

    Raises:
        KehutuError: the manifest cannot be used, or the home is locked or cannot be written.
    """
    ledger = Ledger.open(settings.home, zone=settings.zone)
    try:
        report = load(ledger, manifest, strict=strict, lang=settings.lang, progress=progress)
    finally:
        ledger.close()
    try:
        with open_site(settings, progress) as site:
            projection = project(site, progress)
            followed = follow(site, projection, progress) if analyse else None
            if followed is not None and followed.new and settings.copy_runs:
                copy_current(site, progress)
            return Loaded(report, projection, None, followed)
    except KehutuError as fault:
        if fault.exit != STORE_FAULT_EXIT:
            raise
        return Loaded(report, None, fault)


def dry_run(settings: Settings, manifest: Path, progress: Progress = silent) -> Rehearsal:
    """What loading a manifest would do; nothing is written, and no home is made.

    Where the home has a ledger, rows are compared with it.

    Raises:
        KehutuError: the manifest cannot be used; LEDGER_OUTDATED: another command has to migrate the ledger first.
    """
    try:
        ledger = Ledger.open(settings.home, create=False, migrate=False, zone=settings.zone)
    except KehutuError as fault:
        if fault.code != "LEDGER_MISSING":
            raise
        return rehearse(manifest, None, zone=settings.zone, lang=settings.lang, progress=progress)
    with ledger:
        return rehearse(manifest, ledger, lang=settings.lang, progress=progress)


STORE_FAULT_EXIT = 3


def project(site: Site, progress: Progress = silent, *, at_once: int = AT_ONCE) -> Projection:
    """Bring the graph up to date with the ledger.

    Args:
        at_once: mentions in the ledger from which an empty graph is made by several processes and the loader.
    """
    phase = "Bringing the graph up to date"
    return follow_ledger(site.ledger, site.store, site.home, phase=phase, progress=progress, at_once=at_once)
