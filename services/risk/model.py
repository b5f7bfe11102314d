"""The results of one run by party: made of what its parts have found, read again for every answer."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from typing import cast

import numpy as np
import pyarrow as pa

from algorithms.risk.close_groups.probability import Chances, Model, chances, prepare
from algorithms.risk.explain import apportion
from algorithms.risk.network import Network
from algorithms.risk.probability import IDENTITY, Probability, expected_loss, losses
from algorithms.risk.weights import Weights
from graph.arrays import Floats, Ints
from services.exposure.model import Caution, Exposure, Override
from services.risk.part import Basis, Found
from services.risk.parts.communities import COMMUNITIES
from services.risk.parts.community_traits import COMMUNITY_TRAITS, CommunityTrait, CommunityTraits
from services.risk.parts.customer_communities import CUSTOMER_COMMUNITIES, CustomerCommunities
from services.risk.parts.customer_features import CUSTOMER_FEATURES, CustomerFeatures
from services.risk.parts.embedding import EMBEDDING, PartyVectors
from services.risk.parts.found_segments import CustomerSegments
from services.risk.parts.inputs import INPUTS, Inputs
from services.risk.parts.lineage import LINEAGE, PREFIX, CommunityEvent, CommunityLineage
from services.risk.parts.overrides import OVERRIDES
from services.risk.parts.own_risk import OWN_RISK, Forecasts
from services.risk.parts.segments import SEGMENTS
from services.risk.parts.solution import SOLUTION, Solved, solved
from services.risk.registry import PARTS
from services.risk.scores import Scores
from terms.ids import Fen

__all__ = [
    "CommunityEvent",
    "CommunityLineage",
    "CommunityTrait",
    "CustomerFeatures",
    "CustomerSegments",
    "RiskModel",
]


@dataclass(frozen=True, eq=False)
class RiskModel:
    """n parties by ascending id with everything that a trace needs; amounts in fen unless said.

    ``community``: a label by party. ``overrides``: judgements of people that own distress holds in place of what
    payment records say. ``others``: what further parts have found, by their names. What single answers use most can be
    asked of the model itself.
    """

    cut_off: date
    inputs: Inputs
    solved: Solved
    community: Ints
    forecasts: Forecasts
    overrides: list[Override]
    others: Mapping[str, object] = field(default_factory=dict)

    @classmethod
    def of(
        cls,
        inputs: Exposure,
        weights: Weights,
        scores: Scores,
        community: Ints,
        probability: Probability = IDENTITY,
    ) -> RiskModel:
        """The model of inputs that are solved already."""
        basis, nothing = Basis(inputs.parameters, inputs, probability), Found({})
        return cls(
            cut_off=inputs.cut_off.astype("datetime64[D]").item(),
            inputs=INPUTS.compute(basis, nothing),
            solved=solved(basis, weights, scores),
            community=community,
            forecasts=OWN_RISK.compute(basis, nothing),
            overrides=inputs.overrides,
        )

    @classmethod
    def from_found(cls, cut_off: date, found: Found) -> RiskModel:
        """The model of what the parts of a run have found."""
        own = {part.name for part in (INPUTS, OVERRIDES, OWN_RISK, SOLUTION, COMMUNITIES)}
        return cls(
            cut_off=cut_off,
            inputs=found.of(INPUTS),
            solved=found.of(SOLUTION),
            community=found.of(COMMUNITIES),
            forecasts=found.of(OWN_RISK),
            overrides=found.of(OVERRIDES),
            others={name: value for name, value in found.values.items() if name not in own},
        )

    @property
    def found(self) -> Found:
        """The inverse of :meth:`from_found`."""
        return Found(
            {
                INPUTS.name: self.inputs,
                OVERRIDES.name: self.overrides,
                OWN_RISK.name: self.forecasts,
                SOLUTION.name: self.solved,
                COMMUNITIES.name: self.community,
                **self.others,
            }
        )

    def tables(self) -> dict[str, pa.Table]:
        """The model as columns, in a fixed order."""
        return PARTS.tables(self.found)

    @property
    def ids(self) -> list[str]:
        """Parties, ascending."""
        return self.inputs.ids

    @property
    def types(self) -> list[str]:
        """Type of each party."""
        return self.inputs.types

    @property
    def own(self) -> Floats:
        """Own distress of each party, 0 to 1."""
        return self.inputs.own

    @property
    def exposure(self) -> Ints:
        """Exposure at default of each party, fen."""
        return self.inputs.exposure

    @property
    def score(self) -> Floats:
        """Score of each party, 0 to 1: the chance that it fails."""
        return self.solved.scores.score

    @property
    def scores(self) -> Scores:
        """The scores with what was found about how exact they are."""
        return self.solved.scores

    @property
    def expected_loss(self) -> Ints:
        """Expected loss of each party, fen."""
        return self.solved.expected_loss

    @property
    def weights(self) -> Weights:
        """The links with what they consist of."""
        return self.solved.weights

    @property
    def cautions(self) -> list[Caution]:
        """What was left out or assumed."""
        return self.solved.cautions

    @property
    def probability(self) -> Probability:
        """g: from scores to probabilities of arrears, and with them to every expected loss."""
        return self.solved.probability

    def chance(self, party: int) -> float:
        """Probability of arrears of a party within twelve months: g of its score."""
        return float(self.probability(self.score[[party]])[0])

    def loss_at(self, score: Floats, among: Ints, exposure: Ints | None = None) -> Ints:
        """Expected loss of some parties at other scores, and where given at other exposures, fen."""
        at_default = self.exposure[among] if exposure is None else exposure
        return expected_loss(self.probability, score, self.inputs.lgd[among], at_default)

    def at_stake(self, members: Ints) -> Floats:
        """What the utility loses at each party if it fails, n, fen; 0 where it is not among the members."""
        stake = np.zeros(len(self.ids))
        stake[members] = losses(
            IDENTITY, np.ones(len(members)), self.inputs.lgd[members], self.exposure[members]
        )
        return stake

    @cached_property
    def network(self) -> Network:
        """The links by rows and by columns."""
        return Network.of(self.weights.csr)

    @property
    def priority(self) -> Floats:
        """What would be lost at each party, fen: whose close group is drawn first where too many would be."""
        return self.exposure * self.inputs.lgd

    @cached_property
    def prepared(self) -> Model:
        """The close groups with their equations, derived again from the links of the run when first asked for."""
        return prepare(self.network, priority=self.priority, keys=self.ids)

    @cached_property
    def chances(self) -> Chances:
        """The scores in the form that explanations and what-ifs take, with all unknowns behind them."""
        found, scores = chances(self.prepared, self.own, proven=False), self.scores
        return replace(found, p=scores.score, bound=scores.bound, noise=scores.noise)

    @property
    def explained_loss(self) -> Ints:
        """What the solution that explanations take explains of each expected loss, fen: here all of it."""
        return self.expected_loss

    def explained(self, party: int) -> float:
        """What that solution explains of a party's risk, 0 to 1: of its expected loss, or of its score without one."""
        loss = int(self.expected_loss[party])
        if loss:
            return int(self.explained_loss[party]) / loss
        score = float(self.score[party])
        return float(self.chances.p[party]) / score if score else 1.0

    @property
    def everything(self) -> RiskModel:
        """The model of all parties of the run: this one, unless somebody sees a part of them."""
        return self

    def in_everything(self, party: int) -> int:
        """Where a party stands in it."""
        return party

    def shows(self, place: int) -> bool:
        """Whether a party of it, by its position there, is among those here."""
        return 0 <= place < len(self.ids)

    @property
    def partly_seen(self) -> frozenset[str]:
        """Communities with members that are left out here."""
        return frozenset()

    def party(self, entity: str) -> int | None:
        """Position of a party, or of the party that carries a customer's risk; None where the run has neither."""
        at = _find(self.ids, entity)
        if at is not None:
            return at
        customer = _find(self.inputs.customers, entity)
        return None if customer is None else int(self.inputs.customer_party[customer])

    def customer(self, entity: str) -> int | None:
        """Position of a customer in the run."""
        return _find(self.inputs.customers, entity)

    @property
    def lineage(self) -> CommunityLineage | None:
        """What communities are called and what became of them; None in a run of an earlier program."""
        return cast("CommunityLineage | None", self.others.get(LINEAGE.name))

    @property
    def customer_communities(self) -> CustomerCommunities | None:
        """Those of customers, by what they share; None in a run of an earlier program."""
        return cast("CustomerCommunities | None", self.others.get(CUSTOMER_COMMUNITIES.name))

    @property
    def community_traits(self) -> CommunityTraits | None:
        """What members of communities have in common, and their heads; None in a run of an earlier program."""
        return cast("CommunityTraits | None", self.others.get(COMMUNITY_TRAITS.name))

    @property
    def vectors(self) -> PartyVectors | None:
        """A vector for each party of the last full run; None for a run that was made without."""
        return cast("PartyVectors | None", self.others.get(EMBEDDING.name))

    @property
    def features(self) -> CustomerFeatures | None:
        """What customers are described by; None in a run of an earlier program."""
        return cast("CustomerFeatures | None", self.others.get(CUSTOMER_FEATURES.name))

    @property
    def segments(self) -> CustomerSegments | None:
        """The classes of customers; None in a run of an earlier program."""
        return cast("CustomerSegments | None", self.others.get(SEGMENTS.name))

    def community_id(self, label: int) -> str:
        """The id of a community, which goes on from run to run; in a run of an earlier program its number there."""
        return self.lineage.ids[label] if self.lineage else f"{PREFIX}{label}"

    def community_label(self, name: str) -> int | None:
        """The community of an id; None where the run has none."""
        return self._labels.get(name)

    @cached_property
    def _labels(self) -> dict[str, int]:
        names = map(self.community_id, range(int(self.community.max(initial=-1)) + 1))
        return {name: label for label, name in enumerate(names)}

    def members(self, community: int) -> Ints:
        """Positions of the parties of a community, ascending."""
        return np.flatnonzero(self.community == community)

    @cached_property
    def _by_party(self) -> tuple[Ints, Ints]:
        """Customers by party, ascending in each, and where those of each party begin."""
        party = self.inputs.customer_party
        order = np.argsort(party, kind="stable")
        return order, np.searchsorted(party[order], np.arange(len(self.ids) + 1))

    def customer_loss(self, customer: int) -> int:
        """The customer's part of its party's expected loss, by exposure, in fen; the parts add up exactly."""
        known = self._customer_losses
        if customer not in known:
            known[customer] = self._customer_loss(customer)
        return known[customer]

    @cached_property
    def _customer_losses(self) -> dict[int, int]:
        """What has been asked for."""
        return {}

    def _customer_loss(self, customer: int) -> int:
        party = int(self.inputs.customer_party[customer])
        order, starts = self._by_party
        siblings = order[starts[party] : starts[party + 1]]
        at_stake = self.inputs.customer_exposure[siblings].astype(np.float64)
        total = at_stake.sum()
        if total <= 0:
            return 0
        parts = apportion(Fen(int(self.expected_loss[party])), (at_stake / total).tolist())
        return int(parts[int(np.flatnonzero(siblings == customer)[0])])

    def records_of_money(self, part: int) -> list[str]:
        """Records of the money relations that went into one part of a link."""
        return [
            self.solved.money_record[index]
            for index in np.flatnonzero(self.weights.money_part == part).tolist()
        ]

    def records_of_evidence(self, kind: str, first: int, second: int) -> list[str]:
        """Records that report what two parties have in common."""
        found = self.solved.incidence[kind]
        party, attribute, record = found.party, found.attribute, found.record
        shared = np.intersect1d(attribute[party == first], attribute[party == second])
        among = np.isin(attribute, shared) & ((party == first) | (party == second))
        return sorted({record[index] for index in np.flatnonzero(among).tolist() if record[index]})


def _find(names: list[str], wanted: str) -> int | None:
    at = bisect_left(names, wanted)
    return at if at < len(names) and names[at] == wanted else None
