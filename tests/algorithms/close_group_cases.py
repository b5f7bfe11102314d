"""Small random networks for close groups: every rung, cuts, circles, seeds of 1e-17, weights of exactly .1 and 1."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from hypothesis import strategies as st

from algorithms.risk.close_groups.groups import Limits
from graph.arrays import Csr, Floats
from tests.algorithms.close_groups_reference import Reference

SEEDS = (0.0, 0.0, 1e-17, 0.001, 0.05, 0.4, 1.0)
WEIGHTS = (0.02, 0.09, 0.1, 0.149, 0.15, 0.22, 0.3, 0.6, 0.97, 1.0)


@dataclass(frozen=True, eq=False)
class Network:
    """Break weights by (source, target), own distress, and limits that small graphs reach."""

    size: int
    links: dict[tuple[int, int], float]
    own: list[float]
    limits: Limits

    def csr(self) -> Csr:
        ends = np.array(list(self.links), dtype=np.int64).reshape(-1, 2)
        return Csr.from_edges(
            self.size, ends[:, 0], ends[:, 1], np.array(list(self.links.values()), dtype=float)
        )

    def seeds(self) -> Floats:
        return np.array(self.own, dtype=np.float64)

    def reference(self) -> Reference:
        limits = self.limits
        return Reference(
            self.size, self.links, self.own, largest=limits.block, most=limits.group, drawn_most=limits.drawn
        )


@st.composite
def networks(draw: st.DrawFn, most: int = 7, most_links: int = 20, drawn: bool = False) -> Network:
    """Any small network; with ``drawn`` blocks that are too large are drawn, without they are cut."""
    size = draw(st.integers(1, most))
    party = st.integers(0, size - 1)
    ends = st.tuples(party, party).filter(lambda e: e[0] != e[1])
    links = draw(st.dictionaries(ends, st.sampled_from(WEIGHTS), max_size=most_links)) if size > 1 else {}
    own = draw(st.lists(st.sampled_from(SEEDS), min_size=size, max_size=size))
    block = draw(st.sampled_from([3] if drawn else [2, 3, 4, 10]))
    limits = Limits(block=block, group=draw(st.sampled_from([3, 5, 500])), drawn=100 if drawn else 0)
    return Network(size, links, own, limits)
