"""What changes by close groups when own distress, links or both change: the same as solving anew, for the parties hit.

What a change can reach, and all that reaches those, is a network of its own: nothing else has a part in their chances.
Where it is small it is prepared and solved alone. Close groups are derived again, as an analysis would.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from algorithms.risk.close_groups.probability import Chances, Model, chances, prepare
from algorithms.risk.network import Network
from algorithms.risk.region import region
from graph.arrays import Csr, Floats, Ints

MOST_APART = 20_000
"""Up to so many parties are solved apart; above, all are."""


@dataclass(frozen=True, slots=True, eq=False)
class Change:
    """The parties that a change may reach; k of them.

    ``parties``: k positions, ascending. ``before``, ``p``: k, their chances before and after. ``bound``, ``noise``: k,
    as in ``Chances``. ``regrouped``: positions of those whose close group is another one now.
    """

    parties: Ints
    before: Floats
    p: Floats
    bound: Floats
    noise: Floats
    regrouped: Ints

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


def what_if(
    model: Model, before: Chances, own: Floats, touched: Ints, *, network: Network, same_links: bool = False
) -> Change:
    """Chances after a change.

    Args:
        model, before: of what is; neither is changed.
        own: n, own distress after the change.
        touched: positions of parties whose own distress or links in changed.
        network: break weights after the change (``Network.changed`` shares the arrays of the old ones).
        same_links: the weights are those of the model.

    O(what the change reaches and all that reaches it), plus cleared arrays of n; above 20,000 parties as much as an
    analysis. Positions in the answer are those of the network.
    """
    size = network.size
    roots = np.unique(np.asarray(touched, dtype=np.int64))
    hit = np.sort(region(network, roots).parties.astype(np.int64))
    backwards = Network(network.into, network.out, network.into_patch, network.out_patch)
    around = region(backwards, hit)
    whole = len(around.parties) > MOST_APART or bool(model.groups.cut.any())
    if whole:
        after_model = model if same_links else prepare(network, limits=model.groups.limits, keys=model.keys)
        parties = np.arange(size)
        after = chances(after_model, own)
    else:
        parties = np.sort(around.parties.astype(np.int64))
        place = np.searchsorted(parties, around.parties)
        # Seen backwards, the links into a party are those that it harms.
        source = np.repeat(place, np.diff(around.ptr))
        inner = Csr.from_edges(len(parties), source, place[around.source], around.weight)
        keys = [str(at) if model.keys is None else model.keys[at] for at in parties.tolist()]
        after_model = prepare(inner, limits=model.groups.limits, keys=keys)
        after = chances(after_model, own[parties])
    at = np.searchsorted(parties, hit)
    regrouped = []
    if not same_links:
        regrouped = [
            party
            for party, inside in zip(hit.tolist(), at.tolist(), strict=True)
            if not _same_group(model, party, after_model, inside, parties)
        ]
    return Change(
        hit, before.p[hit], after.p[at], after.bound[at], after.noise[at], np.array(regrouped, dtype=np.int64)
    )


def _same_group(model: Model, party: int, other: Model, inside: int, parties: Ints) -> bool:
    """Whether a party's rung and close group are the same in both models."""
    if model.groups.rung[party] != other.groups.rung[inside]:
        return False
    return np.array_equal(model.groups.group(party), parties[other.groups.group(inside)])
