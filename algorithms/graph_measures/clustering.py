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
    mark = np.full(links.size, -1, dtype=np.int64)
    _count(links.indptr, links.indices, back.indptr, back.indices, mark, share)
    return share


@kernel("i8 i8 i8 i8 i8* f8*")
def _count(  # noqa: PLR0917 - kernels take arrays, by position
    out_indptr: Ints, out_indices: Ints, in_indptr: Ints, in_indices: Ints, mark: Ints, share: Floats
) -> None:
    """Fill ``share``; ``mark[u] == v`` says that u is a neighbour of v, all -1 before."""
    room = np.empty(len(mark), dtype=np.int64)
    for node in range(len(mark)):
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
