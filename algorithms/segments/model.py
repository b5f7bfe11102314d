"""Classes as a model that anybody can be assigned by: means of scores and the covariance within classes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from algorithms.segments.information import information
from algorithms.segments.scores import Scales
from algorithms.segments.table import Table
from algorithms.segments.valley import shrunk
from graph.arrays import Bools, Floats, Ints

ROUNDS: Final = 5
BATCH: Final = 4_096
"""Customers with something missing that are solved for at once."""


@dataclass(frozen=True, slots=True, eq=False)
class ClassModel:
    """How a customer's class follows from its features.

    ``scales``: of the features. ``means``: K x columns of the scores. ``root``: columns x columns, R with R R' the
    inverse of the shrunk covariance within classes.
    """

    scales: Scales
    means: Floats
    root: Floats

    def distances(self, scores: Floats, missing: Bools | None = None) -> Floats:
        """Squared distances of n customers from the K means in the covariance within classes, n x K.

        Args:
            missing: n x columns; what is missing counts in no distance: a customer's distance is that of what is known
                of it, in the covariance of that alone. Absent: nothing is.
        """
        points, means = scores @ self.root, self.means @ self.root
        found = (points**2).sum(axis=1)[:, None] - 2 * points @ means.T + (means**2).sum(axis=1)[None, :]
        if missing is not None and missing.any():
            self._known_only(found, scores, missing)
        return np.asarray(np.maximum(found, 0))

    def _known_only(self, found: Floats, scores: Floats, missing: Bools) -> None:
        """Put the distances of customers of whom something is missing in their place.

        The distance in what is known is the least over all values that the missing ones could have (Schur complement of
        the inverse covariance); customers with equally many missing scores are solved for together.
        """
        inverse = self.root @ self.root.T
        count = missing.sum(axis=1)
        for many in np.unique(count[count > 0]).tolist():
            every = np.flatnonzero(count == many)
            for begin in range(0, len(every), BATCH):
                rows = every[begin : begin + BATCH]
                gone = np.argsort(~missing[rows], axis=1, kind="stable")[:, :many]
                apart = np.where(
                    missing[rows][:, None, :], 0.0, scores[rows][:, None, :] - self.means[None]
                )  # rows x K x columns
                pull = apart @ inverse
                among = inverse[gone[:, :, None], gone[:, None, :]]
                of_gone = np.take_along_axis(pull, gone[:, None, :], axis=2).transpose(0, 2, 1)
                least = (of_gone * np.linalg.solve(among, of_gone)).sum(axis=1)
                found[rows] = (apart * pull).sum(axis=2) - least

    def assign(self, table: Table) -> Ints:
        """Class of each customer of a table with the same features, n; nobody depends on anybody else."""
        return self.nearest(self.scales.of(table), self.scales.missing(table))

    def nearest(self, scores: Floats, missing: Bools | None = None) -> Ints:
        """The nearest mean of n customers, n; ties go to the lower class. ``missing``: as in :meth:`distances`."""
        return np.asarray(np.argmin(self.distances(scores, missing), axis=1), dtype=np.int64)


def model_of(scales: Scales, scores: Floats, label: Ints, missing: Bools | None = None) -> ClassModel:
    """The model of classes 0..K-1, none empty.

    Args:
        scores: n x columns, as ``scales`` gives them.
        label: n.
        missing: n x columns, scores that stand for a missing value; the mean of the class's others stands in.
    """
    count = np.bincount(label).astype(np.float64)
    member = np.zeros((len(label), len(count)))
    member[np.arange(len(label)), label] = 1.0
    if missing is not None and missing.any():
        known = member.T @ ~missing
        middle = (member.T @ np.where(missing, 0.0, scores)) / np.maximum(known, 1.0)
        scores = np.where(missing, middle[label], scores)
    means = (member.T @ scores) / count[:, None]
    apart = scores - means[label]
    inverse = np.linalg.inv(shrunk(apart.T @ apart / len(label)))
    root = np.linalg.cholesky((inverse + inverse.T) / 2).astype(np.float64)
    return ClassModel(scales, means, root)


def settled(
    scales: Scales, scores: Floats, label: Ints, columns: tuple[Ints, ...], missing: Bools | None = None
) -> tuple[ClassModel, Ints]:
    """At most five rounds to the nearest mean in the pooled covariance; that round's classes stand that say the most.

    A class that loses all its customers goes.

    Args:
        scores: n x columns, as ``scales`` gives them.
        label: n, where to begin.
        columns: bins of every feature, which B is counted by.
        missing: n x columns, scores that stand for a missing value.
    """
    model = model_of(scales, scores, label, missing)
    best: tuple[float, ClassModel, Ints] | None = None
    for _ in range(ROUNDS):
        new = np.unique(model.nearest(scores, missing), return_inverse=True)[1].astype(np.int64)
        if best is not None and np.array_equal(new, label):
            break
        label, model = new, model_of(scales, scores, new, missing)
        said = information(columns, label)
        if best is None or said > best[0]:
            best = said, model, label
    return (model, label) if best is None else best[1:]
