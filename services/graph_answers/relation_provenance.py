"""Which records state the relations of an entity, for which time, and what of it has ended."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from graph.schema.keys import type_of
from services.entity import RelationDirection
from services.graph_answers.neighbours import Neighbour, neighbours
from services.names import Named
from services.paging import Edge, Page
from services.reading.days import day_of
from services.reading.relation_sources import RelationIdentity, RelationSource, sources_of
from services.seen import Seen
from terms.ids import EntityId

__all__ = ["RelationProvenance", "RelationSource", "relation_provenance", "sources_for"]


@dataclass(frozen=True, slots=True)
class RelationProvenance:
    """One relation of an entity with the records that state it."""

    relation: str
    """Type of the relation."""
    direction: RelationDirection
    """Whether out of the entity or into it."""
    other: Named
    """The entity at the other end."""
    key: str
    """What tells parallel relations apart, e.g. a contract number."""
    ended: bool
    """Whether the relation has ended, or not begun, on the day of the answer."""
    sources: tuple[RelationSource, ...]
    """The records that state it, the one trusted most first."""


def relation_provenance(
    seen: Seen,
    text: str,
    relations: Sequence[str] = (),
    first: int = 20,
    after: str | None = None,
    *,
    as_of: date | None = None,
) -> Page[RelationProvenance]:
    """Relations of an entity, those that have ended too, with who states each; in the order of its neighbours.

    Args:
        text: id, old id or business number.
        relations: types to follow; all without any.
        as_of: the day on which what has ended is marked so; the latest of the data when absent.

    Raises:
        KehutuError: ``UNKNOWN_ID``, ``RELATION_UNKNOWN``, ``PAGE_SIZE``, ``CURSOR_UNKNOWN``.
    """
    entity = seen.entity(text)
    found = neighbours(seen, text, relations, first, after, as_of=as_of, ended=True)
    told = sources_for(seen, entity, [edge.node for edge in found.edges], day_of(seen, as_of))
    edges = [
        Edge(_provenance(edge.node, sources), edge.cursor)
        for edge, sources in zip(found.edges, told, strict=True)
    ]
    return Page(tuple(edges), found.page_info, found.total_count)


def sources_for(
    seen: Seen, entity: EntityId, found: Sequence[Neighbour], day: date
) -> list[tuple[RelationSource, ...]]:
    """The records that state relations of an entity, for each of its neighbours."""
    named = [_identity(seen, entity, neighbour) for neighbour in found]
    told = sources_of(seen, set(named), day)
    return [told.get(relation, ()) for relation in named]


def _identity(seen: Seen, entity: EntityId, found: Neighbour) -> RelationIdentity:
    own, other = (entity, type_of(entity, seen.schema).name), (found.id, found.type)
    source, target = (own, other) if found.direction is RelationDirection.OUT else (other, own)
    return RelationIdentity(found.relation, source[1], source[0], target[1], target[0], found.key)


def _provenance(found: Neighbour, sources: tuple[RelationSource, ...]) -> RelationProvenance:
    other = Named(found.id, found.name, found.type)
    return RelationProvenance(
        found.relation, found.direction, other, found.key, ended=found.ended, sources=sources
    )
