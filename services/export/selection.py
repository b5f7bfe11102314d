"""Which entities an export is of: all, those of a community, or those that somebody lists."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from graph import seen_queries
from graph.schema.keys import type_of
from services.assumption import Assumption
from services.communities.answer import CommunityOf
from services.communities.divisions import among
from services.reading.runs import current
from services.seen import Seen
from terms.errors import KehutuError
from terms.ids import Key

BATCH = 2_000
"""Entities that one query takes."""


@dataclass(frozen=True, slots=True)
class Selection:
    """Ids of entities that exist, by type. ``whole``: all that the asker sees, ``ids`` is empty then.

    ``unknown``: how many names of a list name no entity.
    """

    ids: Mapping[str, tuple[str, ...]]
    whole: bool = False
    unknown: int = 0

    @property
    def cautions(self) -> tuple[Assumption, ...]:
        """What of a list was left out."""
        return (Assumption("EXPORT_UNKNOWN_IDS", str(self.unknown)),) if self.unknown else ()


EVERYTHING = Selection({}, whole=True)


def of_community(seen: Seen, name: str) -> Selection:
    """The parties of a community of the current run and their customers; of one of customers these and their parties.

    Raises:
        KehutuError: ``NO_RUN``, ``COMMUNITY_UNKNOWN``.
    """
    _, model = current(seen)
    found = among(model, name)
    if found is None:
        raise KehutuError("COMMUNITY_UNKNOWN", id=name)
    division, label = found
    inside = division.members(label)
    customers, party = model.inputs.customers, model.inputs.customer_party
    if division.of is CommunityOf.PARTIES:
        behind = np.flatnonzero(np.isin(party, inside)).tolist()
        return _by_type(seen, [*(model.ids[at] for at in inside.tolist()), *(customers[at] for at in behind)])
    parties = np.unique(party[inside]).tolist()
    return _by_type(seen, [*(customers[at] for at in inside.tolist()), *(model.ids[at] for at in parties)])


def of_names(seen: Seen, names: Iterable[str]) -> Selection:
    """The entities of some ids, old ids or business numbers; several names of one entity are one.

    Raises:
        KehutuError: ``EXPORT_EMPTY``: none of them names an entity.
    """
    found: list[str] = []
    unknown = 0
    for name in dict.fromkeys(name.strip() for name in names if name.strip()):
        try:
            found.append(seen.entity(name))
        except KehutuError as fault:
            if fault.code != "UNKNOWN_ID":
                raise
            unknown += 1
    if not found:
        raise KehutuError("EXPORT_EMPTY")
    return _by_type(seen, found, unknown)


def of_answer(seen: Seen, ids: Iterable[str]) -> Selection:
    """The entities among the ids of an answer; those of runs, communities and the like name no entity.

    Raises:
        KehutuError: ``EXPORT_EMPTY``.
    """
    prefixes = tuple(f"{node.prefix}:" for node in seen.schema.nodes.values() if not node.derived)
    return of_names(seen, [entity for entity in ids if entity.startswith(prefixes)])


def _by_type(seen: Seen, ids: Iterable[str], unknown: int = 0) -> Selection:
    """What of some ids the asker sees; what it does not is as if it did not exist."""
    by_type: dict[str, list[str]] = defaultdict(list)
    for entity in sorted({*ids}):
        by_type[type_of(Key(entity), seen.schema).name].append(entity)
    known: dict[str, tuple[str, ...]] = {}
    for name in sorted(by_type):
        asked = by_type[name]
        known[name] = tuple(
            row.id for batch in batches(asked) for row in seen_queries.names(seen, type=name, ids=batch)
        )
        unknown += len(asked) - len(known[name])
    if not any(known.values()):
        raise KehutuError("EXPORT_EMPTY")
    return Selection(known, unknown=unknown)


def batches(ids: list[str]) -> Iterator[list[str]]:
    """The ids in parts that one query takes."""
    return (ids[start : start + BATCH] for start in range(0, len(ids), BATCH))


def size_of(seen: Seen, selection: Selection) -> int:
    """How many nodes an export will have."""
    if not selection.whole:
        return sum(len(ids) for ids in selection.ids.values())
    counts = (seen_queries.count_entities(seen, type=name) for name in seen.schema.nodes)
    return sum(found.count for found in counts if found is not None)
