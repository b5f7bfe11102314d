"""Pages of long lists, in the shape of a Relay connection: the CLI and the API hand out the same object.

A cursor holds the keys of the entry that it stands at, never a position, so that a walk over the pages neither
repeats nor skips an entry when others come or go. It is signed with the ledger's key together with the question it
belongs to: a cursor of another list, or one that somebody changed, is refused. It is enciphered too, since keys of an
entry may be ids and values that whoever has the cursor is not shown: the signature begins the key stream (as in
RFC 5297, with HMAC-SHA256 in place of AES), so that equal places have equal cursors and nothing else is told.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Generic, TypeVar

import orjson

from services.seen import SeenLedger
from terms.errors import KehutuError

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)
U = TypeVar("U")

LARGEST_PAGE = 1_000
"""Entries of one page; the API allows fewer."""

SHORT_PAGE = 100
"""Entries of one page of the API, and of lists within an answer."""

_SEAL = 16
_BLOCK = 32


@dataclass(frozen=True, slots=True)
class Edge(Generic[T_co]):
    """An entry of a list with its cursor."""

    node: T_co
    """The entry."""
    cursor: str
    """Its place in the list, opaque."""


@dataclass(frozen=True, slots=True)
class PageInfo:
    """Where a page of a list stands in the whole."""

    has_next_page: bool
    """Whether more entries follow."""
    has_previous_page: bool
    """Whether entries come before this page."""
    start_cursor: str | None
    """Cursor of the first entry of the page."""
    end_cursor: str | None
    """Cursor of the last one: pass it as `after`."""


@dataclass(frozen=True, slots=True)
class Page(Generic[T_co]):
    """A page of a list."""

    edges: tuple[Edge[T_co], ...]
    """The entries of the page, in order."""
    page_info: PageInfo
    """Where the page stands."""
    total_count: int
    """Number of entries in the whole list."""

    @property
    def nodes(self) -> list[T_co]:
        """The entries without their cursors."""
        return [edge.node for edge in self.edges]

    def map(self, shown: Callable[[T_co], U]) -> Page[U]:
        """The same page with its entries as they are shown."""
        edges = tuple(Edge(shown(edge.node), edge.cursor) for edge in self.edges)
        return Page(edges, self.page_info, self.total_count)


@dataclass(frozen=True, slots=True)
class Cursors:
    """Cursors of one list of one site. ``question``: everything that the list and its order depend on."""

    seen: SeenLedger
    question: str

    @classmethod
    def of(cls, seen: SeenLedger, name: str, *arguments: object) -> Cursors:
        """Cursors of the list with this name for these arguments (plain JSON values)."""
        told = orjson.dumps([name, *arguments], option=orjson.OPT_SORT_KEYS)
        return cls(seen, hashlib.blake2b(told, digest_size=16).hexdigest())

    def write(self, place: Sequence[object]) -> str:
        """The cursor of the entry with these keys."""
        if not getattr(self.seen, "cursors", True):
            return ""
        body = orjson.dumps(list(place))
        seal = self._seal(body)
        return self._written(seal + self._turned(body, seal))

    def read(self, cursor: str) -> list[Any]:
        """The keys in a cursor.

        Raises:
            KehutuError: ``CURSOR_UNKNOWN``.
        """
        try:
            # Not the lenient decoder: it skips characters that are none of the alphabet.
            raw = base64.b64decode((cursor + "=" * (-len(cursor) % 4)).encode("ascii"), b"-_", validate=True)
            seal = raw[:_SEAL]
            body = self._turned(raw[_SEAL:], seal)
            if hmac.compare_digest(seal, self._seal(body)) and cursor == self._written(raw):
                return list(orjson.loads(body))
        except (binascii.Error, ValueError):
            pass
        raise KehutuError("CURSOR_UNKNOWN", found=cursor[:80])

    def _seal(self, body: bytes) -> bytes:
        return self.seen.sign(self.question.encode() + b"\0" + body)[:_SEAL]

    def _turned(self, text: bytes, seal: bytes) -> bytes:
        """A text enciphered, or deciphered, by the key stream that begins with its seal."""
        blocks = range(0, len(text), _BLOCK)
        stream = b"".join(
            self.seen.sign(b"cursor stream\0" + seal + place.to_bytes(4, "big")) for place in blocks
        )
        return bytes(one ^ other for one, other in zip(text, stream, strict=False))

    @staticmethod
    def _written(raw: bytes) -> str:
        return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def checked(first: int, largest: int = LARGEST_PAGE) -> int:
    """A size of a page that may be asked for.

    Raises:
        KehutuError: ``PAGE_SIZE``.
    """
    if not 0 <= first <= largest:
        raise KehutuError("PAGE_SIZE", found=first, largest=largest)
    return first


def page_of(
    cursors: Cursors,
    found: Sequence[T],
    place: Callable[[T], Sequence[object]],
    *,
    first: int,
    after: str | None,
    total: int,
) -> Page[T]:
    """A page out of the entries that follow ``after``.

    Args:
        found: the entries of the page and, where there is one, the entry that follows it.
        place: the keys of an entry that its cursor holds.
        total: entries of the whole list.
    """
    edges = tuple(Edge(entry, cursors.write(place(entry))) for entry in found[:first])
    return Page(
        edges=edges,
        page_info=PageInfo(
            has_next_page=len(found) > first,
            has_previous_page=after is not None and total > 0,
            start_cursor=edges[0].cursor if edges else None,
            end_cursor=edges[-1].cursor if edges else None,
        ),
        total_count=total,
    )


def page_in(
    cursors: Cursors,
    entries: Sequence[T],
    place: Callable[[T], Sequence[object]],
    *,
    first: int,
    after: str | None,
) -> Page[T]:
    """A page of a list that is at hand as a whole, in the ascending order of ``place``."""
    checked(first)
    start = 0
    if after is not None:
        last = cursors.read(after)
        start = next(
            (index for index, entry in enumerate(entries) if list(place(entry)) > last), len(entries)
        )
    return page_of(
        cursors, entries[start : start + first + 1], place, first=first, after=after, total=len(entries)
    )


def page_by_id(
    cursors: Cursors, entries: Sequence[T], identity: Callable[[T], str], *, first: int, after: str | None
) -> Page[T]:
    """A page of a list that is at hand as a whole, in any order, out of which no entry goes.

    Raises:
        KehutuError: ``CURSOR_UNKNOWN``, also for an entry that is not in the list.
    """
    checked(first)
    start = 0
    if after is not None:
        last = cursors.read(after)[0]
        start = next((index + 1 for index, entry in enumerate(entries) if identity(entry) == last), -1)
        if start < 0:
            raise KehutuError("CURSOR_UNKNOWN", found=after[:80])
    return page_of(
        cursors,
        entries[start : start + first + 1],
        lambda entry: [identity(entry)],
        first=first,
        after=after,
        total=len(entries),
    )


def page_within(
    seen: SeenLedger,
    question: Sequence[object],
    entries: Sequence[T],
    identity: Callable[[T], str],
    *,
    first: int,
    after: str | None = None,
    total: int | None = None,
) -> Page[T]:
    """A page of a list that an answer holds as a whole, or whose beginning it holds.

    Args:
        question: the list by name and what it depends on: its cursors fit no other one.
        total: length of the whole list, where only its beginning is at hand.

    Raises:
        KehutuError: ``PAGE_SIZE``, ``CURSOR_UNKNOWN``.
    """
    cursors = Cursors.of(seen, *(str(part) for part in question))
    found = page_by_id(cursors, entries, identity, first=first, after=after)
    return found if total is None else replace(found, total_count=total)
