"""Communities and components: quality, order of input, names of groups."""

from __future__ import annotations

import random

import networkx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from algorithms.communities.leiden import leiden, modularity
from algorithms.graph_measures.components import components


def planted(groups: int, members: int, seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    generator = np.random.default_rng(seed)
    size = groups * members
    source = generator.integers(0, size, 12 * size)
    near = source // members * members + generator.integers(0, members, len(source))
    target = np.where(generator.random(len(source)) < 0.9, near, generator.integers(0, size, len(source)))
    return source, target, generator.random(len(source))


def test_planted_groups_are_found() -> None:
    source, target, weight = planted(8, 40, 1)
    label = leiden(320, source, target, weight)
    assert label.tolist() == (np.arange(320) // 40).tolist()


def test_equal_seed_gives_equal_labels_whatever_the_order_of_edges() -> None:
    source, target, weight = planted(5, 60, 2)
    order = np.random.default_rng(0).permutation(len(source))
    state = random.getstate()
    once = leiden(300, source, target, weight, seed=3)
    assert random.getstate() == state
    again = leiden(300, target[order], source[order], weight[order], seed=3)
    assert once.tolist() == again.tolist()


def test_groups_are_numbered_by_their_smallest_member() -> None:
    label = leiden(6, np.array([5, 1]), np.array([0, 3]), np.ones(2))
    assert label.tolist() == [0, 1, 2, 1, 3, 0]


def test_no_edges_no_groups() -> None:
    nothing = np.zeros(0, dtype=np.int64)
    assert leiden(3, nothing, nothing, np.zeros(0)).tolist() == [0, 1, 2]
    assert components(3, nothing, nothing).tolist() == [0, 1, 2]
    with pytest.raises(ValueError, match="weight of edge 0 is -1"):
        leiden(2, np.array([0]), np.array([1]), np.array([-1.0]))


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
    columns = [np.array(c) for c in zip(*edges, strict=True)]
    label = leiden(10, *columns)
    groups = [set(np.flatnonzero(label == c).tolist()) for c in range(label.max() + 1)]
    mine = modularity(label, *columns)
    if graph.number_of_edges():
        assert mine == pytest.approx(networkx.community.modularity(graph, groups), abs=1e-9)
