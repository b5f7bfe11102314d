"""Leiden communities and components: each step against a plain reference, and what holds whatever the network."""

from __future__ import annotations

import networkx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from algorithms.communities.leiden import UNTIL_NOTHING_CHANGES, leiden
from algorithms.communities.leiden_kernel import parts, renumber, together
from algorithms.communities.network import Network, changed_weight
from algorithms.graph_measures.components import components
from tests.algorithms import communities_reference as reference

SEEDS = st.integers(0, 2**32 - 1)


def planted(groups: int, members: int, seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    generator = np.random.default_rng(seed)
    size = groups * members
    source = generator.integers(0, size, 12 * size)
    near = source // members * members + generator.integers(0, members, len(source))
    target = np.where(generator.random(len(source)) < 0.9, near, generator.integers(0, size, len(source)))
    return source, target, generator.random(len(source))


def test_planted_groups_are_found() -> None:
    label = leiden(Network.of(320, *planted(8, 40, 1)))
    assert label.tolist() == (np.arange(320) // 40).tolist()


def test_equal_seed_gives_equal_labels_whatever_the_order_of_edges() -> None:
    source, target, weight = planted(5, 60, 2)
    order = np.random.default_rng(0).permutation(len(source))
    once = leiden(Network.of(300, source, target, weight), seed=3)
    again = leiden(Network.of(300, target[order], source[order], weight[order]), seed=3)
    assert once.tolist() == again.tolist()


def test_groups_are_numbered_by_their_smallest_member() -> None:
    label = leiden(Network.of(6, np.array([5, 1]), np.array([0, 3]), np.ones(2)))
    assert label.tolist() == [0, 1, 2, 1, 3, 0]


def test_no_edges_no_groups() -> None:
    nothing = np.zeros(0, dtype=np.int64)
    assert leiden(Network.of(3, nothing, nothing, np.zeros(0))).tolist() == [0, 1, 2]
    assert components(3, nothing, nothing).tolist() == [0, 1, 2]
    with pytest.raises(ValueError, match="weight of link 0 is -1"):
        Network.of(2, np.array([0]), np.array([1]), np.array([-1.0]))


@settings(max_examples=300, deadline=None)
@given(SEEDS)
def test_a_network_is_the_sum_of_its_links(seed: int) -> None:
    generator = np.random.default_rng(seed)
    size, count = int(generator.integers(1, 9)), int(generator.integers(0, 30))
    source, target = generator.integers(0, size, (2, count))
    weight = generator.integers(0, 9, count) / 4
    found = Network.of(size, source, target, weight)
    matrix = np.zeros((size, size))
    for a, b, w in zip(source, target, weight, strict=True):
        if a != b:
            matrix[a, b] += w
            matrix[b, a] += w
    again = np.zeros((size, size))
    again[found.links.rows(), found.links.indices] = found.links.data
    assert again.tolist() == matrix.tolist()
    assert len(found.links.data) == np.count_nonzero(matrix)
    assert found.strength.tolist() == matrix.sum(axis=1).tolist()
    for v in range(size):
        row = found.links.indices[found.links.indptr[v] : found.links.indptr[v + 1]]
        assert (np.diff(row) > 0).all()
    low, high = np.nonzero(np.triu(matrix))
    assert (found.low.tolist(), found.high.tolist()) == (low.tolist(), high.tolist())
    assert found.weight.tolist() == matrix[low, high].tolist()


@settings(max_examples=300, deadline=None)
@given(SEEDS)
def test_ends_of_changed_links_are_those_whose_weights_differ(seed: int) -> None:
    generator = np.random.default_rng(seed)
    size, count = int(generator.integers(1, 9)), int(generator.integers(0, 20))
    source, target = generator.integers(-1, size, (2, count))
    weight = generator.integers(0, 3, count) / 4
    low, high = generator.integers(0, size, (2, count))
    now = Network.of(size, low, high, generator.integers(0, 3, count) / 4)
    before = np.zeros((size + 1, size + 1))  # the last row: those that are gone
    for a, b, w in zip(source, target, weight, strict=True):
        if a != b:
            before[a, b] += w
            before[b, a] += w
    after = np.zeros((size + 1, size + 1))
    after[now.links.rows(), now.links.indices] = now.links.data
    differs = (before != after).any(axis=1)[:size]
    assert (
        np.flatnonzero(changed_weight((source, target, weight), now)).tolist()
        == np.flatnonzero(differs).tolist()
    )


@settings(max_examples=300, deadline=None)
@given(SEEDS)
def test_parts_of_communities_are_those_of_the_text(seed: int) -> None:
    generator = np.random.default_rng(seed)
    size = int(generator.integers(2, 12))
    count = int(generator.integers(0, 40))
    source, target = generator.integers(0, size, (2, count))
    known = Network.of(size, source, target, generator.uniform(0.1, 2.0, count))
    label = generator.integers(0, min(size, 3), size)
    order, draw = generator.permutation(size), generator.random(size)
    share = float(generator.uniform(0.3, 2.2)) / max(known.total, 1.0)  # no two choices are equal
    links = known.links
    part = parts(links.indptr, links.indices, links.data, known.strength, label, order, draw, share, 0.3)
    assert part.tolist() == reference.refined(
        known.links, known.strength.tolist(), label.tolist(), order.tolist(), draw.tolist(), share, 0.3
    )
    assert (label[part] == label).all(), "no part reaches beyond its community"
    count = renumber(part)
    rows, columns, weights = together(links.indptr, links.indices, links.data, part, count)
    merged = np.zeros((count, count))
    np.add.at(merged, (part[links.rows()], part[links.indices]), links.data)
    np.fill_diagonal(merged, 0.0)
    found = np.zeros((count, count))
    found[np.repeat(np.arange(count), np.diff(rows)), columns] = weights
    assert found == pytest.approx(merged)


@settings(max_examples=100, deadline=None)
@given(SEEDS)
def test_communities_hang_together_and_nobody_would_gain_by_a_move(seed: int) -> None:
    generator = np.random.default_rng(seed)
    size = int(generator.integers(2, 40))
    source, target = generator.integers(0, size, (2, 3 * size))
    known = Network.of(size, source, target, generator.uniform(0.1, 2.0, 3 * size))
    label = leiden(known, seed=seed % 100, rounds=UNTIL_NOTHING_CHANGES)
    assert known.modularity(label) >= known.modularity(leiden(known, seed=seed % 100, rounds=1)) - 1e-12
    inside = label[known.low] == label[known.high]
    assert components(size, known.low[inside], known.high[inside]).tolist() == label.tolist()
    links = {(int(a), int(b)): float(w) for a, b, w in zip(known.low, known.high, known.weight, strict=True)}
    for v in range(size):
        own = reference.worth(links, label.tolist(), v, int(label[v]))
        for other in {int(label[u]) for u in reference.neighbours(links, v)}:
            assert reference.worth(links, label.tolist(), v, other) <= own + 1e-9


ENDS = st.integers(0, 9)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(ENDS, ENDS), max_size=20))
def test_components_are_those_of_networkx(edges: list[tuple[int, int]]) -> None:
    graph = networkx.Graph(edges)
    graph.add_nodes_from(range(10))
    label = components(
        10, np.array([a for a, _ in edges], dtype=np.int64), np.array([b for _, b in edges], dtype=np.int64)
    )
    expected = {frozenset(c) for c in networkx.connected_components(graph)}
    assert {frozenset(np.flatnonzero(label == c).tolist()) for c in set(label.tolist())} == expected


@settings(max_examples=30, deadline=None)
@given(st.lists(st.tuples(ENDS, ENDS, st.floats(0.1, 5.0)), min_size=1, max_size=30))
def test_modularity_is_that_of_networkx(edges: list[tuple[int, int, float]]) -> None:
    graph = networkx.Graph()
    graph.add_nodes_from(range(10))
    for a, b, w in edges:
        if a != b:
            graph.add_edge(a, b, weight=w + graph.get_edge_data(a, b, {"weight": 0.0})["weight"])
    source, target, weight = (np.array(column) for column in zip(*edges, strict=True))
    known = Network.of(10, source, target, weight)
    label = leiden(known)
    groups = [set(np.flatnonzero(label == c).tolist()) for c in range(label.max() + 1)]
    if graph.number_of_edges():
        found = networkx.community.modularity(graph, groups)
        assert known.modularity(label) == pytest.approx(found, abs=1e-9)
