"""Load a manifest: rows become records of the ledger, or are quarantined with their reason.

A batch is acknowledged by the commit that holds its records. The graph follows later (``ingest.projector``). Loading
the same input again, in whole or after a crash, changes nothing.
"""

from __future__ import annotations

import gc
import glob
import secrets
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import MappingProxyType
from typing import Final, TypeAlias

from graph.schema.load import schema as shipped_schema
from graph.schema.model import Schema
from graph.schema.source import nearest
from ingest.cells import Fault, shown
from ingest.manifest import Manifest
from ingest.manifest import read as read_manifest
from ingest.manifest_text import Source
from ingest.mapping import NOTHING, Mapped, Mapper
from ingest.readers import BadRow, Notice, Opened, Reader, Request, Row, reader
from ingest.rules import compile_rules
from ingest.seen import Seen
from ledger import loads, quarantine
from ledger.database import Ledger
from ledger.quarantine import Quarantined
from ledger.records import NewRecord, append
from terms.errors import KehutuError, Lang
from terms.progress import Progress, silent

BATCH: Final = 5_000
"""Records of one commit."""

TOLERANCE: Final = timedelta(days=1)
"""How far a row may be observed ahead of our clock; a later one is quarantined."""

NO_READERS: Final[Mapping[str, Reader]] = MappingProxyType({})

Clock: TypeAlias = Callable[[], datetime]


@dataclass(slots=True)
class SourceReport:
    """What became of one source: ``read == accepted + quarantined + duplicate``.

    ``error``: why the source, or one of its files, could not be read (to its end); with the remedy.
    """

    name: str
    read: int = 0
    accepted: int = 0
    quarantined: int = 0
    duplicate: int = 0
    error: str | None = None
    warnings: list[str] = field(default_factory=list)
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
        lang: of the errors and warnings in the report.
    Raises:
        KehutuError: ``MANIFEST_MISSING``, ``MANIFEST_FAULT`` or ``READER_UNKNOWN`` before anything is read; a fault
            of the ledger at any time.
    """
    manifest = read_manifest(manifest_path, base=base)
    mappers = compile_manifest(ledger, manifest, schema or shipped_schema())
    load_id = f"load-{secrets.token_hex(8)}"
    loads.start(ledger, load_id, str(manifest_path.resolve()), at=clock())
    reports: list[SourceReport] = []
    with _few_collections():
        for source, mapper in zip(manifest.sources, mappers, strict=True):
            read_source = readers.get(source.reader_name) or reader(source.reader_name)
            work = _SourceLoad(ledger, source, mapper, read_source, lang=lang, progress=progress, clock=clock)
            work.run(manifest.folder)
            reports.append(work.report)
    loads.finish(ledger, load_id, [_counts(report) for report in reports], at=clock())
    return LoadReport(manifest.name, load_id, tuple(reports), strict)


def compile_manifest(ledger: Ledger, manifest: Manifest, schema: Schema) -> list[Mapper]:
    """The mappers of all sources; faults in any of them stop the load before its first row."""
    mappers = []
    for position, (source, rules) in enumerate(zip(manifest.sources, manifest.rules, strict=True)):
        at = manifest.places.at("sources", position)
        mappers.append(compile_rules(source, rules, at, schema, hasher=ledger.keyed_hash))
        reader(source.reader_name)
    return mappers


def requests(source: Source, folder: Path, wanted: frozenset[str]) -> list[Request]:
    """One request for each file of a source, by name; a pattern that matches none raises ``FILE_MISSING``."""

    def request(path: Path | None, name: str) -> Request:
        return Request(
            path, name, wanted, source.table, source.encoding, source.delimiter, dict(source.options)
        )

    if source.path is None:
        return [request(None, source.name)]
    path = folder / source.path
    if path.exists() or not glob.has_magic(source.path):
        return [request(path, source.path)]
    found = sorted(Path(name) for name in glob.glob(str(path), recursive=True))  # noqa: PTH207 - may be absolute
    files = [file for file in found if file.is_file()]
    if not files:
        raise KehutuError("FILE_MISSING", file=source.path)
    return [request(file, _relative(file, folder)) for file in files]


def missing_columns(mapper: Mapper, opened: Opened, name: str) -> KehutuError | None:
    """What to say of a table without a mapped column."""
    if opened.columns is None or not (missing := mapper.columns.difference(opened.columns)):
        return None
    present = opened.columns
    columns = ", ".join(f"'{column}'{nearest(column, present)}" for column in sorted(missing))
    return KehutuError("FILE_COLUMNS_MISSING", file=name, columns=columns, present=_listed(present))


def _relative(file: Path, folder: Path) -> str:
    return str(file.relative_to(folder)) if file.is_relative_to(folder) else str(file)


class _SourceLoad:
    """One source on its way into the ledger."""

    def __init__(
        self,
        ledger: Ledger,
        source: Source,
        mapper: Mapper,
        read_source: Reader,
        *,
        lang: Lang,
        progress: Progress,
        clock: Clock,
    ) -> None:
        self.ledger = ledger
        self.source = source
        self.mapper = mapper
        self.read_source = read_source
        self.lang = lang
        self.progress = progress
        self.clock = clock
        self.started = clock()
        self.report = SourceReport(source.name, origin=source.origin)
        self.seen = Seen()
        self.equal = 0
        self.silent = 0
        self.unusual: dict[tuple[str, str], tuple[int, dict[str, object]]] = {}
        self.assumed = False
        self.pending: list[NewRecord] = []
        self.refused: list[Quarantined] = []

    def run(self, folder: Path) -> None:
        notices: list[Notice] = []
        errors: list[str] = []
        try:
            files = requests(self.source, folder, self.mapper.columns)
        except KehutuError as fault:
            files = []
            errors.append(self._told(fault))
        for request in files:
            try:
                opened = self._open(request)
            except KehutuError as fault:
                errors.append(self._told(fault))
                continue
            fault_in_the_middle = self._rows(opened)
            if fault_in_the_middle is not None:
                errors.append(self._told(fault_in_the_middle))
            notices.extend(opened.warnings)
        notices.extend(
            Notice("NOTICE_UNUSUAL", {"count": count, **first}) for count, first in self.unusual.values()
        )
        if self.silent:
            notices.append(
                Notice("NOTICE_STATES_NOTHING", {"source": self.source.name, "count": self.silent})
            )
        if self.equal and self.source.record_id is None:
            notices.append(Notice("NOTICE_EQUAL_ROWS", {"source": self.source.name, "count": self.equal}))
        if self.assumed and self.source.observed_at is None:
            notices.append(Notice("NOTICE_TIME_ASSUMED", {"source": self.source.name}))
        self.report.error = " ".join(errors) or None
        self.report.warnings.extend(notice.message(self.lang) for notice in notices)

    def _told(self, fault: KehutuError) -> str:
        between = " " if self.lang == "en" else ""
        return f"{fault.message(self.lang)}{between}{fault.remedy(self.lang)}"

    def _open(self, request: Request) -> Opened:
        opened = self.read_source(request)
        fault = missing_columns(self.mapper, opened, request.name)
        if fault is not None:
            raise fault
        self.report.encoding = _joined(self.report.encoding, opened.detected.get("encoding"))
        self.report.delimiter = _joined(self.report.delimiter, opened.detected.get("delimiter"))
        return opened

    def _rows(self, opened: Opened) -> KehutuError | None:
        """Take all rows; the fault that ended the file early, if one did."""
        rows: Iterator[Row | BadRow] = iter(opened.rows)
        take = self.mapper.map
        ended: KehutuError | None = None
        while True:
            try:
                row = next(rows)
            except StopIteration:
                break
            except KehutuError as fault:
                ended = fault
                break
            self.report.read += 1
            if isinstance(row, BadRow):
                self._refuse(row, row.code, row.details, row.raw)
                continue
            mapped = take(row.values)
            if isinstance(mapped, Fault):
                self._refuse(row, mapped.code, mapped.details, row.values)
                continue
            record = self._record(row, mapped)
            if record is not None:
                self.pending.append(record)
                if len(self.pending) >= BATCH:
                    self._flush()
        self._flush()
        return ended

    def _refuse(
        self, row: Row | BadRow, code: str, details: Mapping[str, object], raw: Mapping[str, object]
    ) -> None:
        self.report.quarantined += 1
        self.refused.append(
            Quarantined(
                source=self.source.name,
                file=row.file,
                line=row.line,
                field=str(details.get("field", "")),
                code=code,
                details={"file": row.file, "line": row.line, **details},
                raw=raw,
                first_seen=self.started,
            )
        )
        if len(self.refused) >= BATCH:
            self._flush()

    def _flush(self) -> None:
        outcomes = append(self.ledger, self.pending, recorded_at=self.clock()) if self.pending else []
        self.pending.clear()
        accepted = outcomes.count("accepted")
        self.report.accepted += accepted
        self.report.duplicate += len(outcomes) - accepted
        if self.refused:
            quarantine.put(self.ledger, self.refused)
            self.refused.clear()
        self.seen.settle()
        self.progress(f"Loading {self.source.name}", self.report.read)

    def _record(self, row: Row, mapped: Mapped) -> NewRecord | None:
        """The record of a row; a row that may not become one is refused here."""
        record = record_of(self.source, row, mapped, now=self.started)
        if isinstance(record, Fault):
            self._refuse(row, record.code, record.details, row.values)
            return None
        self.assumed |= record.observed_assumed
        self.silent += record.payload == NOTHING and not record.deleted
        for type_, name, value in mapped.unusual:
            place: dict[str, object] = {"file": row.file, "line": row.line}
            first = {"source": self.source.name, "type": type_, "property": name, "found": value, **place}
            count, first = self.unusual.get((type_, name), (0, first))
            self.unusual[type_, name] = count + 1, first
        if record.observed_assumed or self.source.record_id is None:
            content = hash((record.payload, record.deleted))
            earlier = self.seen.add(hash(record.record_id), content)
            if earlier == content:
                self.equal += 1
            elif earlier is not None and record.observed_assumed:
                repeated = repeated_id(self.source, record.record_id)
                self._refuse(row, repeated.code, repeated.details, row.values)
                return None
        return record


def record_of(source: Source, row: Row, mapped: Mapped, *, now: datetime) -> NewRecord | Fault:
    """What the ledger is given for a row; a row from further ahead than ``TOLERANCE`` is a fault."""
    observed = mapped.observed_at
    if observed is not None and observed > now + TOLERANCE:
        column = source.observed_at.column if source.observed_at else None
        found = shown(row.values.get(column or "", observed.isoformat()))
        expected = f"at most {(now + TOLERANCE).isoformat(timespec='seconds')}"
        details: dict[str, object] = {"field": column or "observedAt", "found": found, "expected": expected}
        return Fault("ROW_FROM_THE_FUTURE", details)
    return NewRecord(
        source=source.name,
        record_id=mapped.record_id,
        channel=source.channel,
        origin=source.origin,
        observed_at=observed or now,
        observed_assumed=observed is None,
        payload=mapped.payload,
        deleted=mapped.deleted,
        mentions=mapped.mentions,
        location=f"{row.file}:{row.line}",
    )


def repeated_id(source: Source, record_id: str) -> Fault:
    """A second row of one id, with other content and without a time that would make it the later one."""
    columns = source.record_id if isinstance(source.record_id, str) else ", ".join(source.record_id or ())
    expected = "without a time no row is later than another"
    return Fault("ROW_ID_REPEATED", {"field": columns, "found": record_id, "expected": expected})


@contextmanager
def _few_collections() -> Iterator[None]:
    """Look for cyclic garbage less often: a batch holds many objects and makes no cycles (a tenth of the time)."""
    before = gc.get_threshold()
    gc.set_threshold(200_000, 20, 20)
    try:
        yield
    finally:
        gc.set_threshold(*before)


def _counts(report: SourceReport) -> dict[str, object]:
    return {
        "name": report.name,
        "read": report.read,
        "accepted": report.accepted,
        "quarantined": report.quarantined,
        "duplicate": report.duplicate,
        "error": report.error,
    }


def _listed(columns: tuple[str, ...]) -> str:
    shown = ", ".join(f"'{name[:40]}'" for name in columns[:20])
    return f"{shown} and {len(columns) - 20} more" if len(columns) > 20 else shown or "none"


def _joined(known: str | None, found: str | None) -> str | None:
    if known is None or found is None or found in known.split(" / "):
        return known or found
    return f"{known} / {found}"
