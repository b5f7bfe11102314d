"""What sets communities apart, against the plain definition."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from algorithms.communities.shared_traits import shared_traits
from graph.arrays import Ints
from tests.algorithms.communities_reference import traits


def ints(values: list[int]) -> Ints:
    return np.array(values, dtype=np.int64)


def told(
    label: list[int], values: list[set[int]], before: list[tuple[int, int]]
) -> dict[tuple[int, int], tuple[float, float]]:
    pairs = [(member, value) for member, own in enumerate(values) for value in own]
    found = shared_traits(
        ints(label),
        ints([member for member, _ in pairs]),
        ints([value for _, value in pairs]),
        (ints([one for one, _ in before]), ints([one for _, one in before])),
    )
    rows = zip(
        found.label.tolist(), found.value.tolist(), found.share.tolist(), found.lift.tolist(), strict=True
    )
    return {(community, value): (share, lift) for community, value, share, lift in rows}


@settings(max_examples=1_000, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_values_that_are_told_are_those_of_the_text(seed: int) -> None:
    draw = np.random.default_rng(seed)
    size, kinds = int(draw.integers(1, 40)), int(draw.integers(1, 5))
    label = draw.integers(0, int(draw.integers(1, 5)), size).tolist()
    label = np.unique(label, return_inverse=True)[1].tolist()
    values = [
        {int(one) for one in (draw.integers(0, kinds, draw.integers(0, 3)) + community) % 6}
        for community in label
    ]
    before = [(int(a), int(b)) for a, b in draw.integers(0, 6, (4, 2))]
    found, expected = told(label, values, before), traits(label, values, before)
    assert found.keys() == expected.keys()
    for one, pair in expected.items():
        assert found[one] == pytest.approx(pair)


def test_a_value_stays_while_two_of_five_have_it_and_comes_with_half() -> None:
    label = [0] * 10 + [1] * 40

    def found(having: int, before: list[tuple[int, int]]) -> bool:
        values = [{0} if one < having else {1} for one in range(50)]
        return (0, 0) in told(label, values, before)

    assert [found(having, []) for having in (5, 4)] == [True, False]
    assert [found(having, [(0, 0)]) for having in (4, 3)] == [True, False]


def test_who_has_nothing_of_the_kind_does_not_count_unless_they_are_most() -> None:
    values = [{0}] * 6 + [set()] * 6 + [{1}] * 30
    assert (0, 0) in told([0] * 12 + [1] * 30, values, [])
    values = [{0}] * 6 + [set()] * 7 + [{1}] * 30
    assert (0, 0) not in told([0] * 13 + [1] * 30, values, [])


def test_what_does_not_fit_is_named() -> None:
    with pytest.raises(ValueError, match="2 members for 1 values"):
        shared_traits(ints([0, 0]), ints([0, 1]), ints([0]))
    with pytest.raises(ValueError, match="a member between 0 and 1 is expected"):
        shared_traits(ints([0, 0]), ints([2]), ints([0]))
