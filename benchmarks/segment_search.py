"""Is the search better than drawing at random? Hypervolumes of NSGA-II and of as many random genomes."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from scipy.stats import wilcoxon
from threadpoolctl import threadpool_limits

from algorithms.segments.draws import numbered, uniform
from algorithms.segments.information import binned
from algorithms.segments.nsga import Member, evolve, fronts
from algorithms.segments.scores import scales
from algorithms.segments.search import GENERATIONS, POPULATION, Space
from benchmarks.kept_pieces import Plain
from benchmarks.segment_worlds import irrelevant, table
from graph.arrays import Floats

REFERENCE = (0.0, 1.0, 17.0)
CLASSES = 6
ROWS = 300
SETTING = (
    "Synthetic tables with six planted classes and eight numbers that say nothing. Neither search knows the tree's"
    " classes. Random genomes have a density of bits drawn uniformly. Reference point: B 0, stability 0, 17 leaves."
)


def hypervolume(values: Floats, reference: tuple[float, float, float] = REFERENCE) -> float:
    """The volume that n points (three objectives, smaller is better) dominate below a reference point."""
    inside = values[(values < np.array(reference)).all(axis=1)]
    levels = [*sorted({float(one) for one in inside[:, 2]}), reference[2]] if len(inside) else []
    total = 0.0
    for low, high in pairwise(levels):
        total += (high - low) * _area(inside[inside[:, 2] <= low][:, :2], reference[:2])
    return total


def _area(values: Floats, reference: tuple[float, ...]) -> float:
    total, top = 0.0, reference[1]
    for x, y in values[np.lexsort((values[:, 1], values[:, 0]))]:
        if y < top:
            total += (reference[0] - x) * (top - y)
            top = y
    return total


def searched(space: Space, seed: int) -> Floats:
    """The last population of NSGA-II, without the tree."""
    last = evolve(
        [Member(genome, space.judged(genome)) for genome in space.first(POPULATION)],
        generations=GENERATIONS,
        child=space.child,
        judge=space.judged,
        purpose=f"{space.purpose} search {seed}",
    )
    return np.array([one.values for one in last])


def drawn(space: Space, seed: int) -> Floats:
    """The best front of as many random genomes."""
    density = uniform(numbered(POPULATION * (GENERATIONS + 1)), f"{seed} density")
    values = [space.judged(space.drawn(f"{seed} random {k}", one)) for k, one in enumerate(density.tolist())]
    found = np.array(values)
    return found[fronts(found) == 0]


def compared(seed: int, rows: int) -> Plain:
    """Both hypervolumes on the table of a seed."""
    own, _ = table(irrelevant(CLASSES, rows, seed), seed)
    scale = scales(own)
    dimension = np.zeros(len(own.names), dtype=np.int64)
    space = Space(own, scale.of(own), binned(own), scale.feature, dimension, CLASSES, f"seed {seed}")
    with threadpool_limits(1):
        return {"ours": hypervolume(searched(space, seed)), "theirs": hypervolume(drawn(space, seed))}


def chance(ours: Sequence[float], theirs: Sequence[float]) -> float:
    """p of the paired one-sided Wilcoxon test that ours are larger."""
    return float(wilcoxon(ours, theirs, alternative="greater").pvalue)
