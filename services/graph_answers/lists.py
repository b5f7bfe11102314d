"""Lists of entities of one type: narrowed, ordered, page by page, with their number.

Where the store alone can answer, it does. Scores and communities live in the arrays of the current run and places in
the network come from a trace: they give the ids that may fit, and the store says which of them do.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from graph import seen_queries
from graph.arrays import Floats, Ints
from graph.schema.model import NodeType
from graph.seen_queries import Listed, ListedFalling, ListedRising
from services.entity import Stored, entity_of
from services.graph_answers.filters import (
    RISK,
    SCORES,
    Filter,
    Order,
    OwnFilter,
    Range,
    own,
    own_filter,
)
from services.graph_answers.grid import GridDirection, customers_below, points_below, trace
from services.paging import Cursors, Page, checked, page_of
from services.reading.days import day_of
from services.reading.runs import columns_of_current
from services.risk.model import RiskModel
from services.search import index_of, query_of
from services.seen import Seen
from services.segments.words import naming_of
from terms.errors import KehutuError
from terms.texts import Texts

CHUNK = 5_000
"""Ids that one query takes."""

BELOW = ("Customer", "Device", "Line", "ServicePoint")
"""Types that can be listed by what feeds them."""


@dataclass(frozen=True, slots=True)
class _Entry:
    """An entry before it is read: ``place`` is its value in the order of the list, None where it has none.

    All places of a list are values of one property, so they compare with each other.
    """

    id: str
    place: Any


@dataclass(frozen=True, slots=True)
class _Listed:
    """An entry that has been read."""

    entry: _Entry
    row: Stored


def entities(
    seen: Seen,
    type_name: str,
    wanted: Filter | None = None,
    order: Order | None = None,
    *,
    first: int = 20,
    after: str | None = None,
) -> Page[Stored]:
    """A page of the entities of a type that fit a filter, by an order and then by id.

    Raises:
        KehutuError: ``FILTER_UNKNOWN``, ``FILTER_VALUE``, ``UNKNOWN_ID``, ``NOT_IN_THE_GRID``, ``SEARCH_EMPTY``,
            ``NO_RUN``, ``PAGE_SIZE``, ``CURSOR_UNKNOWN``.
    """
    checked(first)
    wanted, order = wanted or Filter(), order or Order()
    declared = seen.schema.nodes[type_name]
    narrow = own_filter(declared, wanted)
    _refuse_masked(seen, declared, wanted, order)
    cursors = cursors_of(seen, type_name, wanted, order)
    last = None if after is None else cursors.read(after)
    ids = _candidates(seen, declared, wanted)
    if ids is None and order.by not in SCORES:
        found, total = _of_store(seen, declared, narrow, order, last=last, first=first + 1)
    else:
        entries = _among(seen, declared, ids, narrow, order)
        begin = 0 if last is None else _position(entries, last, descending=order.descending)
        found, total = _read(seen, declared, entries[begin : begin + first + 1]), len(entries)
    page = page_of(
        cursors, found, lambda e: [e.entry.place, e.entry.id], first=first, after=after, total=total
    )
    return page.map(lambda listed: listed.row)


def cursors_of(
    seen: Seen, type_name: str, wanted: Filter | None = None, order: Order | None = None
) -> Cursors:
    """Cursors of a list; they hold an entry's place in the order, which is None where that is by id, and its id."""
    return Cursors.of(seen, "list", type_name, asdict(wanted or Filter()), asdict(order or Order()))


def _refuse_masked(seen: Seen, declared: NodeType, wanted: Filter, order: Order) -> None:
    by = set() if order.by == "id" or order.by in SCORES else {order.by}
    for name in sorted({*wanted.equal, *wanted.ranges, *by, *(["region"] if wanted.region else [])}):
        seen.refuse_masked(own(declared, name))
    if wanted.text is not None and seen.restricted:
        for prop in declared.searched:  # the search text of an entity holds them all
            seen.refuse_masked(prop)


def _of_store(
    seen: Seen, declared: NodeType, narrow: OwnFilter, order: Order, *, last: list[object] | None, first: int
) -> tuple[list[_Listed], int]:
    type_name, day = declared.name, day_of(seen)
    if narrow:
        counted = seen_queries.count_listed(seen, type=type_name, **narrow.parameters)
        total = counted.count if counted else 0
    else:
        whole = seen_queries.count_entities(seen, type=type_name)
        total = whole.count if whole else 0
    if order == Order():
        rows: Sequence[Listed | ListedRising | ListedFalling] = seen_queries.listed(
            seen,
            type=type_name,
            **narrow.parameters,
            after="" if last is None else str(last[1]),
            first=first,
        )
    else:
        ask = seen_queries.listed_falling if order.descending else seen_queries.listed_rising
        rows = ask(
            seen,
            type=type_name,
            **narrow.parameters,
            property=order.by,
            from_start=last is None,
            after=last[0] if last else None,
            after_id=str(last[1]) if last else "",
            first=first,
        )
    return [
        _Listed(
            _Entry(row.id, None if isinstance(row, Listed) else row.place),
            entity_of(seen, type_name, row.id, row.origins, row.properties, day=day),
        )
        for row in rows
    ], total


def _among(
    seen: Seen, declared: NodeType, ids: Sequence[str] | None, narrow: OwnFilter, order: Order
) -> list[_Entry]:
    """Those of some ids that fit, in order."""
    places: dict[str, object]
    if order.by in SCORES:
        _, model = columns_of_current(seen)
        known = _scores(model, declared, order.by)
        places = {entity: known.get(entity) for entity in (known.keys() if ids is None else ids)}
        if narrow or seen.restricted:  # the run knows those too that are not seen
            fitting = _fitting(seen, declared, list(places), narrow, "id")
            places = {entity: places[entity] for entity in fitting}
    else:
        places = _fitting(seen, declared, ids or (), narrow, order.by)  # a list of all is the store's
    entries = sorted((_Entry(entity, place) for entity, place in places.items()), key=lambda e: e.id)
    placed = [entry for entry in entries if entry.place is not None]
    placed.sort(key=lambda e: e.place, reverse=order.descending)
    # Sorting is stable, in reverse too: of equal entries the smaller id comes first.
    return placed + [entry for entry in entries if entry.place is None]


def _fitting(
    seen: Seen, declared: NodeType, ids: Sequence[str], narrow: OwnFilter, by: str
) -> dict[str, object]:
    return {
        row.id: row.place
        for begin in range(0, len(ids), CHUNK)
        for row in seen_queries.listed_among(
            seen,
            type=declared.name,
            ids=list(ids[begin : begin + CHUNK]),
            **narrow.parameters,
            property=by,
        )
    }


def _position(entries: Sequence[_Entry], last: Sequence[object], *, descending: bool) -> int:
    """Where the entries after a cursor begin."""
    place, entity = last

    def beyond(entry: _Entry) -> bool:
        if entry.place == place:
            return entry.id > str(entity)
        if place is None or entry.place is None:
            return entry.place is None
        higher: bool = entry.place > place
        return higher != descending

    return next((index for index, entry in enumerate(entries) if beyond(entry)), len(entries))


def _read(seen: Seen, declared: NodeType, entries: Sequence[_Entry]) -> list[_Listed]:
    """The entries with their rows; one that has gone from the graph since the run is left out."""
    day = day_of(seen)
    rows = {
        row.id: row
        for row in seen_queries.entities(seen, type=declared.name, ids=[entry.id for entry in entries])
    }
    return [
        _Listed(
            entry,
            entity_of(
                seen, declared.name, entry.id, rows[entry.id].origins, rows[entry.id].properties, day=day
            ),
        )
        for entry in entries
        if entry.id in rows
    ]


def _candidates(seen: Seen, declared: NodeType, wanted: Filter) -> list[str] | None:
    """Ids that may fit by what is not an own property, ascending; None where that leaves none out."""
    found: list[set[str]] = []
    if wanted.text is not None:
        rows = seen_queries.search_ids(seen, index=index_of(seen, declared.name), text=query_of(wanted.text))
        found.append({row.id for row in rows})
    if wanted.line is not None:
        found.append(set(_fed_by(seen, declared, wanted.line)))
    if wanted.risk is not None or wanted.community is not None:
        _, model = columns_of_current(seen)
        found.append(set(_of_run(model, declared, wanted.risk, wanted.community)))
    if wanted.segment is not None:
        found.append(set(_of_segment(seen, declared, wanted.segment)))
    return sorted(set.intersection(*found)) if found else None


def _of_segment(seen: Seen, declared: NodeType, segment: str) -> list[str]:
    """Customers of a class of the current run, by its id, or of all classes of a prototype."""
    if declared.name != "Customer":
        raise KehutuError("FILTER_UNKNOWN", type=declared.name, found="segment", hint="")
    _, model = columns_of_current(seen)
    known = model.segments
    if known is None:
        return []
    prototypes = naming_of(known).prototypes
    if segment not in prototypes and not segment.startswith("segment-"):
        raise KehutuError(
            "FILTER_VALUE", field="segment", found=segment, expected=", ".join(["segment-...", *prototypes])
        )
    wanted = [
        label for label, names in enumerate(zip(known.ids, known.names, strict=True)) if segment in names
    ]
    chosen = np.flatnonzero(np.isin(known.label, wanted))
    return [known.customers[at] for at in chosen.tolist()]


def _fed_by(seen: Seen, declared: NodeType, line: str) -> list[str]:
    if declared.name not in BELOW:
        raise KehutuError("FILTER_UNKNOWN", type=declared.name, found="line", hint="")
    entity = seen.entity(line)
    below = trace(seen, entity, GridDirection.DOWN)
    if declared.name == "Customer":
        return customers_below(seen, entity, below)
    if declared.name == "Device":
        points = points_below(seen, entity, below)
        day = day_of(seen).isoformat()
        return (
            [row.id for row in seen_queries.devices_installed_at(seen, points=points, day=day)]
            if points
            else []
        )
    return [element.id for element in below if element.type == declared.name]


def _of_run(model: RiskModel, declared: NodeType, risk: Range | None, community: str | None) -> list[str]:
    ids, party = _carriers(model, declared)
    fits = np.ones(len(ids), dtype=bool)
    if risk is not None:
        score = model.score[party]
        fits &= score >= _number(risk.least, 0.0)
        fits &= score <= _number(risk.most, 1.0)
    if community is not None:
        if not community.startswith("community-"):
            expected = Texts("such as community-3f9a0c12ab45", "形如 community-3f9a0c12ab45")
            raise KehutuError("FILTER_VALUE", field="community", found=community, expected=expected)
        label = model.community_label(community)
        fits &= (model.community[party] == label) if label is not None else False
    return [ids[index] for index in np.flatnonzero(fits).tolist()]


def _scores(model: RiskModel, declared: NodeType, by: str) -> dict[str, object]:
    ids, party = _carriers(model, declared)
    if by == RISK:
        values: Floats = model.score[party]
    elif declared.name == "Customer":
        # The customer's part, by exposure, of its party's loss; a portrait apportions it exactly.
        whole = np.bincount(party, weights=model.inputs.customer_exposure, minlength=len(model.ids))[party]
        part = np.divide(model.inputs.customer_exposure, whole, out=np.zeros(len(ids)), where=whole > 0)
        values = model.expected_loss[party].astype(np.float64) * part
    else:
        values = model.expected_loss[party].astype(np.float64)
    return dict(zip(ids, values.tolist(), strict=True))


def _carriers(model: RiskModel, declared: NodeType) -> tuple[list[str], Ints]:
    """Ids of the entities of a type that the run knows, and the position of the party of each."""
    if declared.name == "Customer":
        return model.inputs.customers, model.inputs.customer_party
    if not declared.party:
        raise KehutuError("FILTER_UNKNOWN", type=declared.name, found=RISK, hint="")
    at = np.flatnonzero(np.array(model.types, dtype=object) == declared.name)
    return [model.ids[index] for index in at.tolist()], at


def _number(bound: object, otherwise: float) -> float:
    return float(bound) if isinstance(bound, int | float) else otherwise
