"""Classes as a model that anybody can be assigned by: means of scores and the covariance within classes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from algorithms.segments.information import information
from algorithms.segments.scores import Scales
from algorithms.segments.table import Table
from algorithms.segments.valley import shrunk
from graph.arrays import Floats, Ints

ROUNDS: Final = 5


@dataclass(frozen=True, slots=True, eq=False)
class ClassModel:
    """How a customer's class follows from its features.

    ``scales``: of the features. ``means``: K x columns of the scores. ``root``: columns x columns, R with R R' the
    inverse of the shrunk covariance within classes.
    """

    scales: Scales
    means: Floats
    root: Floats

    def distances(self, scores: Floats) -> Floats:
        """Squared distances of n customers from the K means in the covariance within classes, n x K."""
        points, means = scores @ self.root, self.means @ self.root
        return np.asarray(
            np.maximum(
                (points**2).sum(axis=1)[:, None] - 2 * points @ means.T + (means**2).sum(axis=1)[None, :], 0
            )
        )

    def assign(self, table: Table) -> Ints:
        """Class of each customer of a table with the same features, n; nobody depends on anybody else."""
        return self.nearest(self.scales.of(table))

    def nearest(self, scores: Floats) -> Ints:
        """The nearest mean of n customers, n; ties go to the lower class."""
        return np.asarray(np.argmin(self.distances(scores), axis=1), dtype=np.int64)


def model_of(scales: Scales, scores: Floats, label: Ints) -> ClassModel:
    """The model of classes 0..K-1, none empty.

    Args:
        scores: n x columns, as ``scales`` gives them.
        label: n.
    """
    count = np.bincount(label).astype(np.float64)
    member = np.zeros((len(label), len(count)))
    member[np.arange(len(label)), label] = 1.0
    means = (member.T @ scores) / count[:, None]
    apart = scores - means[label]
    inverse = np.linalg.inv(shrunk(apart.T @ apart / len(label)))
    root = np.linalg.cholesky((inverse + inverse.T) / 2).astype(np.float64)
    return ClassModel(scales, means, root)


def settled(
    scales: Scales, scores: Floats, label: Ints, columns: tuple[Ints, ...]
) -> tuple[ClassModel, Ints]:
    """At most five rounds to the nearest mean in the pooled covariance; that round's classes stand that say the most.

    A class that loses all its customers goes.

    Args:
        scores: n x columns, as ``scales`` gives them.
        label: n, where to begin.
        columns: bins of every feature, which B is counted by.
    """
    model = model_of(scales, scores, label)
    best: tuple[float, ClassModel, Ints] | None = None
    for _ in range(ROUNDS):
        new = np.unique(model.nearest(scores), return_inverse=True)[1].astype(np.int64)
        if best is not None and np.array_equal(new, label):
            break
        label, model = new, model_of(scales, scores, new)
        said = information(columns, label)
        if best is None or said > best[0]:
            best = said, model, label
    return (model, label) if best is None else best[1:]
