"""Why a customer is in another class than in the full run before."""

from __future__ import annotations

from typing import Final

import numpy as np

from algorithms.segments.contrast import contrast
from services.features.contract import contract
from services.segments.classified import Classified
from services.segments.words import TEXT, amount, word
from terms.errors import Lang

MOST: Final = 3
LEAST: Final = 0.05
"""A part of the way between two classes below this share of it is none."""


def move_reasons(found: Classified, before: Classified | None, customer: int, lang: Lang) -> tuple[str, ...]:
    """The features whose change speaks most for the class of now against that of before.

    Both states of the customer are read by the model of now, so what changed is the customer alone.
    """
    ensemble, segments = found.segments.judged.model, found.segments
    earlier = segments.earlier[customer]
    if ensemble is None or before is None:
        return (TEXT[lang]["shifted"],)
    if earlier not in segments.ids:
        return (TEXT[lang]["gone"],)
    own, other = int(segments.label[customer]), segments.ids.index(earlier)
    name = segments.customers[customer]
    then = before.features.ids.index(name)
    names = segments.judged.described.names
    at = np.array([then])
    row = segments.judged.described.table([name], {one: before.features.values[one][at] for one in names})
    now = contrast(ensemble.base, found.row(customer), own, other).parts
    parts = now - contrast(ensemble.base, row, own, other).parts
    size = float(np.abs(parts).sum())
    told = []
    for place in np.argsort(-parts, kind="stable")[:MOST].tolist():
        if size > 0 and parts[place] > LEAST * size:
            feature = contract().features[names[place]]
            values = before.features.values[names[place]][then], found.features.values[names[place]][customer]
            words = (
                [amount(feature, float(value), lang) for value in values]
                if feature.kind == "number"
                else [word(feature, str(value), lang) for value in values]
            )
            told.append(TEXT[lang]["moved"].format(text=feature.told(lang), before=words[0], now=words[1]))
    return tuple(told) or (TEXT[lang]["shifted"],)
