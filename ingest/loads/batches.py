"""How the rows of a source become batches for the ledger; nothing is written here."""

from __future__ import annotations

import gc
import glob
from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta, tzinfo
from pathlib import Path
from types import MappingProxyType
from typing import Final, NamedTuple, Protocol

from graph.schema.model import Schema
from graph.schema.source import hint
from ingest.cells.row_values import Fault, shown
from ingest.cells.whole_columns import Decided
from ingest.input_errors import UndecidedError
from ingest.manifests.manifest import Manifest
from ingest.manifests.manifest_text import Source
from ingest.notices import Notice, Notices, Place
from ingest.readers import BadRow, Opened, Reader, Request, Row, reader
from ingest.readers.archives import passed_over
from ingest.readers.company import comes_along
from ingest.readers.shown import kept
from ingest.rows.contradictions import Contradictions
from ingest.rows.first_by_id import FirstById
from ingest.rows.headers_and_totals import NoData, Verdict, ragged_remark
from ingest.rows.hidden_numbers import hidden_cells, hidden_details
from ingest.rows.mapping import NOTHING, Mapped, Mapper
from ingest.rows.row_location import standing
from ingest.rows.row_notices import Remarks
from ingest.rows.rules import compile_rules
from ledger.mentions import MentionColumns
from ledger.quarantine import Quarantined
from ledger.records import NewRecord
from terms.errors import KehutuError
from terms.texts import Texts

READING: Final = 2
"""Version of how rows are read. It goes up when rows of some files are read otherwise than before: loads are kept with
it, so that `kehutu doctor` can name those that were made before."""

TOLERANCE: Final = timedelta(days=1)
"""How far a row may be observed ahead of our clock; a later one is quarantined."""


_LISTED: Final = 5
"""Files passed over that a notice names."""

HEAVIEST: Final = 4 << 20
"""Characters of rows that wait together: fewer rows than usual where each of them is long."""


class Batch(NamedTuple):
    """Rows that go into the ledger together.

    ``read``: how many were looked at. ``named``: the mentions of the records, where they have been worked out.
    ``sheet``: of a workbook, the sheet that they stand in.
    """

    read: int
    records: Sequence[NewRecord]
    refused: Sequence[Quarantined]
    named: MentionColumns | None = None
    sheet: str | None = None


class SourceSummary(NamedTuple):
    """What there is to say of a source after its last row.

    ``faults``: why it, or one of its files, could not be read to its end. ``columns``: by file, what was decided of
    its columns where something hung on them.
    """

    faults: Sequence[KehutuError]
    notices: Sequence[Notice]
    left_out: Sequence[Notice]
    encoding: str | None
    delimiter: str | None
    columns: Mapping[str, Decided]


NOTHING_TOLD: Final = SourceSummary((), (), (), None, None, MappingProxyType({}))


class Taking:
    """One source on its way from its files to batches, in the order of files and rows."""

    def __init__(
        self, source: Source, mapper: Mapper, read_source: Reader, *, started: datetime, size: int
    ) -> None:
        """``started``: when the load did; it stands in for the time of rows without one. ``size``: of a batch."""
        self.source = source
        self.mapper = mapper
        self.read_source = read_source
        self.started = started
        self.size = size
        self.seen = FirstById()
        self.notices = Notices()
        self.left_out = Notices()
        self.remarks = Remarks(source, self.notices, self.left_out, mapper.zone)
        self.contradictions = Contradictions(source.name)
        self.assumed = False
        self.encoding: str | None = None
        self.delimiter: str | None = None
        self.columns: dict[str, Decided] = {}
        self.read = 0
        self.records: list[NewRecord] = []
        self.refused: list[Quarantined] = []
        self.weight = 0
        self.opened = Opened(iter(()), None)

    def run(self, folder: Path) -> Generator[Batch | SourceSummary, None, None]:
        """All batches, then what there is to say; one that has been yielded is not touched again."""
        faults: list[KehutuError] = []
        try:
            files = requests(self.source, folder, self.mapper.columns, self.notices)
        except KehutuError as fault:
            files = []
            faults.append(fault)
        for request in files:
            try:
                opened = self._open(request)
            except KehutuError as fault:
                faults.append(fault)
                continue
            try:
                yield from self._rows(opened, request)
            except KehutuError as fault:
                faults.append(fault)
            yield self._batch()
            self.notices.merge(opened.notices)
            self.left_out.merge(opened.left_out)
        self._notice_the_whole()
        yield SourceSummary(
            faults, list(self.notices), list(self.left_out), self.encoding, self.delimiter, self.columns
        )

    def _notice_the_whole(self) -> None:
        """What can be said of the source only after its last row."""
        name = self.source.name
        if self.assumed and self.source.observed_at is None:
            self.notices.add("NOTICE_TIME_ASSUMED", source=name)

    def _open(self, request: Request) -> Opened:
        opened = self.read_source(request)
        fault = missing_columns(self.mapper, opened, request.name)
        if fault is not None:
            raise fault
        if request.path is not None:
            notice_company(self.notices, request.name, passed_over(request.path))
        self.encoding = _joined(self.encoding, opened.detected.get("encoding"))
        self.delimiter = _joined(self.delimiter, opened.detected.get("delimiter"))
        return opened

    def _rows(self, opened: Opened, request: Request) -> Iterator[Batch]:
        """Batches while they are whole; raises the fault that ends the file early, if one does."""
        take = self.mapper.map
        self.opened = opened
        look = NoData(opened.columns or (), frozenset(self.mapper.questions.codes)).look
        is_table = opened.columns is not None
        for row in opened.rows:
            if is_table and type(row) is Row and (code := look(row.values)) and self._left_out(row, code):
                continue
            if type(row) is BadRow and row.code == "ROW_RAGGED" and ragged_remark(str(row.raw.get("", ""))):
                self.left_out.add("LEFT_OUT_REMARK", self._place(row), source=self.source.name)
                continue
            self.read += 1
            if isinstance(row, BadRow):
                secret = self.mapper.secret
                self._refuse(row, row.code, row.details, hidden_cells(row.raw, secret, parsed=False))
            else:
                try:
                    mapped = take(row.values)
                except UndecidedError:
                    take = self._decided(row.file, request).map
                    mapped = take(row.values)
                if isinstance(mapped, Fault):
                    self._refuse(row, mapped.code, mapped.details, self._shown(row))
                else:
                    self._record(row, mapped)
            full = len(self.records) >= self.size or len(self.refused) >= self.size
            if full or self.weight > HEAVIEST:
                yield self._batch()

    def _left_out(self, row: Row, code: Verdict) -> bool:
        """Whether a row is certainly no data; what only looks so is noticed."""
        out = code.startswith("LEFT_OUT")
        told = self.left_out if out else self.notices
        told.add(code, self._place(row), source=self.source.name)
        return out

    def _decided(self, file: str, request: Request) -> Mapper:
        """The mapper for a file, of which a cell hangs on its column: read it once more."""
        decided = self.mapper.questions.answered(self.read_source(request), self.source.name, self.notices)
        self.columns[file] = decided
        return self.mapper.decided(decided)

    def _batch(self) -> Batch:
        """What has been taken since the last one."""
        self.contradictions.settle(self.notices)
        batch = Batch(self.read, self.records, self.refused, sheet=self.opened.sheet)
        self.read, self.weight, self.records, self.refused = 0, 0, [], []
        self.seen.settle()
        self.remarks.settle()
        return batch

    def _place(self, row: Row | BadRow) -> Place:
        return Place(row.file, row.line, self.opened.sheet)

    def _shown(self, row: Row) -> Mapping[str, object]:
        cells = hidden_cells(row.values, self.mapper.secret)
        return {column: kept(cell) for column, cell in cells.items()}

    def _refuse(
        self, row: Row | BadRow, code: str, details: Mapping[str, object], raw: Mapping[str, object]
    ) -> None:
        self.weight += sum(len(cell) for cell in raw.values() if isinstance(cell, str))
        where = standing(row.file, row.line, self.opened, details)
        self.refused.append(
            Quarantined(
                source=self.source.name,
                file=row.file,
                line=row.line,
                field=str(details.get("field", "")),
                code=code,
                details={**hidden_details(details, self.mapper.secret), **where},
                raw=raw,
                first_seen=self.started,
            )
        )

    def _record(self, row: Row, mapped: Mapped) -> None:
        """Keep the record of a row; a row that may not become one is refused here."""
        record = record_of(self.source, row, mapped, now=self.started)
        if isinstance(record, Fault):
            self._refuse(row, record.code, record.details, self._shown(row))
            return
        self.assumed |= record.observed_assumed
        name = hash(mapped.record_id)
        content = hash(mapped.payload) ^ mapped.deleted
        if record.observed_assumed or self.source.record_id is None:
            earlier = self.seen.add(name, content)
            if earlier == content and self.source.record_id is None:
                self.notices.add("NOTICE_EQUAL_ROWS", self._place(row), source=self.source.name)
            elif earlier not in (None, content) and record.observed_assumed:
                repeated = repeated_id(self.source, record.record_id)
                self._refuse(row, repeated.code, repeated.details, self._shown(row))
                return
            version = None
        else:
            version = (hash((name, record.observed_at)), content)
        place = (row.file, row.line, self.opened.sheet)
        self.contradictions.add(place, name, version, mapped.names, mapped.relations)
        if mapped.remarkable or record.observed_assumed or record.payload == NOTHING:
            self.remarks.add(self._place(row), record, mapped)
        self.weight += len(record.payload)
        self.records.append(record)


class KeyedHash(Protocol):
    """What hides identity numbers in keys, and has a zone: a ledger, or what a rehearsal throws away."""

    @property
    def zone(self) -> tzinfo:
        """The business zone."""

    def keyed_hash(self, text: str) -> str:
        """32 hex digits that stand for a text."""


def compile_manifest(secret: KeyedHash, manifest: Manifest, schema: Schema) -> list[Mapper]:
    """The mappers of all sources; faults in any of them stop the load before its first row."""
    mappers = []
    for position, (source, rules) in enumerate(zip(manifest.sources, manifest.rules, strict=True)):
        at = manifest.places.at("sources", position)
        mappers.append(compile_rules(source, rules, at, schema, hasher=secret.keyed_hash, zone=secret.zone))
        reader(source.reader_name)
    return mappers


def requests(
    source: Source, folder: Path, wanted: frozenset[str], notices: Notices | None = None
) -> list[Request]:
    """One request for each file of a source, by name; a pattern that matches none raises ``FILE_MISSING``.

    ``notices``: told which files and folders a pattern matches that are passed over.
    """

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
    files = [file for file in found if file.is_file() and not comes_along(_relative(file, folder))]
    if notices is not None:
        others = [f"{_relative(file, folder)}{'/' * file.is_dir()}" for file in found if file not in files]
        notice_company(notices, source.path, others)
    if not files:
        raise KehutuError("FILE_MISSING", file=source.path)
    return [request(file, _relative(file, folder)) for file in files]


def notice_company(notices: Notices, name: str, passed: Sequence[str]) -> None:
    """Say which files in an archive, or of a pattern, are not read."""
    if passed:
        listed = ", ".join(shown(one) for one in passed[:_LISTED])
        more = f", … ({len(passed)})" if len(passed) > _LISTED else ""
        notices.add("NOTICE_PASSED_OVER", file=name, passed=listed + more)


def missing_columns(mapper: Mapper, opened: Opened, name: str) -> KehutuError | None:
    """What to say of a table without a mapped column."""
    if opened.columns is None or not (missing := mapper.columns.difference(opened.columns)):
        return None
    present = opened.columns
    hints = {column: hint(column, present) for column in sorted(missing)}
    columns = Texts(
        ", ".join(f"'{column}'{near.en}" for column, near in hints.items()),
        "、".join(f"“{column}”{near.zh}" for column, near in hints.items()),
    )
    return KehutuError("FILE_COLUMNS_MISSING", file=name, columns=columns, present=_listed(present))


def record_of(source: Source, row: Row, mapped: Mapped, *, now: datetime) -> NewRecord | Fault:
    """What the ledger is given for a row; a row from further ahead than ``TOLERANCE`` is a fault."""
    observed = mapped.observed_at
    if observed is not None and observed > now and observed > now + TOLERANCE:
        column = source.observed_at.column if source.observed_at else None
        found = shown(row.values.get(column or "", observed.isoformat()))
        latest = (now + TOLERANCE).isoformat(timespec="seconds")
        details: dict[str, object] = {"field": column or "observedAt", "found": found}
        details |= {"expected": f"at most {latest}", "expected_zh": f"不晚于 {latest}"}
        return Fault("ROW_FROM_THE_FUTURE", details)
    return NewRecord(
        source.name,
        mapped.record_id,
        source.channel,
        source.origin,
        observed or now,
        observed is None,
        mapped.payload,
        mapped.deleted,
        mapped.mentions,
        f"{row.file}:{row.line}",
    )


def repeated_id(source: Source, record_id: str) -> Fault:
    """A second row of one id, with other content and without a time that would make it the later one."""
    columns = source.record_id if isinstance(source.record_id, str) else ", ".join(source.record_id or ())
    expected = "without a time no row is later than another"
    details = {"field": columns, "found": record_id, "expected": expected}
    return Fault("ROW_ID_REPEATED", {**details, "expected_zh": "没有时间的行不分先后"})


@contextmanager
def few_collections() -> Iterator[None]:
    """Look for cyclic garbage less often: a batch holds many objects and makes no cycles (a tenth of the time)."""
    before = gc.get_threshold()
    gc.set_threshold(200_000, 20, 20)
    try:
        yield
    finally:
        gc.set_threshold(*before)


def _relative(file: Path, folder: Path) -> str:
    return str(file.relative_to(folder)) if file.is_relative_to(folder) else str(file)


def _listed(columns: tuple[str, ...]) -> str:
    shown = ", ".join(f"'{name[:40]}'" for name in columns[:20])
    return f"{shown} and {len(columns) - 20} more" if len(columns) > 20 else shown or "none"


def _joined(known: str | None, found: str | None) -> str | None:
    if known is None or found is None or found in known.split(" / "):
        return known or found
    return f"{known} / {found}"
