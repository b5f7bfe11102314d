"""Measures of graphs, against networkx and against plain words of the specification on random small graphs."""

from __future__ import annotations

from collections import Counter

import networkx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from algorithms.graph_measures.clustering import clustering
from algorithms.graph_measures.components import components
from algorithms.graph_measures.distances import distances, levels, shortest_links
from algorithms.graph_measures.labels import propagated_labels
from algorithms.graph_measures.rank import pagerank
from graph.arrays import Csr, Ints

SIZE = 9
ENDS = st.integers(0, SIZE - 1)
Edges = list[tuple[int, int]]
GRAPHS = st.sets(st.tuples(ENDS, ENDS), max_size=30).map(sorted)


def columns(edges: Edges) -> tuple[Ints, Ints]:
    pairs = np.array(edges, dtype=np.int64).reshape(-1, 2)
    return pairs[:, 0], pairs[:, 1]


def csr(edges: Edges, size: int = SIZE) -> Csr:
    source, target = columns(edges)
    return Csr.from_edges(size, source, target, np.ones(len(source)))


def both_ways(edges: Edges) -> Edges:
    return sorted({*edges, *((b, a) for a, b in edges)})


def digraph(edges: Edges) -> networkx.DiGraph:
    graph = networkx.DiGraph(edges)
    graph.add_nodes_from(range(SIZE))
    return graph


@settings(max_examples=60)
@given(GRAPHS, ENDS)
def test_levels_are_those_of_networkx(edges: Edges, source: int) -> None:
    found = networkx.single_source_shortest_path_length(digraph(edges), source)
    assert levels(csr(edges), source).tolist() == [found.get(node, -1) for node in range(SIZE)]


@settings(max_examples=60)
@given(st.lists(st.tuples(ENDS, ENDS, st.integers(0, 5)), max_size=30), ENDS)
def test_distances_are_those_of_networkx_with_parallel_links_and_lengths_of_zero(
    edges: list[tuple[int, int, int]], source: int
) -> None:
    graph = networkx.MultiDiGraph()
    graph.add_nodes_from(range(SIZE))
    graph.add_weighted_edges_from(edges)
    expected = networkx.single_source_dijkstra_path_length(graph, source)
    start, end = columns([(a, b) for a, b, _ in edges])
    links = shortest_links(SIZE, start, end, np.array([w for _, _, w in edges], dtype=np.float64))
    assert distances(links, source).tolist() == [expected.get(node, np.inf) for node in range(SIZE)]


@settings(max_examples=60)
@given(GRAPHS)
def test_components_are_those_of_networkx_numbered_by_their_smallest_member(edges: Edges) -> None:
    groups = sorted(networkx.weakly_connected_components(digraph(edges)), key=min)
    number = {node: at for at, group in enumerate(groups) for node in group}
    assert components(SIZE, *columns(edges)).tolist() == [number[node] for node in range(SIZE)]


def test_components_of_a_long_chain_in_any_order() -> None:
    order = np.random.default_rng(5).permutation(20_000)
    assert not components(20_001, order + 1, order).any()


@settings(max_examples=40)
@given(GRAPHS)
def test_pagerank_converges_to_that_of_networkx(edges: Edges) -> None:
    found = pagerank(csr(edges), rounds=200)
    expected = networkx.pagerank(digraph(edges), alpha=0.85, tol=1e-14, max_iter=1000)
    assert found == pytest.approx([expected[node] for node in range(SIZE)], abs=1e-10)


@settings(max_examples=40)
@given(GRAPHS, st.integers(0, 4))
def test_pagerank_is_a_distribution_after_every_round(edges: Edges, rounds: int) -> None:
    found = pagerank(csr(edges), rounds=rounds)
    assert found.sum() == pytest.approx(1.0)
    assert (found >= 0.15 / SIZE - 1e-12).all()


def test_one_round_of_pagerank_by_hand() -> None:
    # 0 -> 1, 0 -> 2; 1 and 2 are dangling: (1 - d)/3 + d * (in-links + 2/9)
    found = pagerank(csr([(0, 1), (0, 2)], 3), damping=0.5, rounds=1)
    shared = 1 / 6 + 0.5 * 2 / 9
    assert found == pytest.approx([shared, shared + 0.5 / 6, shared + 0.5 / 6])


@settings(max_examples=60)
@given(GRAPHS)
def test_clustering_of_undirected_graphs_is_that_of_networkx(edges: Edges) -> None:
    graph = digraph(edges).to_undirected()
    graph.remove_edges_from(list(networkx.selfloop_edges(graph)))
    expected = networkx.clustering(graph)
    assert clustering(csr(both_ways(edges))) == pytest.approx([expected[node] for node in range(SIZE)])


@settings(max_examples=60)
@given(GRAPHS)
def test_clustering_of_directed_graphs_counts_links_among_neighbours(edges: Edges) -> None:
    links = {(a, b) for a, b in edges if a != b}
    near = [{b for a, b in both_ways(sorted(links)) if a == node} for node in range(SIZE)]
    expected = [
        sum((a, b) in links for a in around for b in around) / (len(around) * (len(around) - 1))
        if len(around) > 1
        else 0.0
        for around in near
    ]
    assert clustering(csr(edges)) == pytest.approx(expected)


def words_of_label_propagation(edges: Edges, rounds: int) -> list[int]:
    label = list(range(SIZE))
    for _ in range(rounds):
        seen = [Counter[int]() for _ in range(SIZE)]
        for a, b in edges:
            if a != b:
                seen[a][label[b]] += 1
                seen[b][label[a]] += 1
        label = [
            min(near, key=lambda at, near=near: (-near[at], at)) if near else label[node]  # type: ignore[misc]
            for node, near in enumerate(seen)
        ]
    return label


@settings(max_examples=80)
@given(GRAPHS, st.integers(0, 6))
def test_labels_are_those_of_the_specification(edges: Edges, rounds: int) -> None:
    assert propagated_labels(csr(edges), rounds=rounds).tolist() == words_of_label_propagation(edges, rounds)


def test_labels_of_a_pair_swap_for_ever() -> None:
    pair = csr([(0, 1), (1, 0)], 2)
    assert propagated_labels(pair, rounds=7).tolist() == [1, 0]
    assert propagated_labels(pair, rounds=8).tolist() == [0, 1]


def test_empty_graphs_and_wrong_parameters() -> None:
    nothing = csr([], 0)
    assert len(pagerank(nothing)) == len(clustering(nothing)) == 0
    assert len(propagated_labels(nothing, rounds=3)) == 0
    with pytest.raises(IndexError, match="no node 4"):
        levels(csr([], 4), 4)
    with pytest.raises(IndexError, match="no node -1"):
        distances(csr([], 4), -1)
    with pytest.raises(IndexError, match="outside the 2 nodes"):
        components(2, np.array([0]), np.array([2]))
    with pytest.raises(ValueError, match="length 0 is -1"):
        distances(Csr.from_edges(2, np.array([0]), np.array([1]), np.array([-1.0])), 0)
    with pytest.raises(ValueError, match="damping"):
        pagerank(nothing, damping=1.5)
    with pytest.raises(ValueError, match="rounds = -1"):
        propagated_labels(nothing, rounds=-1)
