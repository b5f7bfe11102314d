"""Who and what an entity is linked with: its relations of all types, page by page, with counts by type."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from graph import seen_queries
from graph.schema.keys import type_of
from graph.schema.source import hint
from graph.validity import BOUNDS, running
from services.assumption import Assumption, before_data
from services.entity import RelationCount, RelationDirection, counts
from services.paging import Cursors, Edge, Page, PageInfo, checked, page_of
from services.reading.days import before_all, day_of
from services.reading.unseen_relations import has_hidden
from services.seen import Seen
from terms.errors import KehutuError
from terms.ids import EntityId
from terms.money import Money

Row = seen_queries.NeighboursOut | seen_queries.NeighboursIn
FETCH: dict[RelationDirection, Callable[..., Sequence[Row]]] = {
    RelationDirection.OUT: seen_queries.neighbours_out,
    RelationDirection.IN: seen_queries.neighbours_in,
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
    """First day on which it holds, an ISO date; absent where unknown."""
    until: str | None
    """First day on which it holds no more, an ISO date; absent while no end is known."""
    periods: tuple[str, ...]
    """All periods where it holds in several, as 2018-01-01/2020-01-01; an empty part is open."""
    ended: bool
    """Whether it has ended, or not begun, on the day of the answer."""
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
    """Number of relations asked for; those that have ended count only where they were asked for."""
    counts: tuple[RelationCount, ...]
    """Their number by type of relation, direction and type of the other end."""
    data_time: date
    """The day of the answer: the one asked for, else the latest of the data."""
    assumptions: tuple[Assumption, ...]
    """Why the answer is empty; no entry where it is not."""
    hidden: bool
    """Whether the entity has a relation that the asker may not see, whatever was asked for."""


def neighbours(
    seen: Seen,
    text: str,
    relations: Sequence[str] = (),
    first: int = 50,
    after: str | None = None,
    *,
    as_of: date | None = None,
    ended: bool = False,
) -> Neighbours:
    """Neighbours by type of relation, direction (``IN`` first), id and key.

    Args:
        text: id, old id or business number.
        relations: types to follow; all without any.
        as_of: the day on which relations hold; the latest of the data when absent.
        ended: also those that have ended by then, or not begun.

    Raises:
        KehutuError: ``UNKNOWN_ID``, ``RELATION_UNKNOWN``, ``PAGE_SIZE``, ``CURSOR_UNKNOWN``.
    """
    checked(first)
    wanted = known_relations(seen, relations)
    entity = seen.entity(text)
    declared = type_of(entity, seen.schema).name
    asked = None if as_of is None else as_of.isoformat()
    cursors = Cursors.of(seen, "neighbours", entity, sorted(wanted), asked, ended)
    day, nothing = day_of(seen, as_of), as_of is not None and before_all(seen, as_of)
    last = ["", "", "", ""] if after is None else cursors.read(after)
    every = () if nothing else counts(seen, declared, entity, day)
    counted = tuple(count for count in every if count.relation in wanted)
    found: list[Neighbour] = []
    for relation, way in sorted({(count.relation, count.direction.value) for count in counted}):
        if [relation, way] < last[:2] or len(found) > first:
            continue
        begun, direction = [relation, way] == last[:2], RelationDirection(way)
        rows = FETCH[direction](
            seen,
            type=declared,
            id=entity,
            relation=relation,
            day=day.isoformat(),
            ended=ended,
            after=last[2] if begun else "",
            after_key=last[3] if begun else "",
            first=first + 1 - len(found),
        )
        found += [_neighbour(row, relation, direction, day.isoformat()) for row in rows]
    total = sum(count.count + (count.ended if ended else 0) for count in counted)
    whole: Page[Neighbour] = page_of(cursors, found, _place, first=first, after=after, total=total)
    why = (before_data(day),) if nothing else ()
    return Neighbours(
        whole.edges, whole.page_info, whole.total_count, counted, day, why, has_hidden(seen, entity)
    )


def known_relations(seen: Seen, names: Sequence[str]) -> frozenset[str]:
    """Relation types by name; all of them where none is named.

    Raises:
        KehutuError: ``RELATION_UNKNOWN``.
    """
    known = frozenset(seen.schema.relations)
    for name in names:
        if name not in known:
            raise KehutuError("RELATION_UNKNOWN", found=name, hint=hint(name, known))
    return frozenset(names) or known


def _neighbour(row: Row, relation: str, direction: RelationDirection, day: str) -> Neighbour:
    amount, share = row.properties.get("amount"), row.properties.get("share")
    since, until = (_text(row.properties.get(bound)) for bound in BOUNDS)
    told = row.properties.get("periods")
    periods = tuple(map(str, told)) if isinstance(told, list) else ()
    return Neighbour(
        id=EntityId(row.neighbour),
        name=row.name or row.neighbour,
        type=row.neighbour_type,
        relation=relation,
        direction=direction,
        key=row.key,
        since=since,
        until=until,
        periods=periods,
        ended=not running(since, until, periods, day),
        amount=Money(amount) if isinstance(amount, int) else None,
        share=float(share) if isinstance(share, int | float) else None,
        record_id=row.record,
        origins=tuple(row.origins),
    )


def _text(value: object) -> str | None:
    return None if value is None else str(value)


def _place(entry: Neighbour) -> list[str]:
    return [entry.relation, entry.direction.value, entry.id, entry.key]
