"""How far everything is from one node: in links (breadth first) and in lengths (shortest paths)."""

from __future__ import annotations

from typing import Any, Final

import numpy as np

from algorithms.invalid_argument import invalid_argument
from algorithms.kernel import kernel
from graph.arrays import Csr, Floats, Ints
from terms.delayed import Delayed

sparse: Final[Any] = Delayed("scipy.sparse")
csgraph: Final[Any] = Delayed("scipy.sparse.csgraph")

UNREACHED = -1


def levels(links: Csr, source: int) -> Ints:
    """Links on a shortest path from ``source`` along the links: n values, ``UNREACHED`` = -1. O(n + m).

    Raises:
        IndexError: no such node.
    """
    _check(links, source)
    level = np.full(links.size, UNREACHED, dtype=np.int64)
    _breadth_first(links.indptr, links.indices, source, np.empty(links.size, dtype=np.int64), level)
    return level


def distances(links: Csr, source: int) -> Floats:
    """Length of a shortest path from ``source``, ``links.data`` being lengths: n values, inf = not reached.

    Raises:
        IndexError: no such node.
        ValueError: a length below 0 or nan; gives its position in ``links.data``.

    Dijkstra 1959 with a Fibonacci heap, by scipy: O(m + n log n). A length of 0 is a link.
    """
    _check(links, source)
    bad = np.flatnonzero(~(links.data >= 0.0))
    if len(bad):
        raise invalid_argument(f"length {bad[0]} is {links.data[bad[0]]}, expected at least 0")
    matrix = sparse.csr_matrix((links.data, links.indices, links.indptr), shape=(links.size, links.size))
    return np.asarray(csgraph.dijkstra(matrix, directed=True, indices=source), dtype=np.float64)


def shortest_links(size: int, source: Ints, target: Ints, length: Floats) -> Csr:
    """Links by rows of which, among parallel ones, only the shortest is kept."""
    order = np.lexsort((length, target, source))
    source, target, length = source[order], target[order], length[order]
    if len(source):
        first = np.flatnonzero(np.r_[True, (source[1:] != source[:-1]) | (target[1:] != target[:-1])])
        source, target, length = source[first], target[first], length[first]
    return Csr.from_edges(size, source, target, length)


def _check(links: Csr, source: int) -> None:
    if not 0 <= source < links.size:
        raise IndexError(f"there is no node {source} among {links.size}")


@kernel("i8 i8 int i8* i8*")
def _breadth_first(indptr: Ints, indices: Ints, source: int, queue: Ints, level: Ints) -> None:
    """Fill ``level``, all -1 before; ``queue`` is room for n positions."""
    queue[0] = source
    level[source] = 0
    head, tail = 0, 1
    while head < tail:
        node = queue[head]
        head += 1
        for at in range(indptr[node], indptr[node + 1]):
            other = indices[at]
            if level[other] < 0:
                level[other] = level[node] + 1
                queue[tail] = other
                tail += 1
