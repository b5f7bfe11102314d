"""Strongly connected components against who reaches whom, by every link and by some of them."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from algorithms.risk.strong_components import strong_components
from graph.arrays import Csr


def reached(size: int, ends: list[tuple[int, int]]) -> np.ndarray:
    """n x n, who reaches whom, by squaring."""
    found = np.eye(size, dtype=bool)
    for i, k in ends:
        found[i, k] = True
    for _ in range(size):
        found |= (found.astype(int) @ found.astype(int)) > 0
    return found


@st.composite
def graphs(draw: st.DrawFn) -> tuple[int, list[tuple[int, int]]]:
    size = draw(st.integers(0, 9))
    party = st.integers(0, max(size - 1, 0))
    return size, draw(st.lists(st.tuples(party, party), unique=True, max_size=20)) if size else []


@given(graphs(), st.data())
def test_two_have_one_label_where_each_reaches_the_other(
    graph: tuple[int, list[tuple[int, int]]], data: st.DataObject
) -> None:
    size, ends = graph
    source, target = np.array(ends, dtype=np.int64).reshape(-1, 2).T
    links = Csr.from_edges(size, source, target, np.ones(len(ends)))
    kept = np.array(data.draw(st.lists(st.booleans(), min_size=len(ends), max_size=len(ends))), dtype=bool)
    for some in (None, kept):
        label = strong_components(links.indptr, links.indices, some)
        there = np.ones(len(ends), dtype=bool) if some is None else some
        remaining = zip(links.rows()[there].tolist(), links.indices[there].tolist(), strict=True)
        reaches = reached(size, list(remaining))
        assert ((label[:, None] == label) == (reaches & reaches.T)).all()
        assert sorted(set(label.tolist())) == list(range(len(set(label.tolist()))))
