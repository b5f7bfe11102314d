"""How a home is backed up and restored, noted in the audit trail."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from ledger import backup as copies
from ledger.audit_verify import Broken
from ledger.database import Ledger
from services.logs import logger
from services.operation import trail
from services.settings import Settings

log = logger(__name__)


@dataclass(frozen=True, slots=True)
class BackupReport:
    """What a backup holds: see :class:`ledger.backup.Backup`. ``files``, ``bytes``: how many and how much."""

    path: Path
    ledger_id: str
    created_at: datetime
    records: int
    files: int
    bytes: int
    lacking: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RestoreReport:
    """A restored home; ``audit``: the first entry of its audit trail that does not fit, None when all do."""

    home: Path
    ledger_id: str
    former_id: str
    records: int
    audit: Broken | None


def backup(settings: Settings, target: Path) -> BackupReport:
    """Copy the ledger of a home with its key and the results of its runs to a folder that does not exist yet.

    Raises:
        KehutuError: LEDGER_MISSING, BACKUP_EXISTS, BACKUP_UNWRITABLE, LEDGER_DAMAGED.
    """
    with Ledger.open(settings.home, create=False, zone=settings.zone) as ledger:
        trail.note(ledger, "backup", str(target))
        made = copies.backup(ledger, target)
    log.info("backed up", records=made.records, files=len(made.files))
    return _report(made)


def check(source: Path) -> BackupReport:
    """Compare a backup with its checksums; raises BACKUP_MISSING, BACKUP_DAMAGED, BACKUP_NEWER."""
    return _report(copies.check(source))


def restore(settings: Settings, source: Path) -> RestoreReport:
    """Make a home from a backup; raises what :func:`ledger.backup.restore` raises."""
    done = copies.restore(source, settings.home)
    with Ledger.open(settings.home, create=False, zone=settings.zone) as ledger:
        trail.note(ledger, "restore", str(source))
    log.info("restored", records=done.records)
    return RestoreReport(done.home, done.ledger_id, done.former_id, done.records, done.audit)


def _report(made: copies.Backup) -> BackupReport:
    return BackupReport(
        path=made.path,
        ledger_id=made.ledger_id,
        created_at=made.created_at,
        records=made.records,
        files=len(made.files),
        bytes=sum(file.bytes for file in made.files.values()),
        lacking=made.lacking,
    )
