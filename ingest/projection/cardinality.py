"""Which entities have more relations of a type than the schema allows, such as two parties behind one customer.

Both stay in the graph: each is what a record states, and which of them is wrong only a person can say. What is shown is
a caution that names all of them by their records, first the one that survivorship would prefer.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

from graph import queries
from graph.queries import CrowdedSources, CrowdedTargets
from graph.schema.model import RelationType, Schema
from graph.store import Store
from graph.validity import running
from graph.write import GraphChange, RelationRow
from ingest.entities.surviving_values import preference
from ingest.projection.business_days import latest_day
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


def crowded_by(ledger: Ledger, store: Store, schema: Schema, change: GraphChange) -> tuple[Crowded, ...]:
    """Those among the ends of what a change has written, by what runs on the latest business day loaded. The store is
    asked only for ends that were there before, or that the change itself crowds."""
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
            ledger, store, schema, schema.relations[type_name], side=side, kind=kind, ids=ids
        )
    )


def crowded(  # where, then what
    ledger: Ledger,
    store: Store,
    schema: Schema,
    declared: RelationType,
    first: int = 100,
) -> tuple[Crowded, ...]:
    """Those of one relation type in the whole graph, the first of each type of entity. Reads all its relations."""
    if declared.one is None:
        return ()
    kinds = declared.source if declared.one == "source" else declared.target
    every = queries.all_crowded_sources if declared.one == "source" else queries.all_crowded_targets
    found: list[Crowded] = []
    for kind in kinds:
        rows = every(store, type=kind, relation=declared.name, today=_today(ledger), first=first)
        ids = [row.id for row in rows]
        found += crowded_among(ledger, store, schema, declared, side=declared.one, kind=kind, ids=ids)
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
) -> Iterable[Crowded]:
    """Those among some entities of one type, at a side of one relation type, by what the store holds."""
    query = queries.crowded_sources if side == "source" else queries.crowded_targets
    for start in range(0, len(ids), BATCH):
        part = list(ids[start : start + BATCH])
        rows: Sequence[CrowdedSources | CrowdedTargets] = query(
            store, type=kind, relation=declared.name, ids=part
        )
        several = _several(rows, _today(ledger)) if rows else {}
        yield from _preferred_first(ledger, schema, declared.name, several)


def _several(
    rows: Sequence[CrowdedSources | CrowdedTargets], today: str
) -> dict[str, list[Mapping[str, Any]]]:
    """Of entities with several relations those of which more than one runs, with these."""
    found: dict[str, list[Mapping[str, Any]]] = {
        row.id: [one for one in row.found if running(one["since"], one["until"], one["periods"], today)]
        for row in rows
    }
    return {entity: now for entity, now in found.items() if len(now) > 1}


def _today(ledger: Ledger) -> str:
    """The latest business day loaded; '' for an empty ledger."""
    found = latest_day(ledger)
    return "" if found is None else found.isoformat()


def _preferred_first(
    ledger: Ledger, schema: Schema, type_name: str, several: Mapping[str, Sequence[Mapping[str, Any]]]
) -> Iterable[Crowded]:
    known = current(ledger, {_ref(one["record"]) for found in several.values() for one in found})
    for entity, found in several.items():
        ordered = sorted(
            (one for one in found if _ref(one["record"]) in known),
            key=lambda one: preference(known[_ref(one["record"])], None, schema),
        )
        yield Crowded(
            type_name,
            EntityId(entity),
            tuple(EntityId(one["other"]) for one in ordered),
            tuple(RecordId(one["record"]) for one in ordered),
        )


def _end(row: RelationRow, side: Side) -> tuple[str, str]:
    return (row.source_type, row.source) if side == "source" else (row.target_type, row.target)


def _ref(record: str) -> Ref:
    source, _, local = record.partition("/")
    return source, local
