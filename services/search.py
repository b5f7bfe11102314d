"""Find entities by what people type: names, numbers, phones, pinyin; the same hits on both stores."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from graph import seen_queries
from graph.search_text import search_query
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


@dataclass(frozen=True, slots=True)
class _Found:
    rank: int
    size: int
    hit: Hit


def search(
    seen: Seen, text: str, types: Sequence[str] = (), first: int = 20, after: str | None = None
) -> Page[Hit]:
    """Entities whose search text has every word of ``text`` (its beginning suffices), by type, the shortest first.

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
    counted = seen_queries.count_search_hits(seen, places=_places(seen, wanted), text=query)
    # Only types that have hits: an index costs time even where it finds nothing.
    named = [SEARCHED[row.rank] for row in counted if row.rank >= rank]
    rows = seen_queries.search_hits(
        seen,
        places=_places(seen, named),
        text=query,
        after_rank=rank,
        after_size=size,
        after_id=entity,
        first=first + 1,
    )
    found = [
        _Found(
            row.rank,
            row.size,
            Hit(EntityId(row.id), row.type, label(row.properties, row.id), tuple(row.origins)),
        )
        for row in rows
    ]
    page = page_of(
        cursors,
        found,
        lambda entry: [entry.rank, entry.size, entry.hit.id],
        first=first,
        after=after,
        total=sum(row.count for row in counted),
    )
    return page.map(lambda entry: entry.hit)


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
