"""What an answer about a party had to assume or leave out, with the record behind it."""

from __future__ import annotations

from collections import defaultdict
from functools import lru_cache

import numpy as np

from graph.arrays import Ints
from services.assumption import Assumption
from services.exposure.model import BUFFER_KINDS, Caution
from services.reading.claims import claims_of
from services.risk.model import RiskModel
from services.seen import Seen
from terms.money import Money


def of_party(seen: Seen, model: RiskModel, party: int, most: int) -> tuple[Assumption, ...]:
    """What was assumed about a party: its buffer, relations of its own, and attributes that too many share.

    Args:
        most: parties that may share an attribute (D_max).
    """
    name = model.ids[party]
    kind = BUFFER_KINDS[int(model.inputs.buffer_kind[party])]
    # What somebody's equity is, or is taken to be, is for whom financial data are clear.
    amount = None if "financial" in seen.masked else Money(round(float(model.inputs.buffer[party])))
    own = []
    if kind == "proxy":
        own.append(Assumption("BUFFER_PROXY", name, amount=amount))
    elif kind == "floor":
        own.append(Assumption("BUFFER_FLOOR", name, _equity_record(seen, name), amount))
    told = [
        Assumption(caution.code, caution.subject, caution.record)
        for caution in cautions_about(model).get(name, ())
        if not caution.code.startswith("BUFFER_")
    ]
    return *own, *told, *_hubs(model, party, most)


def of_solution(model: RiskModel, party: int) -> tuple[Assumption, ...]:
    """What a party's score leaves open: circles outside of its close group, and a close group that was cut."""
    scores, name = model.scores, model.ids[party]
    found = (("LOOP_OUTSIDE", scores.loop_outside), ("GROUP_CUT", scores.cut))
    return tuple(Assumption(code, name) for code, which in found if which[party])


@lru_cache(maxsize=2)
def cautions_about(model: RiskModel) -> dict[str, list[Caution]]:
    """Cautions by the party, or the customer, that they are about."""
    found: dict[str, list[Caution]] = defaultdict(list)
    for caution in model.cautions:
        found[caution.about].append(caution)
    return found


@lru_cache(maxsize=2)
def _sharers(model: RiskModel) -> dict[str, Ints]:
    """By kind of evidence how many parties have each attribute in common."""
    return {
        kind: np.bincount(np.unique(np.stack([found.attribute, found.party]), axis=1)[0]).astype(np.int64)
        for kind, found in model.solved.incidence.items()
    }


def _equity_record(seen: Seen, name: str) -> str:
    """The record that says the equity of an enterprise; empty where none does."""
    known = claims_of(seen, name)
    for field in ("netAssets", "paidInCapital"):
        chosen = None if known is None else known.values.get(field)
        if chosen is not None:
            return next((str(claim.record) for claim in chosen.claims if claim.current), "")
    return ""


def _hubs(model: RiskModel, party: int, most: int) -> list[Assumption]:
    found = []
    for kind, shared in model.solved.incidence.items():
        for row in np.flatnonzero(shared.party == party).tolist():
            if _sharers(model)[kind][shared.attribute[row]] > most:
                found.append(Assumption("HUB_IGNORED", kind, shared.record[row]))
    return found
