"""How quarantined rows are tried again, after a change of the mapping, the file or single cells."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from types import MappingProxyType
from typing import Final, Literal, TypeAlias

from graph.schema.load import schema as shipped_schema
from graph.schema.model import Schema
from ingest.cells.row_values import Fault
from ingest.cells.whole_columns import Decided
from ingest.input_errors import UndecidedError
from ingest.loads.batches import (
    NOTHING_TOLD,
    READING,
    compile_manifest,
    missing_columns,
    record_of,
    repeated_id,
    requests,
)
from ingest.loads.load import Clock
from ingest.loads.report import SourceReport
from ingest.manifests.manifest import read
from ingest.manifests.manifest_text import Source
from ingest.notices import Notices
from ingest.readers import BadRow, Row, reader
from ingest.readers.shown import again
from ingest.rows.hidden_numbers import hidden_details
from ingest.rows.mapping import Mapper
from ingest.rows.row_location import standing_again
from ledger import loads, quarantine
from ledger.database import Ledger
from ledger.quarantine import Quarantined
from ledger.records import NewRecord, acknowledge, current
from terms.errors import KehutuError
from terms.texts import Texts

Outcome: TypeAlias = Literal["accepted", "duplicate", "quarantined"]

_ALL: Final = 1_000_000
_UNCHANGED: Final[Mapping[str, str]] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Retried:
    """What became of one quarantined row. ``code`` and ``details``: why it stays, where it does."""

    id: str
    source: str
    outcome: Outcome
    record_id: str | None = None
    code: str | None = None
    details: Mapping[str, object] = field(default_factory=dict)


def retry(
    ledger: Ledger,
    manifest_path: Path,
    ids: Sequence[str] = (),
    *,
    changes: Mapping[str, str] = _UNCHANGED,
    base: Path | None = None,
    schema: Schema | None = None,
    clock: Clock = lambda: datetime.now(UTC),
) -> list[Retried]:
    """Try quarantined rows again; one that is taken is settled, the others stay with their new reason.

    It is a load of its own, which can be taken back as any other.

    A row is mapped anew from its kept cells; where that fails, the row that now stands at its place in the file is
    taken, so that it may be corrected there.

    Args:
        manifest_path: names the sources; see :func:`manifest_of`.
        ids: of quarantined rows, or beginnings of ids; none: all open rows of the manifest's sources.
        changes: new cells by column, for all of these rows.
    Raises:
        KehutuError: ``UNKNOWN_QUARANTINE``, ``MANIFEST_MISSING``, ``MANIFEST_FAULT``, ``SOURCE_UNKNOWN``.
    """
    manifest = read(manifest_path, base=base)
    mappers = compile_manifest(ledger, manifest, schema or shipped_schema())
    sources = {
        source.name: (source, mapper) for source, mapper in zip(manifest.sources, mappers, strict=True)
    }
    if ids:
        entries = [quarantine.show(ledger, id_) for id_ in ids]
    else:
        entries = [entry for name in sources for entry in quarantine.listing(ledger, name, first=_ALL)]
    by_source: dict[str, list[Quarantined]] = defaultdict(list)
    for entry in entries:
        by_source[entry.source].append(entry)
    for name in by_source:
        if name not in sources:
            raise KehutuError("SOURCE_UNKNOWN", source=name, manifest=manifest.name, known=", ".join(sources))
    if not by_source:
        return []
    done: dict[str, Retried] = {}
    reports: list[SourceReport] = []
    load_id = loads.new_id()
    loads.start(ledger, load_id, str(manifest_path.resolve()), at=clock(), reading=READING)
    for name, group in by_source.items():
        work = _Retry(ledger, load_id, *sources[name], folder=manifest.folder, clock=clock)
        rows = work.run(group, changes)
        done.update((one.id, one) for one in rows)
        became = Counter(one.outcome for one in rows)
        counts = (became["accepted"], became["quarantined"], became["duplicate"])
        reports.append(SourceReport(name, len(rows), *counts))
    # What was decided of columns goes on: the next retry looks at the last load.
    kept = [r.kept(NOTHING_TOLD._replace(columns=_decided(ledger, r.name))) for r in reports]
    loads.finish(ledger, load_id, kept, at=clock())
    return [done[entry.id] for entry in entries]


def manifest_of(ledger: Ledger, source: str) -> Path:
    """The manifest by which a source was last loaded.

    Raises:
        KehutuError: ``SOURCE_UNKNOWN``.
    """
    for load in loads.listing(ledger, first=_ALL):
        if any(report["name"] == source for report in load.sources):
            return Path(load.manifest)
    raise KehutuError(
        "SOURCE_UNKNOWN",
        source=source,
        manifest=Texts("the ledger", "台账"),
        known=Texts("none of that name", "没有此名称的来源"),
    )


def _decided(ledger: Ledger, source: str) -> dict[str, Decided]:
    """What the last load of a source decided of the columns of its files."""
    for load in loads.listing(ledger, first=_ALL):
        for report in load.sources:
            if report["name"] == source:
                return {f: Decided.from_plain(plain) for f, plain in report.get("columns", {}).items()}
    return {}


class _Retry:
    def __init__(
        self, ledger: Ledger, load_id: str, source: Source, mapper: Mapper, *, folder: Path, clock: Clock
    ) -> None:
        self.ledger = ledger
        self.load_id = load_id
        self.source = source
        self.mapper = mapper
        self.folder = folder
        self.clock = clock
        self.now = clock()
        self.stored = _decided(ledger, source.name)
        self.by_file: dict[str, Mapper] = {}

    def run(self, entries: Sequence[Quarantined], changes: Mapping[str, str]) -> list[Retried]:
        results: dict[str, NewRecord | Fault] = {}
        if self.source.curve is not None:  # intervals are taken by loads alone, a whole source at a time
            return [self._settled(entry, Fault(entry.code, dict(entry.details))) for entry in entries]
        for entry in entries:
            results[entry.id] = self._of_own_id(entry, self._kept(entry, changes))
        again = [entry for entry in entries if isinstance(results[entry.id], Fault)]
        for entry, row in self._in_the_files(again):
            result = self._of_row(row._replace(values={**row.values, **changes}), self.mapper)
            result = self._of_own_id(entry, result)
            if isinstance(result, NewRecord):
                results[entry.id] = result
        return [self._settled(entry, results[entry.id]) for entry in entries]

    def _kept(self, entry: Quarantined, changes: Mapping[str, str]) -> NewRecord | Fault:
        """From the cells that were kept; a row that was never parsed has none."""
        if "" in entry.raw:
            return Fault(entry.code, dict(entry.details))
        cells = {column: again(cell) for column, cell in entry.raw.items()}
        row = Row(entry.file, entry.line, {**cells, **changes})
        stored = self.stored.get(entry.file)
        return self._of_row(row, self.mapper if stored is None else self.mapper.decided(stored))

    def _of_row(self, row: Row, mapper: Mapper) -> NewRecord | Fault:
        try:
            mapped = mapper.map(row.values)
        except UndecidedError:
            mapped = self._mapper_of(row.file).map(row.values)
        return mapped if isinstance(mapped, Fault) else record_of(self.source, row, mapped, now=self.now)

    def _mapper_of(self, file: str) -> Mapper:
        """The mapper for a file as it now stands, of which a cell hangs on its column."""
        if file not in self.by_file:
            decided = Decided()
            with suppress(KehutuError):  # a file that is gone or damaged: its columns are read as always
                for request in requests(self.source, self.folder, self.mapper.columns):
                    if file in {request.name, f"{request.name}#{request.table}"}:
                        opened = reader(self.source.reader_name)(request)
                        decided = self.mapper.questions.answered(opened, self.source.name, Notices())
            self.by_file[file] = self.mapper.decided(decided)
        return self.by_file[file]

    def _in_the_files(self, entries: Iterable[Quarantined]) -> Iterator[tuple[Quarantined, Row]]:
        """The rows that now stand where these entries stood; a file that cannot be read has none."""
        wanted: dict[str, dict[int, list[Quarantined]]] = defaultdict(lambda: defaultdict(list))
        for entry in entries:
            wanted[entry.file][entry.line].append(entry)
        if not wanted:
            return
        try:
            files = requests(self.source, self.folder, self.mapper.columns)
        except KehutuError:
            return
        for request in files:
            # A reader of several tables adds the table's name to that of the file.
            lines = wanted.get(request.name) or wanted.get(f"{request.name}#{request.table}")
            if not lines:
                continue
            try:
                opened = reader(self.source.reader_name)(request)
                if missing_columns(self.mapper, opened, request.name) is not None:
                    continue
                for row in opened.rows:
                    if row.line in lines and not isinstance(row, BadRow):
                        for entry in lines[row.line]:
                            yield entry, row
            except KehutuError:
                continue

    def _of_own_id(self, entry: Quarantined, result: NewRecord | Fault) -> NewRecord | Fault:
        """Of rows whose id was repeated only one with an id of its own, or with the same content, may be taken."""
        if isinstance(result, NewRecord) and result.observed_assumed and entry.code == "ROW_ID_REPEATED":
            ref = (result.source, result.record_id)
            known = current(self.ledger, [ref]).get(ref)
            if known is not None and known.payload != result.payload:
                return repeated_id(self.source, result.record_id)
        return result

    def _settled(self, entry: Quarantined, result: NewRecord | Fault) -> Retried:
        result = self._of_own_id(entry, result)  # another of these rows may have taken its id
        if isinstance(result, Fault):
            told = hidden_details(result.details, self.mapper.secret)
            column = str(result.details.get("field", ""))
            where = standing_again(entry.file, entry.line, entry.details, same_field=column == entry.field)
            details = {**told, **where}
            quarantine.put(self.ledger, [replace(entry, code=result.code, details=details, field=column)])
            return Retried(entry.id, entry.source, "quarantined", None, result.code, details)
        (taken,) = acknowledge(self.ledger, [result], recorded_at=self.clock(), load=self.load_id)
        quarantine.settle(self.ledger, entry.id)
        return Retried(entry.id, entry.source, taken.outcome, result.record_id)
