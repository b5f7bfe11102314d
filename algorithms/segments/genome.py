"""One way to cluster: which features, how much each dimension weighs, how many classes, by which algorithm."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import Any, Final, Literal

import numpy as np
from scipy.cluster.hierarchy import fcluster, linkage

from algorithms.segments.draws import Keys
from algorithms.segments.kmeans import kmeans
from graph.arrays import Bools, Floats, Ints
from terms.delayed import Delayed

mixture: Final[Any] = Delayed("sklearn.mixture")
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
        label = fcluster(linkage(points, "ward"), genome.classes, "maxclust").astype(np.int64) - 1
    elif genome.algorithm == "GMM" and len(centres) > 1:
        model = mixture.GaussianMixture(
            len(centres),
            covariance_type="full",
            means_init=centres,
            reg_covar=1e-3,
            max_iter=30,
            random_state=0,
        )
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # thirty rounds are enough here, settled or not
            label = model.fit_predict(points)
    return np.unique(label, return_inverse=True)[1].astype(np.int64)
