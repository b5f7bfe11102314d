"""What happened on a site: analysis runs with their communities, and rows held in quarantine.

Instants are ISO text in UTC.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from services.arrears.answer.model import RunName
from services.paging import Cursors, Page, checked, page_by_id, page_of
from services.reading import kept as held
from services.reading import runs as kept_runs
from services.seen import Seen
from terms.errors import KehutuError, Lang
from terms.ids import RunId

MOST = 100_000
"""Runs that are looked through."""


@dataclass(frozen=True, slots=True)
class RunPart:
    """One part of an analysis run."""

    name: str
    """risk, communities, ..."""
    algorithm: str
    """How it was computed."""
    parameters: Mapping[str, Any]
    """Its parameters by name."""


@dataclass(frozen=True, slots=True)
class RunHead(RunName):
    """An analysis run with all that its head says."""

    current: bool
    """Whether answers come from it at present."""
    parent: RunId | None
    """The run that it continues; None for a full one."""
    created_at: str
    """When it was made, ISO instant in UTC."""
    cut_off: str
    """Day up to which data counts, an ISO date."""
    watermark: int
    """Number of the last record that it knows."""
    code_version: str
    """Version of the program that made it."""
    parts: tuple[RunPart, ...]
    """What was computed, and how."""


@dataclass(frozen=True, slots=True)
class RawValue:
    """A value of a row as it was read."""

    column: str
    """Name of the column."""
    value: str
    """The value."""


@dataclass(frozen=True, slots=True)
class QuarantinedRow:
    """A row that could not be taken; it is kept until somebody puts it right."""

    id: str
    """Id of the row."""
    source: str
    """The source that it came from."""
    file: str
    """Name of the file."""
    line: int
    """Line or row of the file, from 1."""
    field: str | None
    """Property or column at fault; absent where it is the row."""
    code: str
    """Code of the reason, as in the catalogue of errors."""
    message: str
    """What is wrong."""
    remedy: str
    """What can be done."""
    state: str
    """open or retried."""
    first_seen: str
    """When the row came first, ISO instant in UTC."""
    raw: tuple[RawValue, ...]
    """The row as read."""


def runs(seen: Seen, first: int = 20, after: str | None = None) -> Page[RunHead]:
    """Runs, the newest first.

    Raises:
        KehutuError: ``PAGE_SIZE``, ``CURSOR_UNKNOWN``.
    """
    chosen = kept_runs.current_id(seen)
    cursors = Cursors.of(seen, "runs")
    kept = kept_runs.listing(seen, MOST)
    page = page_by_id(cursors, kept, lambda run: run.id, first=first, after=after)
    return page.map(lambda run: _head(run, chosen))


def run(seen: Seen, run_id: str) -> RunHead:
    """A run by its id.

    Raises:
        KehutuError: ``UNKNOWN_RUN``.
    """
    return _head(kept_runs.run_of(seen, run_id), kept_runs.current_id(seen))


def instant(moment: datetime) -> str:
    """An instant as ISO text in UTC."""
    return moment.isoformat().replace("+00:00", "Z")


def quarantine(
    seen: Seen,
    *,
    source: str | None = None,
    state: Literal["open", "retried"] | None = "open",
    first: int = 20,
    after: str | None = None,
    lang: Lang = "en",
) -> Page[QuarantinedRow]:
    """Rows held in quarantine, by source, file and line.

    Args:
        source: only those of one source.
        state: ``open`` or ``retried``; None for both.

    Raises:
        KehutuError: ``PAGE_SIZE``, ``CURSOR_UNKNOWN``.
    """
    checked(first)
    cursors = Cursors.of(seen, "quarantine", source, state)
    last = None if after is None else str(cursors.read(after)[0])
    rows = held.quarantined(seen, source, first + 1, state=state, after=last)
    page = page_of(
        cursors,
        rows,
        lambda row: [row.id],
        first=first,
        after=after,
        total=held.count_quarantined(seen, source, state=state),
    )
    return page.map(lambda row: _row(row, lang))


def _row(row: held.Quarantined, lang: Lang) -> QuarantinedRow:
    try:
        fault = KehutuError(row.code, **row.details)
        message, remedy = fault.message(lang), fault.remedy(lang)
    except KeyError:
        # Kept by another version of the program, whose catalogue had other entries.
        message, remedy = row.code, ""
    return QuarantinedRow(
        id=row.id,
        source=row.source,
        file=row.file,
        line=row.line,
        field=row.field or None,
        code=row.code,
        message=message,
        remedy=remedy,
        state=row.state,
        first_seen=instant(row.first_seen),
        raw=tuple(RawValue(name, str(value)) for name, value in row.raw.items() if value is not None),
    )


def _head(kept: kept_runs.Run, chosen: RunId | None) -> RunHead:
    return RunHead(
        id=kept.id,
        current=kept.id == chosen,
        parent=kept.parent,
        created_at=instant(kept.created_at),
        cut_off=kept.cut_off.isoformat(),
        watermark=kept.watermark,
        code_version=kept.code_version,
        parts=tuple(
            RunPart(
                name,
                str(part.get("algorithm", "")),
                _parameters(part),
            )
            for name, part in sorted(kept.parts.items())
        ),
    )


def _parameters(part: Mapping[str, Any]) -> dict[str, Any]:
    """What a part was computed with, without its algorithm; those that are kept together are not one level down."""
    told = {key: value for key, value in part.items() if key not in {"algorithm", "parameters"}}
    return told | dict(part.get("parameters") or {})
