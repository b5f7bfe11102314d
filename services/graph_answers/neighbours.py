"""Who and what an entity is linked with: its relations of all types, page by page, with counts by type."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from graph import queries
from graph.schema.keys import type_of
from graph.schema.source import hint
from services.entity import RelationCount, RelationDirection, counts
from services.paging import Cursors, Edge, Page, PageInfo, checked, page_of
from services.site import Site
from terms.errors import KehutuError
from terms.ids import EntityId
from terms.money import Money

Row = queries.NeighboursOut | queries.NeighboursIn
FETCH: dict[RelationDirection, Callable[..., Sequence[Row]]] = {
    RelationDirection.OUT: queries.neighbours_out,
    RelationDirection.IN: queries.neighbours_in,
}


@dataclass(frozen=True, slots=True)
class Neighbour:
    """One relation of an entity, and the entity at its other end."""

    id: EntityId
    """Canonical id of the other entity."""
    name: str
    """What people call it; its id where it has no name."""
    type: str
    """Type of the other entity."""
    relation: str
    """Type of the relation."""
    direction: RelationDirection
    """Whether out of the entity or into it."""
    key: str
    """What tells parallel relations apart, e.g. a contract number."""
    since: str | None
    """From when it holds, an ISO date; absent where unknown."""
    amount: Money | None
    """Amount of money, of relations that have one."""
    share: float | None
    """Share from 0 to 1, of relations that have one."""
    record_id: str
    """The record that reports it, as source/recordId."""
    origins: tuple[str, ...]
    """real, benchmark or synthetic: where the relation's records come from."""


@dataclass(frozen=True, slots=True)
class Neighbours:
    """A page of neighbours, with counts of all of them."""

    edges: tuple[Edge[Neighbour], ...]
    """The entries of the page, in order."""
    page_info: PageInfo
    """Where the page stands."""
    total_count: int
    """Number of relations that were asked for."""
    counts: tuple[RelationCount, ...]
    """Their number by type of relation, direction and type of the other end."""


def neighbours(
    site: Site, text: str, relations: Sequence[str] = (), first: int = 50, after: str | None = None
) -> Neighbours:
    """Neighbours by type of relation, direction (``IN`` first), id and key.

    Args:
        text: id, old id or business number.
        relations: types to follow; all without any.

    Raises:
        KehutuError: ``UNKNOWN_ID``, ``RELATION_UNKNOWN``, ``PAGE_SIZE``, ``CURSOR_UNKNOWN``.
    """
    checked(first)
    wanted = known_relations(site, relations)
    entity = site.entity(text)
    declared = type_of(entity, site.schema).name
    cursors = Cursors.of(site.ledger, "neighbours", entity, sorted(wanted))
    last = ["", "", "", ""] if after is None else cursors.read(after)
    counted = tuple(count for count in counts(site, declared, entity) if count.relation in wanted)
    found: list[Neighbour] = []
    for relation, way in sorted({(count.relation, count.direction.value) for count in counted}):
        if [relation, way] < last[:2] or len(found) > first:
            continue
        begun, direction = [relation, way] == last[:2], RelationDirection(way)
        rows = FETCH[direction](
            site.store,
            type=declared,
            id=entity,
            relation=relation,
            after=last[2] if begun else "",
            after_key=last[3] if begun else "",
            first=first + 1 - len(found),
        )
        found += [_neighbour(row, relation, direction) for row in rows]
    whole: Page[Neighbour] = page_of(
        cursors, found, _place, first=first, after=after, total=sum(count.count for count in counted)
    )
    return Neighbours(whole.edges, whole.page_info, whole.total_count, counted)


def known_relations(site: Site, names: Sequence[str]) -> frozenset[str]:
    """Relation types by name; all of them where none is named.

    Raises:
        KehutuError: ``RELATION_UNKNOWN``.
    """
    known = frozenset(site.schema.relations)
    for name in names:
        if name not in known:
            raise KehutuError("RELATION_UNKNOWN", found=name, hint=hint(name, known))
    return frozenset(names) or known


def _neighbour(row: Row, relation: str, direction: RelationDirection) -> Neighbour:
    amount, share = row.properties.get("amount"), row.properties.get("share")
    since = row.properties.get("since")
    return Neighbour(
        id=EntityId(row.neighbour),
        name=row.name or row.neighbour,
        type=row.neighbour_type,
        relation=relation,
        direction=direction,
        key=row.key,
        since=None if since is None else str(since),
        amount=Money(amount) if isinstance(amount, int) else None,
        share=float(share) if isinstance(share, int | float) else None,
        record_id=row.record,
        origins=tuple(row.origins),
    )


def _place(entry: Neighbour) -> list[str]:
    return [entry.relation, entry.direction.value, entry.id, entry.key]
