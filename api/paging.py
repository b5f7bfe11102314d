"""Relay connections over lists that are already in order."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Generic, TypeVar

import strawberry

from services.paging import SHORT_PAGE, checked, page_of_items

T = TypeVar("T")


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

    Raises:
        KehutuError: ``PAGE_SIZE`` or ``CURSOR_UNKNOWN``.
    """
    found = page_of_items(items, key, first=largest(first), after=after)
    return Connection(
        edges=[Edge(node=edge.node, cursor=edge.cursor) for edge in found.edges],
        page_info=found.page_info,  # type: ignore[arg-type]  # read by attribute
        total_count=found.total_count,
    )


def largest(first: int) -> int:
    """The size of a page, if the API allows one so large.

    Raises:
        KehutuError: ``PAGE_SIZE``.
    """
    return checked(first, SHORT_PAGE)
