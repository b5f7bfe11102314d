"""What a load would do: a dry run takes the rows of a manifest as a load does, and keeps nothing."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from graph.schema.load import schema as shipped_schema
from graph.schema.model import Property
from ingest.loads.batches import Batch, SourceSummary, Taking, compile_manifest, few_collections
from ingest.loads.curves import CurveTaking
from ingest.loads.load import BATCH
from ingest.loads.report import LeftOut, Noticed, left_out, noticed
from ingest.manifests.manifest import read as read_manifest
from ingest.manifests.manifest_text import Source
from ingest.manifests.yaml_lines import Places
from ingest.readers import reader
from ingest.rows.curve_rows import CurveRows, curve_rows
from ingest.rows.mapping import Mapper
from ingest.statements import Statements, Value
from ledger.database import Ledger
from ledger.quarantine import Quarantined
from ledger.records import NewRecord
from ledger.versions import Ref, Version, foresee
from terms.errors import KehutuError, Lang
from terms.money import Money
from terms.progress import Progress, silent
from terms.zones import DEFAULT, zone_of

SHOWN: Final = 3
"""Rows of a source that are shown, of those taken and of those refused."""


@dataclass(frozen=True, slots=True)
class Said:
    """A node or a relation as a row is understood. ``about``: its keys, or its two ends. ``values``: in words."""

    type: str
    about: tuple[str, ...]
    values: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Understood:
    """A row that would be taken. ``observed_at``: None where the time of the load would stand in."""

    file: str
    line: int
    record_id: str
    observed_at: str | None
    deleted: bool
    nodes: tuple[Said, ...]
    relations: tuple[Said, ...]


@dataclass(frozen=True, slots=True)
class Refused:
    """A row that would be quarantined."""

    file: str
    line: int
    code: str
    message: str
    remedy: str


@dataclass(slots=True)
class RehearsedSource:
    """What would become of one source: ``read == new + update + duplicate + quarantined``.

    ``update``: rows that would be another version of a record that the ledger has, or that an earlier row brings.
    """

    name: str
    read: int = 0
    new: int = 0
    update: int = 0
    duplicate: int = 0
    quarantined: int = 0
    error: str | None = None
    notices: list[Noticed] = field(default_factory=list)
    left_out: list[LeftOut] = field(default_factory=list)
    rows: list[Understood] = field(default_factory=list)
    refused: list[Refused] = field(default_factory=list)

    @property
    def accepted(self) -> int:
        """Rows that would become records."""
        return self.new + self.update


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """What would become of a manifest. ``ledger``: whether it was compared with what a ledger holds."""

    manifest: str
    ledger: bool
    sources: tuple[RehearsedSource, ...]


class ThrownAway:
    """A secret for keys of persons that nobody keeps: such keys are others than those of any ledger."""

    def __init__(self, zone: str | None) -> None:
        self.zone = zone_of(zone or DEFAULT)
        self._key = secrets.token_bytes(32)

    def keyed_hash(self, text: str) -> str:
        """See :meth:`ledger.database.Ledger.keyed_hash`."""
        return hmac.new(self._key, text.encode(), hashlib.sha256).hexdigest()[:32]


def rehearse(
    manifest_path: Path,
    ledger: Ledger | None,
    *,
    zone: str | None = None,
    lang: Lang = "en",
    progress: Progress = silent,
) -> Rehearsal:
    """Take every source of a manifest and keep nothing.

    Args:
        ledger: what rows are compared with, and whose secret keys of persons are made with; None: there is none yet.
        zone: the business zone of the ledger that there will be; the default where absent.
        lang: of the texts.
    Raises:
        KehutuError: ``MANIFEST_MISSING``, ``MANIFEST_FAULT`` or ``READER_UNKNOWN``; a fault of the ledger.
    """
    manifest = read_manifest(manifest_path)
    mappers = compile_manifest(ledger or ThrownAway(zone), manifest, shipped_schema())
    sources = []
    with few_collections():
        for position, (source, mapper) in enumerate(zip(manifest.sources, mappers, strict=True)):
            at = manifest.places.at("sources", position)
            work = _Rehearsal(source, mapper, ledger, lang, _rows(source, at, ledger, zone))
            for read in work.run(manifest.folder):
                progress("Reading rows", read)
            sources.append(work.report)
    return Rehearsal(manifest.name, ledger is not None, tuple(sources))


def _rows(source: Source, at: Places, ledger: Ledger | None, zone: str | None) -> CurveRows | None:
    """Of a source of curves what takes its rows."""
    if source.curve is None:
        return None
    return curve_rows(source, at, zone_of(zone or DEFAULT) if ledger is None else ledger.zone)


class _Rehearsal:
    """One source. ``rows``: where it is one of curves."""

    def __init__(
        self, source: Source, mapper: Mapper, ledger: Ledger | None, lang: Lang, rows: CurveRows | None
    ) -> None:
        self.source = source
        now, read = datetime.now(UTC), reader(source.reader_name)
        self.taking = (
            Taking(source, mapper, read, started=now, size=BATCH)
            if rows is None
            else CurveTaking(source, mapper, read, started=now, size=BATCH, rows=rows)
        )
        self.ledger = ledger
        self.lang: Lang = lang
        self.earlier: dict[Ref, list[Version]] = {}
        self.report = RehearsedSource(source.name)

    def run(self, folder: Path) -> Iterator[int]:
        """Take all rows; yields how many have been read after each batch."""
        for one in self.taking.run(folder):
            if isinstance(one, SourceSummary):
                if isinstance(self.taking, CurveTaking):
                    self.report.new, self.report.duplicate = self.taking.foreseen(self.ledger)
                self._tell(one._replace(notices=list(self.taking.notices)))
            else:
                self._take(one)
                yield self.report.read

    def _take(self, batch: Batch) -> None:
        report = self.report
        outcomes = foresee(self.ledger, batch.records, self.earlier)
        report.read += batch.read
        report.new += outcomes.count("new")
        report.update += outcomes.count("update")
        report.duplicate += outcomes.count("duplicate")
        report.quarantined += len(batch.refused)
        report.rows += [understood(row, self.lang) for row in batch.records[: SHOWN - len(report.rows)]]
        report.refused += [_refused(row, self.lang) for row in batch.refused[: SHOWN - len(report.refused)]]

    def _tell(self, told: SourceSummary) -> None:
        between = " " if self.lang == "en" else ""
        errors = [f"{fault.message(self.lang)}{between}{fault.remedy(self.lang)}" for fault in told.faults]
        self.report.error = " ".join(errors) or None
        self.report.notices += noticed(told.notices, self.lang)
        self.report.left_out += left_out(told.left_out, self.lang)


def understood(row: NewRecord, lang: Lang = "en") -> Understood:
    """A row as it is understood, with its values in words."""
    file, _, line = row.location.rpartition(":")
    statements = Statements.from_json(row.payload)
    known = shipped_schema()
    nodes = tuple(
        Said(one.type, tuple(one.keys), _words(one.set, known.nodes[one.type].properties, lang))
        for one in statements.nodes
    )
    relations = tuple(
        Said(one.type, (one.source, one.target), _words(one.set, known.relations[one.type].properties, lang))
        for one in statements.relations
    )
    observed = None if row.observed_assumed else row.observed_at.isoformat().replace("+00:00", "Z")
    return Understood(file, int(line), row.record_id, observed, row.deleted, nodes, relations)


def _words(values: Mapping[str, Value], declared: Mapping[str, Property], lang: Lang) -> dict[str, str]:
    return {name: _word(value, declared[name].unit, lang) for name, value in values.items()}


def _word(value: Value, unit: str | None, lang: Lang) -> str:
    if unit == "fen" and isinstance(value, int):
        return f"{Money(value)} {'yuan' if lang == 'en' else '元'}"
    return f"{value} {unit}" if unit else str(value)


def _refused(row: Quarantined, lang: Lang) -> Refused:
    error = KehutuError(row.code, **row.details)
    return Refused(row.file, row.line, row.code, error.message(lang), error.remedy(lang))
