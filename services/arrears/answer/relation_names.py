"""What relations of the risk model are called in the graph."""

from __future__ import annotations

from enum import Enum

from algorithms.risk.parameters import EVIDENCE_RELATIONS, MONEY_RELATIONS, RELATIONS, MoneyRelation, Relation
from services.exposure.model import MONEY_CODES


class LinkKind(Enum):
    """What links two parties in the risk model; the value is what answers call it."""

    GUARANTEES = "GUARANTEES"
    """One guarantees a debt of the other."""
    LENDS_TO = "LENDS_TO"
    """One has lent to the other."""
    SELLS_ON_CREDIT_TO = "SELLS_ON_CREDIT_TO"
    """One sells to the other on credit."""
    INVESTS_IN = "INVESTS_IN"
    """One holds a share of the other."""
    SHARED_PERSON = "SHARES person"
    """A person stands behind both."""
    SHARED_PREMISES = "SHARES premises"
    """Both are at the same premises."""
    SHARED_CONTACT = "SHARES contact"
    """Both are reached at the same number or address."""


MONEY_NAMES: dict[str, MoneyRelation] = {name: MONEY_RELATIONS[code] for name, code in MONEY_CODES.items()}
"""Relations of money by their type in the graph."""

RELATION_NAMES: dict[str, Relation] = {
    **MONEY_NAMES,
    **{f"SHARES {kind}": kind for kind in EVIDENCE_RELATIONS},
}
"""All relations by what answers call them."""

GRAPH_NAME: dict[Relation, str] = {relation: relation for relation in RELATIONS} | {
    relation: name for name, relation in RELATION_NAMES.items()
}
"""What answers call each relation; one that the graph does not hold keeps the model's name."""
