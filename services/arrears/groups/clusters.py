"""Which communities of linked parties are at risk, ranked by expected loss."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from algorithms.risk.blame import portfolio_by_seed
from algorithms.risk.explain import apportion
from algorithms.risk.parameters import RELATIONS
from graph.arrays import Floats, Ints
from services.arrears.answer.model import ActionKind, Channel, RiskCluster, SeedShare
from services.arrears.answer.overrides import judgements_of
from services.arrears.answer.relation_names import GRAPH_NAME
from services.arrears.groups.first_actions import first_action
from services.names import Named, names_of
from services.reading.runs import current
from services.risk.model import RiskModel
from services.seen import Seen
from terms.ids import Fen
from terms.money import Money

MEMBERS_NAMED = 1000
SEEDS_SHOWN = 5
OWN_RECORD = "OWN_RECORD"


@dataclass(frozen=True, eq=False)
class Clusters:
    """All at-risk clusters of a run, the largest expected loss first; each is worked out when it is asked for."""

    seen: Seen
    model: RiskModel
    ranked: tuple[int, ...]

    def id(self, label: int) -> str:
        """The cluster's id: that of its community, the same from run to run."""
        return self.model.community_id(label)

    def tell(self, label: int) -> RiskCluster:
        """A cluster with whom to blame, how the loss arrives, and what to do first.

        Seeds: what each party's own distress is to blame for, anywhere in the graph, exact. Amounts of seeds and of
        channels are apportioned, so that they add up to the expected loss, to the fen.
        """
        model = self.model
        members = model.members(label)
        by_loss = members[np.lexsort((members, -model.expected_loss[members]))]
        total = Fen(int(model.expected_loss[members].sum()))
        at_stake = model.at_stake(members)
        stake = model.per_score(at_stake)
        blamed = portfolio_by_seed(model.network, model.own, model.score, stake)
        order = np.lexsort((blamed.seeds, -blamed.part))
        worst = order[:SEEDS_SHOWN]
        shown = by_loss[:MEMBERS_NAMED]
        action = first_action(model, at_stake, blamed.seeds[order].tolist())
        involved = {*shown.tolist(), *blamed.seeds[worst].tolist(), *([action.party] if action else [])}
        named = names_of(self.seen, [model.ids[i] for i in sorted(involved)])
        names = {index: named[model.ids[index]] for index in involved}
        shares = blamed.part / blamed.part.sum() if len(blamed.part) else blamed.part
        amounts = apportion(total, shares.tolist()) if len(shares) else []
        told = action.named(names) if action else None
        return RiskCluster(
            id=self.id(label),
            name=names[int(by_loss[0])].name,
            size=len(members),
            expected_loss=Money(total),
            seeds=tuple(
                SeedShare(names[int(blamed.seeds[at])], float(shares[at]), Money(amounts[at]))
                for at in worst.tolist()
            ),
            channels=_channels(model, members, stake, total),
            members=tuple(names[index] for index in shown.tolist()),
            suggested_action="" if told is None else _words(told.kind, told.party, told.spared, told.share),
            action=told,
            overrides=judgements_of(model, names),
        )


def risk_clusters(seen: Seen) -> Clusters:
    """Communities of two and more parties with an expected loss.

    Raises:
        KehutuError: ``NO_RUN``.
    """
    _, model = current(seen)
    loss = np.zeros(int(model.community.max(initial=-1)) + 1, dtype=np.int64)
    np.add.at(loss, model.community, model.expected_loss)
    size = np.bincount(model.community, minlength=len(loss))
    ranked = sorted(
        np.flatnonzero((size > 1) & (loss > 0)).tolist(), key=lambda label: (-int(loss[label]), label)
    )
    return Clusters(seen, model, tuple(ranked))


def clusters(seen: Seen, first: int = 10) -> list[RiskCluster]:
    """The first at-risk clusters.

    Raises:
        KehutuError: ``NO_RUN``.
    """
    found = risk_clusters(seen)
    return [found.tell(label) for label in found.ranked[:first]]


def _channels(model: RiskModel, members: Ints, stake: Floats, total: Fen) -> tuple[Channel, ...]:
    """The loss of every member split by its causes one step back: its own record, and each relation by its part."""
    score = model.score
    weights = model.weights
    causes = weights.csr.data * score[weights.csr.rows()]
    divisor = model.own + np.bincount(weights.csr.indices, causes, minlength=len(score))
    at_risk = np.divide(stake * score, divisor, out=np.zeros(len(stake)), where=divisor > 0)
    own = float((at_risk[members] * model.own[members]).sum())
    link = np.repeat(np.arange(len(weights.csr.data)), np.diff(weights.part_indptr))
    source, target = weights.csr.rows()[link], weights.csr.indices[link]
    flow = at_risk[target] * weights.part_value * score[source]
    by_relation = np.bincount(weights.part_relation, weights=flow, minlength=len(RELATIONS))
    found = {OWN_RECORD: own} | {
        GRAPH_NAME[name]: float(by_relation[code]) for code, name in enumerate(RELATIONS)
    }
    found = {name: value for name, value in found.items() if value > 0}
    whole = sum(found.values())
    if not whole:
        return ()
    amounts = apportion(total, list(found.values()))
    told = [
        Channel(name, value / whole, Money(fen))
        for (name, value), fen in zip(found.items(), amounts, strict=True)
    ]
    return tuple(sorted(told, key=lambda channel: (-channel.share, channel.relation)))


def _words(kind: ActionKind, party: Named, spared: Money, share: float) -> str:
    what = (
        f"Agree on payment with {party.name} first"
        if kind is ActionKind.AGREE_ON_PAYMENT
        else f"Ring-fence {party.name} first: ask its partners for other security or to run down what it owes them"
    )
    return f"{what}; that would spare {spared} yuan, {share:.0%} of the cluster's expected loss."
