"""Customers that are like one, the most alike first, with what speaks for it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from graph import seen_queries
from graph.arrays import Floats, Ints
from services.assumption import Assumption
from services.names import Named, names_of
from services.paging import Page, page_within
from services.reading.runs import columns_of_current, current
from services.risk.model import RiskModel
from services.seen import Seen
from services.similar.blocks import SimilarityPart, scores
from terms.errors import KehutuError, Lang

MOST: Final = 100
"""So many are looked for; who is less alike than these says little."""
_STEP: Final = 200
TRAITS: Final = ("kind", "industry", "tariff", "voltage", "supplyLevel", "critical")
"""Properties of customers that are told where two have the same value."""
NEIGHBOURS: Final = 5


@dataclass(frozen=True, slots=True)
class ScorePart:
    """What one thing that customers are compared by adds to the score."""

    name: SimilarityPart
    """What is compared."""
    value: float
    """Its part; all parts add up to the score."""


@dataclass(frozen=True, slots=True)
class SharedTrait:
    """A value that both customers have."""

    name: str
    """Name of the property."""
    label: str
    """What it means, in the language of the asker."""
    value: str
    """The value."""


@dataclass(frozen=True, slots=True)
class Similar:
    """A customer that is like the one asked for."""

    customer: Named
    """The other customer."""
    score: float
    """How alike they are, at most 1."""
    parts: tuple[ScorePart, ...]
    """What the score consists of."""
    same_party: bool
    """Whether one party stands behind both."""
    neighbours: tuple[Named, ...]
    """Parties that the parties of both are linked with, the most strongly linked first; at most five."""
    traits: tuple[SharedTrait, ...]
    """What else they have in common."""


def similar(
    seen: Seen, text: str, first: int = 10, after: str | None = None, *, lang: Lang = "en"
) -> tuple[Page[Similar], tuple[Assumption, ...]]:
    """Up to a hundred customers with a score above 0, the most alike first, equal ones by id; and why there are none.

    Every customer of the run is compared. Whom the asker does not see is left out before the first hundred are taken.

    Args:
        text: id, old id or number of a customer.

    Raises:
        KehutuError: ``UNKNOWN_ID``, ``NO_RUN``, ``PAGE_SIZE``, ``CURSOR_UNKNOWN``.
    """
    entity = seen.entity(text)
    if entity not in _seen_among(seen, "Customer", [entity]):
        raise KehutuError("UNKNOWN_ID", id=text)
    head, model = columns_of_current(seen)
    customer = model.customer(entity)
    parts = {} if customer is None else scores(model, customer)
    question = ("similar", head.id, entity)
    if customer is None or not parts:
        return page_within(seen, question, [], str, first=first, after=after), (
            Assumption("NOT_COMPARABLE", entity),
        )
    known = _known(seen)
    score = np.sum([*parts.values()], axis=0)
    if known is not None:
        score[[one not in known for one in model.inputs.customers]] = 0.0
    ranked = _ranked(seen, model, customer, score)
    page = page_within(
        seen, question, ranked, lambda at: model.inputs.customers[at], first=first, after=after
    )
    found = _told(seen, model, customer, page.nodes, parts, lang=lang)
    return page.map(lambda at: found[at]), ()


def _known(seen: Seen) -> frozenset[str] | None:
    """Customers and parties that the asker sees; None for all. Found at once, so that whom he does not see costs no
    question of the store."""
    if not seen.restricted:
        return None
    _, shown = current(seen)
    return frozenset((*shown.ids, *shown.inputs.customers))


def _ranked(seen: Seen, model: RiskModel, customer: int, score: Floats) -> list[int]:
    """Customers that the asker sees, by score and then by id."""
    ids = model.inputs.customers
    score = score.copy()
    score[customer] = 0.0
    found: list[int] = []
    done, wanted = 0, 2 * MOST
    while True:
        order = best(score, wanted)
        asked = order[done:].tolist()
        for start in range(0, len(asked), _STEP):
            known = _seen_among(seen, "Customer", [ids[at] for at in asked[start : start + _STEP]])
            found += [at for at in asked[start : start + _STEP] if ids[at] in known]
        if len(found) >= MOST or len(order) < wanted:
            return found[:MOST]
        done, wanted = len(order), 4 * len(order)


def best(score: Floats, count: int) -> Ints:
    """Positions of the largest of n scores, those above 0 only, the largest first, equal ones by position.

    At least ``count`` where so many are above 0: all that are equal to the last one come with it.
    """
    least = np.partition(score, len(score) - count)[len(score) - count] if count < len(score) else 0.0
    among = np.flatnonzero((score >= least) & (score > 0.0))
    order: Ints = among[np.lexsort((among, -score[among]))]
    return order


def _seen_among(seen: Seen, type_name: str, ids: Sequence[str]) -> set[str]:
    return {row.id for row in seen_queries.names(seen, type=type_name, ids=[*ids])}


def _told(
    seen: Seen,
    model: RiskModel,
    customer: int,
    others: Sequence[int],
    parts: dict[SimilarityPart, Floats],
    *,
    lang: Lang,
) -> dict[int, Similar]:
    ids = model.inputs.customers
    names = names_of(seen, [ids[at] for at in others])
    rows = seen_queries.exported_nodes(
        seen, type="Customer", ids=[ids[customer], *(ids[at] for at in others)]
    )
    values = {row.id: row.properties for row in rows}
    party = model.inputs.customer_party
    known = _known(seen)
    shared = {
        at: [
            one
            for one in _shared_neighbours(model, int(party[customer]), int(party[at]))
            if known is None or model.ids[one] in known
        ]
        for at in others
    }
    named = _seen_parties(seen, model, [one for among in shared.values() for one in among])
    return {
        at: Similar(
            customer=names[ids[at]],
            score=float(sum(value[at] for value in parts.values())),
            parts=tuple(ScorePart(name, float(value[at])) for name, value in parts.items()),
            same_party=bool(party[at] == party[customer]),
            neighbours=tuple([named[one] for one in shared[at] if one in named][:NEIGHBOURS]),
            traits=_traits(seen, values.get(ids[customer], {}), values.get(ids[at], {}), lang),
        )
        for at in others
    }


def _shared_neighbours(model: RiskModel, one: int, other: int) -> list[int]:
    """Parties that both are linked with, either way, by the weaker of the two links."""
    if one == other:
        return []
    first, second = _linked(model, one), _linked(model, other)
    common = first.keys() & second.keys()
    return sorted(common, key=lambda party: (-min(first[party], second[party]), party))


def _linked(model: RiskModel, party: int) -> dict[int, float]:
    found: dict[int, float] = {}
    for matrix in (model.network.out, model.network.into):
        row = slice(int(matrix.indptr[party]), int(matrix.indptr[party + 1]))
        for other, weight in zip(matrix.indices[row].tolist(), matrix.data[row].tolist(), strict=True):
            if weight > 0.0:
                found[other] = found.get(other, 0.0) + weight
    return found


def _seen_parties(seen: Seen, model: RiskModel, parties: Sequence[int]) -> dict[int, Named]:
    by_type: dict[str, list[int]] = {}
    for party in sorted({*parties}):
        by_type.setdefault(model.types[party], []).append(party)
    known: dict[int, Named] = {}
    for type_name, among in by_type.items():
        visible = _seen_among(seen, type_name, [model.ids[party] for party in among])
        names = names_of(seen, visible)
        known |= {party: names[model.ids[party]] for party in among if model.ids[party] in visible}
    return known


def _traits(
    seen: Seen, one: dict[str, object], other: dict[str, object], lang: Lang
) -> tuple[SharedTrait, ...]:
    declared = seen.schema.nodes["Customer"].properties
    return tuple(
        SharedTrait(name, declared[name].zh if lang == "zh" else declared[name].en, str(one[name]))
        for name in TRAITS
        if name in declared and one.get(name) is not None and one.get(name) == other.get(name)
    )
