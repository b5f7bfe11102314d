"""Spectral radius of a non-negative matrix."""

from __future__ import annotations

import numpy as np
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import connected_components
from scipy.sparse.linalg import eigs

from graph.arrays import Csr

DENSE = 600


def spectral_radius(matrix: Csr) -> float:
    """The largest |eigenvalue|: the largest over the strongly connected components, 0 without a cycle.

    Components of up to ``DENSE`` parties exactly, larger ones by ARPACK to 1e-12.
    """
    size = matrix.size
    whole = csr_matrix((matrix.data, matrix.indices, matrix.indptr), shape=(size, size))
    whole.eliminate_zeros()
    _, label = connected_components(whole, directed=True, connection="strong")
    radius = float(whole.diagonal().max(initial=0.0))
    members = np.bincount(label)
    for component in np.flatnonzero(members > 1):
        inside = np.flatnonzero(label == component)
        part = whole[inside][:, inside]
        if len(inside) <= DENSE:
            values = np.linalg.eigvals(part.toarray())
        else:
            start = np.ones(len(inside))
            values = eigs(
                part.astype(np.float64), k=1, which="LM", v0=start, return_eigenvectors=False, tol=1e-12
            )
        radius = max(radius, float(np.abs(values).max()))
    return radius
