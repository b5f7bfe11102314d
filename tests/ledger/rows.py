"""Rows for the tests of the ledger."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from ledger.records import Mention, NewRecord, Origin

NOW = datetime(2026, 1, 31, 8, tzinfo=UTC)


def day(number: int) -> datetime:
    """A day of January 2026."""
    return datetime(2026, 1, 1, tzinfo=UTC) + timedelta(days=number)


def row(
    record_id: str,
    content: str = "",
    *,
    source: str = "visits",
    at: datetime = NOW,
    assumed: bool = False,
    deleted: bool = False,
    mentions: tuple[Mention, ...] = (),
    origin: Origin = "real",
) -> NewRecord:
    """A row of a home visit."""
    return NewRecord(
        source=source,
        record_id=record_id,
        channel="home-visit",
        origin=origin,
        observed_at=at,
        observed_assumed=assumed,
        payload=content.encode(),
        deleted=deleted,
        mentions=mentions,
        location="visits.csv:2",
    )
