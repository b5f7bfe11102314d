"""Why a party is in another community than before: what its own links, its neighbours and the sizes have changed."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from algorithms.communities.network import Network
from algorithms.invalid_argument import invalid_argument
from graph.arrays import Bools, Floats, Ints


@dataclass(frozen=True, slots=True)
class Move:
    """How much better the new community is than the old one for a party, in weight of links, as parts that add up.

    ``before + own_links + neighbours + size == now``, but for rounding. ``before``: the same difference in the network
    and partition of before; as a rule below 0. ``own_links``: links of the party that came, went or changed weight.
    ``neighbours``: parties at the other end that changed community. ``size``: communities and the whole network grew or
    shrank.
    """

    before: float
    own_links: float
    neighbours: float
    size: float
    now: float


@dataclass(frozen=True, slots=True, eq=False)
class Partitioned:
    """A network with its partition, in one numbering of parties for before and now.

    ``label``: n labels, the same number for a community that goes on under its id; -1: the party is not there.
    """

    network: Network
    label: Ints

    def pull(self, party: int, towards: int, away: int) -> tuple[Ints, Floats, float]:
        """Neighbours of a party, the signed weights that speak for ``towards``, and what the sizes subtract."""
        start, end = self.network.links.indptr[party : party + 2]
        near = self.network.links.indices[start:end]
        signed = self.network.links.data[start:end] * self.sides(near, towards, away)
        if self.network.total == 0.0:
            return near, signed, 0.0
        strength = self.network.strength
        rest = np.arange(len(self.label)) != party
        weight = float(
            strength[rest & (self.label == towards)].sum() - strength[rest & (self.label == away)].sum()
        )
        return near, signed, float(strength[party]) * weight / self.network.total

    def sides(self, parties: Ints, towards: int, away: int) -> Floats:
        """1 for those in the one community, -1 for those in the other, 0 elsewhere."""
        label = self.label[parties]
        side: Floats = (label == towards).astype(np.float64) - (label == away).astype(np.float64)
        return side


def why_moved(before: Partitioned, now: Partitioned, party: int, *, resolution: float = 1.0) -> Move:
    """Why a party that both know left its community of before for that of now (science.md 3.4, why v moved).

    Raises:
        ValueError: the party is not in both, or did not move.
    """
    away, towards = int(before.label[party]), int(now.label[party])
    if min(away, towards) < 0 or away == towards:
        raise invalid_argument(f"party {party} was in {away} and is in {towards}, expected two communities")
    _, signed_before, size_before = before.pull(party, towards, away)
    near_now, signed_now, size_now = now.pull(party, towards, away)
    # The links of now to neighbours where they were before: what is left of the change is the neighbours' own.
    weight_now = now.network.links.data[now.network.links.indptr[party] : now.network.links.indptr[party + 1]]
    as_they_were = weight_now * before.sides(near_now, towards, away)
    return Move(
        before=float(signed_before.sum()) - resolution * size_before,
        own_links=float(as_they_were.sum() - signed_before.sum()),
        neighbours=float((signed_now - as_they_were).sum()),
        size=-resolution * (size_now - size_before),
        now=float(signed_now.sum()) - resolution * size_now,
    )


def moved_parties(before: Ints, now: Ints) -> Bools:
    """Which of n parties are in another community than before; those that one of the two does not know are not."""
    moved: Bools = (before >= 0) & (now >= 0) & (before != now)
    return moved
