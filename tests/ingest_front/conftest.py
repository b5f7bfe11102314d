"""A folder with files and manifests, loaded into a real ledger."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from ingest.loads.load import load
from ingest.loads.report import LoadReport, SourceReport
from ingest.statements import Statements
from ledger import quarantine
from ledger.database import Ledger
from ledger.quarantine import Quarantined
from ledger.records import Record, since
from terms.errors import KehutuError

CUSTOMERS = """
    mapping:
      - node: Customer
        key: {local: id}
        set: {name: name, phone: phone}
      - relation: LIVES_AT
        from: {Customer: {local: id}}
        to: {Address: {text: address}}
"""


@dataclass
class Desk:
    """Writes files, loads them and looks at what became of them."""

    folder: Path
    ledger: Ledger
    _numbers: Iterator[int] = field(default_factory=lambda: iter(range(1_000)))

    def write(self, name: str, content: str | bytes) -> Path:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    def load(self, manifest: str) -> LoadReport:
        return load(self.ledger, self.write(f"m{next(self._numbers)}.yaml", manifest))

    def load_file(self, name: str, content: str | bytes | None = None, more: str = "") -> SourceReport:
        """Load one file of customers (columns id, name, phone, address)."""
        if content is not None:
            self.write(name, content)
        report = self.load(
            f"sources:\n  - name: people\n    path: {name}\n    channel: survey\n    recordId: id\n"
            f"    observedAt: 2026-01-31\n{more}{CUSTOMERS}"
        )
        (source,) = report.sources
        assert source.read == source.accepted + source.quarantined + source.duplicate
        return source

    def records(self) -> list[Record]:
        return since(self.ledger, 0, 100_000)

    def statements(self) -> list[Statements]:
        return [Statements.from_json(record.payload) for record in self.records()]

    def names(self) -> list[object]:
        """Names of the customers, in the order of arrival."""
        return [s.nodes[0].set.get("name") for s in self.statements()]

    def refused(self) -> list[Quarantined]:
        """Quarantined rows by line; each one must give its whole error."""
        rows = sorted(quarantine.listing(self.ledger, first=10_000), key=lambda q: (q.file, q.line))
        for row in rows:
            error = KehutuError(row.code, **row.details)
            assert row.file in error.message()
            assert f"line {row.line}" in error.message()
            assert error.remedy()
            assert error.remedy("zh")
        return rows

    def reasons(self) -> list[tuple[int, str, str]]:
        return [(row.line, row.field, row.code) for row in self.refused()]


@pytest.fixture
def desk(tmp_path: Path, ledger: Ledger) -> Desk:
    return Desk(tmp_path, ledger)


@pytest.fixture
def fault() -> Callable[[Callable[[], object]], KehutuError]:
    """What a call raises."""

    def of(call: Callable[[], object]) -> KehutuError:
        with pytest.raises(KehutuError) as caught:
            call()
        return caught.value

    return of
