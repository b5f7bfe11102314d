"""Find entities by what people type: names, numbers, phones, pinyin; the same hits on both stores."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from graph import queries
from graph.schema.ddl import fulltext_index
from graph.search_text import search_query
from services.site import Site
from terms.errors import KehutuError

SEARCHED = (
    "Customer",
    "Enterprise",
    "Person",
    "ServicePoint",
    "Line",
    "Transformer",
    "Substation",
    "Address",
)
"""Types that a search without a choice of types looks at, in the order of its answer."""

LARGEST = 1_000


@dataclass(frozen=True, slots=True)
class Hit:
    """An entity that has all words of the search."""

    id: str
    type: str
    name: str
    origins: tuple[str, ...]


def search(site: Site, text: str, types: Sequence[str] = (), first: int = 20) -> list[Hit]:
    """Entities whose search text has every word of ``text`` (its beginning suffices), by type, shortest first.

    Raises:
        KehutuError: ``TYPE_UNKNOWN``; ``SEARCH_EMPTY`` where the text has no word to look for.
    """
    query = search_query(text)
    if not query:
        raise KehutuError("SEARCH_EMPTY", text=text)
    hits: list[Hit] = []
    for name in types or SEARCHED:
        declared = site.schema.nodes.get(name)
        if declared is None or not any(p.searched for p in declared.properties.values()):
            raise KehutuError("TYPE_UNKNOWN", found=name, known=", ".join(SEARCHED))
        if len(hits) < first:
            index = site.store.dialect.fulltext_index_name(fulltext_index(site.schema, name))
            hits += [
                Hit(row.id, row.type, _label(row.properties, row.id), tuple(row.origins))
                for row in queries.search_hits(site.store, index=index, text=query, first=first - len(hits))
            ]
    return hits


def _label(properties: dict[str, object], entity: str) -> str:
    return str(properties.get("name") or properties.get("text") or entity)
