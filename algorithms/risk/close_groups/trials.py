"""What it would spare that a party fails no more by itself, or can harm nobody any more; for many totals in turn.

A total is ``M = sum_j m_j g(P_j)``. What a change does to the chances hangs on no total, so it is worked out once; and
only as far as needed to see that another change spares more.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from algorithms.risk.close_groups.levers import Levers, owners
from algorithms.risk.close_groups.probability import Chances, Model
from algorithms.risk.close_groups.rising import Rising
from algorithms.risk.close_groups.what_if import MOST_APART, affected
from algorithms.risk.network import Network
from algorithms.risk.probability import IDENTITY, Probability
from algorithms.risk.region import region
from graph.arrays import Floats, Ints

MOST_KEPT = 20_000_000
"""Numbers that changes keep, some 200 MB; beyond, all are forgotten."""


@dataclass(frozen=True, slots=True, eq=False)
class Trial:
    """A change: k ``parties`` that it may reach (positions), where ``rising`` has them, and their chances before."""

    parties: Ints
    place: Ints
    before: Floats
    rising: Rising

    def spares(self, money: Floats, probability: Probability, floor: float) -> float | None:
        """By how much the total falls; None where that is seen to be less than ``floor``.

        A chance is never below what has risen so far, so what the total falls by is at most what it seems to be.
        """
        at_stake, was = money[self.parties], probability(self.before)
        while True:
            most = float(at_stake @ (was - probability(self.rising.p[self.place])))
            if self.rising.settled:
                return most
            if most < floor - 1e-9 * abs(floor):
                return None
            self.rising.rise()


class Trials:
    """Changes of a solved model."""

    def __init__(
        self,
        model: Model,
        own: Floats,
        before: Chances,
        network: Network,
        *,
        priority: Floats | None = None,
        probability: Probability = IDENTITY,
    ) -> None:
        """``priority``: n, as in ``prepare``. ``probability``: g."""
        self.model, self.own, self.before, self.network = model, own, before, network
        self.priority, self.probability = priority, probability
        self._settled: dict[int, Trial] = {}
        self._silenced: dict[int, Trial] = {}
        self._kept = 0

    @cached_property
    def levers(self) -> Levers:
        """What a little less of each chance is worth."""
        return Levers(self.model, self.own, self.before)

    @cached_property
    def _owners(self) -> Ints:
        return owners(self.model)

    def settled(self, party: int) -> Trial:
        """The party fails no more by itself; links stay as they are."""
        if party not in self._settled:
            self._settled[party] = self._count(self._without_cause(party))
        return self._settled[party]

    def silenced(self, party: int) -> Trial:
        """All links out of the party are cut; groups are derived again."""
        if party not in self._silenced:
            self._silenced[party] = self._count(self._without_links(party))
        return self._silenced[party]

    def cut(self, party: int) -> Network:
        """The network without the links out of a party."""
        targets, _ = self.network.row(party)
        return self.network.changed(np.full(len(targets), party), targets, np.zeros(len(targets)))

    def _without_cause(self, party: int) -> Trial:
        own, roots = self.own.copy(), np.array([party], dtype=np.int64)
        own[party] = 0.0
        if self.network.size > MOST_APART:
            return self._trial(self.network, own, roots, same_links=True)
        hit = np.sort(region(self.network, roots).parties.astype(np.int64))
        # No value of others can change: whoever reads one that does is reached too.
        start = self.before.values.copy()
        start[np.isin(self._owners, hit)] = 0.0
        return Trial(hit, hit, self.before.p[hit], Rising(self.model.system, own, start))

    def _without_links(self, party: int) -> Trial:
        targets, _ = self.network.row(party)
        return self._trial(self.cut(party), self.own, targets, same_links=False)

    def _trial(self, network: Network, own: Floats, touched: Ints, *, same_links: bool) -> Trial:
        model = self.model
        found = affected(
            network,
            touched,
            drawn=model.groups.drawn,
            cut=model.groups.cut,
            limits=model.groups.limits,
            keys=model.keys,
            priority=self.priority,
            prepared=model if same_links else None,
            before=model,
        )
        place = np.searchsorted(found.around, found.parties)
        rising = Rising(found.model.system, own[found.around])
        return Trial(found.parties, place, self.before.p[found.parties], rising)

    def _count(self, trial: Trial) -> Trial:
        """Forget the others where there are too many."""
        system = trial.rising.system
        size = system.values
        if system is not self.model.system:
            draws = system.reach.draws
            size += len(system.operand) + len(system.reach.value) + len(draws.parent) + len(draws.run)
        self._kept += size
        if self._kept > MOST_KEPT:
            self._settled.clear()
            self._silenced.clear()
            self._kept = size
        return trial
