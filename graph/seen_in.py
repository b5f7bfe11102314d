"""In which areas a node is seen, kept beside it in the list ``seenIn``, and up to which record that is right.

What the texts in the list mean is the policy's business (``services/access/areas``). A node that is written anew loses
its list, and with it is seen by nobody who does not see everything, until the lists are brought up to date.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Final

from graph.blocks import SEEN_IN
from graph.columns import READ_SECONDS, Scan
from graph.store import Store

PROPERTY: Final = SEEN_IN
BATCH: Final = 5_000
WRITE_SECONDS: Final = 120.0


@dataclass(frozen=True, slots=True)
class Noted:
    """Up to which record lists are right, and the tenant whose name counts as none; None before the first time."""

    watermark: int | None
    deployment: str


def noted(store: Store) -> Noted:
    """What the store knows of its lists."""
    rows = store.read(
        "MATCH (m:Meta {id: 'state'}) RETURN m.seenAsOf AS watermark, coalesce(m.tenant, '') AS tenant"
    )
    return Noted(rows[0]["watermark"], rows[0]["tenant"]) if rows else Noted(None, "")


def note(store: Store, watermark: int, deployment: str) -> None:
    """Note that all lists are right up to a record."""
    store.write(
        "MATCH (m:Meta {id: 'state'}) SET m.seenAsOf = $watermark, m.tenant = $tenant",
        watermark=watermark,
        tenant=deployment,
    )


def lists(store: Store, type_name: str) -> dict[str, tuple[str, ...]]:
    """The list of each node of a type that has one, by id."""
    parts = store.dialect.scan(store.within(READ_SECONDS), Scan(type_name, {"id": "text", PROPERTY: "list"}))
    return {
        entity: tuple(found)
        for part in parts
        for entity, found in zip(part["id"].to_pylist(), part[PROPERTY], strict=True)
        if found
    }


def write(store: Store, type_name: str, rows: Iterable[tuple[str, Sequence[str]]]) -> int:
    """Write lists of nodes of a type; how many."""
    patient, written = store.within(WRITE_SECONDS), 0
    for batch in _batches({"id": entity, PROPERTY: list(found)} for entity, found in rows):
        patient.write(
            f"UNWIND $rows AS row MATCH (n:`{type_name}` {{id: row.id}}) SET n.{PROPERTY} = row.{PROPERTY}",
            rows=batch,
        )
        written += len(batch)
    return written


def _batches(rows: Iterator[Mapping[str, object]]) -> Iterator[list[Mapping[str, object]]]:
    while batch := list(islice(rows, BATCH)):
        yield batch
