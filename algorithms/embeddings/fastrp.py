"""FastRP: a vector for each node, from random projections of its surroundings."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from algorithms.embeddings.vectors import Hashes, Vectors, add_at_unit_length, start_vectors
from algorithms.invalid_argument import invalid_argument
from graph.arrays import Csr
from terms.delayed import Delayed

if TYPE_CHECKING:
    from scipy.sparse import csr_array

sparse: Final[Any] = Delayed("scipy.sparse")

DIMENSION: Final = 128
"""Fewer lose quality on large graphs (a quarter of the right neighbours at 64 in a graph of a million nodes)."""
STEPS: Final = (0.0, 1.0, 1.0)
"""What one, two and three links away count. Neighbours of neighbours say that two nodes are alike; the neighbours
themselves say little, as each has a random vector of its own."""


def fastrp(
    links: Csr, hashes: Hashes, *, dimension: int = DIMENSION, steps: Sequence[float] = STEPS, seed: int = 0
) -> Vectors:
    """Embedding of every node (Chen, Sultan, Tian, Chen, Skiena 2019, CIKM), by sparse products in float32.

    Step t gives each node the weighted mean of its neighbours' vectors of step t - 1, beginning with
    :func:`~algorithms.embeddings.vectors.start_vectors`; the embedding is the sum over steps of the step's weight
    times that mean at unit length. Degrees are not scaled beyond the mean (normalisation strength 0).

    Args:
        links: n x n weights >= 0, both directions of an undirected link.
        hashes: n hashes of the nodes' keys. Equal keys, links and order of nodes give equal bytes.
        dimension: d, at least 1.
        steps: weight of each step, not all 0; their number is how far a node looks.

    Returns:
        n x d float32. A node without links, or with links of weight 0 only, has the zero vector.

    Raises:
        ValueError: a dimension, steps or a weight that it does not take.

    O(m d) a step; three arrays of n x d at the peak.
    """
    if dimension < 1 or not steps or not any(steps):
        raise invalid_argument(
            f"dimension is {dimension} and steps are {tuple(steps)}, expected at least 1, and a step that counts"
        )
    bad = np.flatnonzero(~(np.isfinite(links.data) & (links.data >= 0.0)))
    if len(bad):
        raise invalid_argument(
            f"weight of link {bad[0]} is {links.data[bad[0]]}, expected a finite number of at least 0"
        )
    mean = _mean_of_neighbours(links)
    current = start_vectors(hashes, dimension, seed=seed)
    embedding = np.zeros_like(current)
    for weight in steps:
        current = mean @ current
        if weight:
            add_at_unit_length(embedding, current, weight)
    return embedding


def _mean_of_neighbours(links: Csr) -> csr_array:
    """The matrix whose product with values is, for each node, the weighted mean of those of its neighbours."""
    rows = links.rows()
    total = np.bincount(rows, links.data, minlength=links.size)
    share = np.divide(links.data, total[rows], out=np.zeros(len(rows)), where=total[rows] > 0.0)
    narrow = np.int32 if len(rows) < np.iinfo(np.int32).max else np.int64
    return sparse.csr_array(
        (share.astype(np.float32), links.indices.astype(narrow), links.indptr.astype(narrow)),
        shape=(links.size, links.size),
    )
