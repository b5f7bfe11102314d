"""Spectral embedding: the baseline that others are compared with."""

from __future__ import annotations

from typing import Final

import numpy as np
from scipy.sparse import csr_array, eye_array

from algorithms.embeddings.vectors import Hashes, Vectors, start_vectors
from algorithms.invalid_argument import invalid_argument
from graph.arrays import Csr, Floats

_MORE: Final = 32
"""Columns beyond those asked for, so that the last of those converge too."""
_ROUNDS: Final = 6
_PRODUCTS: Final = 5
"""Products in a round: eigenvalues of the shifted matrix lie between 0 and 1, so columns stay apart for as long."""


def spectral(links: Csr, hashes: Hashes, *, dimension: int) -> Vectors:
    """The first eigenvectors of D^-1/2 A D^-1/2, each times its eigenvalue, by randomised subspace iteration.

    Halko, Martinsson, Tropp 2011, SIAM Review 53:217. Thirty products with (I + D^-1/2 A D^-1/2) / 2, which has no
    eigenvalue below 0; where eigenvalues lie close together, what is found spans them without telling them apart.

    Args:
        links: n x n symmetric weights >= 0.
        hashes: n hashes of the nodes' keys, from which the start is drawn; equal input gives equal bytes.
        dimension: d, at least 1; the eigenvectors with the largest eigenvalues.

    Returns:
        n x d float32; columns beyond n are 0.

    Raises:
        ValueError: ``dimension`` below 1.
    """
    if dimension < 1:
        raise invalid_argument(f"dimension is {dimension}, expected at least 1")
    size = links.size
    vectors = np.zeros((size, dimension), dtype=np.float32)
    if not size:
        return vectors
    rows = links.rows()
    strength = np.bincount(rows, links.data, minlength=size)
    scale = np.divide(1.0, np.sqrt(strength), out=np.zeros(size), where=strength > 0.0)
    matrix = csr_array(
        (links.data * scale[rows] * scale[links.indices], links.indices, links.indptr), shape=(size, size)
    )
    if size <= dimension + _MORE:
        value, turn = np.linalg.eigh(matrix.toarray())
        basis = np.eye(size)
    else:
        basis = _first_eigenspace(matrix, hashes, dimension + _MORE)
        value, turn = np.linalg.eigh(basis.T @ (matrix @ basis))
    order = np.argsort(-value, kind="stable")[:dimension]
    vectors[:, : len(order)] = basis @ turn[:, order] * value[order]
    return vectors


def _first_eigenspace(matrix: csr_array, hashes: Hashes, columns: int) -> Floats:
    """A basis of what the eigenvectors with the largest eigenvalues span, n x ``columns`` or fewer."""
    shifted = (matrix + eye_array(matrix.shape[0])).tocsr() * 0.5
    basis = _orthonormal(start_vectors(hashes, columns).astype(np.float64))
    for _ in range(_ROUNDS):
        for _ in range(_PRODUCTS):
            basis = shifted @ basis
        basis = _orthonormal(basis)
    return basis


def _orthonormal(columns: Floats) -> Floats:
    """A basis of what the columns span, by their Gram matrix: no step that threads have to wait for each other in."""
    value, turn = np.linalg.eigh(columns.T @ columns)
    kept = value > 1e-12 * value[-1]
    basis: Floats = columns @ (turn[:, kept] / np.sqrt(value[kept]))
    return basis
