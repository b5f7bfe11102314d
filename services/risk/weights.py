"""From the inputs of a run to its links and their break weights."""

from __future__ import annotations

from algorithms.risk.evidence import evidence_pairs
from algorithms.risk.weights import EvidenceEdges, MoneyEdges, Weights, break_weights
from services.exposure.model import EVIDENCE_CODES, Exposure


def weigh(inputs: Exposure) -> Weights:
    """Break weights of all links, guarantees called or not (docs/science.md, "Two weights"); amounts go in as yuan."""
    parties = inputs.parties
    money, evidence = edges(inputs)
    return break_weights(
        len(parties.ids),
        money,
        evidence,
        parties.buffer / 100,
        parties.uncertain_buffer,
        parameters=inputs.parameters,
        called=inputs.parameters.called,
    )


def edges(inputs: Exposure) -> tuple[MoneyEdges, EvidenceEdges]:
    """All links, in yuan and in closeness."""
    money = inputs.money
    evidence = EvidenceEdges.join(
        *(
            evidence_pairs(found.party, found.attribute, found.age, EVIDENCE_CODES[kind], inputs.parameters)
            for kind, found in inputs.evidence.items()
        )
    )
    return MoneyEdges(money.source, money.target, money.relation, money.amount / 100), evidence
