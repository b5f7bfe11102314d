"""The audit trail: who did what to whom and why, each entry bound to all before it.

An entry's hash is an HMAC, under the ledger's key, over the hash before it and the entry itself. Who can write the
database but does not have the key can neither change, remove, insert nor reorder an entry unnoticed; cutting off
the end shows by the sealed head, and going back to an older state of the whole file shows by a head kept elsewhere.
"""

from __future__ import annotations

import hmac
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Literal, NamedTuple

from sqlalchemy import Connection, Row, insert, select

from ledger import tables
from ledger.database import Ledger, get_pointer, set_pointer

_HEAD: Final = "audit_head"
_START: Final = bytes(32)
_PAGE: Final = 10_000


class NewEntry(NamedTuple):
    """What happened: ``subject`` is the id of what was read or changed, ``purpose`` why (the policy's word)."""

    actor: str
    action: str
    subject: str
    purpose: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of the trail; numbers run from 1 without gaps."""

    number: int
    at: datetime
    actor: str
    action: str
    subject: str
    purpose: str


@dataclass(frozen=True, slots=True)
class Head:
    """The end of the trail: its last number (0: empty) and hash (hex). Kept elsewhere, it anchors what came before."""

    number: int
    hash: str


@dataclass(frozen=True, slots=True)
class Broken:
    """The first entry that does not fit.

    ``missing``: it is not there. ``changed``: it, or its place, is not as it was written. ``head``: the seal of the
    trail's end does not fit. ``anchor``: it is not the one that the given head names.
    """

    number: int
    reason: Literal["missing", "changed", "head", "anchor"]


def append(ledger: Ledger, *, actor: str, action: str, subject: str, purpose: str, at: datetime) -> int:
    """Add one entry, on disk when this returns.

    Returns:
        Its number.
    Raises:
        KehutuError: LEDGER_FULL, LEDGER_UNWRITABLE; what was to be audited must then not happen.
    """
    return append_all(ledger, [NewEntry(actor, action, subject, purpose, at)])


def append_all(ledger: Ledger, entries: Sequence[NewEntry]) -> int:
    """Add entries in one commit; returns the number of the last one."""
    rows: list[dict[str, object]] = []
    with ledger.writing() as connection:
        number, digest = _last(connection)
        for entry in entries:
            number += 1
            at = tables.to_micros(entry.at)
            digest = _chain(ledger, digest, number, at, *entry[:4])
            rows.append(
                {
                    "number": number,
                    "at": at,
                    "actor": entry.actor,
                    "action": entry.action,
                    "subject": entry.subject,
                    "purpose": entry.purpose,
                    "hash": digest,
                }
            )
        if rows:
            connection.execute(insert(tables.audit), rows)
            set_pointer(connection, _HEAD, _seal(ledger, number, digest))
    return number


def head(ledger: Ledger) -> Head:
    """The end of the trail as it is now."""
    with ledger.reading() as connection:
        number, digest = _last(connection)
    return Head(number, digest.hex())


def listing(
    ledger: Ledger,
    *,
    subject: str | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
    after: int = 0,
    first: int = 100,
) -> list[Entry]:
    """Entries by number.

    Args:
        subject: only those about one id.
        since, until: only those of this time; ``until`` itself is left out.
        after: the last number of the page before.
    """
    columns = tables.audit.c
    query = select(tables.audit).where(columns.number > after).order_by(columns.number).limit(first)
    if subject is not None:
        query = query.where(columns.subject == subject)
    if since is not None:
        query = query.where(columns.at >= tables.to_micros(since))
    if until is not None:
        query = query.where(columns.at < tables.to_micros(until))
    with ledger.reading() as connection:
        return [_entry(row) for row in connection.execute(query)]


def verify(ledger: Ledger, anchor: Head | None = None) -> Broken | None:
    """Follow the chain from its first entry; None when all of it fits.

    Args:
        anchor: a head that was kept elsewhere; the trail has to contain it.
    Returns:
        The first entry that does not fit. One pass in order, bounded memory.
    """
    with ledger.reading() as connection:
        number, digest = 0, _START
        while rows := connection.execute(
            select(tables.audit)
            .where(tables.audit.c.number > number)
            .order_by(tables.audit.c.number)
            .limit(_PAGE)
        ).all():
            for row in rows:
                number += 1
                if row.number != number:
                    return Broken(number, "missing")
                content = (row.actor, row.action, row.subject, row.purpose)
                digest = _chain(ledger, digest, number, row.at, *content)
                if not hmac.compare_digest(digest, row.hash):
                    return Broken(number, "changed")
                if anchor is not None and number == anchor.number and digest.hex() != anchor.hash:
                    return Broken(number, "anchor")
        return _end(ledger, get_pointer(connection, _HEAD), number, digest, anchor)


def _end(ledger: Ledger, seal: str | None, number: int, digest: bytes, anchor: Head | None) -> Broken | None:
    """Whether the chain ends where its seal, and a head kept elsewhere, say."""
    if (seal is not None or number) and seal != _seal(ledger, number, digest):
        # The seal names the number that it was made for: more than there are means that entries were cut off.
        sealed = (seal or "").partition(":")[0]
        cut = sealed.isdigit() and int(sealed) > number
        return Broken(number + 1, "missing") if cut else Broken(number, "head")
    if anchor is not None and anchor.number > number:
        return Broken(number + 1, "missing")
    return None


def _last(connection: Connection) -> tuple[int, bytes]:
    columns = tables.audit.c
    query = select(columns.number, columns.hash).order_by(columns.number.desc()).limit(1)
    row = connection.execute(query).one_or_none()
    return (0, _START) if row is None else (row.number, row.hash)


def _chain(ledger: Ledger, before: bytes, number: int, at: int, *content: str) -> bytes:
    # As JSON, so that no two different entries have one text.
    text = json.dumps([number, at, *content], ensure_ascii=True).encode()
    return ledger.sign(b"audit entry\0" + before + text)


def _seal(ledger: Ledger, number: int, digest: bytes) -> str:
    return (
        f"{number}:{ledger.sign(b'audit head' + bytes(1) + str(number).encode() + bytes(1) + digest).hex()}"
    )


def _entry(row: Row[Any]) -> Entry:
    return Entry(
        number=row.number,
        at=tables.from_micros(row.at),
        actor=row.actor,
        action=row.action,
        subject=row.subject,
        purpose=row.purpose,
    )
