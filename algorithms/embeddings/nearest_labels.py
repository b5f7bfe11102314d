"""How well the labels of the nearest nodes tell a node's own."""

from __future__ import annotations

from typing import Final

import numpy as np

from algorithms.embeddings.vectors import Vectors, unit
from algorithms.invalid_argument import invalid_argument
from algorithms.metrics import macro_f1
from graph.arrays import Ints

UNKNOWN: Final = -1
NEIGHBOURS: Final = 10
FOLDS: Final = 5
LEAST: Final = 10
"""Labels with fewer members are left out."""
_ROWS: Final = 512


def nearest_label_f1(vectors: Vectors, label: Ints, seed: int) -> float:
    """Macro-F1 of the label that most of the ten nearest nodes by cosine have, in five folds by label.

    A node's neighbours are looked for in the other folds. Equal counts: the label whose nodes are nearer in sum.

    Args:
        vectors: n x d.
        label: n labels from 0; :data:`UNKNOWN` is neither judged nor a neighbour.
        seed: of the folds.

    Raises:
        ValueError: no label has ten members or more.
    """
    counts = np.bincount(label[label != UNKNOWN])
    known = np.flatnonzero((label != UNKNOWN) & (counts[label] >= LEAST)) if len(counts) else np.empty(0, int)
    if not len(known):
        raise invalid_argument(f"no label has {LEAST} members or more")
    own, fold = label[known], folds(label[known], seed)
    rows = unit(vectors[known])
    told = np.empty(len(known), dtype=np.int64)
    for one in range(FOLDS):
        judged, others = np.flatnonzero(fold == one), np.flatnonzero(fold != one)
        for start in range(0, len(judged), _ROWS):
            asked = judged[start : start + _ROWS]
            told[asked] = _votes(rows[asked] @ rows[others].T, own[others])
    return macro_f1(own, told)


def folds(label: Ints, seed: int) -> Ints:
    """Which of five folds each of n items is in: at random, each label spread evenly."""
    order = np.random.default_rng(seed).permutation(len(label))
    order = order[np.argsort(label[order], kind="stable")]
    fold = np.empty(len(label), dtype=np.int64)
    fold[order] = np.arange(len(label)) % FOLDS
    return fold


def _votes(cosine: Vectors, label: Ints) -> Ints:
    """The label with most among the nearest columns of each row."""
    count = min(NEIGHBOURS, len(label))
    nearest = np.argpartition(-cosine, count - 1, axis=1)[:, :count]
    rows = np.repeat(np.arange(len(cosine)), count)
    votes = np.zeros((len(cosine), int(label.max()) + 1))
    # Cosines are at most 1 in size, so their mean over ten never outweighs a vote.
    np.add.at(
        votes, (rows, label[nearest.ravel()]), 1.0 + cosine[rows, nearest.ravel()] / (2.0 * NEIGHBOURS + 1.0)
    )
    winner: Ints = votes.argmax(axis=1)
    return winner
