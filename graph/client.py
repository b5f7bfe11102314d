"""What a dialect asks of an open store: queries, their deadline, the address."""

from __future__ import annotations

from typing import Any, Protocol

Rows = list[dict[str, Any]]


class Client(Protocol):
    """The part of :class:`graph.store.Store` that stands below the dialects."""

    @property
    def url(self) -> str:
        """Where the store is, without a password."""

    @property
    def deadline(self) -> float:
        """Seconds that a query may take."""

    def within(self, seconds: float) -> Client:
        """The same store with another deadline."""

    def read(self, query: str, /, **parameters: object) -> Rows:
        """Rows of a query that changes nothing."""

    def write(self, query: str, /, **parameters: object) -> Rows:
        """Rows of an idempotent query that may change the graph, in one transaction."""

    def run(self, query: str, /, **parameters: object) -> Rows:
        """A query that manages its own transactions; never retried."""
