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
from typing import Final

import numpy as np
import numpy.typing as npt

from graph.schema.load import schema as shipped_schema
from graph.schema.model import Schema
from ingest.cells import Fault, shown
from ingest.manifest import Manifest, Source
from ingest.manifest import read as read_manifest
from ingest.mapping import Mapped, Mapper
from ingest.readers import BadRow, Notice, Opened, Request, Row, reader
from ingest.rules import compile_rules
from ledger import loads, quarantine
from ledger.database import Ledger
from ledger.quarantine import Quarantined
from ledger.records import NewRecord, append
from terms.errors import KehutuError
from terms.progress import Progress, silent

BATCH: Final = 5_000
"""Records of one commit."""

TOLERANCE: Final = timedelta(days=1)
"""How far a row may be observed ahead of our clock; a later one is quarantined."""

_RECENT: Final = 1 << 18
_Clock = Callable[[], datetime]


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
    """What became of a manifest. ``load``: id of this load in the ledger."""

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
    progress: Progress = silent,
    clock: _Clock = lambda: datetime.now(UTC),
) -> LoadReport:
    """Load every source of a manifest, in its order; one that cannot be read does not stop the others.

    Args:
        strict: whether quarantined rows make the load incomplete; every good row is loaded all the same.
        base: the folder that the paths of sources are relative to; that of the manifest when absent.
    Raises:
        KehutuError: ``MANIFEST_MISSING``, ``MANIFEST_FAULT`` or ``READER_UNKNOWN`` before anything is read; a fault
            of the ledger at any time.
    """
    manifest = read_manifest(manifest_path, base=base)
    mappers = compile_manifest(ledger, manifest, schema or shipped_schema())
    load_id = f"load-{secrets.token_hex(8)}"
    loads.start(ledger, load_id, manifest.name, at=clock())
    reports: list[SourceReport] = []
    with _few_collections():
        for source, mapper in zip(manifest.sources, mappers, strict=True):
            work = _SourceLoad(ledger, source, mapper, progress, clock)
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


def _relative(file: Path, folder: Path) -> str:
    return str(file.relative_to(folder)) if file.is_relative_to(folder) else str(file)


class _SourceLoad:
    """One source on its way into the ledger."""

    def __init__(
        self, ledger: Ledger, source: Source, mapper: Mapper, progress: Progress, clock: _Clock
    ) -> None:
        self.ledger = ledger
        self.source = source
        self.mapper = mapper
        self.progress = progress
        self.clock = clock
        self.started = clock()
        self.latest = self.started + TOLERANCE
        self.report = SourceReport(source.name, origin=source.origin)
        self.seen = _Seen()
        self.equal = 0
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
            errors.append(_told(fault))
        for request in files:
            try:
                opened = self._open(request)
            except KehutuError as fault:
                errors.append(_told(fault))
                continue
            fault_in_the_middle = self._rows(opened)
            if fault_in_the_middle is not None:
                errors.append(_told(fault_in_the_middle))
            notices.extend(opened.warnings)
        if self.equal and self.source.record_id is None:
            notices.append(Notice("NOTICE_EQUAL_ROWS", {"source": self.source.name, "count": self.equal}))
        if self.assumed and self.source.observed_at is None:
            notices.append(Notice("NOTICE_TIME_ASSUMED", {"source": self.source.name}))
        self.report.error = " ".join(errors) or None
        self.report.warnings.extend(notice.message() for notice in notices)

    def _open(self, request: Request) -> Opened:
        opened = reader(self.source.reader_name)(request)
        if opened.columns is not None:
            missing = sorted(self.mapper.columns.difference(opened.columns))
            if missing:
                raise KehutuError(
                    "FILE_COLUMNS_MISSING",
                    file=request.name,
                    columns=", ".join(f"'{name}'" for name in missing),
                    present=_listed(opened.columns),
                )
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
        observed = mapped.observed_at
        if observed is None:
            self.assumed = True
        elif observed > self.latest:
            column = self.source.observed_at.column if self.source.observed_at else None
            details = {
                "field": column or "observedAt",
                "found": shown(row.values.get(column or "", observed.isoformat())),
                "expected": f"at most {self.latest.isoformat(timespec='seconds')}",
            }
            self._refuse(row, "ROW_FROM_THE_FUTURE", details, row.values)
            return None
        if observed is None or self.source.record_id is None:
            content = hash((mapped.payload, mapped.deleted))
            earlier = self.seen.add(hash(mapped.record_id), content)
            if earlier is not None and earlier == content:
                self.equal += 1
            elif earlier is not None and observed is None:
                details = {
                    "field": _id_columns(self.source),
                    "found": mapped.record_id,
                    "expected": "without a time no row is later than another",
                }
                self._refuse(row, "ROW_ID_REPEATED", details, row.values)
                return None
        return NewRecord(
            source=self.source.name,
            record_id=mapped.record_id,
            channel=self.source.channel,
            origin=self.source.origin,
            observed_at=observed or self.started,
            observed_assumed=observed is None,
            payload=mapped.payload,
            deleted=mapped.deleted,
            mentions=mapped.mentions,
            location=f"{row.file}:{row.line}",
        )


class _Seen:
    """Which record ids a load has seen and with what content, as 64 bit hashes: 16 bytes a row.

    The latest lie in a dictionary, the others in sorted arrays of doubling size.
    """

    def __init__(self, recent: int = _RECENT) -> None:
        self._most = recent
        self._recent: dict[int, int] = {}
        self._runs: list[tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]] = []

    def add(self, id_: int, content: int) -> int | None:
        """Note a row; the content of the first one with its id, if there was one."""
        earlier = self._recent.get(id_)
        if earlier is None:
            for ids, contents in self._runs:
                position = int(ids.searchsorted(id_))
                if position < len(ids) and ids[position] == id_:
                    return int(contents[position])
            self._recent[id_] = content
        return earlier

    def settle(self) -> None:
        """Between batches: move many recent ones to arrays."""
        if len(self._recent) < self._most:
            return
        ids = np.fromiter(self._recent.keys(), np.int64, len(self._recent))
        contents = np.fromiter(self._recent.values(), np.int64, len(self._recent))
        self._recent = {}
        while self._runs and len(self._runs[-1][0]) <= len(ids):
            older_ids, older_contents = self._runs.pop()
            ids = np.concatenate([older_ids, ids])
            contents = np.concatenate([older_contents, contents])
        order = np.argsort(ids, kind="stable")
        self._runs.append((ids[order], contents[order]))


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


def _told(fault: KehutuError) -> str:
    return f"{fault.message()} {fault.remedy()}"


def _id_columns(source: Source) -> str:
    return source.record_id if isinstance(source.record_id, str) else ", ".join(source.record_id or ())


def _listed(columns: tuple[str, ...]) -> str:
    shown = ", ".join(f"'{name[:40]}'" for name in columns[:20])
    return f"{shown} and {len(columns) - 20} more" if len(columns) > 20 else shown or "none"


def _joined(known: str | None, found: str | None) -> str | None:
    if known is None or found is None or found in known.split(" / "):
        return known or found
    return f"{known} / {found}"
