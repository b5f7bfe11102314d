"""That there is more than an asker sees: never how much of it, of which kind or which way."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from graph import queries, seen_queries
from graph.schema.keys import type_of
from services.seen import Seen
from services.site import whole
from terms.ids import EntityId, Key


def has_hidden(seen: Seen, entity: EntityId) -> bool:
    """Whether an entity that is seen has a relation that is not, of whatever type, now or ever."""
    return entity in with_hidden(seen, [entity])


def with_hidden(seen: Seen, entities: Iterable[str]) -> frozenset[str]:
    """Those of some entities that are seen and have a relation that is not; two queries for each type among them."""
    if not seen.restricted:
        return frozenset()
    by_type: dict[str, list[str]] = defaultdict(list)
    for entity in sorted(set(entities)):
        by_type[type_of(Key(entity), seen.schema).name].append(entity)
    found: set[str] = set()
    for kind, ids in by_type.items():
        shown = {row.id: row.count for row in seen_queries.seen_degrees(seen, type=kind, ids=ids)}
        there = queries.whole_degrees(whole(seen).store, type=kind, ids=ids)
        found |= {row.id for row in there if row.id in shown and row.count > shown[row.id]}
    return frozenset(found)
