"""Lists as GraphQL shows a field with ``first``: edges, page info and the total."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from cli.output import plain
from services.paging import page_of_items

T = TypeVar("T")


def connection(
    items: Sequence[T], key: Callable[[T], str], first: int, shape: Callable[[T], object] = plain
) -> dict[str, object]:
    """The first items of a list as a Relay connection.

    Args:
        items: the whole list, in order.
        key: what tells an item from others; the cursor is made of it.
        first: at most so many are shown.
        shape: an item as plain values.
    """
    shown = page_of_items(items, key, first=first)
    return {
        "edges": [{"node": shape(edge.node), "cursor": edge.cursor} for edge in shown.edges],
        "pageInfo": plain(shown.page_info),
        "totalCount": shown.total_count,
    }


def with_connections(answer: object, **lists: object) -> dict[str, Any]:
    """A data class as plain values, some of its lists as connections; names are those of GraphQL."""
    whole = plain(answer)
    assert isinstance(whole, dict)  # noqa: S101  # a data class
    return whole | lists
