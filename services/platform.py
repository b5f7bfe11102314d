"""How what people decide in the product is kept: as records of channel ``platform``, in the graph before the answer.

So a decision survives a rebuild like any other record, and saying it twice under one key changes nothing. Each one
stands in the audit trail before it is kept.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from ingest.identity.mention_keys import mentions
from ingest.statements import Statements
from ledger import audit
from ledger.judgements import CHANNEL
from ledger.records import NewRecord, Record, append, current
from services.live.following import follow as go_on
from services.loading import project
from services.seen import Seen
from services.site import Site, whole
from terms.errors import KehutuError
from terms.texts import Texts

PURPOSE: Final = "operation"
"""Why the audit trail says that people decided."""


@dataclass(frozen=True, slots=True)
class Deed:
    """What the audit trail says of a decision: who did what, to the party or rule of which id."""

    actor: str
    action: str
    subject: str


def decide(
    seen: Seen,
    source: str,
    idempotency_key: str,
    make: Callable[[str, str], Statements],
    deed: Deed,
    *,
    follow: bool = True,
) -> tuple[Record, bool]:
    """Keep a decision and bring the graph up to it.

    Args:
        seen: the site as whoever decides sees it.
        source: what kind of decisions these are, as the records' source.
        idempotency_key: the caller's name for this one decision; any text.
        make: from the record's number and the instant of recording (ISO, UTC) to its statements.
        deed: what the audit trail says of it, before it is kept; a decision that is known leaves no second entry.
        follow: continue the current run to it, where it can change a result.

    Returns:
        The record, and whether it was known already.

    Raises:
        KehutuError: ``IDEMPOTENCY_KEY`` when it is empty; ``IDEMPOTENCY_CONFLICT`` when it was used for another
            decision; ``STORE_UNAVAILABLE``: then the decision is kept and the graph follows when it answers;
            ``LEDGER_FULL``, ``LEDGER_UNWRITABLE``: then nothing has happened.
    """
    site = whole(seen)
    if not idempotency_key.strip():
        raise KehutuError("IDEMPOTENCY_KEY")
    number = hashlib.blake2b(idempotency_key.encode(), digest_size=12).hexdigest()
    with site.ledger.deciding():
        known = _known(site, source, number, idempotency_key, make)
        if known is None:
            _keep(site, source, number, make, deed)
    kept = known or _known(site, source, number, idempotency_key, make)
    if kept is None:
        gone = Texts(f"the record {source}/{number} is gone", f"记录 {source}/{number} 已不存在")
        raise KehutuError("LEDGER_DAMAGED", path=site.ledger.path, reason=gone)
    _show(site, follow=follow)
    return kept, known is not None


def _keep(site: Site, source: str, number: str, make: Callable[[str, str], Statements], deed: Deed) -> None:
    now = datetime.now(UTC)
    statements = make(number, instant(now))
    row = NewRecord(
        source=source,
        record_id=number,
        channel=CHANNEL,
        origin="real",
        observed_at=now,
        # It is no observation of the world: the cut-off of the data does not move with it.
        observed_assumed=True,
        payload=statements.to_json(),
        mentions=mentions(statements, site.schema),
    )
    _note(site, deed, now)
    append(site.ledger, [row], recorded_at=now)


def take_back(seen: Seen, source: str, number: str, deed: Deed) -> bool:
    """Withdraw a decision; the graph follows at once. False, and nothing noted, where there is none, or no longer."""
    site = whole(seen)
    found = current(site.ledger, [(source, number)]).get((source, number))
    if found is None or found.deleted:
        return False
    now = datetime.now(UTC)
    statements = Statements.from_json(found.payload)
    row = NewRecord(
        source=source,
        record_id=number,
        channel=CHANNEL,
        origin="real",
        observed_at=now,
        observed_assumed=True,
        payload=found.payload,
        deleted=True,
        mentions=mentions(statements, site.schema),
    )
    _note(site, deed, now)
    append(site.ledger, [row], recorded_at=now)
    _show(site, follow=True)
    return True


def _note(site: Site, deed: Deed, now: datetime) -> None:
    audit.append(
        site.ledger, actor=deed.actor, action=deed.action, subject=deed.subject, purpose=PURPOSE, at=now
    )


def _show(site: Site, *, follow: bool) -> None:
    """Bring the graph up to the ledger, and the current run to the graph."""
    projection = project(site)
    if follow:
        go_on(site, projection)


def instant(moment: datetime) -> str:
    """An instant as the model writes it."""
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _known(
    site: Site, source: str, number: str, key: str, make: Callable[[str, str], Statements]
) -> Record | None:
    """The decision of this number, if it is there and says the same."""
    found = current(site.ledger, [(source, number)]).get((source, number))
    if found is None:
        return None
    said = Statements.from_json(found.payload)
    at = str(next(iter(said.nodes)).set.get("recordedAt", ""))
    if make(number, at).to_json() != found.payload:
        raise KehutuError("IDEMPOTENCY_CONFLICT", key=key)
    return found
