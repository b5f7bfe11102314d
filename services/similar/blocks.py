"""What customers are compared by: blocks of numbers, each with its weight; the score is the sum of their parts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Final

import numpy as np

from graph.arrays import Floats
from services.risk.model import RiskModel
from services.similar.dimensions import dimension_vectors


class SimilarityPart(Enum):
    """What two customers are compared by."""

    NETWORK = "network"
    """How their parties are linked: the embedding of the run."""
    CONSUMER = "consumer"
    """Use, contacts and payment: the dimension of market and behaviour."""
    ORGANISATION = "organisation"
    """What they are and what stands around them."""
    VALUE = "value"
    """What they bring and cost."""


@dataclass(frozen=True, slots=True)
class Block:
    """One block of the vector of a customer. ``weight``: what a full agreement in it adds to the score.

    ``cosine``: from the model of a run and a customer to c cosines with all customers; None where nothing is known of
    this customer. Customers of whom nothing is known have 0.
    """

    name: SimilarityPart
    weight: float
    cosine: Callable[[RiskModel, int], Floats | None]


def _network(model: RiskModel, customer: int) -> Floats | None:
    known = model.vectors
    if known is None:
        return None
    party = int(model.inputs.customer_party[customer])
    own = known.position(model.ids[party])
    if own is None or not known.vectors[own].any():
        return None
    cosine = (known.unit @ known.unit[own]).astype(np.float64)
    places = known.places(model.ids)[model.inputs.customer_party]
    return np.where(places >= 0, cosine[places], 0.0)


def _dimension(name: str) -> Callable[[RiskModel, int], Floats | None]:
    def cosine(model: RiskModel, customer: int) -> Floats | None:
        vectors = dimension_vectors(model, name)
        if vectors is None or not vectors[customer].any():
            return None
        found: Floats = (vectors @ vectors[customer]).astype(np.float64)
        return found

    return cosine


BLOCKS: Final[Sequence[Block]] = (
    Block(SimilarityPart.NETWORK, 1.0, _network),
    Block(SimilarityPart.CONSUMER, 1.0, _dimension("consumer")),
    Block(SimilarityPart.ORGANISATION, 1.0, _dimension("organisation")),
    Block(SimilarityPart.VALUE, 1.0, _dimension("value")),
)
"""Equal weights are a start value, a guess; they are shared out to sum to 1."""


def scores(model: RiskModel, customer: int) -> dict[SimilarityPart, Floats]:
    """By block, what it adds to the score of every customer, c numbers; empty where no block knows the customer.

    Weights are those of the blocks that know the customer, scaled to sum to 1: a score is at most 1.
    """
    known = [(block, block.cosine(model, customer)) for block in BLOCKS]
    whole = sum(block.weight for block, cosine in known if cosine is not None)
    return {block.name: block.weight / whole * cosine for block, cosine in known if cosine is not None}
