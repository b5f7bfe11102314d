"""How two entities are linked: paths along relations of any type, in whichever direction each runs."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from graph import seen_queries
from graph.schema.keys import type_of
from services.graph_answers.neighbours import known_relations
from services.names import Named, names_of
from services.paging import Cursors, Page, checked, page_in
from services.reading.days import day_of
from services.reading.unseen_relations import with_hidden
from services.seen import Seen
from terms.errors import KehutuError
from terms.ids import EntityId

LONGEST = 6
DEFAULT_LENGTH = 4
MOST_WALKS = 20_000
"""From either end. Beyond it a list of paths is of no use to anybody, and its memory no longer small."""

COPIES = frozenset({"MEMBER_OF", "RECOMMENDED"})
"""Copies of a run's results in the graph: followed only when asked for by name."""


@dataclass(frozen=True, slots=True)
class PathStep:
    """From one entity of a path to the next."""

    from_: Named
    """Where the step begins."""
    relation: str
    """Type of the relation."""
    forward: bool
    """Whether the relation runs this way; else it runs back."""
    to: Named
    """Where the step ends."""
    key: str
    """What tells parallel relations apart, e.g. a contract number."""
    record_id: str
    """The record that reports it, as source/recordId."""


@dataclass(frozen=True, slots=True)
class Path:
    """A way from one entity to another that meets no entity twice."""

    length: int
    """Number of its relations."""
    steps: tuple[PathStep, ...]
    """From the one end to the other."""
    hidden: bool = False
    """Whether one of its entities has a relation that the asker may not see, whatever was asked for."""


@dataclass(frozen=True, slots=True)
class _Hop:
    relation: str
    source: str
    key: str
    record: str


@dataclass(frozen=True, slots=True)
class _Walk:
    ids: tuple[str, ...]
    hops: tuple[_Hop, ...]

    @property
    def place(self) -> list[object]:
        return [len(self.hops), list(self.ids), [[hop.relation, hop.key, hop.record] for hop in self.hops]]


def paths(
    seen: Seen,
    from_: str,
    to: str,
    *,
    max_length: int = DEFAULT_LENGTH,
    first: int = 10,
    after: str | None = None,
    relations: Sequence[str] = (),
) -> Page[Path]:
    """All paths of at most ``max_length`` relations that hold on the latest day of the data, the shortest first, then
    by their entities and records.

    The two halves are walked from either end and joined where they meet: with d relations an entity that costs
    2 * d^(length/2) steps in place of d^length.

    Args:
        from_, to: ids, old ids or business numbers.
        relations: types to follow; without any all but copies of results.

    Raises:
        KehutuError: ``UNKNOWN_ID``, ``RELATION_UNKNOWN``, ``PATH_LENGTH``, ``PATHS_TOO_MANY``, ``PAGE_SIZE``,
            ``CURSOR_UNKNOWN``.
    """
    checked(first)
    if not 1 <= max_length <= LONGEST:
        raise KehutuError("PATH_LENGTH", found=max_length, longest=LONGEST)
    followed = known_relations(seen, relations) - (frozenset() if relations else COPIES)
    begin, end = seen.entity(from_), seen.entity(to)
    cursors = Cursors.of(seen, "paths", begin, end, max_length, sorted(followed))
    found = _joined(seen, begin, end, max_length, sorted(followed)) if begin != end else []
    chosen = page_in(cursors, found, lambda walk: walk.place, first=first, after=after)
    met = {entity for walk in chosen.nodes for entity in walk.ids}
    names, more = names_of(seen, met), with_hidden(seen, met)
    return chosen.map(lambda walk: _path(walk, names, hidden=not more.isdisjoint(walk.ids)))


def _joined(seen: Seen, begin: EntityId, end: EntityId, longest: int, relations: list[str]) -> list[_Walk]:
    """Every path once: of length n the first half, rounded up, is walked from the one end, the rest from the other."""
    left = _by_end(_walks(seen, begin, (longest + 1) // 2, relations))
    right = _by_end([_Walk((end,), ()), *(_walks(seen, end, longest // 2, relations) if longest > 1 else ())])
    found = [
        walk
        for meeting, firsts in left.items()
        for one in firsts
        for other in right.get(meeting, ())
        if len(one.hops) - len(other.hops) in (0, 1)
        for walk in _join(one, other)
    ]
    return sorted(found, key=lambda walk: walk.place)


def _join(one: _Walk, other: _Walk) -> Iterator[_Walk]:
    ids = (*one.ids, *reversed(other.ids[:-1]))
    if len(set(ids)) == len(ids):
        yield _Walk(ids, (*one.hops, *reversed(other.hops)))


def _walks(seen: Seen, entity: EntityId, longest: int, relations: list[str]) -> list[_Walk]:
    try:
        rows = seen_queries.walks(
            seen,
            type=type_of(entity, seen.schema).name,
            id=entity,
            day=day_of(seen).isoformat(),
            longest=longest,
            relations=relations,
            first=MOST_WALKS + 1,
        )
    except KehutuError as fault:
        if fault.code != "STORE_DEADLINE":
            raise
        # Asking again would take as long: there are more ways than can be walked in the time.
        raise KehutuError("PATHS_TOO_MANY", id=entity, most=MOST_WALKS) from fault
    if len(rows) > MOST_WALKS:
        raise KehutuError("PATHS_TOO_MANY", id=entity, most=MOST_WALKS)
    return [
        _Walk(
            tuple(row.ids),
            tuple(_Hop(*hop) for hop in zip(row.relations, row.sources, row.keys, row.records, strict=True)),
        )
        for row in rows
    ]


def _by_end(walks: list[_Walk]) -> dict[str, list[_Walk]]:
    found: dict[str, list[_Walk]] = defaultdict(list)
    for walk in walks:
        found[walk.ids[-1]].append(walk)
    return found


def _path(walk: _Walk, names: dict[str, Named], *, hidden: bool) -> Path:
    return Path(
        length=len(walk.hops),
        hidden=hidden,
        steps=tuple(
            PathStep(names[one], hop.relation, hop.source == one, names[other], hop.key, hop.record)
            for one, other, hop in zip(walk.ids, walk.ids[1:], walk.hops, strict=False)
        ),
    )
