"""Which communities of linked parties are at risk, ranked by expected loss."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from algorithms.risk.close_groups.moves import Moves
from algorithms.risk.close_groups.trials import Trials
from algorithms.risk.explain import apportion
from services.arrears.answer.model import Channel, RiskCluster, SeedShare
from services.arrears.answer.overrides import judgements_of
from services.arrears.groups.action_words import action_words
from services.arrears.groups.causes import causes_of, moves_of
from services.arrears.groups.first_actions import first_action, trials_of
from services.community_names import community_words
from services.names import names_of
from services.reading.runs import current
from services.risk.model import RiskModel
from services.seen import Seen
from terms.errors import Lang
from terms.ids import Fen
from terms.money import Money

MEMBERS_NAMED = 1000
SEEDS_SHOWN = 5


@dataclass(frozen=True, eq=False)
class Clusters:
    """All at-risk clusters of a run, the largest expected loss first; each is worked out when it is asked for."""

    seen: Seen
    model: RiskModel
    ranked: tuple[int, ...]
    lang: Lang = "en"

    @cached_property
    def _moves(self) -> Moves:
        return moves_of(self.model)

    @cached_property
    def _trials(self) -> Trials:
        return trials_of(self.model)

    def id(self, label: int) -> str:
        """The cluster's id: that of its community, the same from run to run."""
        return self.model.community_id(label)

    def tell(self, label: int) -> RiskCluster:
        """A cluster with whom to blame, how the loss arrives, and what to do first.

        Seeds: who fails by itself at the start of the ways that lead to the members, anywhere in the graph. Amounts of
        seeds and of channels are apportioned, so that with what was not followed up they add up to the expected loss,
        to the fen.
        """
        model = self.model
        members = model.members(label)
        by_loss = members[np.lexsort((members, -model.expected_loss[members]))]
        total = Fen(int(model.expected_loss[members].sum()))
        at_stake = model.at_stake(members)
        causes = causes_of(model, by_loss, self._moves)
        worst = causes.seeds[:SEEDS_SHOWN]
        shown = by_loss[:MEMBERS_NAMED]
        action = first_action(model, at_stake, [seed for seed, _ in causes.seeds], self._trials)
        involved = {*shown.tolist(), *(seed for seed, _ in worst), *([action.party] if action else [])}
        named = names_of(self.seen, [model.ids[i] for i in sorted(involved)])
        names = {index: named[model.ids[index]] for index in involved}
        shares = [share for _, share in causes.seeds]
        amounts = apportion(total, [*shares, causes.rest]) if total else []
        told = action.named(names) if action else None
        return RiskCluster(
            id=self.id(label),
            name=self._name(label, model.ids[int(by_loss[0])]),
            size=len(members),
            expected_loss=Money(total),
            seeds=tuple(
                SeedShare(names[seed], share, Money(fen))
                for (seed, share), fen in zip(worst, amounts, strict=False)
            ),
            channels=_channels(causes.channels, total),
            members=tuple(names[index] for index in shown.tolist()),
            suggested_action=action_words(told, "en"),
            action=told,
            overrides=judgements_of(model, names),
        )

    def _name(self, label: int, head: str) -> str:
        """That of the community; one with members that the asker does not see is named by its id."""
        name = self.id(label)
        if name in self.model.partly_seen:
            return name
        return community_words(self.seen, self.model, {name: head}, self.lang)[name].name


def risk_clusters(seen: Seen, lang: Lang = "en") -> Clusters:
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
    return Clusters(seen, model, tuple(ranked), lang)


def clusters(seen: Seen, first: int = 10) -> list[RiskCluster]:
    """The first at-risk clusters.

    Raises:
        KehutuError: ``NO_RUN``.
    """
    found = risk_clusters(seen)
    return [found.tell(label) for label in found.ranked[:first]]


def _channels(shares: dict[str, float], total: Fen) -> tuple[Channel, ...]:
    """The channels with their amounts, the largest first; they add up to 1."""
    found = {name: share for name, share in shares.items() if share > 0}
    if not found or not total:
        return ()
    amounts = apportion(total, list(found.values()))
    told = [
        Channel(name, share, Money(fen)) for (name, share), fen in zip(found.items(), amounts, strict=True)
    ]
    return tuple(sorted(told, key=lambda channel: (-channel.share, channel.relation)))
