"""The solution of a part of a network whose parties keep the rungs of the whole: by the product as by the slow way."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from algorithms.risk.close_groups.probability import chances, on_rungs, prepare
from graph.arrays import Csr
from tests.algorithms.close_group_cases import Network, networks
from tests.algorithms.close_groups_reference import Group, Reference


@dataclass(frozen=True, eq=False)
class Part(Reference):
    """A part whose ladder is the whole network's."""

    ladder: tuple[dict[int, float], Group] = ({}, frozenset())

    @cached_property
    def _ladder(self) -> tuple[dict[int, float], Group]:
        return self.ladder


def part_of(whole: Network, kept: list[int]) -> tuple[Part, Csr]:
    """The kept parties under new numbers: as the slow way takes them, and their weights."""
    place = {old: new for new, old in enumerate(kept)}
    links = {
        (place[i], place[k]): weight for (i, k), weight in whole.links.items() if i in place and k in place
    }
    reference = whole.reference()
    rung = {place[j]: reference.rung(j) for j in kept}
    drawn = frozenset(place[j] for j in kept if j in reference.drawn)
    ends = np.array(list(links), dtype=np.int64).reshape(-1, 2)
    weights = Csr.from_edges(len(kept), ends[:, 0], ends[:, 1], np.array(list(links.values()), dtype=float))
    limits = whole.limits
    part = Part(
        len(kept),
        links,
        [whole.own[j] for j in kept],
        largest=limits.block,
        most=limits.group,
        drawn_most=limits.drawn,
        keys=[str(j) for j in kept],
        ladder=(rung, drawn),
    )
    return part, weights


@given(networks(most=6), st.data())
@settings(max_examples=300, deadline=None)
def test_a_part_is_solved_as_the_slow_way_says(whole: Network, data: st.DataObject) -> None:
    kept = sorted(data.draw(st.sets(st.integers(0, whole.size - 1), min_size=1)))
    reference, weights = part_of(whole, kept)
    model = prepare(whole.csr(), limits=whole.limits)
    groups = model.groups
    part = on_rungs(
        weights,
        groups.rung[kept],
        drawn=groups.drawn[kept],
        cut=groups.cut[kept],
        loop_outside=model.loop_outside[kept],
        limits=whole.limits,
        keys=[str(j) for j in kept],
    )
    assert [frozenset(part.groups.group(j).tolist()) for j in range(len(kept))] == [
        reference.group(j) for j in range(len(kept))
    ]
    found = chances(part, whole.seeds()[kept], proven=False).p
    assert np.allclose(found, reference.p, rtol=1e-9, atol=1e-12)
    # Who sees everything has the run's own solution.
    if len(kept) == whole.size:
        assert np.allclose(found, chances(model, whole.seeds(), proven=False).p, rtol=1e-12, atol=0)
