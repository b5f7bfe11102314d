"""The loads of a site: what was read, what was noticed and what was left out, in the asker's language.

Instants are ISO text in UTC.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ingest.loads.report import LeftOut, Noticed, left_out, noticed, read_kept
from ingest.notices import Place
from services.graph_answers.history import instant
from services.paging import Cursors, Page, page_by_id
from services.reading import kept
from services.seen import SeenLedger
from terms.errors import Lang

__all__ = ["LeftOut", "Load", "LoadedSource", "Noticed", "Place", "load", "loads"]

MOST = 100_000
"""Loads that are looked through."""


@dataclass(frozen=True, slots=True)
class LoadedSource:
    """What became of one source of a load: read = accepted + quarantined + duplicate."""

    name: str
    """Name of the source."""
    read: int
    """Rows read."""
    accepted: int
    """Rows that became records."""
    quarantined: int
    """Rows kept aside with their reason."""
    duplicate: int
    """Rows that were known already."""
    error: str | None
    """Why the source could not be read; absent if it was."""
    notices: tuple[Noticed, ...]
    """What stopped nothing and should be known."""
    left_out: tuple[LeftOut, ...]
    """What was passed over on purpose."""


@dataclass(frozen=True, slots=True)
class Load:
    """One load of a manifest."""

    id: str
    """Id of the load."""
    manifest: str
    """The manifest's path, or its name if it ships with the product."""
    started_at: str
    """When it began, ISO instant in UTC."""
    finished_at: str | None
    """When it ended; absent while it runs, and for good when its process died."""
    withdrawn_at: str | None
    """When it was taken back; absent if it was not."""
    withdrawing: bool
    """Whether its withdrawal has begun and not ended."""
    sources: tuple[LoadedSource, ...]
    """Its sources."""


def loads(seen: SeenLedger, first: int = 20, after: str | None = None, *, lang: Lang = "en") -> Page[Load]:
    """Loads, the newest first.

    Raises:
        KehutuError: ``PAGE_SIZE``, ``CURSOR_UNKNOWN``.
    """
    found = kept.loads_of(seen, MOST)
    page = page_by_id(Cursors.of(seen, "loads"), found, lambda load: load.id, first=first, after=after)
    return page.map(lambda load: _load(load, lang))


def load(seen: SeenLedger, load_id: str, *, lang: Lang = "en") -> Load:
    """One load by its id.

    Raises:
        KehutuError: ``UNKNOWN_LOAD``.
    """
    return _load(kept.load_of(seen, load_id), lang)


def _load(found: kept.Load, lang: Lang) -> Load:
    return Load(
        id=found.id,
        manifest=found.manifest,
        started_at=instant(found.started_at),
        finished_at=None if found.finished_at is None else instant(found.finished_at),
        withdrawn_at=None if found.withdrawn_at is None else instant(found.withdrawn_at),
        withdrawing=found.withdrawal_began_at is not None and found.withdrawn_at is None,
        sources=tuple(_source(source, lang) for source in found.sources),
    )


def _source(source: Mapping[str, Any], lang: Lang) -> LoadedSource:
    return LoadedSource(
        name=source["name"],
        read=source["read"],
        accepted=source["accepted"],
        quarantined=source["quarantined"],
        duplicate=source["duplicate"],
        error=source.get("error"),
        # Loads of earlier versions kept none.
        notices=tuple(noticed(read_kept(source.get("notices", ())), lang)),
        left_out=tuple(left_out(read_kept(source.get("leftOut", ())), lang)),
    )
