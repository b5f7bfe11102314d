"""Personalised PageRank, ownership, circles."""

from __future__ import annotations

import networkx
import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from algorithms.circles import circles
from algorithms.cycles import elementary_cycles
from algorithms.ownership import FEW, beneficial_owners, look_through, register, ultimate_owners
from algorithms.pagerank import forward_push, personalised_pagerank
from graph.arrays import Csr
from tests.algorithms.risk_graphs import Case, case, cases

SIZE = 7
END = st.integers(0, SIZE - 1)
LINKS = st.lists(st.tuples(END, END, st.integers(1, 9)), max_size=20)


def matrix(links: list[tuple[int, int, int]], size: int = SIZE) -> Csr:
    return case(size, [(a, b, float(w)) for a, b, w in links], {}).csr()


def digraph(links: list[tuple[int, int, int]]) -> networkx.DiGraph:
    graph = networkx.DiGraph()
    graph.add_nodes_from(range(SIZE))
    for a, b, w in links:
        before = graph.get_edge_data(a, b, {"weight": 0})["weight"]
        graph.add_edge(a, b, weight=before + w)
    return graph


@settings(max_examples=60, deadline=None)
@given(
    LINKS, st.lists(st.integers(0, 3), min_size=SIZE, max_size=SIZE), st.sampled_from([0.05, 0.15, 0.5, 1.0])
)
def test_pagerank_is_that_of_networkx(
    links: list[tuple[int, int, int]], seeds: list[int], restart: float
) -> None:
    assume(sum(seeds) > 0)
    pi = personalised_pagerank(matrix(links), np.array(seeds, dtype=float), restart=restart)
    assert pi.sum() == pytest.approx(1.0, abs=1e-12)
    personal = {k: s for k, s in enumerate(seeds) if s}
    other = networkx.pagerank(
        digraph(links),
        alpha=1 - restart,
        personalization=personal,
        dangling=personal,
        tol=1e-13,
        max_iter=5000,
    )
    assert pi == pytest.approx([other[k] for k in range(SIZE)], abs=1e-9)


@settings(max_examples=60, deadline=None)
@given(LINKS, END, st.sampled_from([1e-1, 1e-3, 1e-6]))
def test_push_leaves_no_more_than_it_says(links: list[tuple[int, int, int]], seed: int, eps: float) -> None:
    both = sorted({(a, b) for x, y, _ in links for a, b in ((x, y), (y, x)) if a != b})
    graph = matrix([(a, b, 1) for a, b in both])
    start = np.eye(SIZE)[seed]
    push = forward_push(graph, start, restart=0.2, eps=eps)
    pi = personalised_pagerank(graph, start, restart=0.2)
    assert push.estimate.sum() + push.residual.sum() == pytest.approx(1.0, abs=1e-12)
    assert (push.estimate <= pi + 1e-12).all()
    degree = np.maximum(1, np.diff(graph.indptr))
    assert (np.abs(pi - push.estimate) <= eps * degree + 1e-12).all()
    whole = push.estimate.copy()
    for u in np.flatnonzero(push.residual):
        whole += push.residual[u] * personalised_pagerank(graph, np.eye(SIZE)[u], restart=0.2)
    if np.diff(graph.indptr).all():
        assert whole == pytest.approx(pi, abs=1e-9)


def test_pagerank_without_seeds_or_restart_is_refused() -> None:
    with pytest.raises(ValueError, match="not all 0"):
        personalised_pagerank(matrix([]), np.zeros(SIZE))
    with pytest.raises(ValueError, match="restart = 0"):
        personalised_pagerank(matrix([]), np.ones(SIZE), restart=0.0)
    with pytest.raises(ValueError, match="eps = 0"):
        forward_push(matrix([]), np.ones(SIZE), eps=0.0)


PERSONS = np.array([4, 5, 6])


@st.composite
def registers(draw: st.DrawFn) -> Csr:
    """Companies 0..3 and persons 4..6; every company's shares sum to 1 and a person holds some of each."""
    edges = []
    for company in range(4):
        holders = draw(st.lists(st.integers(0, 6), max_size=4, unique=True))
        holders = [*[h for h in holders if h != company], 4 + company % 3]
        parts = [draw(st.integers(1, 9)) for _ in holders]
        edges += [(h, company, p / sum(parts)) for h, p in zip(holders, parts, strict=True)]
    return case(7, edges, {}).csr()


@settings(max_examples=80, deadline=None)
@given(registers())
def test_ultimate_shares_of_complete_registers_sum_to_one(holdings: Csr) -> None:
    known = register(holdings)
    assert len(known.over) == 0
    assert len(known.circular) == 0
    found = look_through(known.shares, np.arange(7))
    for company in range(4):
        ultimate = ultimate_owners(known.shares, company)
        assert ultimate[PERSONS].sum() == pytest.approx(1.0)
        assert (ultimate[PERSONS] >= 0).all()
        assert ultimate == pytest.approx(found.naive[:, company], abs=1e-12)
    assert (found.naive >= found.integrated - 1e-12).all()
    assert found.integrated[PERSONS] == pytest.approx(found.naive[PERSONS], abs=1e-12)


@settings(max_examples=80, deadline=None)
@given(registers())
def test_parties_that_hold_nothing_change_no_share(holdings: Csr) -> None:
    # Few parties are solved by elimination, many by sparse factors: both give the same.
    few, many = register(holdings).shares, register(_among_strangers(holdings, FEW)).shares
    assert many.size > FEW >= few.size
    everybody = np.arange(few.size)
    small, large = look_through(few, everybody), look_through(many, everybody)
    assert large.naive[:, : few.size] == pytest.approx(small.naive, abs=1e-12)
    assert large.integrated[:, : few.size] == pytest.approx(small.integrated, abs=1e-12)
    for company in range(4):
        ultimate = ultimate_owners(many, company)
        assert ultimate[: few.size] == pytest.approx(ultimate_owners(few, company), abs=1e-12)
        assert not ultimate[few.size :].any()


def _among_strangers(holdings: Csr, strangers: int) -> Csr:
    """The same holdings, and parties after them that hold nothing and are held by nobody."""
    indptr = np.concatenate([holdings.indptr, np.full(strangers, holdings.indptr[-1])])
    return Csr(indptr, holdings.indices, holdings.data)


def test_a_chain_through_a_loop_reaches_the_person_behind_it() -> None:
    holdings = case(4, [(0, 1, 0.5), (1, 0, 0.5), (2, 0, 0.5), (3, 1, 0.25)], {}).csr()
    known = register(holdings)
    assert known.known.tolist() == [1.0, 0.75, 0.0, 0.0]
    ultimate = ultimate_owners(known.shares, 1)
    assert ultimate[2] == pytest.approx(1 / 3)
    assert ultimate[3] == pytest.approx(1 / 3)
    people = np.array([2, 3])
    assert beneficial_owners(ultimate, people, threshold=1 / 3).tolist() == [2, 3]
    assert beneficial_owners(ultimate, people, threshold=0.34).tolist() == []


def test_shares_above_one_are_scaled_and_named_and_closed_loops_left_out() -> None:
    known = register(case(5, [(0, 1, 0.9), (2, 1, 0.6), (3, 4, 1.0), (4, 3, 1.0)], {}).csr())
    assert known.over.tolist() == [1]
    assert known.shares.data.tolist() == pytest.approx([0.6, 0.4])
    assert known.circular.tolist() == [3, 4]
    with pytest.raises(ValueError, match="share 0 is -1"):
        register(case(2, [(0, 1, -1.0)], {}).csr())


@settings(max_examples=100, deadline=None)
@given(LINKS, st.integers(1, SIZE))
def test_cycles_and_circles_are_those_of_networkx(links: list[tuple[int, int, int]], longest: int) -> None:
    graph, given_links = digraph(links), matrix(links)
    expected = {}
    for cycle in networkx.simple_cycles(graph):
        at = cycle.index(min(cycle))
        turned = tuple(cycle[at:] + cycle[:at])
        ends = zip(turned, (*turned[1:], turned[0]), strict=True)
        expected[turned] = min(graph.edges[e]["weight"] for e in ends)
    found = elementary_cycles(given_links, longest=None)
    assert {c.members: c.bottleneck for c in found} == expected
    short = elementary_cycles(given_links, longest=longest)
    assert {c.members for c in short} == {c for c in expected if len(c) <= longest}
    assert [c.members for c in short] == sorted(c.members for c in short)
    groups = [
        tuple(sorted(g))
        for g in networkx.strongly_connected_components(graph)
        if len(g) > 1 or graph.has_edge(min(g), min(g))
    ]
    made = circles(given_links)
    assert [c.members for c in made] == sorted(groups)
    for circle in made:
        inside = [w for a, b, w in links if a in circle.members and b in circle.members]
        into = [w for a, b, w in links if a not in circle.members and b in circle.members]
        assert circle.internal == sum(inside)
        assert circle.inflow == sum(into)


def test_kinds_of_circles() -> None:
    links = [
        (0, 0, 1.0),
        (1, 2, 1.0), (2, 1, 1.0),
        (3, 4, 1.0), (4, 5, 1.0), (5, 3, 1.0),
        (6, 7, 1.0), (7, 6, 1.0), (7, 8, 1.0), (8, 7, 1.0), (6, 8, 1.0), (8, 6, 1.0),
        (9, 10, 1.0), (10, 11, 1.0), (11, 9, 1.0), (10, 9, 1.0),
    ]  # fmt: skip
    made = circles(case(12, links, {}).csr())
    assert [c.kind for c in made] == ["self", "mutual", "ring", "complete", "complex"]


def test_the_longest_ring_is_found_at_once_and_the_number_of_cycles_is_bounded() -> None:
    size = 1000
    ring = case(size, [(k, (k + 1) % size, 2.0) for k in range(size)], {}).csr()
    assert [len(c.members) for c in elementary_cycles(ring, longest=None)] == [size]
    assert elementary_cycles(ring) == ()
    dense = case(12, [(a, b, 1.0) for a in range(12) for b in range(12) if a != b], {}).csr()
    assert len(elementary_cycles(dense, longest=None, most=50)) == 50


@settings(max_examples=20, deadline=None)
@given(cases())
def test_no_cycle_where_there_is_no_circle(graph: Case) -> None:
    assert bool(circles(graph.csr())) == bool(elementary_cycles(graph.csr(), longest=None))
