"""The classes of a run with the features that they were found by, as answers read them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property, lru_cache

import numpy as np

from algorithms.segments.rules import Rule, rules_of
from algorithms.segments.table import Table
from graph.arrays import Bools, Floats, Ints
from services.features.contract import contract
from services.features.naming import Band, Naming, TierRule
from services.risk.model import CustomerFeatures, CustomerSegments, RiskModel
from services.segments.words import naming_of

BANDS: tuple[Band, ...] = ("low", "middle", "high")


@dataclass(frozen=True, eq=False)
class Classified:
    """A run that has classes, or says that there are none."""

    segments: CustomerSegments
    features: CustomerFeatures
    in_part: bool = False
    """Whether customers are left out that the asker does not see; what rules hold for is counted anew then."""

    @property
    def naming(self) -> Naming:
        """Prototypes, tiers and scorecard of the run."""
        return naming_of(self.segments)

    def members(self, label: int) -> Ints:
        """Positions of the customers of a class, ascending."""
        return np.flatnonzero(self.segments.label == label)

    @cached_property
    def classed(self) -> Bools:
        """Who has a class."""
        return np.asarray(self.segments.label >= 0)

    def row(self, customer: int) -> Table:
        """One customer as the model reads it."""
        return self.rows(np.array([customer]))

    def rows(self, at: Ints) -> Table:
        """Some customers as the model reads them."""
        described = self.segments.judged.described
        values = {name: self.features.values[name][at] for name in described.names}
        return described.table([self.segments.customers[one] for one in at.tolist()], values)

    @cached_property
    def rules(self) -> tuple[Rule, ...]:
        """The rules, by class and the widest first."""
        tree = self.segments.judged.rules
        if tree is None:
            return ()
        found = rules_of(tree, self.segments.label[self.classed])
        if not self.in_part:
            return found
        return tuple(sorted(map(self._counted, found), key=lambda rule: (rule.label, -rule.coverage)))

    def _counted(self, rule: Rule) -> Rule:
        """The same of the customers that are here."""
        label = self.segments.label[self.classed]
        follows = np.ones(len(label), dtype=np.bool_)
        table = self.rows(np.flatnonzero(self.classed))
        for asked, holds in rule.conditions:
            follows &= np.asarray(asked.holds(table)) == holds
        right = int((follows & (label == rule.label)).sum())
        size = int(follows.sum())
        whole = max(int((label == rule.label).sum()), 1)
        return replace(rule, size=size, coverage=right / whole, counter=size - right)

    @cached_property
    def bands(self) -> list[Band | None]:
        """The third of each customer by lifetime value; None where that is unknown."""
        value = self.features.values["lifetime_value"].astype(np.float64)
        known = ~np.isnan(value) & self.features.active
        if not known.any():
            return [None] * len(value)
        low, high = np.quantile(value[known], [1 / 3, 2 / 3])
        place = (value > low).astype(np.int64) + (value > high)
        return [
            BANDS[at] if there else None for at, there in zip(place.tolist(), known.tolist(), strict=True)
        ]

    def tier(self, customer: int) -> TierRule:
        """The tier of service of a customer, by the declared rules."""
        label = int(self.segments.label[customer])
        name = self.segments.names[label] if label >= 0 else ""
        flags = {
            rule.flag: float(np.nan_to_num(self.features.values[rule.flag][customer]))
            for rule in self.naming.tiers
            if rule.flag is not None
        }
        return self.naming.tier(name, self.bands[customer], flags)

    def middle(self, feature: str) -> float:
        """The median of a feature over all customers with a contract; NaN where nobody has it."""
        return self._middles[feature]

    @cached_property
    def _middles(self) -> dict[str, float]:
        found = {}
        for name, declared in contract().features.items():
            if declared.kind == "number":
                value = self.features.values[name][self.features.active].astype(np.float64)
                known = value[~np.isnan(value)]
                found[name] = float(np.median(known)) if len(known) else float("nan")
        return found

    def standing(self, customer: int, feature: str) -> float:
        """Share of the customers that have less of a feature, ties half; NaN where it is unknown."""
        value = self.features.values[feature].astype(np.float64)
        own = float(value[customer])
        others: Floats = value[self.features.active]
        others = others[~np.isnan(others)]
        if np.isnan(own) or not len(others):
            return float("nan")
        return float(((others < own).sum() + (others == own).sum() / 2) / len(others))


@lru_cache(maxsize=4)
def classified(model: RiskModel) -> Classified | None:
    """The classes of a run; None in one of an earlier program."""
    if model.segments is None or model.features is None:
        return None
    return Classified(model.segments, model.features, in_part=model.everything is not model)
