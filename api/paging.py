"""Relay connections over lists that are already in order."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Sequence
from typing import Any, Generic, TypeVar

import strawberry

from services.paging import checked
from terms.errors import KehutuError

T = TypeVar("T")

LARGEST_PAGE = 100


@strawberry.type(description="Where a page of a list stands in the whole.")
class PageInfo:
    """See the description."""

    has_next_page: bool = strawberry.field(description="Whether more entries follow.")
    has_previous_page: bool = strawberry.field(description="Whether entries come before this page.")
    start_cursor: str | None = strawberry.field(description="Cursor of the first entry of the page.")
    end_cursor: str | None = strawberry.field(description="Cursor of the last one: pass it as `after`.")


@strawberry.type(description="An entry of a list with its cursor.")
class Edge(Generic[T]):
    """See the description."""

    node: T = strawberry.field(description="The entry.")
    cursor: str = strawberry.field(description="Its place in the list, opaque.")


@strawberry.type(description="A page of a list.")
class Connection(Generic[T]):
    """See the description."""

    edges: list[Edge[T]] = strawberry.field(description="The entries of the page, in order.")
    page_info: PageInfo = strawberry.field(description="Where the page stands.")
    total_count: int = strawberry.field(description="Number of entries in the whole list.")


def page(items: Sequence[Any], key: Callable[[Any], str], first: int, after: str | None) -> Connection[Any]:
    """The page of at most ``first`` items that follow the item whose cursor is ``after``.

    A cursor holds the key of an item, never its position, so that a page walk neither repeats nor skips an item
    when others come or go in between.

    Raises:
        KehutuError: ``PAGE_SIZE`` or ``CURSOR_UNKNOWN``.
    """
    largest(first)
    start = 0
    if after is not None:
        wanted = _read_cursor(after)
        start = next((index + 1 for index, item in enumerate(items) if key(item) == wanted), -1)
        if start < 0:
            raise KehutuError("CURSOR_UNKNOWN", found=after)
    shown = items[start : start + first]
    edges = [Edge(node=item, cursor=_cursor(key(item))) for item in shown]
    return Connection(
        edges=edges,
        page_info=PageInfo(
            has_next_page=start + len(shown) < len(items),
            has_previous_page=start > 0,
            start_cursor=edges[0].cursor if edges else None,
            end_cursor=edges[-1].cursor if edges else None,
        ),
        total_count=len(items),
    )


def largest(first: int) -> int:
    """The size of a page, if the API allows one so large.

    Raises:
        KehutuError: ``PAGE_SIZE``.
    """
    return checked(first, LARGEST_PAGE)


def _cursor(key: str) -> str:
    return base64.urlsafe_b64encode(key.encode()).decode().rstrip("=")


def _read_cursor(cursor: str) -> str:
    try:
        return base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode()
    except (binascii.Error, ValueError) as error:
        raise KehutuError("CURSOR_UNKNOWN", found=cursor) from error
