"""Which rows wait in quarantine, and how they are tried again at a terminal."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from ingest.loads.retry import Retried, manifest_of
from ingest.loads.retry import retry as try_rows
from ledger import quarantine
from ledger.database import Ledger
from services.live.following import follow
from services.loading import STORE_FAULT_EXIT, project
from services.operation import trail
from services.settings import Settings
from services.site import open_ledger, open_site
from terms.errors import KehutuError

__all__ = ["Retrial", "Retried", "retry", "row", "rows"]

_ALL = 1_000_000


@dataclass(frozen=True, slots=True)
class Retrial:
    """What became of each row. ``store_fault``: why the graph has to follow later, where it has to."""

    rows: tuple[Retried, ...]
    store_fault: KehutuError | None = None


def rows(
    settings: Settings, *, source: str | None = None, first: int = 100
) -> Sequence[quarantine.Quarantined]:
    """Rows that wait, of one source where it is given."""
    with open_ledger(settings) as ledger:
        return quarantine.listing(ledger, source=source, first=first)


def row(settings: Settings, row_id: str) -> quarantine.Quarantined:
    """One row with what was read.

    Raises:
        KehutuError: UNKNOWN_QUARANTINE, QUARANTINE_AMBIGUOUS.
    """
    with open_ledger(settings) as ledger:
        return quarantine.show(ledger, row_id)


def retry(
    settings: Settings,
    ids: Sequence[str] = (),
    *,
    source: str | None = None,
    manifest: Path | None = None,
    changes: Mapping[str, str] | None = None,
) -> Retrial:
    """Try quarantined rows again: from their kept cells, else from where they stand in their files now.

    Args:
        ids: of rows, or beginnings of ids; none: all open rows, of one source where it is given.
        manifest: to take them by; for each source the one that it was last loaded by when absent.
        changes: new cells by column, for all of these rows.
    Raises:
        KehutuError: UNKNOWN_QUARANTINE, QUARANTINE_AMBIGUOUS, SOURCE_UNKNOWN, MANIFEST_MISSING, MANIFEST_FAULT.
    """
    with Ledger.open(settings.home, create=False, zone=settings.zone) as ledger:
        if ids:
            entries = [quarantine.show(ledger, id_) for id_ in ids]
        else:
            entries = quarantine.listing(ledger, source, first=_ALL)
        by_manifest: dict[Path, list[str]] = defaultdict(list)
        of_source: dict[str, Path] = {}
        for entry in entries:
            if entry.source not in of_source:
                of_source[entry.source] = manifest or manifest_of(ledger, entry.source)
            by_manifest[of_source[entry.source]].append(entry.id)
        done: dict[str, Retried] = {}
        for path, group in by_manifest.items():
            trail.note(ledger, "quarantine retry", str(path))
            done.update((row.id, row) for row in try_rows(ledger, path, group, changes=changes or {}))
    rows = tuple(done[entry.id] for entry in entries)
    if all(row.outcome == "quarantined" for row in rows):
        return Retrial(rows)
    try:
        with open_site(settings) as site:
            follow(site, project(site))
    except KehutuError as fault:
        if fault.exit != STORE_FAULT_EXIT:
            raise
        return Retrial(rows, fault)
    return Retrial(rows)
