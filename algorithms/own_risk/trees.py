"""Gradient-boosted trees in a form of our own: plain arrays that can be kept, read and explained.

Learned by scikit-learn's HistGradientBoostingClassifier; its trees are copied node by node, so that a kept model needs
neither scikit-learn nor a pickle to forecast. A test compares both.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from algorithms.own_risk.columns import LEAST_ROWS, Bins, Coding, Table, encode
from algorithms.own_risk.scorecard import logistic
from graph.arrays import Bools, Floats, Ints
from terms.delayed import loaded

LEAF = -1
LEARNING_RATE = 0.05


@dataclass(frozen=True, slots=True, eq=False)
class Nodes:
    """All nodes of all trees. ``column``: of the matrix, LEAF at leaves; rows at or below ``threshold`` go ``left``,
    missing ones where ``missing_left`` says; ``value``: log odds, at inner nodes the mean over their training rows."""

    column: Ints
    threshold: Floats
    missing_left: Bools
    left: Ints
    right: Ints
    value: Floats


@dataclass(frozen=True, slots=True, eq=False)
class Trees:
    """log odds = ``base`` + what each step down each tree adds, put down to the column that the step looks at."""

    codings: tuple[Coding, ...]
    base: float
    roots: Ints
    nodes: Nodes

    def contributions(self, table: Table) -> Floats:
        """Log odds of n rows by column, n x columns; with ``base`` they add up to the whole (Saabas 2014)."""
        values, owner = matrix(self.codings, table)
        nodes, every = self.nodes, np.arange(len(values))
        found = np.zeros((len(values), len(self.codings)))
        for root in self.roots.tolist():
            rows, at = every, np.full(len(values), root)
            while len(rows):
                inner = nodes.column[at] != LEAF
                rows, at = rows[inner], at[inner]
                column = nodes.column[at]
                value = values[rows, column]
                left = np.where(np.isnan(value), nodes.missing_left[at], value <= nodes.threshold[at])
                below = np.where(left, nodes.left[at], nodes.right[at])
                found[rows, owner[column]] += nodes.value[below] - nodes.value[at]
                at = below
        return found

    def forecast(self, table: Table) -> Floats:
        """Probabilities of n rows, n."""
        return logistic(self.base + self.contributions(table).sum(axis=1))


def fit(
    codings: tuple[Coding, ...], table: Table, happened: Floats, *, leaves: int, rounds: int, seed: int
) -> Trees:
    """``rounds`` trees of at most ``leaves`` leaves at a learning rate of 0.05; texts become one indicator a level.

    Args:
        happened: n, 0 or 1, both occur.
    """
    return copied(codings, estimator(codings, table, happened, leaves=leaves, rounds=rounds, seed=seed))


def estimator(
    codings: tuple[Coding, ...], table: Table, happened: Floats, *, leaves: int, rounds: int, seed: int
) -> Any:
    """The same as scikit-learn has it."""
    model = loaded("sklearn.ensemble").HistGradientBoostingClassifier(
        learning_rate=LEARNING_RATE,
        max_iter=rounds,
        max_leaf_nodes=leaves,
        min_samples_leaf=LEAST_ROWS,
        l2_regularization=1.0,
        early_stopping=False,
        random_state=seed,
    )
    return model.fit(matrix(codings, table)[0], happened > 0)


def copied(codings: tuple[Coding, ...], model: Any) -> Trees:
    """The trees of a fitted estimator."""
    parts: dict[str, list[Any]] = {
        name: [] for name in ("column", "threshold", "missing", "left", "right", "value")
    }
    roots: list[int] = []
    offset = 0
    for (
        tree,
    ) in model._predictors:  # no public way to the nodes; the version is locked and the copy is tested
        nodes = tree.nodes
        leaf = nodes["is_leaf"].astype(bool)
        value = nodes["value"].astype(np.float64)
        count = nodes["count"].astype(np.float64)
        for at in np.flatnonzero(~leaf)[::-1].tolist():  # children stand behind their parent
            ends = [int(nodes["left"][at]), int(nodes["right"][at])]
            value[at] = value[ends] @ count[ends] / count[ends].sum()
        parts["column"].append(np.where(leaf, LEAF, nodes["feature_idx"].astype(np.int64)))
        parts["threshold"].append(np.where(leaf, 0.0, nodes["num_threshold"]))
        parts["missing"].append(nodes["missing_go_to_left"].astype(bool))
        parts["left"].append(nodes["left"].astype(np.int64) + offset)
        parts["right"].append(nodes["right"].astype(np.int64) + offset)
        parts["value"].append(value)
        roots.append(offset)
        offset += len(nodes)
    joined = {name: np.concatenate(arrays) for name, arrays in parts.items()}
    nodes_ = Nodes(*(joined[name] for name in parts))
    base = float(model._baseline_prediction.ravel()[0]) + float(nodes_.value[roots].sum())
    return Trees(codings, base, np.array(roots, dtype=np.int64), nodes_)


def matrix(codings: tuple[Coding, ...], table: Table) -> tuple[Floats, Ints]:
    """Numbers as they are and an indicator for each level, with NaN where missing; and the coding of each column."""
    codes = encode(codings, table)
    columns: list[Floats] = []
    owner: list[int] = []
    for position, coding in enumerate(codings):
        if isinstance(coding, Bins):
            known = coding.name in table
            columns.append(
                np.asarray(table[coding.name], np.float64) if known else np.full(len(codes), np.nan)
            )
            owner.append(position)
        else:
            for code in range(coding.size):
                columns.append((codes[:, position] == code).astype(np.float64))
                owner.append(position)
    if not columns:
        return np.zeros((len(codes), 1)), np.zeros(1, dtype=np.int64)
    return np.stack(columns, axis=1), np.array(owner, dtype=np.int64)
