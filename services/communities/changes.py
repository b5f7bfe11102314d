"""Why a party, or a customer, is in another community than before (docs/science.md, "Communities")."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Final

import numpy as np

from algorithms.communities.network import Network
from algorithms.communities.why_moved import Partitioned, why_moved
from graph.arrays import Csr, Floats
from services.arrears.answer.model import RunName
from services.communities.answer import CommunityChange, CommunityOf, MovePart, MoveReason
from services.communities.communities import full, readable, run_or_none
from services.communities.divisions import Division, division
from services.reading.runs import Run, current
from services.risk.situation import parameters_of
from services.seen import Seen

AWAY, TOWARDS, ELSEWHERE, NOWHERE = 0, 1, 2, -1
_REASONS: Final = (
    (MoveReason.OWN_LINKS, "own_links"),
    (MoveReason.NEIGHBOURS, "neighbours"),
    (MoveReason.SIZE, "size"),
)


def community_change(
    seen: Seen, entity: str, of: CommunityOf = CommunityOf.PARTIES
) -> CommunityChange | None:
    """Why somebody changed community with the last full run: a party, or that of a customer; or a customer itself.

    Returns:
        None where it did not, where one of the two runs does not know it, or where the run before cannot be read.

    Raises:
        KehutuError: ``NO_RUN``, ``UNKNOWN_ID``.
    """
    head, model = current(seen)
    name = seen.entity(entity)
    run = full(seen, head)
    now = model if run.id == head.id else readable(seen, run)
    known = None if now is None else division(now, of)
    if known is None or known.lineage is None or known.lineage.before is None:
        return None
    earlier = run_or_none(seen, known.lineage.before)
    before = None if earlier is None else readable(seen, earlier)
    was = None if before is None else division(before, of)
    at = known.member(name)
    if earlier is None or was is None or at is None or was.place(known.ids[at]) is None:
        return None
    return change_between(run, Linked(was, _most(earlier)), Linked(known, _most(run)), known.ids[at])


def _most(run: Run) -> int:
    return parameters_of(run).sharers_max


@dataclass(frozen=True)
class Linked:
    """A division with the links that it was found in. ``most``: a thing that more customers share links nobody."""

    division: Division
    most: int

    @cached_property
    def matrix(self) -> Csr:
        """Weights by both ends, n x n, each link in both directions; links with itself apart."""
        return _matrix(self.division, self.most)

    @cached_property
    def strength(self) -> Floats:
        """Sum of the weights of each one's links, n."""
        return np.bincount(self.matrix.rows(), self.matrix.data, len(self.division.ids)).astype(np.float64)

    def community(self, member: str) -> str:
        """The id of the community of one of them; empty where there is no such member."""
        at = self.division.place(member)
        return "" if at is None else self.division.id(int(self.division.label[at]))

    def neighbours(self, member: str) -> dict[str, float]:
        """Weights of the links with each neighbour."""
        at = self.division.place(member)
        if at is None:
            return {}
        row = slice(int(self.matrix.indptr[at]), int(self.matrix.indptr[at + 1]))
        others = (self.division.ids[other] for other in self.matrix.indices[row].tolist())
        return dict(zip(others, self.matrix.data[row].tolist(), strict=True))


@lru_cache(maxsize=4)
def _matrix(known: Division, most: int) -> Csr:
    source, target, weight = known.links(most)
    apart = source != target
    source, target, weight = source[apart], target[apart], weight[apart]
    ends = np.concatenate([source, target]), np.concatenate([target, source])
    return Csr.from_edges(len(known.ids), *ends, np.tile(weight, 2))


def change_between(run: Run, before: Linked, now: Linked, member: str) -> CommunityChange | None:
    """Why a member that both know is in another community in the later one; None where it is not."""
    away, towards = before.community(member), now.community(member)
    if away == towards:
        return None
    around = [member, *sorted({*before.neighbours(member), *now.neighbours(member)})]
    why = why_moved(_around(before, around, away, towards), _around(now, around, away, towards), 0)
    whole = why.now - why.before
    weights = [(reason, float(getattr(why, name))) for reason, name in _REASONS]
    parts = [MovePart(reason, weight / whole if whole else 0.0, weight) for reason, weight in weights]
    return CommunityChange(away, towards, RunName(run.id), tuple(sorted(parts, key=lambda part: -part.share)))


def _around(side: Linked, near: list[str], away: str, towards: str) -> Partitioned:
    """The network as far as a member, the first of ``near``, feels it: its links, and how large both communities are.

    The other members of the two communities are one member each, which has their strength and no links.
    """
    known, sides = side.division, {away: AWAY, towards: TOWARDS}
    places = [known.place(one) for one in near]
    label = [NOWHERE if at is None else sides.get(side.community(known.ids[at]), ELSEWHERE) for at in places]
    weight = [0.0 if at is None else float(side.strength[at]) for at in places]
    for name, one in sides.items():
        among = known.find(name)
        whole = 0.0 if among is None else float(side.strength[known.members(among)].sum())
        weight.append(whole - sum(w for w, where in zip(weight, label, strict=False) if where == one))
    label += [AWAY, TOWARDS]
    linked = side.neighbours(near[0])
    others = np.array([at for at, one in enumerate(near) if one in linked], dtype=np.int64)
    values = np.array([linked[near[at]] for at in others.tolist()], dtype=np.float64)
    links = Csr.from_edges(len(label), np.zeros(len(others), dtype=np.int64), others, values)
    whole_strength = float(side.strength.sum())
    network = Network(
        np.zeros(len(others), dtype=np.int64), others, values, links, np.array(weight), whole_strength
    )
    return Partitioned(network, np.array(label, dtype=np.int64))
