"""A run as somebody sees it who does not see everybody: the same columns of those seen, and their own solution.

Columns (scores, expected losses, weights, own records, buffers, labels) stay what the run has. The solution that
explanations take is that of the seen links: own distress, weights, close groups, amounts at stake and losses given
default are the run's, and nothing is estimated anew (docs/security.md, "What answers say of what is not seen").
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np

from algorithms.communities.shared_things import Shares
from algorithms.risk.close_groups.probability import Chances, Model, chances, on_rungs
from algorithms.risk.weights import Weights
from graph.arrays import Bools, Csr, Ints
from services.exposure.model import ABOVE_ONE, OF_RELATIONS, Caution, Holdings, Incidence
from services.risk.model import RiskModel
from services.risk.parts.community_traits import COMMUNITY_TRAITS, CommunityTraits
from services.risk.parts.customer_communities import CUSTOMER_COMMUNITIES, CustomerCommunities
from services.risk.parts.customer_features import CUSTOMER_FEATURES
from services.risk.parts.inputs import Inputs
from services.risk.parts.lineage import LINEAGE, CommunityLineage
from services.risk.parts.own_risk import Forecasts
from services.risk.parts.segments import SEGMENTS
from services.risk.parts.solution import Solved
from services.risk.scores import GONE, SCORES, Scores


@dataclass(frozen=True, eq=False, kw_only=True)
class SeenModel(RiskModel):
    """n seen parties of a run, by ascending id. ``run``: the run's own model; ``places``, ``customer_places``: where
    seen parties and customers stand in it. ``partly``: communities with members that are not seen."""

    run: RiskModel
    places: Ints
    customer_places: Ints
    partly: frozenset[str]

    @cached_property
    def prepared(self) -> Model:
        """The close groups of the run, of the seen links."""
        scores = self.scores
        return on_rungs(
            self.network,
            scores.rung,
            drawn=scores.drawn,
            cut=scores.cut,
            loop_outside=scores.loop_outside,
            keys=self.ids,
        )

    @cached_property
    def chances(self) -> Chances:
        """The seen solution, nowhere above the run's."""
        found = chances(self.prepared, self.own, proven=False)
        return replace(found, p=np.minimum(found.p, self.score))

    @cached_property
    def explained_loss(self) -> Ints:
        """What the seen solution explains of each expected loss, fen."""
        everybody = np.arange(len(self.ids))
        return np.minimum(self.loss_at(self.chances.p, everybody), self.expected_loss)

    @property
    def everything(self) -> RiskModel:
        """The run with those that are not seen."""
        return self.run

    def in_everything(self, party: int) -> int:
        """Where a seen party stands in it."""
        return int(self.places[party])

    def shows(self, place: int) -> bool:
        """Whether a party of it is seen."""
        at = int(np.searchsorted(self.places, place))
        return at < len(self.places) and self.places[at] == place

    @property
    def partly_seen(self) -> frozenset[str]:
        """Communities with members that are not seen."""
        return self.partly

    def customer_loss(self, customer: int) -> int:
        """The customer's part of its party's expected loss, as the run has it."""
        return self.run.customer_loss(int(self.customer_places[customer]))


def seen_model(run: RiskModel, ids: Collection[str]) -> SeenModel:
    """A run without parties and customers that are not among some ids.

    O(parties + links) of the run; the solution is made when it is first asked for.
    """
    known = ids if isinstance(ids, set | frozenset) else set(ids)
    places = _where(run.ids, known)
    place = _new_places(len(run.ids), places)
    customers = _where(run.inputs.customers, known)
    customers = customers[place[run.inputs.customer_party[customers]] != GONE]
    label, labels = _labels(run.community, places)
    partly: set[str] = set()
    others: dict[str, Any] = dict(run.others)
    whole_labels = _whole(run.community, places)
    if run.lineage is not None:
        others[LINEAGE.name] = _lineage(run.lineage, places, labels, whole_labels)
    partly |= {run.community_id(one) for one in labels.tolist() if not whole_labels[one]}
    known_customers = run.customer_communities
    if known_customers is not None:
        own, kept = _labels(known_customers.label, customers)
        complete = _whole(known_customers.label, customers)
        partly |= {known_customers.lineage.ids[one] for one in kept.tolist() if not complete[one]}
        others[CUSTOMER_COMMUNITIES.name] = CustomerCommunities(
            own,
            _lineage(known_customers.lineage, customers, kept, complete),
            _shares(known_customers.shares, _new_places(len(known_customers.label), customers)),
        )
    if run.community_traits is not None:
        others[COMMUNITY_TRAITS.name] = _traits(run.community_traits, partly)
    if run.features is not None:
        others[CUSTOMER_FEATURES.name] = replace(
            run.features,
            ids=[run.features.ids[at] for at in customers.tolist()],
            active=run.features.active[customers],
            values={name: value[customers] for name, value in run.features.values.items()},
        )
    if run.segments is not None:
        others[SEGMENTS.name] = replace(
            run.segments,
            customers=[run.segments.customers[at] for at in customers.tolist()],
            label=run.segments.label[customers],
            strength=run.segments.strength[customers],
            earlier=[run.segments.earlier[at] for at in customers.tolist()],
        )
    return SeenModel(
        cut_off=run.cut_off,
        inputs=_inputs(run.inputs, places, place, customers),
        solved=_solved(run, places, place, known),
        community=label,
        forecasts=Forecasts(run.forecasts.default[customers], run.forecasts.next_bill[customers]),
        overrides=[
            replace(one, party=int(place[one.party])) for one in run.overrides if place[one.party] != GONE
        ],
        others=others,
        run=run,
        places=places,
        customer_places=customers,
        partly=frozenset(partly),
    )


def _where(ids: list[str], known: Collection[str]) -> Ints:
    return np.array([at for at, one in enumerate(ids) if one in known], dtype=np.int64)


def _new_places(size: int, places: Ints) -> Ints:
    """Where each of ``size`` stands among those of ``places``; GONE where it does not."""
    found = np.full(size, GONE, dtype=np.int64)
    found[places] = np.arange(len(places))
    return found


def _labels(label: Ints, places: Ints) -> tuple[Ints, Ints]:
    """Labels of some, numbered without gaps in the same order, and the old label of each."""
    labels, own = np.unique(label[places], return_inverse=True)
    return own.reshape(-1).astype(np.int64), labels


def _whole(label: Ints, places: Ints) -> Bools:
    """By label, whether all who have it are among some."""
    size = int(label.max(initial=-1)) + 1
    return np.asarray(np.bincount(label, minlength=size) == np.bincount(label[places], minlength=size))


def _lineage(was: CommunityLineage, places: Ints, labels: Ints, whole: Bools) -> CommunityLineage:
    """Ids of all; how sure it is and what became of it of those only that are seen as a whole."""
    complete = {was.ids[one] for one in labels.tolist() if whole[one]}
    stability = np.where(whole[labels], was.stability[labels], np.nan)
    return CommunityLineage(
        [was.ids[one] for one in labels.tolist()],
        stability,
        was.strength[places],
        was.before,
        tuple(event for event in was.events if event.id in complete),
    )


def _shares(was: Shares, place: Ints) -> Shares:
    member = place[was.member]
    kept = member != GONE
    return Shares(member[kept], was.kind[kept], was.thing[kept])


def _traits(was: CommunityTraits, partly: Collection[str]) -> CommunityTraits:
    """What members have in common is told of communities that are seen as a whole."""
    return CommunityTraits(
        [(one, trait) for one, trait in was.traits if one not in partly],
        {one: head for one, head in was.heads.items() if one not in partly},
    )


def _inputs(was: Inputs, places: Ints, place: Ints, customers: Ints) -> Inputs:
    return Inputs(
        ids=[was.ids[at] for at in places.tolist()],
        types=[was.types[at] for at in places.tolist()],
        own=was.own[places],
        buffer=was.buffer[places],
        buffer_kind=was.buffer_kind[places],
        exposure=was.exposure[places],
        lgd=was.lgd[places],
        customers=[was.customers[at] for at in customers.tolist()],
        customer_party=place[was.customer_party[customers]],
        customer_exposure=was.customer_exposure[customers],
        customer_balance=was.customer_balance[customers],
        customer_ageing=was.customer_ageing[customers],
    )


def _solved(run: RiskModel, places: Ints, place: Ints, known: Collection[str]) -> Solved:
    was = run.solved
    weights, part_place = _weights(was.weights, place, len(places))
    money = part_place[was.weights.money_part]
    money[was.weights.money_part < 0] = GONE
    kept = np.flatnonzero(money != GONE)
    held = was.holdings
    both = np.flatnonzero((place[held.company] != GONE) & (place[held.holder] != GONE))
    holdings = Holdings(
        place[held.company[both]], place[held.holder[both]], held.share[both], held.amount[both]
    )
    return replace(
        was,
        scores=Scores(**{name: getattr(was.scores, name)[places] for name in SCORES}),
        expected_loss=was.expected_loss[places],
        weights=replace(weights, money_part=money[kept]),
        money_record=[was.money_record[at] for at in kept.tolist()],
        incidence={kind: _incidence(found, place) for kind, found in was.incidence.items()},
        cautions=_cautions(was.cautions, holdings, [run.ids[at] for at in places.tolist()], known),
        holdings=holdings,
    )


def _weights(was: Weights, place: Ints, size: int) -> tuple[Weights, Ints]:
    """Links with both ends among those seen, and where each old part went."""
    source, target = place[was.csr.rows()], place[was.csr.indices]
    kept = np.flatnonzero((source != GONE) & (target != GONE))
    counts = np.diff(was.part_indptr)
    link_kept = np.zeros(len(counts), dtype=np.bool_)
    link_kept[kept] = True
    parts = np.flatnonzero(np.repeat(link_kept, counts))
    indptr = np.zeros(size + 1, dtype=np.int64)
    np.cumsum(np.bincount(source[kept], minlength=size), out=indptr[1:])
    part_indptr = np.zeros(len(kept) + 1, dtype=np.int64)
    np.cumsum(counts[kept], out=part_indptr[1:])
    # Positions rise with ids on both sides, so links stay in their order.
    return (
        replace(
            was,
            csr=Csr(indptr, target[kept], was.csr.data[kept]),
            part_indptr=part_indptr,
            part_relation=was.part_relation[parts],
            part_value=was.part_value[parts],
            part_amount=was.part_amount[parts],
        ),
        _new_places(len(was.part_value), parts),
    )


def _incidence(was: Incidence, place: Ints) -> Incidence:
    party = place[was.party]
    kept = np.flatnonzero(party != GONE)
    return Incidence(
        party[kept], was.attribute[kept], was.age[kept], [was.record[at] for at in kept.tolist()]
    )


def _cautions(
    was: list[Caution], holdings: Holdings, ids: list[str], known: Collection[str]
) -> list[Caution]:
    """Those about whom is seen; about a relation where both of its ends are.

    Holdings that add up to more than the company only together with some that are not seen do not. Where an earlier
    program's run does not say the other end, nothing is told of the relation.
    """
    shares = np.nan_to_num(holdings.share)
    held = np.bincount(holdings.company, weights=shares, minlength=len(ids))
    above = {ids[at] for at in np.flatnonzero(held > ABOVE_ONE).tolist()}
    return [
        one
        for one in was
        if one.about in known
        and (one.code not in OF_RELATIONS or one.other in known)
        and (one.code != "HOLDINGS_ABOVE_ONE" or one.about in above)
    ]
