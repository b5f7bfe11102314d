"""The class of one customer: why, how sure, what is nearest, what would change it, and what to ask."""

from __future__ import annotations

from typing import Final

import numpy as np

from algorithms.segments.contrast import Change, Contrast, changes, contrast, unknowns
from algorithms.segments.rules import Rule
from algorithms.segments.table import Table
from services.features.contract import contract
from services.reading.runs import current
from services.seen import Seen
from services.segments.answer import (
    ChangeDirection,
    ClassChange,
    ContributionBand,
    CustomerSegment,
    DimensionValue,
    ServiceTier,
)
from services.segments.classified import Classified, classified
from services.segments.words import TEXT, amount, rule_words, segment_name, word
from terms.errors import Lang

REASONS: Final = 4
CHANGES: Final = 3
UNKNOWNS: Final = 2
QUESTIONS: Final = 3
TOLD: Final = {
    ChangeDirection.BETTER: "better",
    ChangeDirection.NEITHER: "change",
    ChangeDirection.WORSE: "worse",
    ChangeDirection.UNKNOWN: "unknown",
}
WHOLE: Final = ("count", "steps", "yes or no")
"""Units of features that are whole numbers."""


def customer_segment(seen: Seen, text: str, *, lang: Lang = "en") -> CustomerSegment | None:
    """The class of a customer in the current run.

    Args:
        text: id, old id or number of a customer.

    Returns:
        None where it has none: there are no classes, its contract has ended, or an earlier program made the run.

    Raises:
        KehutuError: ``UNKNOWN_ID``, ``NO_RUN``.
    """
    entity = seen.entity(text)
    _, model = current(seen)
    customer = model.customer(entity)
    found = classified(model)
    if found is None or customer is None or not found.classed[customer]:
        return None
    return told(found, customer, lang)


def told(found: Classified, customer: int, lang: Lang) -> CustomerSegment:
    """The class of a customer that has one."""
    segments = found.segments
    ensemble = segments.judged.model
    own, row = int(segments.label[customer]), found.row(customer)
    between = contrast(ensemble.base, row, own) if ensemble and len(segments.ids) > 1 else None
    changed = _changes(found, customer, row, between, lang) if between else ()
    rule = found.tier(customer)
    band = found.bands[customer]
    return CustomerSegment(
        id=segments.ids[own],
        name=segment_name(segments, own, lang),
        dimensions=_dimensions(found, customer, lang),
        reasons=(
            *_rule(found, row, own, lang),
            *(_reasons(found, customer, between, lang) if between else ()),
        ),
        strength=float(segments.strength[customer]),
        nearest=segment_name(segments, between.other, lang) if between else None,
        would_change=tuple(one.text for one in changed),
        changes=changed,
        tier=ServiceTier(rule.tier),
        contact_person=rule.contact,
        contribution=None if band is None else ContributionBand(band),
        ask=_ask(found, customer, between, lang),
    )


def _dimensions(found: Classified, customer: int, lang: Lang) -> tuple[DimensionValue, ...]:
    declared = contract()
    told = []
    for dimension in declared.dimensions.values():
        places = []
        for feature in declared.features.values():
            if feature.dimension == dimension.name and feature.favourable:
                place = found.standing(customer, feature.name)
                places.append(place if feature.favourable > 0 else 1 - place)
        known = [place for place in places if not np.isnan(place)]
        told.append(DimensionValue(dimension.text[lang], float(np.mean(known)) if known else 0.5))
    return tuple(told)


def _rule(found: Classified, row: Table, own: int, lang: Lang) -> tuple[str, ...]:
    """The rule that the customer follows."""
    for rule in found.rules:
        if _follows(rule, row):
            words = rule_words(found.segments, rule, lang)
            if rule.label == own:
                return (TEXT[lang]["rule"].format(rule=words),)
            other = segment_name(found.segments, rule.label, lang)
            return (TEXT[lang]["no rule"].format(rule=words, other=other),)
    return ()


def _follows(rule: Rule, row: Table) -> bool:
    return all(bool(asked.holds(row)[0]) is holds for asked, holds in rule.conditions)


def _reasons(found: Classified, customer: int, between: Contrast, lang: Lang) -> tuple[str, ...]:
    """The features that speak most for the class, against the middle of all."""
    names = found.segments.judged.described.names
    order = np.argsort(-between.parts, kind="stable")
    return tuple(
        _against(found, customer, names[at], lang) for at in order[:REASONS].tolist() if between.parts[at] > 0
    )


def _against(found: Classified, customer: int, name: str, lang: Lang) -> str:
    feature, values = contract().features[name], found.features.values[name]
    if feature.kind == "number":
        value = amount(feature, float(values[customer]), lang)
        middle = amount(feature, found.middle(name), lang)
        return TEXT[lang]["against"].format(text=feature.told(lang), value=value, middle=middle)
    own = str(values[customer])
    share = float((values[found.features.active] == own).mean())
    return TEXT[lang]["word"].format(text=feature.told(lang), value=word(feature, own, lang), share=share)


def _changes(
    found: Classified, customer: int, row: Table, between: Contrast, lang: Lang
) -> tuple[ClassChange, ...]:
    ensemble = found.segments.judged.model
    if ensemble is None:
        return ()
    features = contract().features
    whole = [at for at, name in enumerate(row.names) if features[name].unit in WHOLE]
    tried = [
        (_direction(found, customer, row, one), one)
        for one in (
            *changes(ensemble.base, row, between, whole)[:CHANGES],
            *unknowns(ensemble.base, row, between, whole)[:UNKNOWNS],
        )
    ]
    order = [*ChangeDirection]
    return tuple(
        _change(found, customer, row, one, direction=direction, lang=lang)
        for direction, one in sorted(tried, key=lambda told: order.index(told[0]))
    )


def _direction(found: Classified, customer: int, row: Table, one: Change) -> ChangeDirection:
    """By what the contract says is better of the feature."""
    if not one.known:
        return ChangeDirection.UNKNOWN
    feature = contract().features[row.names[one.feature]]
    if feature.kind != "number" or not feature.favourable:
        return ChangeDirection.NEITHER
    rises = one.value > float(found.features.values[feature.name][customer])
    return ChangeDirection.BETTER if rises == (feature.favourable > 0) else ChangeDirection.WORSE


def _change(
    found: Classified, customer: int, row: Table, one: Change, *, direction: ChangeDirection, lang: Lang
) -> ClassChange:
    feature = contract().features[row.names[one.feature]]
    values = found.features.values[feature.name]
    if feature.kind == "number":
        now, value = amount(feature, float(values[customer]), lang), amount(feature, one.value, lang)
    else:
        levels = row.levels[one.feature - row.numbers.shape[1]]
        now, value = word(feature, str(values[customer]), lang), word(feature, levels[int(one.value)], lang)
    other = segment_name(found.segments, one.to, lang)
    told = TEXT[lang][TOLD[direction]].format(text=feature.told(lang), value=value, now=now, other=other)
    return ClassChange(told, direction, other)


def _ask(found: Classified, customer: int, between: Contrast | None, lang: Lang) -> tuple[str, ...]:
    """Questions about features that are missing: those that tell the classes apart most first, then the others."""
    names = found.segments.judged.described.names
    weight = {} if between is None else dict(zip(names, between.weight.tolist(), strict=True))
    missing = []
    for place, feature in enumerate(contract().features.values()):
        value = found.features.values[feature.name][customer]
        unknown = value == "" if feature.kind == "category" else bool(np.isnan(value))
        if unknown and feature.ask is not None:
            missing.append((-weight.get(feature.name, 0.0), place, feature.ask[lang]))
    return tuple(question for _, _, question in sorted(missing)[:QUESTIONS])
