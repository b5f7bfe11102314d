"""Who stands close to a party: random walks with restart over all links of the run. Closeness, not money."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import lru_cache

import numpy as np

from algorithms.pagerank import forward_push
from graph.arrays import Csr
from services.arrears.answer.model import RunName
from services.arrears.answer.position import position
from services.arrears.answer.relation_names import GRAPH_NAME
from services.assumption import Assumption, before_data
from services.names import Named, names_of
from services.reading.days import before_all
from services.reading.runs import current, links_of
from services.risk.model import RiskModel
from services.seen import Seen

RESTART = 0.15
"""Chance that a walk begins again at the party; the customary value."""
EPS = 1e-7
"""What is left at a party, for each of its links, before it is spread no further: the work is bounded by it."""
MOST = 1000
"""Parties that are listed."""
SOURCE = "Andersen, Chung, Lang 2006, FOCS: local push of personalised PageRank"


@dataclass(frozen=True, slots=True)
class Related:
    """A party that stands close to another one."""

    party: Named
    """The party."""
    closeness: float
    """A random walk with restart spends at least this share of its time there."""
    bound: float
    """Proven limit of how much larger it may be."""
    relations: tuple[str, ...]
    """What links the two directly; empty where only others stand between them."""


@dataclass(frozen=True, slots=True)
class RelatedParties:
    """Who stands close to a party by all links of the run. Closeness, not money."""

    party: Named
    """The party."""
    related: tuple[Related, ...]
    """The parties close to it, the closest first; at most a thousand."""
    own: float
    """The walk spends at least this share of its time at the party itself."""
    left: float
    """The share of time that was not followed up; no closeness is understated by more."""
    source: str
    """Where the method was published."""
    run: RunName | None
    """The run whose links it walks; absent where it walks those of another day."""
    data_time: date
    """Cut-off of the run, or the day that was asked for, an ISO date."""
    assumptions: tuple[Assumption, ...]
    """What had to be assumed, in words."""


def related_parties(seen: Seen, entity: str, *, as_of: date | None = None) -> RelatedParties:
    """Parties that a walk from this one visits, the most visited first; each by its break weight, both ways.

    ``pi = p + sum_u r_u pi_u`` with the estimate p and what is left r, so nobody's true value is above ``p + sum r``;
    links count both ways here, and so it is at most ``p + d max_u r_u / d_u`` as well, d the weights of links.

    Args:
        as_of: walk the links of this day; those of the current run when absent. Before all that data tell of there are
            none.

    Raises:
        KehutuError: ``NO_RUN`` without a day, ``UNKNOWN_ID``, ``NOT_A_PARTY``.
    """
    if as_of is not None and before_all(seen, as_of):
        return _nobody(seen, seen.entity(entity), as_of)
    run, model = (None, links_of(seen, as_of)) if as_of is not None else current(seen)
    party = position(seen, model, entity)
    links = _both_ways(model)
    seeds = np.zeros(links.size)
    seeds[party] = 1.0
    found = forward_push(links, seeds, restart=RESTART, eps=EPS)
    degree = np.bincount(links.rows(), links.data, minlength=links.size)
    left = float(found.residual.sum())
    rate = float(np.divide(found.residual, degree, out=np.zeros(links.size), where=degree > 0).max())
    near = np.flatnonzero(found.estimate)
    near = near[near != party]
    near = near[np.lexsort((near, -found.estimate[near]))][:MOST]
    names = names_of(seen, [model.ids[at] for at in [party, *near.tolist()]])
    return RelatedParties(
        party=names[model.ids[party]],
        related=tuple(
            Related(
                party=names[model.ids[at]],
                closeness=float(found.estimate[at]),
                bound=min(left, rate * float(degree[at])),
                relations=_relations(model, party, at),
            )
            for at in near.tolist()
        ),
        own=float(found.estimate[party]),
        left=left,
        source=SOURCE,
        run=None if run is None else RunName(run.id),
        data_time=model.cut_off,
        assumptions=() if len(near) else (Assumption("NO_LINKS", model.ids[party]),),
    )


def _nobody(seen: Seen, entity: str, day: date) -> RelatedParties:
    named = names_of(seen, [entity])[entity]
    return RelatedParties(named, (), 1.0, 0.0, SOURCE, None, day, (before_data(day),))


@lru_cache(maxsize=2)
def _both_ways(model: RiskModel) -> Csr:
    """Links with the sum of their weights in either direction; those of a party with itself are left out."""
    rows, columns, data = model.weights.csr.rows(), model.weights.csr.indices, model.weights.csr.data
    apart = rows != columns
    rows, columns, data = rows[apart], columns[apart], data[apart]
    return Csr.from_edges(
        model.weights.csr.size,
        np.concatenate([rows, columns]),
        np.concatenate([columns, rows]),
        np.concatenate([data, data]),
    )


def _relations(model: RiskModel, first: int, second: int) -> tuple[str, ...]:
    """The relations of the direct links between two parties, by name."""
    entries = (model.weights.entry(first, second), model.weights.entry(second, first))
    return tuple(
        sorted({GRAPH_NAME[part.relation] for at in entries if at >= 0 for part in model.weights.parts(at)})
    )
