"""Lists as GraphQL shows a field with ``first``: edges, page info and the total."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from cli.output import plain
from services.paging import Page

T = TypeVar("T")


def connection(page: Page[T], shape: Callable[[T], object] = plain) -> dict[str, object]:
    """A page as a Relay connection. ``shape``: an entry as plain values."""
    return {
        "edges": [{"node": shape(edge.node), "cursor": edge.cursor} for edge in page.edges],
        "pageInfo": plain(page.page_info),
        "totalCount": page.total_count,
    }


def with_connections(answer: object, **lists: object) -> dict[str, Any]:
    """A data class as plain values, some of its lists as connections; names are those of GraphQL."""
    whole = plain(answer)
    assert isinstance(whole, dict)  # noqa: S101  # a data class
    return whole | lists
