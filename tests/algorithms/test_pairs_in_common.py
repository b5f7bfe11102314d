"""Pairs of parties with attributes in common, against counting them one by one."""

from __future__ import annotations

from collections import defaultdict
from itertools import combinations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from algorithms.pairs_in_common import pairs_in_common

INCIDENCES = st.lists(st.tuples(st.integers(0, 7), st.integers(0, 5)), max_size=40)
DAYS = st.lists(st.integers(0, 3), min_size=6, max_size=6)


@given(INCIDENCES, DAYS, st.integers(2, 5))
def test_each_pair_stands_once_with_its_number_and_the_newest(
    incidences: list[tuple[int, int]], days: list[int], most: int
) -> None:
    sharers: dict[int, set[int]] = defaultdict(set)
    for party, attribute in incidences:
        sharers[attribute].add(party)
    common: dict[tuple[int, int], set[int]] = defaultdict(set)
    for attribute, parties in sharers.items():
        if len(parties) <= most:
            for pair in combinations(sorted(parties), 2):
                common[pair].add(attribute)
    party = np.array([p for p, _ in incidences], dtype=np.int64)
    attribute = np.array([a for _, a in incidences], dtype=np.int64)
    day = np.array([days[a] for _, a in incidences], dtype=np.int64)
    found = pairs_in_common(party, attribute, day, most)
    pairs = list(zip(found.first.tolist(), found.second.tolist(), strict=True))
    assert pairs == sorted(common)
    assert found.count.tolist() == [len(common[pair]) for pair in pairs]
    for pair, place in zip(pairs, found.newest.tolist(), strict=True):
        assert int(attribute[place]) in common[pair]
        assert days[int(attribute[place])] == max(days[a] for a in common[pair])
