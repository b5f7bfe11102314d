"""Rules by which entities are watched, as the graph holds them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from graph.project import nodes, relations
from services.seen import Seen
from services.site import whole


@dataclass(frozen=True, slots=True)
class StoredRule:
    """A rule and whom it is about."""

    id: str
    target: str
    kind: str
    level: float
    author: str


def stored_rules(seen: Seen) -> Iterator[StoredRule]:
    """All rules, by type of their target.

    Raises:
        KehutuError: ``STORE_CHANGED`` when a load wrote meanwhile, ``STORE_UNAVAILABLE``.
    """
    site = whole(seen)
    table = nodes(site.store, site.schema, "WatchRule", ("kind", "level", "author"))
    if not len(table):
        return
    for kind in site.schema.relations["WATCHES"].target:
        targets = nodes(site.store, site.schema, kind)
        links = relations(site.store, site.schema, "WATCHES", table, targets)
        for row, target in zip(links.source.tolist(), links.target.tolist(), strict=True):
            yield StoredRule(
                id=table.ids[row],
                target=targets.ids[target],
                kind=str(table.columns["kind"][row]),
                level=float(table.columns["level"][row]),
                author=str(table.columns["author"][row]),
            )
