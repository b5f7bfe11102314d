"""What differs between the stores: definitions, wiping, reading all of a type, stopping a query."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from neo4j.exceptions import Neo4jError

    from graph.client import Client
    from graph.columns import Part, Scan
    from graph.schema.ddl import Index
    from graph.schema.model import Schema


class Dialect(Protocol):
    """One store's own ways. Named queries never need it, but for the name of a full-text index."""

    name: str

    def driver_options(self) -> dict[str, Any]:
        """Options of ``neo4j.GraphDatabase.driver`` for this store."""

    def keeps_deadlines(self) -> bool:
        """Whether the server stops a transaction at the timeout that the driver sends."""

    def lacks_space(self, fault: Neo4jError, /) -> bool:
        """Whether a query failed because the store's disk is full, as far as can be told from here."""

    def prepare(self, store: Client, schema: Schema, indexes: Sequence[Index], /) -> None:
        """Make types, constraints and indexes that are missing. Safe to repeat and to interrupt."""

    def drop(self, store: Client, indexes: Sequence[Index]) -> None:
        """Drop constraints and indexes that are there. Safe to repeat."""

    def fulltext_index_name(self, index: Index) -> str:
        """What ``db.index.fulltext.queryNodes`` calls the index."""

    def counts(self, store: Client, schema: Schema) -> dict[str, int]:
        """How many nodes and relations of every type there are."""

    def wipe(self, store: Client) -> None:
        """Delete every node and relation in bounded memory; Meta stays as long as the definitions do."""

    def scan(self, store: Client, wanted: Scan) -> list[Part]:
        """All nodes or relations of a type, each once, in any order, as fast as the store can say them.

        Neither side holds more than a part of them in any form but arrays. What is written meanwhile may be there or
        not. Raises STORE_UNAVAILABLE, STORE_DEADLINE.
        """

    def numbering(self) -> str:
        """Within what the engine's own numbers of nodes mean the same, beside the state of the store."""

    def stop(self, store: Client, query: str, seconds: float, /) -> int:
        """Stop transactions that have run this query for at least so long; how many were told to stop."""
