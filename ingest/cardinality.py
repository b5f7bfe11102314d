"""Entities with more relations of a type than the schema says that one can have: two parties behind one customer.

Both stay in the graph: each is what a record states, and which of them is wrong only a person can say. What is shown is
a caution that names all of them by their records, first the one that survivorship would prefer.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final, Literal

from graph import queries
from graph.queries import CrowdedSources, CrowdedTargets
from graph.schema.model import RelationType, Schema
from graph.store import Store
from graph.write import GraphChange, RelationRow
from ingest.entities import preference
from ledger.database import Ledger
from ledger.records import Ref, current
from terms.errors import KehutuError
from terms.ids import EntityId, RecordId

BATCH: Final = 5_000
Side = Literal["source", "target"]


@dataclass(frozen=True, slots=True)
class Crowded:
    """``entity`` may have one relation of the type and has one to each of ``others``; ``records``: that state them."""

    type: str
    entity: EntityId
    others: tuple[EntityId, ...]
    records: tuple[RecordId, ...]

    def fault(self) -> KehutuError:
        """In words, with a remedy."""
        told = ", ".join(f"{o} ({r})" for o, r in zip(self.others, self.records, strict=True))
        return KehutuError("RELATION_CROWDED", type=self.type, id=self.entity, others=told)


def crowded_by(
    ledger: Ledger, store: Store, schema: Schema, change: GraphChange, today: date
) -> tuple[Crowded, ...]:
    """Those among the ends of what a change has written. The store is asked only for ends that were there before, or
    that the change itself crowds.

    Args:
        today: relations that end on or before this day do not count.
    """
    ends: Counter[tuple[str, Side, str, str]] = Counter()
    for row in (*change.create_relations, *change.update_relations):
        if (side := schema.relations[row.type].one) is not None:
            ends[row.type, side, *_end(row, side)] += 1
    if not ends:
        return ()
    new = {node.id for node in change.create_nodes}
    asked: dict[tuple[str, Side, str], list[str]] = {}
    for (type_name, side, kind, entity), number in sorted(ends.items()):
        if number > 1 or entity not in new:
            asked.setdefault((type_name, side, kind), []).append(entity)
    return tuple(
        found
        for (type_name, side, kind), ids in asked.items()
        for found in crowded_among(
            ledger, store, schema, schema.relations[type_name], side=side, kind=kind, ids=ids, today=today
        )
    )


def crowded(  # noqa: PLR0917  # where, then what
    ledger: Ledger, store: Store, schema: Schema, declared: RelationType, today: date, first: int = 100
) -> tuple[Crowded, ...]:
    """Those of one relation type in the whole graph, the first of each type of entity. Reads all its relations."""
    if declared.one is None:
        return ()
    kinds = declared.source if declared.one == "source" else declared.target
    every = queries.all_crowded_sources if declared.one == "source" else queries.all_crowded_targets
    found: list[Crowded] = []
    for kind in kinds:
        rows = every(store, type=kind, relation=declared.name, today=today.isoformat(), first=first)
        ids = [row.id for row in rows]
        found += crowded_among(
            ledger, store, schema, declared, side=declared.one, kind=kind, ids=ids, today=today
        )
    return tuple(found)


def crowded_among(
    ledger: Ledger,
    store: Store,
    schema: Schema,
    declared: RelationType,
    *,
    side: Side,
    kind: str,
    ids: Sequence[str],
    today: date,
) -> Iterable[Crowded]:
    """Those among some entities of one type, at a side of one relation type, by what the store holds."""
    query = queries.crowded_sources if side == "source" else queries.crowded_targets
    for start in range(0, len(ids), BATCH):
        part = list(ids[start : start + BATCH])
        rows = query(store, type=kind, relation=declared.name, ids=part, today=today.isoformat())
        yield from _preferred_first(ledger, schema, declared.name, rows)


def _preferred_first(
    ledger: Ledger, schema: Schema, type_name: str, rows: Sequence[CrowdedSources | CrowdedTargets]
) -> Iterable[Crowded]:
    known = current(ledger, {_ref(one["record"]) for row in rows for one in row.found})
    for row in rows:
        ordered = sorted(
            (one for one in row.found if _ref(one["record"]) in known),
            key=lambda one: preference(known[_ref(one["record"])], None, schema),
        )
        yield Crowded(
            type_name,
            EntityId(row.id),
            tuple(EntityId(one["other"]) for one in ordered),
            tuple(RecordId(one["record"]) for one in ordered),
        )


def _end(row: RelationRow, side: Side) -> tuple[str, str]:
    return (row.source_type, row.source) if side == "source" else (row.target_type, row.target)


def _ref(record: str) -> Ref:
    source, _, local = record.partition("/")
    return source, local
