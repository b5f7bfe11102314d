"""The search for classes that say more about the features than those of the valley tree (science.md 3.2)."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final, Literal

import numpy as np

from algorithms.segments.agreement import adjusted_rand
from algorithms.segments.draws import numbered, uniform
from algorithms.segments.genome import ALGORITHMS, Genome, clustered
from algorithms.segments.information import binned, information
from algorithms.segments.model import ClassModel, model_of
from algorithms.segments.notes import Notes, Nothing, noted
from algorithms.segments.nsga import Member, evolve
from algorithms.segments.refits import Refit, drawn
from algorithms.segments.rules import learn, leaves
from algorithms.segments.scores import Scales
from algorithms.segments.table import Table
from graph.arrays import Bools, Floats, Ints

POPULATION: Final = 16
GENERATIONS: Final = 6
REFITS: Final = 3
STABLE: Final = 0.85
NO_LABELS: Final[Ints] = np.zeros(0, dtype=np.int64)


@dataclass(frozen=True, slots=True, eq=False)
class Space:
    """What is searched: n customers by hash, their scores and bins, and which feature and dimension a column is of.

    ``feature``: of each column of the scores. ``dimension``: of each feature. ``most``: K_v.
    """

    table: Table
    scores: Floats
    columns: tuple[Ints, ...]
    feature: Ints
    dimension: Ints
    most: int
    purpose: str

    def labels(self, genome: Genome) -> Ints:
        """Classes by a genome."""
        return clustered(genome, self.scores, self.feature, self.dimension, self.table.keys)

    def judged(self, genome: Genome) -> Floats:
        """-B, 1 - stability, leaves of the rules: all are better when smaller."""
        label = self.labels(genome)
        agreed = []
        for refit in range(REFITS):
            rows = np.flatnonzero(drawn(self.table, f"{self.purpose} refit {refit}"))
            again = clustered(genome, self.scores[rows], self.feature, self.dimension, self.table.keys[rows])
            agreed.append(adjusted_rand(label[rows], again))
        return self.values(label, float(np.mean(agreed)))

    def values(self, label: Ints, stability: float) -> Floats:
        """The three for classes that are known already."""
        rules = learn(self.table, label, ahead=1)
        return np.array([-information(self.columns, label), 1 - stability, float(leaves(rules))])

    def drawn(self, purpose: str, density: float = 0.5) -> Genome:
        """A genome at random: each feature with a chance of ``density``, weights uniform on the simplex."""
        features, dimensions = len(self.columns), int(self.dimension.max(initial=0)) + 1
        u = uniform(numbered(features + dimensions + 3), purpose)
        parts = -np.log(u[features : features + dimensions])
        return self._genome(u[:features] < density, parts / parts.sum(), u[features + dimensions :])

    def first(self, many: int) -> list[Genome]:
        """Genomes to begin with, from few features to nearly all: wherever good ones are, some lie near."""
        return [self.drawn(f"{self.purpose} first {k}", (k + 0.5) / many) for k in range(many)]

    def _genome(self, features: Bools, weights: Floats, u: Floats) -> Genome:
        if not features.any():
            features = np.ones(len(features), dtype=np.bool_)
        classes = 2 + int(u[0] * max(self.most - 1, 1))
        return Genome(features, weights, classes, ALGORITHMS[int(u[1] * len(ALGORITHMS))], int(u[2] * 8))

    def child(self, one: Genome, other: Genome, purpose: str) -> Genome:
        """Bits from either parent, one in m turned; weights between the parents'; the rest from the nearer one, each
        drawn anew one time in five."""
        m, d = len(one.features), len(one.weights)
        u = uniform(numbered(2 * m + d + 7), purpose)
        features = np.where(u[:m] < 0.5, one.features, other.features) ^ (u[m : 2 * m] < 1 / m)
        share = u[2 * m]
        weights = share * one.weights + (1 - share) * other.weights
        weights = weights * np.exp(0.3 * (2 * u[2 * m + 1 : 2 * m + 1 + d] - 1))
        take, new = u[2 * m + 1 + d : 2 * m + 4 + d], u[2 * m + 4 + d :]
        anew = self._genome(features.astype(np.bool_), weights / weights.sum(), new)
        near = one if share >= 0.5 else other
        return Genome(
            anew.features,
            anew.weights,
            anew.classes if take[0] < 0.2 else near.classes,
            anew.algorithm if take[1] < 0.2 else near.algorithm,
            anew.seed if take[2] < 0.2 else near.seed,
        )


@dataclass(frozen=True, slots=True, eq=False)
class Found:
    """What the search found. ``front``: genomes (None: the tree's classes) with -B, 1 - stability and leaves; the
    largest B first."""

    front: tuple[tuple[Genome | None, Floats], ...]

    def stable(self) -> list[Genome]:
        """Those that are stable, the largest B first, as far as they stand before the tree."""
        found = []
        for genome, values in self.front:
            if values[1] <= 1 - STABLE:
                if genome is None:
                    break
                found.append(genome)
        return found


def search(
    space: Space,
    tree: Ints,
    stability: float,
    *,
    tell: Callable[[Literal["search"], int], None] | None = None,
    proceed: Callable[[int], bool] | None = None,
    notes: Notes | None = None,
    population: int = POPULATION,
    generations: int = GENERATIONS,
) -> Found:
    """NSGA-II over genomes, with the tree's classes among the first.

    Args:
        tree: classes of the valley tree, n. ``stability``: of the tree.
        tell: told of each generation before it, of the first population as 0.
        proceed: asked before each generation; False ends the search.
        notes: genomes that have been judged.
    """
    known: dict[bytes, Floats] = {}
    kept = notes or Nothing()

    def judge(genome: Genome) -> Floats:
        if genome.key not in known:
            name = f"{space.purpose} genome {hashlib.sha256(genome.key).hexdigest()}"
            known[genome.key] = noted(kept, name, lambda: (space.judged(genome), NO_LABELS))[0]
        return known[genome.key]

    def goes_on(generation: int) -> bool:
        if tell is not None:
            tell("search", generation + 1)
        return proceed is None or proceed(generation)

    if tell is not None:
        tell("search", 0)
    first = space.first(population - 1)
    every = np.ones(len(space.columns), dtype=np.bool_)
    dimensions = int(space.dimension.max(initial=0)) + 1
    # The tree takes part as a genome of its own: all features, as many classes as it has.
    root = Genome(every, np.full(dimensions, 1 / dimensions), int(tree.max()) + 1, "k-means", -1)
    known[root.key] = space.values(tree, stability)
    members = [Member(genome, judge(genome)) for genome in [root, *first]]
    last = evolve(
        members,
        generations=generations,
        child=space.child,
        judge=judge,
        purpose=f"{space.purpose} search",
        proceed=goes_on,
    )
    seen: dict[bytes, Member[Genome]] = {one.genome.key: one for one in [*last, members[0]]}
    order = sorted(
        seen.values(), key=lambda one: (tuple(one.values), one.genome.key != root.key, one.genome.key)
    )
    return Found(tuple((None if one.genome.key == root.key else one.genome, one.values) for one in order))


def extended(genome: Genome, space: Space, scale: Scales, scores: Floats, missing: Bools) -> Ints:
    """Classes of a genome for all n customers: each goes to the nearest mean of those that were searched."""
    model = model_of(scale, space.scores, space.labels(genome), scale.missing(space.table))
    return np.unique(model.nearest(scores, missing), return_inverse=True)[1].astype(np.int64)


def genome_refit(genome: Genome, space: Space, table: Table, scale: Scales, rows: Ints) -> Refit:
    """A genome's classes on a bootstrap: with as many classes, and with the number of 2..K_v that has the largest B."""
    part = table.rows(rows)
    few = np.arange(min(len(rows), space.table.size))
    scores, missing = scale.of(part), scale.missing(part)
    columns = binned(part)
    found: dict[int, tuple[ClassModel, Ints]] = {}
    for classes in range(2, max(space.most, genome.classes) + 1):
        label = clustered(
            replace(genome, classes=classes), scores[few], space.feature, space.dimension, part.keys[few]
        )
        model = model_of(scale, scores[few], label, missing[few])
        found[classes] = (model, model.nearest(scores, missing))
    model, label = found[genome.classes]
    free = max(found.values(), key=lambda one: information(columns, one[1]))[1]
    # A class that is nearest to nobody stays a class of the model, so labels are not made compact here.
    return Refit(rows, label, model, free, np.arange(len(model.means), dtype=np.int64))
