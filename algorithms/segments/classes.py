"""Customer classes of a table, from the first test to the rules (science.md 3.2)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any, Final, Literal, TypeAlias

import numpy as np

from algorithms.segments.agreement import consensus
from algorithms.segments.genome import Genome
from algorithms.segments.information import binned, information
from algorithms.segments.model import ClassModel, model_of, settled
from algorithms.segments.notes import Notes, Nothing, noted
from algorithms.segments.refits import Refit, Stability, stability, tree_refit
from algorithms.segments.rules import Leaf, Split, learn, predicted
from algorithms.segments.scores import Scales, scales
from algorithms.segments.search import Found, Space, extended, genome_refit, search
from algorithms.segments.table import Table
from algorithms.segments.valley_tree import ValleyTree
from graph.arrays import Floats, Ints
from terms.delayed import Delayed

threadpoolctl: Final[Any] = Delayed("threadpoolctl")
SAMPLE: Final = 20_000
"""Customers that classes are found among, those with the smallest hashes; all others are assigned."""
SEARCHED: Final = 1_000
"""... and that the search is run on."""
REFITS: Final = 5
LOOSE: Final = 0.6
"""A class whose mean best Jaccard is below this joins its nearest."""
TRUSTED: Final = 0.9
"""Classes of the search stand only if refits agree with them so far ..."""
NEARLY: Final = 0.05
"""... and at most so much less than with those of the valley tree, with K fixed and with K chosen again."""
CHUNK: Final = 50_000
"""Customers that are assigned at once: the scores of a million would take a gigabyte."""
TRIED: Final = 3
"""How many of the search's are tried, the largest B first."""
LOOKED_AT: Final = 2_000
"""Customers that the silhouette is computed of."""

Step: TypeAlias = Literal["tree", "refit", "search", "rules"]
"""What is told of: with its number, of refits and of the generations of the search."""
Way: TypeAlias = Genome | Literal["tree"]
"""How classes came about: by the search's genome where it beat the valley tree."""


@dataclass(frozen=True, slots=True, eq=False)
class Ensemble:
    """Classes as a stored model: refits vote, each by its nearest mean.

    ``base``: the model of the classes. ``refits``: models of the bootstraps, each with the class of ``base`` that its
    own classes are, or UNKNOWN.
    """

    base: ClassModel
    refits: tuple[tuple[ClassModel, Ints], ...]

    def assign(self, table: Table) -> tuple[Ints, Floats]:
        """Class and strength (share of the votes, 0 to 1) of each customer; nobody depends on anybody else."""
        label = np.empty(table.size, dtype=np.int64)
        strength = np.empty(table.size)
        for begin in range(0, table.size, CHUNK):
            some = np.arange(begin, min(begin + CHUNK, table.size))
            part = table.rows(some)
            with threadpoolctl.threadpool_limits(1):
                votes = [names[model.assign(part)] for model, names in self.refits]
                found = consensus(self.base.assign(part), votes)
            label[some], strength[some] = found.label, found.strength
        return label, strength


@dataclass(frozen=True, slots=True, eq=False)
class Classes:
    """Classes of n customers, in the order of the table.

    ``label``: 0..K-1, larger classes first. ``strength``: share of the refits that agree. ``p``: of the valley test on
    all. ``rules``: the tree of at most four questions; ``fidelity``: share of the customers whose class it gives.
    ``tree_information``, ``information``: B of the valley tree's classes and of those that stand. ``searched``: what
    the search found, None where there was none. ``way``: how the classes came about. ``joined``: how many loose
    classes joined their nearest.
    """

    label: Ints
    strength: Floats
    p: float
    model: Ensemble
    stability: Stability
    rules: Split | Leaf
    fidelity: float
    silhouette: float
    tree_information: float
    information: float
    searched: Found | None
    way: Way
    joined: int


@dataclass(frozen=True, slots=True)
class NoClasses:
    """There are none. ``p``: of the valley test. ``loose``: classes were found and no two of them were stable."""

    p: float
    loose: bool = False


def find(
    table: Table,
    dimension: Ints,
    seed: int = 0,
    *,
    way: Way | None = None,
    tell: Callable[[Step, int], None] | None = None,
    proceed: Callable[[int], bool] | None = None,
    notes: Notes | None = None,
) -> Classes | NoClasses:
    """Find the classes of customers, where there are any.

    Args:
        table: n customers in hashed order.
        dimension: of each feature, 0..d-1.
        seed: of every draw, with the customer's key and what it is for.
        way: how the classes of an earlier fit came about. It is kept then, so that one more customer moves hardly
            anybody; without it the search is run.
        tell: told of each step before it, with its number.
        proceed: asked before each generation of the search; False ends it there.
        notes: what an earlier call for the same table, features and seed has worked out; what is worked out is added.
    """
    # Small products of matrices: threads would wait for each other, and could change the last digit.
    with threadpoolctl.threadpool_limits(1):
        return _find(
            table,
            dimension,
            f"seed {seed}",
            way=way,
            tell=tell or _silent,
            proceed=proceed,
            notes=notes or Nothing(),
        )


def _find(
    table: Table,
    dimension: Ints,
    said: str,
    *,
    way: Way | None,
    tell: Callable[[Step, int], None],
    proceed: Callable[[int], bool] | None,
    notes: Notes,
) -> Classes | NoClasses:
    part = table.rows(np.arange(min(table.size, SAMPLE)))
    tell("tree", 0)
    (p,), label = noted(notes, "tree", partial(_tree, part, f"{said} tree"))
    scale = scales(part)
    scores, missing = scale.of(part), scale.missing(part)
    columns = binned(part)
    if int(label.max(initial=0)) > 0:
        _, label = settled(scale, scores, label, columns, missing)
    many = int(label.max(initial=0)) + 1
    if many == 1:
        return NoClasses(float(p))
    refits = []
    for number in range(REFITS):
        tell("refit", number)
        refits.append(tree_refit(part, many, f"{said} refit {number}", notes).named(label))
    of_tree = information(columns, label)
    rows = np.arange(min(part.size, SEARCHED))
    few = part.rows(rows)
    space = Space(few, scores[rows], binned(few), scale.feature, dimension, many, said)
    of_refits = stability(label, refits)
    searched: Found | None = None
    candidates = [way] if isinstance(way, Genome) else []
    if way is None:
        searched = search(
            space, _compact(label[rows]), of_refits.ari, tell=tell, proceed=proceed, notes=notes
        )
        candidates = searched.stable()[:TRIED]
    chosen: Genome | None = None
    for genome in candidates:
        better = extended(genome, space, scale, scores, missing)
        if way is None and not _says_more(columns, better, label, refits):
            continue
        again = [genome_refit(genome, space, part, scale, refit.rows).named(better) for refit in refits]
        if way is not None or _firm(stability(better, again), of_refits):
            label, refits, chosen = better, again, genome
            break
    label, refits, joined = join_loose(scale, scores, label, refits)
    if int(label.max(initial=0)) == 0:
        return NoClasses(float(p), loose=True)
    measured = stability(label, refits)
    tell("rules", 0)
    model = Ensemble(model_of(scale, scores, label, missing), tuple((one.model, one.names) for one in refits))
    own, _ = model.assign(part)
    rules = learn(part, own)
    all_labels, strength = (own, _) if part.size == table.size else model.assign(table)
    return Classes(
        label=all_labels,
        strength=strength,
        p=float(p),
        model=model,
        stability=measured,
        rules=rules,
        fidelity=float((predicted(rules, part) == own).mean()),
        silhouette=silhouette(scores[:LOOKED_AT], own[:LOOKED_AT]),
        tree_information=of_tree,
        information=information(columns, own),
        searched=searched,
        way=chosen or "tree",
        joined=joined,
    )


def _tree(part: Table, purpose: str) -> tuple[Floats, Ints]:
    """p of the test on all, and the parts."""
    tree = ValleyTree(part, purpose)
    return np.array([tree.root.p]), tree.parts()


def _silent(_step: Step, _number: int) -> None:
    """Tell nobody."""


def _says_more(columns: tuple[Ints, ...], better: Ints, label: Ints, refits: list[Refit]) -> bool:
    """Whether B is larger among all customers and among those of every bootstrap: a lead that chance would not give."""
    return all(
        information(tuple(column[rows] for column in columns), better[rows])
        > information(tuple(column[rows] for column in columns), label[rows])
        for rows in [np.arange(len(label)), *(refit.rows for refit in refits)]
    )


def _firm(one: Stability, of_tree: Stability) -> bool:
    """Whether classes of the search are found again, and nearly as surely as those of the tree."""
    return one.ari >= max(TRUSTED, of_tree.ari - NEARLY) and one.ari_free >= of_tree.ari_free - NEARLY


def _compact(label: Ints) -> Ints:
    return np.unique(label, return_inverse=True)[1].astype(np.int64)


def join_loose(
    scale: Scales, scores: Floats, label: Ints, refits: list[Refit]
) -> tuple[Ints, list[Refit], int]:
    """Join loose classes with their nearest, the loosest first, and put larger classes first."""
    joined = 0
    while int(label.max()) > 0:
        jaccard = stability(label, refits).jaccard
        loosest = int(np.argmin(jaccard))
        if jaccard[loosest] >= LOOSE:
            break
        model = model_of(scale, scores, label)
        far = model.distances(model.means)[loosest]
        far[loosest] = np.inf
        into = np.arange(len(jaccard))
        into[loosest] = int(np.argmin(far))
        into = _compact(into)
        label, refits, joined = into[label], [one.joined(into) for one in refits], joined + 1
    order = np.argsort(-np.bincount(label), kind="stable")
    into = np.empty(len(order), dtype=np.int64)
    into[order] = np.arange(len(order))
    return into[label], [one.joined(into) for one in refits], joined


def silhouette(scores: Floats, label: Ints) -> float:
    """Mean silhouette (Rousseeuw 1987) of n customers in distance scores, -1 to 1; 0 with one class. O(n^2)."""
    own = _compact(label)
    count = np.bincount(own)
    if len(count) < 2:
        return 0.0
    square = (scores**2).sum(axis=1)
    far = np.sqrt(np.maximum(square[:, None] - 2 * scores @ scores.T + square[None, :], 0.0))
    np.fill_diagonal(far, 0.0)
    member = (own[:, None] == np.arange(len(count))).astype(np.float64)
    total = far @ member
    here = np.arange(len(own))
    inside = total[here, own] / np.maximum(count[own] - 1, 1)
    mean = total / count
    mean[here, own] = np.inf
    outside = mean.min(axis=1)
    value = np.where(count[own] > 1, (outside - inside) / np.maximum(np.maximum(outside, inside), 1e-12), 0.0)
    return float(value.mean())
