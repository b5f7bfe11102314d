"""Which parties of a run belong together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from algorithms.risk.probability import Probability
from algorithms.risk.weights import Weights
from graph.arrays import Ints
from services.engines.protocol import ArrayProjection, Communities, Engine
from services.risk.part import Basis, Before, Columns, Found, Part, Table, Tables
from services.risk.parts.inputs import INPUTS
from services.risk.parts.solution import SOLUTION

LEIDEN_RESOLUTION = 1.0
LEIDEN_SEED = 0
GONE = -1


@dataclass(frozen=True, slots=True)
class CommunityPart:
    """The communities of a run: how many of two and more parties, the size of the largest, where they were found."""

    communities: int
    largest: int
    engine: str


class _Communities(Part[Ints]):
    """A label by party."""

    name = "communities"
    tables = (Table("parties", ("community",)),)
    needed = True
    phase = "Finding communities"

    def compute(self, basis: Basis, found: Found) -> Ints:
        return communities(found.of(INPUTS).ids, found.of(SOLUTION).weights, basis.community_engine)

    def go_on(self, basis: Basis, before: Before, found: Found) -> Ints:
        return joined(before.found.of(self), before.place, found.of(SOLUTION).weights)

    def columns(self, value: Ints) -> Columns:
        return {"parties": {"community": value}}

    def read(self, tables: Tables, probability: Probability) -> Ints:
        labels: Ints = tables["parties"]["community"].to_numpy()
        return labels

    def head(self, basis: Basis, found: Found) -> Mapping[str, Any]:
        return {
            "algorithm": "leiden",
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


def communities(ids: list[str], weights: Weights, engine: Engine) -> Ints:
    """Leiden by modularity over parties, both directions of a link together; labels by position."""
    matrix = weights.csr
    found = engine.compute(
        ArrayProjection(ids, matrix.rows(), matrix.indices, matrix.data),
        Communities(LEIDEN_RESOLUTION, LEIDEN_SEED),
    )
    return found.values.astype(np.int64)


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
