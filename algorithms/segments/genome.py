"""One way to cluster: which features, how much each dimension weighs, how many classes, by which algorithm."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import Any, Final, Literal

import numpy as np

from algorithms.segments.draws import Keys
from algorithms.segments.kmeans import kmeans
from graph.arrays import Bools, Floats, Ints
from terms.delayed import Delayed

hierarchy: Final[Any] = Delayed("scipy.cluster.hierarchy")
mixture: Final[Any] = Delayed("sklearn.mixture")
REGULAR: Final = 1e-3
"""Added to every variance of a mixture, which keeps its covariances invertible."""
ALGORITHMS: Final = ("k-means", "Ward", "GMM")
Algorithm = Literal["k-means", "Ward", "GMM"]


@dataclass(frozen=True, slots=True, eq=False)
class Genome:
    """``features``: m bits. ``weights``: of d dimensions, adding up to 1. ``classes``: K. ``seed``: of the start."""

    features: Bools
    weights: Floats
    classes: int
    algorithm: Algorithm
    seed: int

    @property
    def key(self) -> bytes:
        """The same for equal genomes."""
        return b"|".join(
            [
                self.features.tobytes(),
                self.weights.tobytes(),
                f"{self.classes} {self.algorithm} {self.seed}".encode(),
            ]
        )


def clustered(genome: Genome, scores: Floats, feature: Ints, dimension: Ints, keys: Keys) -> Ints:
    """Classes of n customers, 0..K-1, none empty.

    Args:
        scores: n x columns. ``feature``: of each column. ``dimension``: of each feature.
        keys: n.

    Each dimension's share of the total variance is its weight.
    """
    chosen = np.flatnonzero(genome.features[feature])
    points = scores[:, chosen].copy()
    of = dimension[feature[chosen]]
    for one, weight in enumerate(genome.weights.tolist()):
        columns = np.flatnonzero(of == one)
        variance = float(points[:, columns].var(axis=0).sum())
        if variance > 0:
            points[:, columns] *= np.sqrt(weight / variance)
    label, centres = kmeans(points, keys, genome.classes, f"genome {genome.seed}")
    if genome.algorithm == "Ward":
        label = (
            hierarchy.fcluster(hierarchy.linkage(points, "ward"), genome.classes, "maxclust").astype(np.int64)
            - 1
        )
    elif genome.algorithm == "GMM" and len(centres) > 1:
        model = mixture.GaussianMixture(
            len(centres),
            covariance_type="full",
            # The start is given whole: otherwise another k-means is run for it, which takes longer than all the rest.
            init_params="random_from_data",
            weights_init=np.bincount(label, minlength=len(centres)) / len(label),
            means_init=centres,
            precisions_init=_precisions(points, label, centres),
            reg_covar=REGULAR,
            max_iter=30,
            random_state=0,
        )
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # thirty rounds are enough here, settled or not
            label = model.fit_predict(points)
    return np.unique(label, return_inverse=True)[1].astype(np.int64)


def _precisions(points: Floats, label: Ints, centres: Floats) -> Floats:
    """The inverse covariance of each class of k-means, K x columns x columns."""
    found = np.empty((len(centres), points.shape[1], points.shape[1]))
    for one, centre in enumerate(centres):
        apart = points[label == one] - centre
        spread = apart.T @ apart / max(len(apart), 1) + REGULAR * np.eye(points.shape[1])
        found[one] = np.linalg.inv(spread)
    return found
