"""Whether the audit trail is as it was written: the first entry that does not fit, and why."""

from __future__ import annotations

import hmac
import json
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal

from ledger.audit import (
    HEAD,
    START,
    Head,
    chained,
    document_digest,
    found_by,
    opened,
    seal,
    sealed_number,
)
from ledger.audit_file import Row
from ledger.database import Ledger

_BITS: Final = (1 << 64) - 1


@dataclass(frozen=True, slots=True)
class Broken:
    """The first entry that does not fit.

    ``missing``: it is not there. ``changed``: it, its place or its document is not as it was written. ``index``: it is
    not found by whom it is about, or by others. ``head``: the seal of the trail's end does not fit. ``anchor``: it is
    not the one that the given head names.
    """

    number: int
    reason: Literal["missing", "changed", "index", "head", "anchor"]


def verify(ledger: Ledger, anchor: Head | None = None) -> Broken | None:
    """Follow the chain from its first entry; None when all of it fits.

    Args:
        anchor: a head that was kept elsewhere; the trail has to contain it.
    Returns:
        The first entry that does not fit. One pass in order, bounded memory.
    """
    with opened(ledger).reading() as connection:
        number, digest, expected = 0, START, 0
        for row in _rows(connection):
            number += 1
            if row[0] != number:
                return Broken(number, "missing")
            digest = chained(ledger, digest, row)
            if not hmac.compare_digest(digest, row[-1]):
                return Broken(number, "changed")
            if anchor is not None and number == anchor.number and digest.hex() != anchor.hash:
                return Broken(number, "anchor")
            expected += sum(_mixed(ledger, one, number) for one in found_by(ledger, row))
        return (
            _end(ledger, connection, number, digest, anchor)
            or _documents(connection)
            or _index(ledger, connection, expected & _BITS)
        )


def _rows(connection: sqlite3.Connection) -> Iterator[Row]:
    yield from connection.execute(
        "SELECT number, at, form, actor, action, subject, purpose, role, document, subjects, classes, hash "
        "FROM entry ORDER BY number"
    )


def _end(
    ledger: Ledger, connection: sqlite3.Connection, number: int, digest: bytes, anchor: Head | None
) -> Broken | None:
    """Whether the chain ends where its seal, and a head kept elsewhere, say."""
    row = connection.execute("SELECT value FROM meta WHERE name = ?", (HEAD,)).fetchone()
    found = None if row is None else str(row[0])
    if (found is not None or number) and found != seal(ledger, number, digest):
        # The seal names the number that it was made for: more than there are means that entries were cut off.
        cut = sealed_number(found) > number
        return Broken(number + 1, "missing") if cut else Broken(number, "head")
    if anchor is not None and anchor.number > number:
        return Broken(number + 1, "missing")
    return None


def _documents(connection: sqlite3.Connection) -> Broken | None:
    """Whether each entry's document is there as it was; its digest is part of the entry's hash."""
    wrong = [
        digest
        for digest, text in connection.execute("SELECT digest, text FROM document")
        if document_digest(text) != digest
    ]
    found: tuple[int | None] = connection.execute(
        "SELECT min(number) FROM entry WHERE document <> '' AND (document IN (SELECT value FROM json_each(?)) "
        "OR document NOT IN (SELECT digest FROM document))",
        (json.dumps(wrong),),
    ).fetchone()
    return None if found[0] is None else Broken(found[0], "changed")


def _index(ledger: Ledger, connection: sqlite3.Connection, expected: int) -> Broken | None:
    """Whether entries are found by those whom they are about.

    A sum of keyed hashes of all rows is compared first; only where it differs the row is looked for.
    """
    rows = connection.execute("SELECT subject, number FROM about")
    if sum(_mixed(ledger, *row) for row in rows) & _BITS == expected:
        return None
    for row in _rows(connection):
        for one in found_by(ledger, row):
            known = connection.execute(
                "SELECT 1 FROM about WHERE subject = ? AND number = ?", (one, row[0])
            ).fetchone()
            if known is None:
                return Broken(row[0], "index")
    entries = {row[0]: {*found_by(ledger, row)} for row in _rows(connection)}
    rows = connection.execute("SELECT subject, number FROM about ORDER BY number")
    return next(Broken(n, "index") for one, n in rows if one not in entries.get(n, ()))


def _mixed(ledger: Ledger, subject: int, number: int) -> int:
    return ledger.key_digest(f"{subject} {number}") & _BITS
