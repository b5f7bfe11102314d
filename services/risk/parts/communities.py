"""Which parties of a run belong together; communities go on from full run to full run (docs/science.md)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from algorithms.communities.cut_anew import went_on
from algorithms.communities.fresh import fresh, recut
from algorithms.communities.leiden import by_smallest_member
from algorithms.communities.moving import NEW, RECUT, polished
from algorithms.communities.network import Network, changed_weight, hashed_order
from algorithms.risk.probability import Probability
from algorithms.risk.weights import Weights
from graph.arrays import Ints
from services.engines.local import Local
from services.engines.protocol import ArrayProjection, Communities, Engine
from services.risk.part import Basis, Before, Columns, Found, Part, Table, Tables
from services.risk.parts.full_run_before import FullRunBefore, Links, full_run_before
from services.risk.parts.inputs import INPUTS
from services.risk.parts.solution import SOLUTION
from services.site import Site

LEIDEN_RESOLUTION: Final = 1.0
LEIDEN_SEED: Final = 0
GONE: Final = -1
LINEAGE_TABLES: Final = ("communities", "lineage")


@dataclass(frozen=True, slots=True)
class CommunityPart:
    """The communities of a run: how many of two and more parties, the size of the largest, where they were found."""

    communities: int
    largest: int
    engine: str


class _Communities(Part[Ints]):
    """A label by party, numbered by the first member in ascending order of ids."""

    name = "communities"
    tables = (Table("parties", ("community",)),)
    needed = True
    phase = "Finding communities"

    def gather(self, site: Site, basis: Basis) -> FullRunBefore | None:
        # A run that is continued keeps its communities: it has no finder.
        return None if basis.finder is None else full_run_before(site, LINEAGE_TABLES)

    def compute(self, basis: Basis, found: Found) -> Ints:
        ids, weights = found.of(INPUTS).ids, found.of(SOLUTION).weights
        before = basis.gathered.get(self.name)
        return communities(ids, links_of(weights), basis.community_engine, before)

    def go_on(self, basis: Basis, before: Before, found: Found) -> Ints:
        return joined(before.found.of(self), before.place, found.of(SOLUTION).weights)

    def columns(self, value: Ints) -> Columns:
        return {"parties": {"community": value}}

    def read(self, tables: Tables, probability: Probability) -> Ints:
        labels: Ints = tables["parties"]["community"].to_numpy()
        return labels

    def head(self, basis: Basis, found: Found) -> Mapping[str, Any]:
        return {
            "algorithm": "leiden, continued from the full run before",
            "engine": basis.engine,
            "resolution": LEIDEN_RESOLUTION,
            "seed": LEIDEN_SEED,
        }

    def report(self, basis: Basis, found: Found) -> CommunityPart:
        labels = found.of(self)
        sizes = np.bincount(labels) if len(labels) else np.zeros(1, dtype=np.int64)
        return CommunityPart(
            communities=int(np.count_nonzero(sizes > 1)),
            largest=int(sizes.max(initial=0)),
            engine=basis.engine,
        )


def links_of(weights: Weights) -> Links:
    """Source, target and weight of every link."""
    return weights.csr.rows(), weights.csr.indices, weights.csr.data


def communities(ids: list[str], links: Links, engine: Engine, before: FullRunBefore | None = None) -> Ints:
    """The partition that is published: the one before continued, or a fresh one where there is none or that is better.

    Both directions of a link count together. Ties are settled by the hashes of ids, so the order of rows changes
    nothing. A fresh partition takes the place of the continued one where its modularity is better by more than
    :data:`algorithms.communities.moving.RECUT`.

    Returns:
        n labels by position, numbered by their first member.
    """
    order = hashed_order(ids)
    network = in_order(links, order)
    keys = [ids[at] for at in order]
    if before is None:
        found = _fresh(network, keys, engine)
    else:
        place = {party: at for at, party in enumerate(ids)}
        kept = np.array([place.get(party, GONE) for party in before.ids], dtype=np.int64)
        found = _continued(network, order, before, kept)
        better = _recut(network, keys, engine, network.modularity(found))
        found = found if better is None else better
    label = np.empty(len(ids), dtype=np.int64)
    label[order] = found
    return by_smallest_member(label)


def in_order(links: Links, order: Ints) -> Network:
    """The network of the links with its parties in an order: position k is party ``order[k]``."""
    rank = np.empty(len(order), dtype=np.int64)
    rank[order] = np.arange(len(order))
    source, target, weight = links
    return Network.of(len(order), rank[source], rank[target], weight)


def _fresh(network: Network, ids: list[str], engine: Engine) -> Ints:
    if engine.name == Local.name:
        return fresh(network, seed=LEIDEN_SEED, resolution=LEIDEN_RESOLUTION).label
    answer = engine.compute(
        ArrayProjection(ids, network.low, network.high, network.weight),
        Communities(LEIDEN_RESOLUTION, LEIDEN_SEED),
    )
    return polished(network, by_smallest_member(answer.values.astype(np.int64)), resolution=LEIDEN_RESOLUTION)


def _recut(network: Network, ids: list[str], engine: Engine, continued: float) -> Ints | None:
    """A fresh partition that is better than a continued one of some modularity by more than the bound."""
    if engine.name == Local.name:
        better = recut(network, continued, seed=LEIDEN_SEED, resolution=LEIDEN_RESOLUTION)
        return None if better is None else better.label
    found = _fresh(network, ids, engine)
    return found if network.modularity(found, resolution=LEIDEN_RESOLUTION) - continued > RECUT else None


def _continued(network: Network, order: Ints, before: FullRunBefore, kept: Ints) -> Ints:
    """``kept``: where each party of before stands among those of now."""
    rank = np.empty(len(order), dtype=np.int64)
    rank[order] = np.arange(len(order))
    place = np.where(kept == GONE, GONE, rank[np.maximum(kept, 0)]) if len(order) else kept
    label = np.full(network.size, NEW, dtype=np.int64)
    label[place[kept != GONE]] = before.community[kept != GONE]
    source, target, weight = before.links
    changed = changed_weight((place[source], place[target], weight), network)
    return went_on(network, label, changed, seed=LEIDEN_SEED, resolution=LEIDEN_RESOLUTION)


def joined(before: Ints, place: Ints, weights: Weights) -> Ints:
    """The labels ``before`` of the run that is continued. A new party takes that of the party it has the heaviest link
    with, whichever way it runs, else one of its own."""
    label = np.full(weights.csr.size, GONE, dtype=np.int64)
    kept = place != GONE
    label[place[kept]] = before[kept]
    rows, columns, data = weights.csr.rows(), weights.csr.indices, weights.csr.data
    for _ in range(2):  # a new party behind a new party
        ends = np.concatenate([rows, columns]), np.concatenate([columns, rows])
        open_ = np.flatnonzero((label[ends[0]] == GONE) & (label[ends[1]] != GONE))
        if not len(open_):
            break
        # Ascending: the last one written for a party is its heaviest link.
        ranked = open_[np.lexsort((ends[1][open_], np.tile(data, 2)[open_]))]
        label[ends[0][ranked]] = label[ends[1][ranked]]
    alone = np.flatnonzero(label == GONE)
    label[alone] = int(label.max(initial=GONE)) + 1 + np.arange(len(alone))
    return label


COMMUNITIES = _Communities()
