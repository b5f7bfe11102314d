"""The contract of features: what each means, its unit, window, missing rule, dimension and source, in two languages."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any, Final, Literal, TypeAlias, cast, get_args

import numpy as np
from ruamel.yaml import YAML

from algorithms.customer_features.observed import Costs
from algorithms.own_risk.protected import protected
from graph.arrays import Ints
from terms.errors import Lang

FILE: Final = "contract.yaml"
Kind: TypeAlias = Literal["number", "category"]
Text: TypeAlias = Mapping[str, str]
"""A text by language."""

_FEATURE: Final = {"dimension", "type", "unit", "window", "source", "missing", "en", "zh"}
_MORE: Final = {"ask", "favourable", "words"}


@dataclass(frozen=True, slots=True)
class Feature:
    """One feature. ``favourable``: 1 where more is better, -1 where less is, 0 where it is neither. ``ask``: what a
    visit or a survey should ask where it is missing; None where nobody has to be asked. ``words``: of a
    category, in Chinese."""

    name: str
    dimension: str
    kind: Kind
    unit: str
    window: str
    source: str
    missing: Text
    text: Text
    favourable: int
    ask: Text | None
    words: Mapping[str, str]

    def told(self, lang: Lang) -> str:
        """What it is, in words."""
        return self.text[lang]


@dataclass(frozen=True, slots=True)
class Dimension:
    """One of the three dimensions. ``share``: of the total variance."""

    name: str
    share: float
    text: Text


@dataclass(frozen=True, slots=True)
class FeatureContract:
    """All features by name, in the order of the file."""

    version: int
    dimensions: Mapping[str, Dimension]
    features: Mapping[str, Feature]
    costs: Costs

    def dimension_of(self, names: tuple[str, ...]) -> Ints:
        """Position of the dimension of each of some features."""
        place = {name: at for at, name in enumerate(self.dimensions)}
        return np.array([place[self.features[name].dimension] for name in names], dtype=np.int64)


@cache
def contract() -> FeatureContract:
    """The contract that ships with the program."""
    return read((resources.files("services.features") / FILE).read_text(encoding="utf-8"))


def read(text: str) -> FeatureContract:
    """A contract from YAML.

    Raises:
        ValueError: a feature lacks a key or has an unknown one, its dimension is unknown or its name is a protected
            attribute; shares do not add up to 1. The message names the place.
    """
    found = YAML(typ="safe").load(text)
    dimensions = {
        name: Dimension(name, float(one["share"]), _text(one)) for name, one in found["dimensions"].items()
    }
    total = sum(one.share for one in dimensions.values())
    if abs(total - 1) > 1e-9:
        raise ValueError(f"{FILE}: the shares of the dimensions add up to {total}, expected 1")
    features = {name: _feature(name, one, dimensions) for name, one in found["features"].items()}
    values = {name: float(one["value"]) for name, one in found["parameters"].items()}
    return FeatureContract(int(found["version"]), dimensions, features, Costs(**values))


def _feature(name: str, one: Mapping[str, Any], dimensions: Mapping[str, Dimension]) -> Feature:
    where = f"{FILE}, feature {name}"
    for key in sorted(_FEATURE - one.keys()):
        raise ValueError(f"{where}: no {key}")
    for key in sorted(one.keys() - _FEATURE - _MORE):
        near = difflib.get_close_matches(key, _FEATURE | _MORE, 1, 0.0)
        raise ValueError(f"{where}: unknown key {key}; the nearest is {near[0]}")
    if one["dimension"] not in dimensions:
        raise ValueError(f"{where}: unknown dimension {one['dimension']}, expected one of {[*dimensions]}")
    if one["type"] not in get_args(Kind):
        raise ValueError(f"{where}: unknown type {one['type']}, expected one of {get_args(Kind)}")
    if protected(name) is not None:
        raise ValueError(f"{where}: a protected attribute is no feature")
    return Feature(
        name=name,
        dimension=one["dimension"],
        kind=cast(Kind, one["type"]),
        unit=one["unit"],
        window=one["window"],
        source=one["source"],
        missing=_text(one["missing"]),
        text=_text(one),
        favourable=int(one.get("favourable", 0)),
        ask=_text(one["ask"]) if "ask" in one else None,
        words=one.get("words", {}),
    )


def _text(one: Mapping[str, str]) -> Text:
    return {lang: one[lang] for lang in ("en", "zh")}
