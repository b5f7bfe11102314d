"""What relations of the risk model are called in the graph."""

from __future__ import annotations

from algorithms.risk.parameters import EVIDENCE_RELATIONS, MONEY_RELATIONS, RELATIONS, MoneyRelation, Relation
from services.exposure.model import MONEY_CODES

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
