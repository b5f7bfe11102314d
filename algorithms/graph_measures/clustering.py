"""Local clustering coefficient: how closely the neighbours of a node are linked among themselves."""

from __future__ import annotations

import numpy as np

from algorithms.kernel import kernel
from graph.arrays import Csr, Floats, Ints


def clustering(links: Csr) -> Floats:
    """Links among the neighbours of a node, divided by the d (d - 1) that there could be: n values from 0 to 1.

    Neighbours are those by a link of either direction, d is their number; a node with d < 2 has 0. Links between
    them count by direction, so an undirected graph (both directions listed) gives the usual coefficient.

    LCC of Graphalytics 1.0, section 2.3.5. Time: the sum over all nodes of their neighbours' out-degrees, so a hub of
    degree d adds its links d times; 2 n integers of memory.
    """
    back = links.transpose()
    share = np.zeros(links.size)
    _count(links.indptr, links.indices, back.indptr, back.indices, share)
    return share


@kernel("i8 i8 i8 i8 f8*")
def _count(
    out_indptr: Ints, out_indices: Ints, in_indptr: Ints, in_indices: Ints, share: Floats
) -> None:  # pragma: no cover  # compiled
    """Fill ``share``."""
    size = len(share)
    room = np.empty(size, dtype=np.int64)
    mark = np.full(size, -1, dtype=np.int64)  # v where a node is a neighbour of v
    for node in range(size):
        degree = 0
        for at in range(out_indptr[node], out_indptr[node + 1]):
            other = out_indices[at]
            if other != node and mark[other] != node:
                mark[other] = node
                room[degree] = other
                degree += 1
        for at in range(in_indptr[node], in_indptr[node + 1]):
            other = in_indices[at]
            if other != node and mark[other] != node:
                mark[other] = node
                room[degree] = other
                degree += 1
        if degree < 2:
            continue
        found = 0
        for k in range(degree):
            near = room[k]
            for at in range(out_indptr[near], out_indptr[near + 1]):
                if mark[out_indices[at]] == node and out_indices[at] != near:
                    found += 1
        share[node] = found / (degree * (degree - 1.0))
