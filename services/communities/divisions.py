"""The two divisions of a run into communities: that of its parties, and that of its customers."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np

from graph.arrays import Floats, Ints
from services.communities.answer import CommunityOf
from services.risk.model import CommunityLineage, RiskModel


@dataclass(frozen=True, eq=False)
class Division:
    """n members by ascending id with a label each. ``lineage``: None in a run of an earlier program."""

    of: CommunityOf
    model: RiskModel
    ids: list[str]
    label: Ints
    lineage: CommunityLineage | None

    def id(self, label: int) -> str:
        """The id of a community."""
        return self.model.community_id(label) if self.lineage is None else self.lineage.ids[label]

    def find(self, name: str) -> int | None:
        """The community of an id; None where there is none."""
        return self._labels.get(name)

    @cached_property
    def _labels(self) -> dict[str, int]:
        return {self.id(label): label for label in range(int(self.label.max(initial=-1)) + 1)}

    def place(self, member: str) -> int | None:
        """Position of a member by its id; None where it is none."""
        at = bisect_left(self.ids, member)
        return at if at < len(self.ids) and self.ids[at] == member else None

    def member(self, entity: str) -> int | None:
        """Position of a party, or of that of a customer; of customers that of one of them."""
        return self.model.party(entity) if self.of is CommunityOf.PARTIES else self.place(entity)

    def links(self, most: int) -> tuple[Ints, Ints, Floats]:
        """Both ends and the weight of every link. ``most``: a thing that more customers share links nobody."""
        if self.of is CommunityOf.PARTIES:
            matrix = self.model.weights.csr
            return matrix.rows(), matrix.indices, matrix.data
        known = self.model.customer_communities
        nobody = np.zeros(0, dtype=np.int64)
        return known.links(most) if known else (nobody, nobody, np.zeros(0))

    def members(self, label: int) -> Ints:
        """Positions of the members of a community, ascending."""
        return np.flatnonzero(self.label == label)

    def scores(self, members: Ints) -> Floats:
        """The score of each; a customer has that of its party."""
        parties = members if self.of is CommunityOf.PARTIES else self.model.inputs.customer_party[members]
        return self.model.score[parties]

    def losses(self, members: Ints) -> Ints:
        """The expected loss of each, fen; a customer has its part of its party's."""
        if self.of is CommunityOf.PARTIES:
            return self.model.expected_loss[members]
        return np.array([self.model.customer_loss(one) for one in members.tolist()], dtype=np.int64)


@lru_cache(maxsize=4)
def parties_of(model: RiskModel) -> Division:
    """The parties of a run."""
    return Division(CommunityOf.PARTIES, model, model.ids, model.community, model.lineage)


@lru_cache(maxsize=4)
def _customers_of(model: RiskModel) -> Division | None:
    found = model.customer_communities
    if found is None:
        return None
    return Division(CommunityOf.CUSTOMERS, model, model.inputs.customers, found.label, found.lineage)


def division(model: RiskModel, of: CommunityOf) -> Division | None:
    """One division of a run; None where an earlier program made the run without it."""
    return parties_of(model) if of is CommunityOf.PARTIES else _customers_of(model)


def among(model: RiskModel, name: str) -> tuple[Division, int] | None:
    """The division that has a community of this id, and its label there."""
    for of in CommunityOf:
        known = division(model, of)
        label = None if known is None else known.find(name)
        if known is not None and label is not None:
            return known, label
    return None
