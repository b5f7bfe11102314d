"""That there is more than an asker sees: never how much of it, of which kind or which way."""

from __future__ import annotations

from graph import queries, seen_queries
from graph.schema.keys import type_of
from services.seen import Seen
from services.site import whole
from terms.ids import EntityId


def has_hidden(seen: Seen, entity: EntityId) -> bool:
    """Whether an entity that is seen has a relation that is not, of whatever type, now or ever."""
    if not seen.restricted:
        return False
    kind = type_of(entity, seen.schema).name
    shown = seen_queries.seen_degree(seen, type=kind, id=entity)
    there = queries.whole_degree(whole(seen).store, type=kind, id=entity)
    return shown is not None and there is not None and there.count > shown.count
