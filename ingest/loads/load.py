"""How a manifest is loaded: rows become records of the ledger, or go into quarantine with their reason.

A batch is acknowledged by the commit that holds its records. The graph follows later (``ingest.projection.projector``).
Loading the same input again, in whole or after a crash, changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from types import MappingProxyType
from typing import Final, TypeAlias

from graph.schema.load import schema as shipped_schema
from graph.schema.model import Schema
from ingest.loads import second_process
from ingest.loads.batches import (
    NOTHING_TOLD,
    READING,
    Batch,
    SourceSummary,
    Taking,
    compile_manifest,
    few_collections,
)
from ingest.loads.curves import CurveTaking
from ingest.loads.report import LoadReport, SourceReport
from ingest.manifests.manifest import read as read_manifest
from ingest.notices import Notices, Place
from ingest.readers import Reader, reader
from ingest.rows.curve_rows import curve_rows
from ledger import loads, quarantine
from ledger.database import Ledger
from ledger.records import NewRecord, acknowledge
from terms.errors import Lang
from terms.progress import Progress, silent

BATCH: Final = 5_000
"""Records of one commit."""

NO_READERS: Final[Mapping[str, Reader]] = MappingProxyType({})

Clock: TypeAlias = Callable[[], datetime]


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
    load_id = loads.new_id()
    loads.start(ledger, load_id, str(manifest_path.resolve()), at=clock(), reading=READING)
    reports: list[SourceReport] = []
    kept: list[dict[str, object]] = []
    with few_collections():
        for position, (source, mapper) in enumerate(zip(manifest.sources, mappers, strict=True)):
            report, found = SourceReport(source.name, origin=source.origin), Notices()
            reports.append(report)
            given = readers.get(source.reader_name)
            if source.curve is not None:
                of_curve = CurveTaking(
                    source,
                    mapper,
                    given or reader(source.reader_name),
                    started=clock(),
                    size=BATCH,
                    rows=curve_rows(source, manifest.places.at("sources", position), ledger.zone),
                )
                at, folder = clock(), manifest.folder
                kept.append(_curve(ledger, load_id, report, of_curve, folder=folder, at=at, lang=lang))
                continue
            if schema is None and given is None and second_process.worth_it(source, manifest.folder):
                place = second_process.Place(ledger.home, manifest_path, manifest.folder, position)
                taken = second_process.taken(place, started=clock(), size=BATCH)
            else:
                read_source = given or reader(source.reader_name)
                taking = Taking(source, mapper, read_source, started=clock(), size=BATCH)
                taken = taking.run(manifest.folder)
            with closing(taken):
                for one in taken:
                    if isinstance(one, SourceSummary):
                        told = one._replace(notices=[*one.notices, *found])
                        report.tell(told, lang)
                        kept.append(report.kept(told))
                    else:
                        found.merge(_keep(ledger, load_id, report, one, clock()))
                        progress(f"Loading {source.name}", report.read)
    loads.finish(ledger, load_id, kept, at=clock())
    return LoadReport(manifest.name, load_id, tuple(reports), strict)


def _curve(
    ledger: Ledger,
    load_id: str,
    report: SourceReport,
    taking: CurveTaking,
    *,
    folder: Path,
    at: datetime,
    lang: Lang,
) -> dict[str, object]:
    """Load a source of curves; what the ledger keeps of it."""
    summary = NOTHING_TOLD
    for one in taking.run(folder):
        if isinstance(one, SourceSummary):
            summary = one
        else:
            _keep(ledger, load_id, report, one, at)
    done = taking.acknowledge(ledger)
    report.accepted, report.duplicate = done.accepted, done.duplicate
    told = summary._replace(notices=list(taking.notices))
    report.tell(told, lang)
    return report.kept(told) | ({"curve": done.kept} if done.kept else {})


def _keep(ledger: Ledger, load_id: str, report: SourceReport, batch: Batch, at: datetime) -> Notices:
    """Acknowledge a batch and count it; what only the ledger can notice of its rows."""
    outcomes = acknowledge(ledger, batch.records, recorded_at=at, named=batch.named, load=load_id)
    quarantine.put(ledger, batch.refused)
    accepted = sum(one.outcome == "accepted" for one in outcomes)
    report.read += batch.read
    report.accepted += accepted
    report.duplicate += len(outcomes) - accepted
    report.quarantined += len(batch.refused)
    found = Notices()
    for row, one in zip(batch.records, outcomes, strict=True):
        if one.withdraws_nothing:
            found.add("NOTICE_DELETE_UNKNOWN", _place(row, batch.sheet), source=row.source)
    return found


def _place(row: NewRecord, sheet: str | None) -> Place:
    file, _, line = row.location.rpartition(":")
    return Place(file, int(line), sheet)
