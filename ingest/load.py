"""Load a manifest: rows become records of the ledger, or are quarantined with their reason.

A batch is acknowledged by the commit that holds its records. The graph follows later (``ingest.projector``). Loading
the same input again, in whole or after a crash, changes nothing.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from types import MappingProxyType
from typing import Final, TypeAlias

from graph.schema.load import schema as shipped_schema
from graph.schema.model import Schema
from ingest import apart
from ingest.manifest import read as read_manifest
from ingest.notices import Notice, Place
from ingest.readers import Reader, reader
from ingest.taking import Batch, Taking, Told, compile_manifest, few_collections
from ledger import loads, quarantine
from ledger.database import Ledger
from ledger.records import append
from terms.errors import Lang
from terms.progress import Progress, silent

BATCH: Final = 5_000
"""Records of one commit."""

NO_READERS: Final[Mapping[str, Reader]] = MappingProxyType({})

Clock: TypeAlias = Callable[[], datetime]


@dataclass(frozen=True, slots=True)
class Noticed:
    """Something to know about a source that stopped nothing. ``places``: the first of ``count``."""

    code: str
    count: int
    places: tuple[Place, ...]
    message: str
    remedy: str


@dataclass(frozen=True, slots=True)
class LeftOut:
    """What was passed over on purpose, and how much of it."""

    code: str
    reason: str
    count: int


@dataclass(slots=True)
class SourceReport:
    """What became of one source: ``read == accepted + quarantined + duplicate``.

    ``error``: why the source, or one of its files, could not be read (to its end); with the remedy. ``notices``: what
    stopped nothing and should be known; ``left_out``: what was passed over on purpose.
    """

    name: str
    read: int = 0
    accepted: int = 0
    quarantined: int = 0
    duplicate: int = 0
    error: str | None = None
    notices: list[Noticed] = field(default_factory=list)
    left_out: list[LeftOut] = field(default_factory=list)
    encoding: str | None = None
    delimiter: str | None = None
    origin: str = "real"


@dataclass(frozen=True, slots=True)
class LoadReport:
    """What became of a manifest. ``load``: id of this load in the ledger, which keeps the manifest's path."""

    manifest: str
    load: str
    sources: tuple[SourceReport, ...]
    strict: bool = False

    @property
    def complete(self) -> bool:
        """Whether every source could be read and, when asked to be strict, no row was quarantined."""
        return not any(s.error is not None or (self.strict and s.quarantined) for s in self.sources)


def load(
    ledger: Ledger,
    manifest_path: Path,
    *,
    strict: bool = False,
    base: Path | None = None,
    schema: Schema | None = None,
    readers: Mapping[str, Reader] = NO_READERS,
    lang: Lang = "en",
    progress: Progress = silent,
    clock: Clock = lambda: datetime.now(UTC),
) -> LoadReport:
    """Load every source of a manifest, in its order; one that cannot be read does not stop the others.

    Args:
        strict: whether quarantined rows make the load incomplete; every good row is loaded all the same.
        base: the folder that the paths of sources are relative to; that of the manifest when absent.
        readers: by format, for sources of what the caller holds in memory; before those that ship.
        lang: of the texts in the report.
    Raises:
        KehutuError: ``MANIFEST_MISSING``, ``MANIFEST_FAULT`` or ``READER_UNKNOWN`` before anything is read; a fault
            of the ledger at any time.
    """
    manifest = read_manifest(manifest_path, base=base)
    mappers = compile_manifest(ledger, manifest, schema or shipped_schema())
    load_id = f"load-{secrets.token_hex(8)}"
    loads.start(ledger, load_id, str(manifest_path.resolve()), at=clock())
    reports: list[SourceReport] = []
    with few_collections():
        for position, (source, mapper) in enumerate(zip(manifest.sources, mappers, strict=True)):
            report = SourceReport(source.name, origin=source.origin)
            reports.append(report)
            given = readers.get(source.reader_name)
            if schema is None and given is None and apart.worth_it(source, manifest.folder):
                place = apart.Place(ledger.home, manifest_path, manifest.folder, position)
                taken = apart.taken(place, started=clock(), size=BATCH)
            else:
                read_source = given or reader(source.reader_name)
                taking = Taking(source, mapper, read_source, started=clock(), size=BATCH)
                taken = taking.run(manifest.folder)
            with closing(taken):
                for one in taken:
                    if isinstance(one, Told):
                        _tell(report, one, lang)
                    else:
                        _keep(ledger, report, one, recorded_at=clock())
                        progress(f"Loading {source.name}", report.read)
    loads.finish(ledger, load_id, [_counts(report) for report in reports], at=clock())
    return LoadReport(manifest.name, load_id, tuple(reports), strict)


def _keep(ledger: Ledger, report: SourceReport, batch: Batch, *, recorded_at: datetime) -> None:
    """Acknowledge a batch and count it."""
    outcomes = append(ledger, batch.records, recorded_at=recorded_at, named=batch.named)
    accepted = outcomes.count("accepted")
    quarantine.put(ledger, batch.refused)
    report.read += batch.read
    report.accepted += accepted
    report.duplicate += len(outcomes) - accepted
    report.quarantined += len(batch.refused)


def _tell(report: SourceReport, told: Told, lang: Lang) -> None:
    between = " " if lang == "en" else ""
    errors = [f"{fault.message(lang)}{between}{fault.remedy(lang)}" for fault in told.faults]
    report.error = " ".join(errors) or None
    report.notices.extend(_noticed(notice, lang) for notice in told.notices)
    report.left_out.extend(LeftOut(one.code, one.message(lang), one.count) for one in told.left_out)
    report.encoding, report.delimiter = told.encoding, told.delimiter


def _noticed(notice: Notice, lang: Lang) -> Noticed:
    return Noticed(notice.code, notice.count, notice.places, notice.message(lang), notice.remedy(lang))


def _counts(report: SourceReport) -> dict[str, object]:
    return {
        "name": report.name,
        "read": report.read,
        "accepted": report.accepted,
        "quarantined": report.quarantined,
        "duplicate": report.duplicate,
        "error": report.error,
    }
