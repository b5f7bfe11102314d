"""Who did what, and whether the trail of it is whole."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from ledger import audit as trail
from services.settings import Settings
from services.site import open_ledger


@dataclass(frozen=True, slots=True)
class Verified:
    """What following the chain of hashes found. ``broken``: the first entry that does not fit; ``head``: the last."""

    whole: bool
    broken: trail.Broken | None
    head: trail.Head


def verify(settings: Settings, anchor: tuple[int, str] | None = None) -> Verified:
    """Follow the chain from the first entry.

    Args:
        anchor: number and hash of a head that was kept elsewhere; the trail has to contain it.
    """
    with open_ledger(settings) as ledger:
        broken = trail.verify(ledger, None if anchor is None else trail.Head(*anchor))
        return Verified(broken is None, broken, trail.head(ledger))


def entries(
    settings: Settings,
    *,
    subject: str | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
    after: int = 0,
    first: int = 100,
) -> Sequence[trail.Entry]:
    """Entries by number: about a subject, from an instant on, before another one, after a number."""
    with open_ledger(settings) as ledger:
        return trail.listing(ledger, subject=subject, since=since, until=until, after=after, first=first)
