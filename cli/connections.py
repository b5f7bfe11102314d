"""A list in the shape of a GraphQL connection: edges, page info and the total."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Protocol, TypeVar

from cli.output import fields_of, plain
from services.paging import Edge, PageInfo

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)


class Paged(Protocol[T_co]):
    """A page, whatever stands beside its entries."""

    @property
    def edges(self) -> Sequence[Edge[T_co]]:
        """The entries, in order."""

    @property
    def page_info(self) -> PageInfo:
        """Where the page stands."""

    @property
    def total_count(self) -> int:
        """Entries of the whole list."""


def connection(page: Paged[T], shape: Callable[[T], object] = plain) -> dict[str, object]:
    """A page as a Relay connection. ``shape``: an entry as plain values."""
    return {
        "edges": [{"node": shape(edge.node), "cursor": edge.cursor} for edge in page.edges],
        "pageInfo": plain(page.page_info),
        "totalCount": page.total_count,
    }


def with_connections(answer: object, **lists: object) -> dict[str, Any]:
    """A data class as plain values, some of its lists as connections; names are those of GraphQL."""
    return fields_of(answer) | lists
