"""Find entities by what people type: names, numbers, phones, pinyin; the same hits on both stores."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

from graph import seen_queries
from graph.search_text import found_by, search_query, search_text
from services.entity import label
from services.paging import Cursors, Page, checked, page_of
from services.seen import Seen
from terms.errors import KehutuError
from terms.ids import EntityId

SEARCHED = (
    "Customer",
    "Enterprise",
    "Person",
    "Account",
    "ServicePoint",
    "Meter",
    "Device",
    "Line",
    "Transformer",
    "Substation",
    "Switch",
    "Address",
    "Area",
    "WorkOrder",
    "Interaction",
    "ArrearsCase",
    "Technician",
    "Outage",
    "Service",
)
"""Types that can be searched, in the order of an answer."""


@dataclass(frozen=True, slots=True)
class Hit:
    """An entity that a search found."""

    id: EntityId
    """Canonical id."""
    type: str
    """Type of the entity."""
    name: str
    """What people call it."""
    origins: tuple[str, ...]
    """real, benchmark or synthetic: where its records come from."""


_Place: TypeAlias = tuple[int, int, str]
"""The rank of a hit's type, the length of its search text, its id: the order of an answer."""
_BATCH: Final = 2_000


@dataclass(frozen=True, slots=True)
class _Found:
    place: _Place
    hit: Hit


def search(
    seen: Seen, text: str, types: Sequence[str] = (), first: int = 20, after: str | None = None
) -> Page[Hit]:
    """Entities whose search text has every word of ``text`` (its beginning suffices), by type, the shortest first.

    Values that the asker does not see in clear are no part of the text.

    Args:
        types: names of types to look at, in the order of :data:`SEARCHED`; all without any.

    Raises:
        KehutuError: ``TYPE_UNKNOWN``; ``SEARCH_EMPTY`` where the text has no word to look for; ``PAGE_SIZE``,
            ``CURSOR_UNKNOWN``.
    """
    checked(first)
    query = query_of(text)
    for name in types:
        if name not in SEARCHED:
            raise KehutuError("TYPE_UNKNOWN", found=name, known=", ".join(SEARCHED))
    wanted = [name for name in SEARCHED if not types or name in types]
    cursors = Cursors.of(seen, "search", query, wanted)
    rank, size, entity = (-1, 0, "") if after is None else cursors.read(after)
    partly = [name for name in wanted if _masked(seen, name)]
    place = (rank, size, entity)
    plain = _stored(seen, [name for name in wanted if name not in partly], query, place, first + 1)
    own = _clear(seen, partly, query)
    found = sorted([*plain.hits, *(one for one in own if one.place > place)], key=lambda one: one.place)
    page = page_of(
        cursors,
        found[: first + 1],
        lambda entry: [*entry.place],
        first=first,
        after=after,
        total=plain.total + len(own),
    )
    return page.map(lambda entry: entry.hit)


@dataclass(frozen=True, slots=True)
class _Part:
    hits: list[_Found]
    total: int


def _stored(seen: Seen, wanted: list[str], query: str, after: _Place, first: int) -> _Part:
    """Hits by the whole search text, for types of which all of it may be found by."""
    counted = seen_queries.count_search_hits(seen, places=_places(seen, wanted), text=query)
    # Only types that have hits: an index costs time even where it finds nothing.
    named = [SEARCHED[row.rank] for row in counted if row.rank >= after[0]]
    rows = _rows(seen, named, query, after, first)
    return _Part(
        [_Found((row.rank, row.size, row.id), _hit(row)) for row in rows], sum(r.count for r in counted)
    )


def _clear(seen: Seen, wanted: list[str], query: str) -> list[_Found]:
    """All hits by what the asker sees in clear, for types that have more: what is masked finds nothing, and the length
    of it puts nothing in order.
    """
    found: list[_Found] = []
    place: _Place = (-1, 0, "")
    more = bool(wanted)
    while more:
        rows = _rows(seen, wanted, query, place, _BATCH)
        # No look whether one more follows: where few are masked and match, the store is asked as often as for none.
        more = len(rows) == _BATCH
        for row in rows:
            place = (row.rank, row.size, row.id)
            clear = [
                str(row.properties[one.name])
                for one in seen.schema.nodes[row.type].searched
                if one.personal not in seen.masked and row.properties.get(one.name) is not None
            ]
            text = search_text(clear)
            if found_by(text, query):
                found.append(_Found((row.rank, len(text), row.id), _hit(row)))
    return found


def _rows(
    seen: Seen, types: list[str], query: str, after: _Place, first: int
) -> list[seen_queries.SearchHits]:
    return seen_queries.search_hits(
        seen,
        places=_places(seen, types),
        text=query,
        after_rank=after[0],
        after_size=after[1],
        after_id=after[2],
        first=first,
    )


def _hit(row: seen_queries.SearchHits) -> Hit:
    return Hit(EntityId(row.id), row.type, label(row.properties, row.id), tuple(row.origins))


def _masked(seen: Seen, type_name: str) -> bool:
    """Whether entities of a type may be found by values that the asker does not see in clear."""
    return any(one.personal in seen.masked for one in seen.schema.nodes[type_name].searched)


def query_of(text: str) -> str:
    """The full-text query for what a person typed.

    Raises:
        KehutuError: ``SEARCH_EMPTY``.
    """
    query = search_query(text)
    if not query:
        raise KehutuError("SEARCH_EMPTY", text=text)
    return query


def index_of(seen: Seen, type_name: str) -> str:
    """The store's name of a type's full-text index."""
    return seen.index_of(type_name)


def _places(seen: Seen, types: Sequence[str]) -> list[dict[str, object]]:
    return [{"index": index_of(seen, name), "rank": SEARCHED.index(name)} for name in types]
