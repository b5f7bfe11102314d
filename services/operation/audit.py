"""Who did what, and whether the trail of it is whole."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from graph.schema.load import schema
from ledger import audit as trail
from ledger import audit_verify
from ledger.aliases import keys_of, resolve
from ledger.audit import Entry
from services.settings import Settings
from services.site import open_ledger

__all__ = ["Entry", "Verified", "entries", "verify", "who"]


@dataclass(frozen=True, slots=True)
class Verified:
    """What following the chain of hashes found. ``broken``: the first entry that does not fit; ``head``: the last."""

    whole: bool
    broken: audit_verify.Broken | None
    head: trail.Head


def verify(settings: Settings, anchor: tuple[int, str] | None = None) -> Verified:
    """Follow the chain from the first entry.

    Args:
        anchor: number and hash of a head that was kept elsewhere; the trail has to contain it.
    """
    with open_ledger(settings) as ledger:
        broken = audit_verify.verify(ledger, None if anchor is None else trail.Head(*anchor))
        return Verified(broken is None, broken, trail.head(ledger))


def entries(
    settings: Settings,
    *,
    subject: str | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
    after: int = 0,
    first: int = 100,
) -> Sequence[Entry]:
    """Entries by number: about a subject, from an instant on, before another one, after a number."""
    with open_ledger(settings) as ledger:
        return trail.listing(ledger, subject=subject, since=since, until=until, after=after, first=first)


def who(
    settings: Settings,
    subject: str,
    *,
    since: datetime | None = None,
    until: datetime | None = None,
    after: int = 0,
    first: int = 100,
) -> Sequence[Entry]:
    """Entries by which somebody saw or changed something of a subject, by number.

    Args:
        subject: an id, an old id or a business number. What is known by other ids counts under all of them, as the
            ledger has joined them by now; an id that the ledger does not know counts as it stands.
    """
    prefixes = [node.prefix for node in schema().nodes.values()]
    with open_ledger(settings) as ledger:
        found = resolve(ledger, subject, prefixes) or resolve(ledger, f"{subject.strip()}#1")
        ids = [subject] if found is None else [found, *keys_of(ledger, found)]
        return trail.about(ledger, ids, since=since, until=until, after=after, first=first)
