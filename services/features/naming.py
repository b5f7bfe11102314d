"""What classes may be called, which service follows, and which figures are shown: one file that a site may replace."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from pathlib import Path
from typing import Any, Final, Literal, TypeAlias, cast, get_args

import numpy as np
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from graph.arrays import Floats
from services.features.contract import Text, contract
from terms.errors import KehutuError

FILE: Final = "segments.yaml"
Tier: TypeAlias = Literal["standard", "differentiated", "customised"]
Band: TypeAlias = Literal["low", "middle", "high"]
PERSPECTIVES: Final = ("finance", "customer", "process", "growth")
_RULE: Final = {"flag", "name", "band", "tier", "contact"}


@dataclass(frozen=True, slots=True)
class Prototype:
    """What a class of a name looks like: by feature -1 to 1."""

    name: str
    text: Text
    features: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class TierRule:
    """Which tier follows from a class's name, a band or a flag; None asks nothing. ``contact``: a person of contact."""

    tier: Tier
    name: str | None = None
    band: Band | None = None
    flag: str | None = None
    contact: bool = False

    def fits(self, name: str, band: Band | None, flags: Mapping[str, float]) -> bool:
        """Whether it holds for a customer."""
        return (
            (self.name is None or self.name == name)
            and (self.band is None or self.band == band)
            and (self.flag is None or flags.get(self.flag, 0.0) > 0)
        )


@dataclass(frozen=True, slots=True)
class Naming:
    """Prototypes by name, rules of tiers in order, and the features of each perspective of the scorecard.

    ``text``: the file itself, which a run keeps; another one names classes anew.
    """

    prototypes: Mapping[str, Prototype]
    tiers: tuple[TierRule, ...]
    scorecard: Mapping[str, tuple[str, ...]]
    text: str

    @property
    def features(self) -> tuple[str, ...]:
        """Every feature that a prototype names, in the order of the contract."""
        wanted = {name for one in self.prototypes.values() for name in one.features}
        return tuple(name for name in contract().features if name in wanted)

    def profiles(self) -> Floats:
        """The prototypes, r x m, by :attr:`features`."""
        return np.array(
            [[one.features.get(name, 0.0) for name in self.features] for one in self.prototypes.values()]
        ).reshape(len(self.prototypes), len(self.features))

    def tier(self, name: str, band: Band | None, flags: Mapping[str, float]) -> TierRule:
        """The first rule that fits."""
        return next((rule for rule in self.tiers if rule.fits(name, band, flags)), TierRule(tier="standard"))


def naming(home: Path) -> Naming:
    """The site's own file, else the one that ships with the program.

    Raises:
        KehutuError: ``SEGMENT_NAMES_FAULT`` with the place and what was expected there.
    """
    own = home / FILE
    if own.is_file():
        return read(own.read_text(encoding="utf-8"))
    return read((resources.files("services.features") / FILE).read_text(encoding="utf-8"))


@lru_cache(maxsize=4)
def read(text: str) -> Naming:
    """Names, tiers and figures from YAML.

    Raises:
        KehutuError: ``SEGMENT_NAMES_FAULT``.
    """
    try:
        found = YAML(typ="safe").load(text)
    except YAMLError as fault:
        raise _fault("the whole file", "no YAML", "YAML") from fault
    if not isinstance(found, dict):
        raise _fault("the whole file", type(found).__name__, "prototypes, tiers, scorecard")
    known = {"prototypes", "tiers", "scorecard"}
    for key in sorted({*found} ^ known):
        raise _fault(str(key), "unknown" if key in found else "missing", ", ".join(sorted(known)))
    prototypes = {
        name: _prototype(name, one) for name, one in _mapping("prototypes", found["prototypes"]).items()
    }
    tiers = tuple(_tier(at, one, prototypes) for at, one in enumerate(found["tiers"] or ()))
    scorecard = {}
    for perspective, names in _mapping("scorecard", found["scorecard"]).items():
        if perspective not in PERSPECTIVES:
            raise _fault(f"scorecard, {perspective}", perspective, ", ".join(PERSPECTIVES))
        scorecard[perspective] = tuple(_number(f"scorecard, {perspective}", name) for name in names)
    return Naming(prototypes, tiers, scorecard, text)


def _prototype(name: str, one: Any) -> Prototype:
    where = f"prototypes, {name}"
    values = _mapping(where, one)
    features = {}
    for feature, value in _mapping(f"{where}, features", values.get("features")).items():
        _number(where, feature)
        if not isinstance(value, int | float) or not -1 <= value <= 1:
            raise _fault(f"{where}, {feature}", str(value), "-1 to 1")
        features[feature] = float(value)
    return Prototype(name, {lang: str(values.get(lang) or name) for lang in ("en", "zh")}, features)


def _tier(at: int, one: Any, prototypes: Mapping[str, Prototype]) -> TierRule:
    where = f"tiers, {at + 1}"
    rule = _mapping(where, one)
    for key in sorted({*rule} - _RULE):
        raise _fault(f"{where}, {key}", str(key), ", ".join(sorted(_RULE)))
    if rule.get("tier") not in get_args(Tier):
        raise _fault(f"{where}, tier", str(rule.get("tier")), ", ".join(get_args(Tier)))
    if rule.get("name") is not None and rule["name"] not in prototypes:
        raise _fault(f"{where}, name", str(rule["name"]), ", ".join(prototypes))
    if rule.get("band") is not None and rule["band"] not in get_args(Band):
        raise _fault(f"{where}, band", str(rule["band"]), ", ".join(get_args(Band)))
    if rule.get("flag") is not None:
        _number(where, rule["flag"])
    return TierRule(
        cast(Tier, rule["tier"]),
        rule.get("name"),
        cast("Band | None", rule.get("band")),
        rule.get("flag"),
        bool(rule.get("contact", False)),
    )


def _mapping(where: str, found: Any) -> Mapping[str, Any]:
    if not isinstance(found, dict):
        raise _fault(where, str(found), "a mapping")
    return found


def _number(where: str, name: Any) -> str:
    """A feature that is a number, by name."""
    numbers = [one.name for one in contract().features.values() if one.kind == "number"]
    if name not in numbers:
        near = difflib.get_close_matches(str(name), numbers, 1, 0.0)
        raise _fault(where, str(name), f"a feature that is a number; the nearest is {near[0]}")
    return str(name)


def _fault(where: str, found: str, expected: str) -> KehutuError:
    return KehutuError("SEGMENT_NAMES_FAULT", file=FILE, place=where, found=found, expected=expected)
