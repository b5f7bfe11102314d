"""What changes by close groups when own distress, links or both change: the same as solving anew, for the parties hit.

What a change can reach, and all that reaches those, is a network of its own: nothing else has a part in their chances.
Where it is small it is prepared and solved alone. Close groups are derived again, as an analysis would.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from algorithms.risk.close_groups.draws import Known
from algorithms.risk.close_groups.groups import RUNGS, Limits
from algorithms.risk.close_groups.links import SLACK
from algorithms.risk.close_groups.probability import Chances, Model, chances, prepare
from algorithms.risk.network import Network
from algorithms.risk.region import Region, region
from graph.arrays import Bools, Csr, Floats, Ints

MOST_APART = 20_000
"""Up to so many parties are solved apart; above, all are."""


@dataclass(frozen=True, slots=True, eq=False)
class Renewed:
    """New values of the parties that a change may reach, k of them; all others keep theirs.

    ``parties``: k positions, ascending. ``p``, ``bound``, ``noise``: k, as in ``Chances``. ``loop_outside``, ``rung``,
    ``drawn``, ``cut``: k, as in ``Model`` and ``Groups``. ``model``, ``solved``: what was solved, and the solution;
    ``around``: positions of its parties, ascending, those of ``parties`` among them.
    """

    parties: Ints
    p: Floats
    bound: Floats
    noise: Floats
    loop_outside: Bools
    rung: Floats
    drawn: Bools
    cut: Bools
    model: Model
    solved: Chances
    around: Ints

    def group(self, party: int) -> Ints:
        """Positions of the close group of one of ``parties`` after the change, ascending."""
        return self.around[self.model.groups.group(int(np.searchsorted(self.around, party)))]


@dataclass(frozen=True, slots=True, eq=False)
class Change:
    """The parties that a change may reach; k of them.

    ``parties``: k positions, ascending. ``before``, ``p``: k, their chances before and after. ``bound``, ``noise``: k,
    as in ``Chances``. ``regrouped``: positions of those whose close group is another one now. ``after``: the same
    parties with all that is new about them.
    """

    parties: Ints
    before: Floats
    p: Floats
    bound: Floats
    noise: Floats
    regrouped: Ints
    after: Renewed

    @property
    def rise(self) -> Floats:
        """k, what the chances rise by; below 0 = they fall."""
        return self.p - self.before

    def against(self, sign: int) -> Ints:
        """GROUP_CHANGED: parties whose chance moves against the sign of the change.

        That happens only where a close group became another one: the party's own, or that of one it hangs on.

        Args:
            sign: 1 for what adds risk (more distress, a new or larger link), -1 for what takes some away.
        """
        return self.parties[sign * self.rise < -1e-12]


@dataclass(frozen=True, slots=True, eq=False)
class Affected:
    """What has to be solved again after a change: ``model`` of the parties ``around`` (positions, ascending), of which
    those in ``parties`` may have other values."""

    parties: Ints
    around: Ints
    model: Model


def affected(
    network: Network,
    touched: Ints,
    *,
    drawn: Bools,
    cut: Bools,
    limits: Limits | None = None,
    keys: Sequence[str] | None = None,
    priority: Floats | None = None,
    prepared: Model | None = None,
    before: Model | None = None,
) -> Affected:
    """Make ready what a change can reach; arguments and cost are those of :func:`renew`."""
    limits = limits or Limits()
    roots = np.unique(np.asarray(touched, dtype=np.int64))
    hit = np.sort(region(network, roots).parties.astype(np.int64))
    backwards = Network(network.into, network.out, network.into_patch, network.out_patch)
    around = region(backwards, hit)
    if len(around.parties) <= MOST_APART and not cut.any():
        parties, inner, names = apart(around, keys)
        known = None if before is None else known_of(before, network, roots, parties)
        model = prepare(inner, limits=limits, keys=names, known=known)
        elsewhere = int(drawn.sum() - drawn[parties].sum())
        if elsewhere + int(model.groups.drawn.sum()) <= limits.drawn and not model.groups.cut.any():
            return Affected(hit, parties, model)
    whole = prepared or prepare(network, limits=limits, priority=priority, keys=keys)
    everybody = np.arange(network.size)
    # Who is drawn in place of another may stand far from the change.
    others = prepared is None and (bool(cut.any()) or bool(whole.groups.cut.any()))
    return Affected(everybody if others else hit, everybody, whole)


def renew(
    network: Network,
    own: Floats,
    touched: Ints,
    *,
    drawn: Bools,
    cut: Bools,
    limits: Limits | None = None,
    keys: Sequence[str] | None = None,
    priority: Floats | None = None,
    prepared: Model | None = None,
    before: Model | None = None,
    proven: bool = True,
) -> Renewed:
    """Solve again what a change can reach.

    Args:
        network: n parties, break weights after the change.
        own: n, own distress after the change.
        touched: positions of parties whose own distress or links in changed.
        drawn, cut: n, whose group was drawn, and cut, before the change: where too many groups would have to be drawn,
            all parties have a part in who is.
        limits, keys, priority: as in ``prepare``.
        prepared: the model of all parties, where the weights are still those; it is used when all are solved.
        before: the model of all parties before the change; drawn tables that still hold are taken from it.
        proven: as in ``chances``.

    O(what the change reaches and all that reaches it), plus cleared arrays of n; above 20,000 parties as much as an
    analysis.
    """
    found = affected(
        network,
        touched,
        drawn=drawn,
        cut=cut,
        limits=limits,
        keys=keys,
        priority=priority,
        prepared=prepared,
        before=before,
    )
    solved = chances(found.model, own[found.around], proven=proven)
    return _renewed(found.model, solved, found.parties, found.around)


def apart(around: Region, keys: Sequence[str] | None) -> tuple[Ints, Csr, list[str]]:
    """A region that was sought backwards as a network of its own: positions of its parties, ascending, its weights
    and their names."""
    parties = np.sort(around.parties.astype(np.int64))
    place = np.searchsorted(parties, around.parties)
    # Seen backwards, the links into a party are those that it harms.
    source = np.repeat(place, np.diff(around.ptr))
    inner = Csr.from_edges(len(parties), source, place[around.source], around.weight)
    return parties, inner, [str(at) if keys is None else keys[at] for at in parties.tolist()]


def known_of(model: Model, network: Network, touched: Ints, parties: Ints) -> Known:
    """Drawn tables of a model that still hold for some of its parties, where only links into ``touched`` changed."""
    changed = _changed(model, network, touched)
    return Known(model.system.reach.draws, model.system.drawn_number, parties, changed.keys())


def _changed(model: Model, network: Network, touched: Ints) -> dict[tuple[int, int], float]:
    """Links into ``touched`` whose weight is another one now, with the larger of the two weights."""
    links, found = model.groups.links, dict[tuple[int, int], float]()
    for target in np.unique(touched).tolist():
        span = slice(int(links.ptr[target]), int(links.ptr[target + 1]))
        before = dict(zip(links.source[span].tolist(), links.weight[span].tolist(), strict=True))
        sources, weights = network.column(target)
        after = dict(zip(sources.tolist(), weights.tolist(), strict=True))
        for source in before.keys() | after.keys():
            was, now = before.get(source, 0.0), after.get(source, 0.0)
            if was != now:
                found[source, target] = max(was, now)
    return found


def what_if(
    model: Model,
    before: Chances,
    own: Floats,
    touched: Ints,
    *,
    network: Network,
    same_links: bool = False,
    priority: Floats | None = None,
    quick: bool = False,
) -> Change:
    """Chances after a change.

    Args:
        model, before: of what is; neither is changed.
        own: n, own distress after the change.
        touched: positions of parties whose own distress or links in changed.
        network: break weights after the change (``Network.changed`` shares the arrays of the old ones).
        same_links: the weights are those of the model.
        priority: n, as in ``prepare``.
        quick: the chances alone; ``bound`` and ``noise`` are infinite, and ``regrouped`` is empty.

    Positions in the answer are those of the network. Cost as :func:`renew`.
    """
    after = renew(
        network,
        own,
        touched,
        drawn=model.groups.drawn,
        cut=model.groups.cut,
        limits=model.groups.limits,
        keys=model.keys,
        priority=priority,
        prepared=model if same_links else None,
        before=model,
        proven=not quick,
    )
    hit = after.parties
    regrouped = [] if same_links or quick else _regrouped(model, network, touched, after)
    return Change(
        hit, before.p[hit], after.p, after.bound, after.noise, np.array(regrouped, dtype=np.int64), after
    )


def _renewed(model: Model, found: Chances, hit: Ints, around: Ints) -> Renewed:
    at, groups = np.searchsorted(around, hit), model.groups
    return Renewed(
        parties=hit,
        p=found.p[at],
        bound=found.bound[at],
        noise=found.noise[at],
        loop_outside=model.loop_outside[at],
        rung=groups.rung[at],
        drawn=groups.drawn[at],
        cut=groups.cut[at],
        model=model,
        solved=found,
        around=around,
    )


def _regrouped(model: Model, network: Network, touched: Ints, after: Renewed) -> list[int]:
    """The parties of ``after`` with another rung or close group than before, ascending."""
    least, links = RUNGS[0] - SLACK, model.groups.links
    # A group can be another one only behind a link that is or was close: what that reaches over close links.
    changed = _changed(model, network, touched)
    waiting = [target for (_, target), weight in changed.items() if weight >= least]
    reached = set(waiting)
    while waiting:
        u = waiting.pop()
        targets, weights = network.row(u)
        span = slice(int(links.out_ptr[u]), int(links.out_ptr[u + 1]))
        were = links.out_target[span][links.weight[links.out_link[span]] >= least]
        new = {*targets[weights >= least].tolist(), *were.tolist()} - reached
        reached |= new
        waiting.extend(new)
    moved = model.groups.rung[after.parties] != after.rung
    return [
        u
        for u, other in zip(after.parties.tolist(), moved.tolist(), strict=True)
        if other or (u in reached and not _same_group(model, u, after))
    ]


def _same_group(model: Model, party: int, after: Renewed) -> bool:
    """Whether a party's rung and close group are the same in both models."""
    at = int(np.searchsorted(after.around, party))
    if model.groups.rung[party] != after.model.groups.rung[at]:
        return False
    return np.array_equal(model.groups.group(party), after.group(party))
