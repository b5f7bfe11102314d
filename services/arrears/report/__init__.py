"""One-page credit reports to print or file: HTML and PDF, English or Chinese."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal, TypeAlias

from services.arrears.report.html import to_html
from services.arrears.report.sheet import Sheet, Writer
from services.reading.runs import graph_state
from services.seen import Seen
from terms.delayed import Delayed
from terms.errors import KehutuError, Lang

if TYPE_CHECKING:
    from services.arrears.report import pdf
else:
    pdf = Delayed("services.arrears.report.pdf")

Format: TypeAlias = Literal["pdf", "html"]


@dataclass(frozen=True, slots=True)
class Report:
    """What became of one entry of a list: the files written, or why there are none."""

    asked: str
    party: str | None
    name: str | None
    files: tuple[Path, ...]
    fault: KehutuError | None = None


class Reports:
    """Reports on the current run in one language."""

    def __init__(self, seen: Seen, lang: Lang) -> None:
        """Read the current run.

        Raises:
            KehutuError: ``NO_RUN``.
        """
        self._seen = seen
        self._writer = Writer(seen, lang)

    @property
    def state(self) -> str:
        """What the reports are made of: the run, and the graph that owners and circles are read from."""
        return f"{self._writer.run.id} {graph_state(self._seen)}"

    def find(self, entity: str) -> str:
        """The id of a party, or of the party behind a customer.

        Raises:
            KehutuError: ``UNKNOWN_ID``, ``NOT_A_PARTY``.
        """
        return self._writer.party(entity)

    def sheet(self, entity: str) -> Sheet:
        """What the report on a party says. Raises as :meth:`find`."""
        return self._writer.sheet(entity)

    def content(self, entity: str, kind: Format) -> bytes:
        """The report on a party as a file. Raises as :meth:`find`."""
        return self.set(self.sheet(entity), kind)

    def set(self, sheet: Sheet, kind: Format) -> bytes:
        """A sheet as a file."""
        if kind == "html":
            return to_html(sheet).encode()
        return pdf.to_pdf(sheet, made_at=int(self._writer.run.created_at.timestamp()))


def write_reports(
    seen: Seen, entities: Sequence[str], folder: Path, formats: Sequence[Format], lang: Lang
) -> Iterator[Report]:
    """Write a report for every party, one after the other; one that does not exist does not stop the others.

    Files are called after the party's id, so that asking twice replaces them.

    Raises:
        KehutuError: ``NO_RUN``; ``REPORT_UNWRITABLE``; ``AUDIT_UNWRITABLE``.
    """
    reports = Reports(seen, lang)
    for entity in entities:
        try:
            sheet = reports.sheet(entity)
        except KehutuError as fault:
            if fault.code not in ("UNKNOWN_ID", "NOT_A_PARTY"):
                raise
            yield Report(entity, None, None, (), fault)
            continue
        pages = [(folder / f"{_file_name(sheet.id)}.{kind}", reports.set(sheet, kind)) for kind in formats]
        seen.reads.settle()
        files = [_write(path, content) for path, content in pages]
        yield Report(entity, sheet.id, sheet.name, tuple(files))


def _write(path: Path, content: bytes) -> Path:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    except OSError as fault:
        raise KehutuError("REPORT_UNWRITABLE", path=path, reason=fault.strerror or fault) from fault
    return path


def _file_name(party: str) -> str:
    """An id as the name of a file on any system."""
    return re.sub(r"[^\w.-]+", "-", party)
