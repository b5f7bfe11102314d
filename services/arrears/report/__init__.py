"""One-page credit reports for people who file paper: HTML and PDF, English or Chinese."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypeAlias

from services.arrears.report.html import to_html
from services.arrears.report.sheet import Writer
from services.site import Site
from terms.errors import KehutuError, Lang

Format: TypeAlias = Literal["pdf", "html"]


@dataclass(frozen=True, slots=True)
class Report:
    """What became of one entry of a list: the files written, or why there are none."""

    asked: str
    party: str | None
    name: str | None
    files: tuple[Path, ...]
    fault: KehutuError | None = None


def write_reports(
    site: Site, entities: Sequence[str], folder: Path, formats: Sequence[Format], lang: Lang
) -> Iterator[Report]:
    """Write a report for every party, one after the other; one that does not exist does not stop the others.

    Files are called after the party's id, so that asking twice replaces them.

    Raises:
        KehutuError: ``NO_RUN``; ``REPORT_UNWRITABLE``.
    """
    writer = Writer(site, lang)
    for entity in entities:
        try:
            sheet = writer.sheet(entity)
        except KehutuError as fault:
            if fault.code not in ("UNKNOWN_ID", "NOT_A_PARTY"):
                raise
            yield Report(entity, None, None, (), fault)
            continue
        files = []
        for kind in formats:
            if kind == "html":
                content = to_html(sheet).encode()
            else:
                # Typst and its fonts are loaded when a PDF is asked for.
                from services.arrears.report.pdf import to_pdf  # noqa: PLC0415

                content = to_pdf(sheet, made_at=int(writer.run.created_at.timestamp()))
            files.append(_write(folder / f"{_file_name(sheet.id)}.{kind}", content))
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
