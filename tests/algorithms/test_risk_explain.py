"""Reasons: elementary paths with loops, seeds, walks and fen, all adding up."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from algorithms.risk.blame import by_seed
from algorithms.risk.exact import paths_exactly, solve_exactly
from algorithms.risk.explain import apportion, by_relation, explain
from algorithms.risk.network import Network
from algorithms.risk.parameters import GUARANTEE, LOAN, RiskParameters
from algorithms.risk.propagation import solve
from algorithms.risk.walks import largest_walks
from algorithms.risk.warm import warm
from algorithms.risk.weights import MoneyEdges, loss_weights
from graph.arrays import Csr
from terms.ids import Fen
from tests.algorithms.risk_graphs import Case, case, cases


def test_a_capped_ring_gives_two_lines_with_their_loops() -> None:
    graph = case(4, [(0, 1, 1.5), (1, 2, 1.2), (2, 0, 0.9), (1, 3, 0.15), (2, 3, 0.1)], {0: 0.2})
    found = explain(graph.csr(), graph.own, solve(graph.csr(), graph.own), 3)
    assert [p.parties for p in found.paths] == [(0, 1, 3), (0, 1, 2, 3)]
    assert [p.share for p in found.paths] == pytest.approx([0.6, 0.4])
    assert [p.loops for p in found.paths] == pytest.approx([5.5, 5.5])
    assert found.tail == 0.0
    assert [(s.source, s.target, s.weight) for s in found.paths[0].steps] == [(0, 1, 1.5), (1, 3, 0.15)]


def test_two_firms_at_one_hundred_percent_are_one_line() -> None:
    graph = case(2, [(0, 1, 1.0), (1, 0, 1.0)], {0: 1e-5})
    found = explain(graph.csr(), graph.own, solve(graph.csr(), graph.own), 1)
    assert [p.parties for p in found.paths] == [(0, 1)]
    assert found.paths[0].share == pytest.approx(1.0, abs=1e-12)
    assert found.paths[0].loops == pytest.approx(100_001, rel=1e-9)


@settings(max_examples=150, deadline=None)
@given(cases(5), st.data())
def test_all_elementary_paths_agree_with_exact_fractions(graph: Case, data: st.DataObject) -> None:
    target = data.draw(st.integers(0, graph.size - 1))
    links, own = graph.exact()
    exact = solve_exactly(links, own)
    assume(exact[target] > 0)
    found = explain(
        graph.csr(), graph.own, solve(graph.csr(), graph.own), target, top=10**6, expansions=10**6
    )
    shares = paths_exactly(links, own, exact, target)
    assert sum(shares.values()) == 1
    assert {p.parties: p.share for p in found.paths} == pytest.approx(
        {path: float(share) for path, share in shares.items()}, rel=1e-8, abs=1e-12
    )


@settings(max_examples=100, deadline=None)
@given(cases(), st.data())
def test_lines_and_tail_and_seeds_add_up(graph: Case, data: st.DataObject) -> None:
    target = data.draw(st.integers(0, graph.size - 1))
    network = Network.of(graph.csr())
    result = solve(network, graph.own)
    found = explain(network, graph.own, result, target, top=data.draw(st.integers(1, 4)))
    assert found.residual <= 1e-9
    blame = by_seed(network, graph.own, result.h, target)
    if result.h[target] == 0.0:
        assert found.paths == ()
        assert found.tail == 0.0
        assert len(blame.seeds) == 0
        return
    assert sum(p.share for p in found.paths) + found.tail == pytest.approx(1.0, abs=1e-9)
    assert sum(s.share for s in found.seeds) + found.seeds_tail == pytest.approx(1.0, abs=1e-9)
    assert all(p.share >= 0.0 and p.loops >= 1.0 for p in found.paths)
    assert [p.share for p in found.paths] == sorted((p.share for p in found.paths), reverse=True)
    assert all(graph.own[s.party] > 0.0 for s in found.seeds)
    assert all(len(set(p.parties)) == len(p.parties) for p in found.paths)
    assert blame.part.sum() == pytest.approx(1.0, abs=1e-9)
    assert (graph.own[blame.seeds] > 0.0).all()
    assert dict(zip(blame.seeds.tolist(), blame.part.tolist(), strict=True)) == pytest.approx(
        {s.party: s.share for s in found.seeds}, abs=1e-9
    )


@settings(max_examples=60, deadline=None)
@given(cases(), st.data())
def test_walks_come_in_exact_order_and_add_up(graph: Case, data: st.DataObject) -> None:
    target = data.draw(st.integers(0, graph.size - 1))
    network = Network.of(graph.csr())
    h = solve(network, graph.own).h
    walks, tail = largest_walks(network, graph.own, h, target, 5)
    shares = [w.share for w in walks]
    assert shares == sorted(shares, reverse=True)
    assert sum(shares) + tail == pytest.approx(1.0 if h[target] > 0 else 0.0, abs=1e-9)
    assert all(w.parties[-1] == target and graph.own[w.parties[0]] > 0 for w in walks)


def test_what_enters_from_beyond_the_parties_searched_is_tail() -> None:
    size = 400
    edges = [(k, 0, 0.001) for k in range(1, size)]
    graph = case(size, edges, dict.fromkeys(range(1, size), 0.5) | {0: 0.1})
    result = solve(graph.csr(), graph.own)
    found = explain(graph.csr(), graph.own, result, 0, top=1000)
    assert len(found.paths) == 150
    assert found.tail == pytest.approx(250 * 0.0005 / result.h[0], abs=1e-9)
    assert found.seeds_tail == pytest.approx(found.tail, abs=1e-9)


def test_a_dense_random_graph_is_explained_in_bounded_work() -> None:
    generator = np.random.default_rng(0)
    source, target = generator.integers(0, 3000, (2, 30_000))
    matrix = Csr.from_edges(3000, source, target, generator.random(30_000) * 0.2)
    own = np.where(generator.random(3000) < 0.02, 0.5, 0.0)
    network = Network.of(matrix)
    result = solve(network, own)
    for party in (0, 100, 2999):
        found = explain(network, own, result, party)
        again = explain(network, own, result, party)
        assert found == again
        assert sum(p.share for p in found.paths) + found.tail == pytest.approx(1.0, abs=1e-9)


def test_an_unknown_party_is_refused() -> None:
    graph = case(2, [(0, 1, 1.0)], {0: 1.0})
    with pytest.raises(IndexError):
        explain(graph.csr(), graph.own, solve(graph.csr(), graph.own), 2)


@given(st.integers(-(10**12), 10**15), st.lists(st.floats(0.0, 1.0), min_size=1, max_size=12))
def test_fen_add_up_exactly_and_stay_within_one_of_their_share(total: int, shares: list[float]) -> None:
    assume(sum(shares) > 0.0)
    parts = apportion(Fen(total), shares)
    assert sum(parts) == total
    whole = sum(shares)
    for part, share in zip(parts, shares, strict=True):
        assert abs(part - total * share / whole) <= 1.0 + 1e-9 * abs(total)
        assert part * total >= 0


def test_ties_of_fen_go_to_the_earlier_line() -> None:
    assert apportion(Fen(2), [0.25, 0.25, 0.25, 0.25]) == [1, 1, 0, 0]
    assert apportion(Fen(0), [0.0, 0.0]) == [0, 0]
    with pytest.raises(ValueError, match="nothing to apportion by"):
        apportion(Fen(1), [0.0])
    with pytest.raises(ValueError, match="at least 0"):
        apportion(Fen(1), [-1.0, 2.0])


def test_relabelling_parties_moves_the_reasons_along() -> None:
    generator = np.random.default_rng(6)
    source, target = generator.integers(0, 20, (2, 50))
    weight = generator.random(50) * 0.6
    own = np.where(generator.random(20) < 0.3, 0.1, 0.0)
    label = generator.permutation(20)
    moved = np.zeros(20)
    moved[label] = own
    one = Csr.from_edges(20, source, target, weight)
    other = Csr.from_edges(20, label[source], label[target], weight)
    result, moved_result = solve(one, own), solve(other, moved)
    for party in np.flatnonzero(result.h)[:6]:
        here = explain(one, own, result, int(party))
        there = explain(other, moved, moved_result, int(label[party]))
        assert [p.share for p in here.paths] == pytest.approx([p.share for p in there.paths], abs=1e-9)


def test_relations_and_own_distress_make_up_the_last_step() -> None:
    edges = MoneyEdges(
        np.array([0, 0, 1]), np.array([1, 1, 2]), np.array([GUARANTEE, LOAN, LOAN]), np.array([6e3, 4e3, 1e3])
    )
    weights = loss_weights(3, edges, np.full(3, 1e4), RiskParameters())
    own = np.array([0.5, 0.1, 0.0])
    result = solve(weights.csr, own)
    mine, shares = by_relation(weights, own, result, 1)
    assert mine == pytest.approx(0.1 / 0.37)
    assert shares == pytest.approx({"guarantee": 0.18 / 0.37, "loan": 0.09 / 0.37})
    assert by_relation(weights, np.zeros(3), solve(weights.csr, np.zeros(3)), 1) == (0.0, {})


def test_every_kernel_can_be_made_ready_beforehand() -> None:
    warm()
