"""The audit trail: who saw or did what, of whom and why, each entry bound to all before it.

An entry's hash is an HMAC, under the ledger's key, over the hash before it and the entry itself. Who can write the file
but does not have the key can neither change, remove, insert nor reorder an entry unnoticed (``ledger.audit_verify``);
cutting off the end shows by the sealed head, and going back to an older state of the whole file shows by a head kept
elsewhere.

The trail lies in a file of its own (``ledger.audit_file``). Entries that were made while it lay in the ledger's
database go over with their numbers and hashes when it is first opened; the chain goes on from the last of them.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from typing import Final, NamedTuple

from ledger import tables
from ledger.audit_file import INSERT, NAME, AuditFile, Row, create
from ledger.database import Ledger, get_pointer, set_pointer
from ledger.files import lock
from terms.errors import KehutuError

HEAD: Final = "head"
START: Final = bytes(32)
EVERYTHING: Final = "*"
"""The subject of an entry about all that a site holds."""
FIRST_FORM, FORM = 1, 2
"""How an entry is hashed: those from the ledger's database, and those of today."""
_PLACE: Final = "audit_file"
_FORMER_HEAD: Final = "audit_head"
_ENTRIES: Final = (
    "SELECT number, at, form, actor, action, subject, purpose, role, document, subjects, classes, hash, text "
    "FROM entry LEFT JOIN document ON digest = document"
)
_ABOUT: Final = (
    "number IN (SELECT number FROM about WHERE subject IN (SELECT value FROM json_each(?)) AND number > ?)"
)


class NewEntry(NamedTuple):
    """What happened.

    ``subject``: what an action was done to, in one text; ``subjects``: ids of those of whom something was read in
    clear, ``classes``: the classes of personal data of it; ``document``: the question, without any value in it;
    ``purpose`` is the policy's word.
    """

    actor: str
    action: str
    subject: str
    purpose: str
    at: datetime
    role: str = ""
    document: str = ""
    subjects: tuple[str, ...] = ()
    classes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of the trail; numbers run from 1 without gaps."""

    number: int
    at: datetime
    actor: str
    role: str
    action: str
    subject: str
    purpose: str
    document: str
    subjects: tuple[str, ...]
    classes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Head:
    """The end of the trail: its last number (0: empty) and hash (hex). Kept elsewhere, it anchors what came before."""

    number: int
    hash: str


def append(
    ledger: Ledger,
    *,
    actor: str,
    action: str,
    subject: str,
    purpose: str,
    at: datetime,
    role: str = "",
    document: str = "",
    subjects: tuple[str, ...] = (),
    classes: tuple[str, ...] = (),
) -> int:
    """Add one entry; it outlives the process when this returns, and a loss of power ``SYNC_SECONDS`` later.

    Returns:
        Its number.
    Raises:
        KehutuError: AUDIT_UNWRITABLE, AUDIT_MISSING; what was to be audited must then not happen.
    """
    entry = NewEntry(actor, action, subject, purpose, at, role, document, subjects, classes)
    return append_all(ledger, [entry])


def append_all(ledger: Ledger, entries: Sequence[NewEntry]) -> int:
    """Add entries in one commit; returns the number of the last one."""
    with opened(ledger).writing() as connection:
        number, digest = last(connection)
        # Where the end was cut off the seal still names it: the hole stays, and a check finds it.
        number = max(number, sealed_number(_seal_in(connection)))
        for entry in entries:
            number += 1
            row = _row(ledger, number, digest, entry)
            digest = row[-1]
            connection.execute(INSERT, row)
            connection.executemany(
                "INSERT INTO about VALUES (?, ?)", [(one, number) for one in found_by(ledger, row)]
            )
            if entry.document:
                connection.execute("INSERT OR IGNORE INTO document VALUES (?, ?)", (row[8], entry.document))
        if entries:
            connection.execute(
                "INSERT OR REPLACE INTO meta VALUES (?, ?)", (HEAD, seal(ledger, number, digest))
            )
    return number


def head(ledger: Ledger) -> Head:
    """The end of the trail as it is now."""
    with opened(ledger).reading() as connection:
        number, digest = last(connection)
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
        subject: only those about one id, or about everything.
        since, until: only those of this time; ``until`` itself is left out.
        after: the last number of the page before.
    """
    return about(
        ledger, None if subject is None else [subject], since=since, until=until, after=after, first=first
    )


def about(
    ledger: Ledger,
    subjects: Sequence[str] | None,
    *,
    since: datetime | None = None,
    until: datetime | None = None,
    after: int = 0,
    first: int = 100,
) -> list[Entry]:
    """Entries about any of some ids (None: whomever), or about everything, by number; see :func:`listing`."""
    conditions: list[str] = ["number > ?"]
    given: list[int | str] = [after]
    if subjects is not None:
        conditions.append(_ABOUT)
        given += [json.dumps(ledger.key_digests([*subjects, EVERYTHING]).tolist()), after]
    for instant, condition in ((since, "at >= ?"), (until, "at < ?")):
        if instant is not None:
            conditions.append(condition)
            given.append(tables.to_micros(instant))
    query = f"{_ENTRIES} WHERE {' AND '.join(conditions)} ORDER BY number LIMIT ?"
    with opened(ledger).reading() as connection:
        return [_entry(row) for row in connection.execute(query, (*given, first))]


def latest(ledger: Ledger, subject: str) -> Entry | None:
    """The last entry about a subject; those about everything do not count."""
    with opened(ledger).reading() as connection:
        query = "SELECT max(number) FROM about WHERE subject = ?"
        number: int | None = connection.execute(query, (ledger.key_digest(subject),)).fetchone()[0]
    return None if number is None else listing(ledger, after=number - 1, first=1)[0]


def opened(ledger: Ledger) -> AuditFile:
    """The file of the trail, open until the ledger is closed.

    Raises:
        KehutuError: AUDIT_MISSING: there was one, and it has gone; AUDIT_UNWRITABLE.
    """
    with ledger.opening:
        if ledger.trail is None:
            ledger.trail = _open(ledger)
        return ledger.trail


def _open(ledger: Ledger) -> AuditFile:
    path = ledger.folder / NAME
    with lock(ledger.folder / "setup.lock"):
        with ledger.reading() as connection:
            known = get_pointer(connection, _PLACE)
        if not path.exists():
            if known is not None:
                raise KehutuError("AUDIT_MISSING", path=path)
            _move(ledger)
        if known is None:
            with ledger.writing() as connection:
                set_pointer(connection, _PLACE, NAME)
    return AuditFile(path)


def _move(ledger: Ledger) -> None:
    """Make the file, with the entries that the ledger's database holds; their seal goes over as it stands."""
    with ledger.reading() as connection:
        former = get_pointer(connection, _FORMER_HEAD)
    create(
        ledger.folder / NAME,
        [] if former is None else [(HEAD, former)],
        _former(ledger),
        ((one, row[0]) for row in _former(ledger) for one in found_by(ledger, row)),
    )


def _former(ledger: Ledger) -> Iterator[Row]:
    # Not by the engine: a long read must not hold one of its connections while rows are written elsewhere.
    with closing(sqlite3.connect(ledger.path)) as connection:
        for number, at, *told, digest in connection.execute(
            "SELECT number, at, actor, action, subject, purpose, hash FROM audit ORDER BY number"
        ):
            yield (number, at, FIRST_FORM, *told, "", "", "[]", "[]", digest)


def _row(ledger: Ledger, number: int, before: bytes, entry: NewEntry) -> Row:
    told = (entry.actor, entry.action, entry.subject, entry.purpose, entry.role)
    lists = (_listed(sorted({*entry.subjects})), _listed(sorted({*entry.classes})))
    row = (number, tables.to_micros(entry.at), FORM, *told, document_digest(entry.document), *lists)
    return (*row, chained(ledger, before, row))


def chained(ledger: Ledger, before: bytes, row: Row) -> bytes:
    """The hash of a row of ``entry`` (its own hash left out or not) after the hash before it."""
    number, at, form, *told = row[:11]
    # As JSON, so that no two different entries have one text.
    if form == FIRST_FORM:
        text = json.dumps([number, at, *told[:4]], ensure_ascii=True).encode()
        return ledger.sign(b"audit entry\0" + before + text)
    text = json.dumps([number, at, form, *told], ensure_ascii=True).encode()
    return ledger.sign(b"audit entry 2\0" + before + text)


def found_by(ledger: Ledger, row: Row) -> list[int]:
    """By which digests a row of ``entry`` is found: of each subject, and of each word of what was done to."""
    words = {*json.loads(row[9]), *row[5].split(), row[5]} - {""}
    return sorted({*ledger.key_digests(sorted(words)).tolist()})


def document_digest(text: str) -> str:
    """The name of a document in an entry; none of none."""
    return hashlib.blake2b(text.encode(), digest_size=16).hexdigest() if text else ""


def last(connection: sqlite3.Connection) -> tuple[int, bytes]:
    """Number and hash of the last entry."""
    query = "SELECT number, hash FROM entry ORDER BY number DESC LIMIT 1"
    row: tuple[int, bytes] | None = connection.execute(query).fetchone()
    return row or (0, START)


def seal(ledger: Ledger, number: int, digest: bytes) -> str:
    """What stands beside the trail and says where it ends; nobody without the key can make it."""
    end = b"audit head" + bytes(1) + str(number).encode() + bytes(1) + digest
    return f"{number}:{ledger.sign(end).hex()}"


def sealed_number(text: str | None) -> int:
    """The number that a seal was made for; 0 of none, and of none that can be read."""
    number = (text or "").partition(":")[0]
    return int(number) if number.isascii() and number.isdigit() and len(number) < 19 else 0


def _seal_in(connection: sqlite3.Connection) -> str | None:
    row = connection.execute("SELECT value FROM meta WHERE name = ?", (HEAD,)).fetchone()
    return None if row is None else str(row[0])


def _listed(words: Sequence[str]) -> str:
    return json.dumps(words, ensure_ascii=False, separators=(",", ":"))


def _entry(row: Row) -> Entry:
    number, at, _, actor, action, subject, purpose, role, digest, subjects, classes, _, text = row
    return Entry(
        number=number,
        at=tables.from_micros(at),
        actor=actor,
        role=role,
        action=action,
        subject=subject,
        purpose=purpose,
        document=text or digest,
        subjects=tuple(json.loads(subjects)),
        classes=tuple(json.loads(classes)),
    )
