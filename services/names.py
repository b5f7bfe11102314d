"""What people call an entity."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from graph import seen_queries
from graph.schema.keys import type_of
from services.seen import Seen
from terms.ids import Key

NAMING = ("name", "title", "summary", "text")
"""Properties that say what people call an entity, the best first."""


@dataclass(frozen=True, slots=True)
class Named:
    """A party, an element of the network or another entity, by name."""

    id: str
    """Canonical id."""
    name: str
    """What people call it; its id where it has no name."""
    type: str
    """Type of the entity."""
    origins: tuple[str, ...] = ()
    """real, benchmark or synthetic: where its records come from."""


def names_of(seen: Seen, ids: Iterable[str]) -> dict[str, Named]:
    """Names of entities, one query for each type among them; every asked id has an entry."""
    by_type: dict[str, list[str]] = defaultdict(list)
    for entity in sorted(set(ids)):
        by_type[type_of(Key(entity), seen.schema).name].append(entity)
    found: dict[str, Named] = {}
    for type_name, wanted in by_type.items():
        known = {row.id: row for row in seen_queries.names(seen, type=type_name, ids=wanted)}
        for entity in wanted:
            row = known.get(entity)
            if row is None:
                found[entity] = Named(entity, entity, type_name)
            else:
                found[entity] = Named(entity, row.name or entity, type_name, tuple(row.origins))
    return found
