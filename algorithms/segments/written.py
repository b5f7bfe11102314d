"""Stored models of classes as plain values, and back, to the last bit."""

from __future__ import annotations

from typing import Any, cast

import numpy as np

from algorithms.segments.classes import Ensemble, Way
from algorithms.segments.genome import Algorithm, Genome
from algorithms.segments.model import ClassModel
from algorithms.segments.rules import Condition, Leaf, Split, Test
from algorithms.segments.scores import NumberScale, Scales
from graph.arrays import Floats


def model_written(model: Ensemble) -> dict[str, Any]:
    """An ensemble as plain values."""
    return {
        "base": _class_model(model.base),
        "refits": [[_class_model(one), names.tolist()] for one, names in model.refits],
    }


def model_read(written: dict[str, Any]) -> Ensemble:
    """The inverse of :func:`model_written`."""
    return Ensemble(
        _class_model_read(written["base"]),
        tuple((_class_model_read(one), np.array(names, dtype=np.int64)) for one, names in written["refits"]),
    )


def _class_model(one: ClassModel) -> dict[str, Any]:
    return {
        "numbers": [
            [scale.corners.tolist(), scale.cdf.tolist(), scale.mean, scale.sd] for scale in one.scales.numbers
        ],
        "shares": [share.tolist() for share in one.scales.shares],
        "means": one.means.tolist(),
        "root": one.root.tolist(),
    }


def _class_model_read(written: dict[str, Any]) -> ClassModel:
    numbers = tuple(
        NumberScale(_floats(corners), _floats(cdf), mean, sd) for corners, cdf, mean, sd in written["numbers"]
    )
    shares = tuple(_floats(share) for share in written["shares"])
    width = len(numbers) + sum(len(share) for share in shares)
    return ClassModel(
        Scales(numbers, shares),
        _floats(written["means"]).reshape(-1, width),
        _floats(written["root"]).reshape(width, width),
    )


def rules_written(tree: Split | Leaf) -> list[Any]:
    """A tree of rules as plain values."""
    if isinstance(tree, Leaf):
        return [tree.label, tree.size, tree.right]
    asked = tree.condition
    return [
        [asked.feature, asked.test, asked.value],
        rules_written(tree.holds),
        rules_written(tree.fails),
    ]


def rules_read(written: list[Any]) -> Split | Leaf:
    """The inverse of :func:`rules_written`."""
    first, second, third = written
    if not isinstance(first, list):
        return Leaf(first, second, third)
    feature, test, value = first
    return Split(Condition(feature, cast(Test, test), value), rules_read(second), rules_read(third))


def way_written(way: Way) -> list[Any]:
    """How classes came about as plain values; empty for the valley tree."""
    if not isinstance(way, Genome):
        return []
    return [way.features.tolist(), way.weights.tolist(), way.classes, way.algorithm, way.seed]


def way_read(written: list[Any]) -> Way:
    """The inverse of :func:`way_written`."""
    if not written:
        return "tree"
    features, weights, classes, algorithm, seed = written
    return Genome(
        np.array(features, dtype=np.bool_), _floats(weights), classes, cast(Algorithm, algorithm), seed
    )


def _floats(values: list[Any]) -> Floats:
    return np.array(values, dtype=np.float64)
