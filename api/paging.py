"""Relay connections: the pages of the services, at the size that the API allows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

from api.context import Info
from api.exposed import expose, make_types
from services.paging import SHORT_PAGE, Edge, Page, PageInfo, checked, page_within

T = TypeVar("T")

expose(PageInfo)
expose(Edge)
expose(Page, name="Connection")
make_types()  # classes look at generic types as soon as their resolvers name them


def page(
    info: Info,
    question: Sequence[object],
    items: Sequence[T],
    key: Callable[[T], str],
    *,
    first: int,
    after: str | None,
    total: int | None = None,
) -> Page[T]:
    """A page of a list inside an answer; see ``services.paging.page_within``.

    Raises:
        KehutuError: ``PAGE_SIZE`` or ``CURSOR_UNKNOWN``.
    """
    seen = info.context.seen
    return page_within(seen, question, items, key, first=largest(first), after=after, total=total)


def largest(first: int) -> int:
    """The size of a page, if the API allows one so large.

    Raises:
        KehutuError: ``PAGE_SIZE``.
    """
    return checked(first, SHORT_PAGE)
