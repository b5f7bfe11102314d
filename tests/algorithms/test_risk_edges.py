"""Numbers at the edge: what is hardly there, rings of gain 1, hubs with thousands of leaves, seeds of 1e-17."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from scipy.sparse import csr_matrix

from algorithms.risk.blame import by_seed
from algorithms.risk.explain import explain
from algorithms.risk.network import Network
from algorithms.risk.policy_iteration import DIRECT, fills_little
from algorithms.risk.propagation import solve
from graph.arrays import Csr
from tests.algorithms.risk_graphs import case


@pytest.mark.parametrize("weight", [1e-11, 1e-60, 1e-140])
def test_a_ring_of_gain_one_is_filled_and_proven_however_little_enters(weight: float) -> None:
    graph = case(4, [(0, 1, weight), (1, 2, weight), (2, 3, 1.0), (3, 2, 1.0)], {0: 1.0})
    result = solve(graph.csr(), graph.own)
    assert result.h[2:].tolist() == [1.0, 1.0]
    assert result.bound.max() <= 1e-9
    for party in (2, 3):
        why = explain(graph.csr(), graph.own, result, party)
        assert sum(path.share for path in why.paths) + why.tail == pytest.approx(1.0, abs=1e-12)


@pytest.mark.parametrize("weight", [1e-147, 1e-160, 1e-206])
@pytest.mark.parametrize("gain", [0.5, 0.999999, 1.0, 1.2])
def test_what_is_below_the_range_of_numbers_counts_as_nothing(weight: float, gain: float) -> None:
    graph = case(4, [(0, 1, weight), (1, 2, weight), (2, 3, gain), (3, 2, gain)], {0: 1.0})
    result = solve(graph.csr(), graph.own)
    assert result.h.tolist() == [1.0, weight, 0.0, 0.0]
    assert result.bound.max() <= 1e-9
    for party in (2, 3):
        assert explain(graph.csr(), graph.own, result, party).paths == ()
        assert len(by_seed(Network.of(graph.csr()), graph.own, result.h, party).seeds) == 0
    again = solve(graph.csr(), graph.own, start=np.ones(4))
    assert again.h.tolist() == result.h.tolist()


@pytest.mark.parametrize("gain", [0.9, 0.9999, 1.0 - 1e-7])
def test_a_hub_with_thousands_of_leaves_is_solved_and_proven(gain: float) -> None:
    leaves = 2 * DIRECT
    hub, leaf = np.zeros(leaves, dtype=np.int64), np.arange(1, leaves + 1)
    weight = float(np.sqrt(gain / leaves))
    star = Csr.from_edges(leaves + 1, np.r_[hub, leaf], np.r_[leaf, hub], np.full(2 * leaves, weight))
    own = np.zeros(leaves + 1)
    own[5] = 1e-9
    result = solve(star, own)
    exact = Fraction(weight) * Fraction(own[5]) / (1 - leaves * Fraction(weight) ** 2)
    assert abs(Fraction(float(result.h[0])) - exact) <= Fraction(float(result.bound[0]))
    assert result.bound[0] <= 1e-4 * result.h[0]


def test_a_seed_of_1e_17_keeps_its_digits() -> None:
    graph = case(3, [(0, 1, 0.5), (1, 2, 0.5), (2, 0, 0.5)], {0: 1e-17})
    result = solve(graph.csr(), graph.own)
    assert result.h == pytest.approx([8e-17 / 7, 4e-17 / 7, 2e-17 / 7], rel=1e-12)
    assert (result.bound <= 1e-10 * result.h).all()


def test_what_fills_in_is_not_factorised() -> None:
    generator = np.random.default_rng(2)
    size = DIRECT + 2_000
    source, target = generator.integers(0, size, (2, 10 * size))
    assert not fills_little(csr_matrix((np.full(10 * size, 0.01), (source, target)), shape=(size, size)))
    parties = np.arange(size)
    assert fills_little(csr_matrix((np.ones(size), (parties, np.roll(parties, -1))), shape=(size, size)))
