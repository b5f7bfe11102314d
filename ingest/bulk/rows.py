"""The same lines into a store that takes Cypher only: UNWIND batches by one writer."""

from __future__ import annotations

from collections.abc import Iterable

from graph.schema.model import Schema
from graph.store import Store
from graph.write import create


def send(store: Store, schema: Schema, parts: Iterable[bytes]) -> tuple[int, int]:
    """Create what the lines say; returns how many nodes and relations there were.

    Raises:
        KehutuError: STORE_UNAVAILABLE, STORE_DAMAGED, VALUE_TOO_LARGE.
    """
    return create(store, schema, _lines(parts))


def _lines(parts: Iterable[bytes]) -> Iterable[bytes]:
    left = b""
    for part in parts:
        lines = (left + part).split(b"\n")
        left = lines.pop()
        yield from lines
