"""Why a party is in another community than before (docs/science.md, "Communities")."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

import numpy as np

from algorithms.communities.network import Network
from algorithms.communities.why_moved import Seen as SeenNetwork
from algorithms.communities.why_moved import why_moved
from graph.arrays import Csr, Floats
from services.arrears.answer.model import RunName
from services.communities.answer import CommunityChange, MovePart, MoveReason
from services.communities.communities import full, readable, run_or_none
from services.reading.runs import Run, current
from services.risk.model import RiskModel
from services.seen import Seen

AWAY, TOWARDS, ELSEWHERE, NOWHERE = 0, 1, 2, -1
_REASONS: Final = (
    (MoveReason.OWN_LINKS, "own_links"),
    (MoveReason.NEIGHBOURS, "neighbours"),
    (MoveReason.SIZE, "size"),
)


def community_change(seen: Seen, entity: str) -> CommunityChange | None:
    """Why a party, or that of a customer, changed community with the last full run.

    Returns:
        None where it did not, where one of the two runs does not know it, or where the run before cannot be read.

    Raises:
        KehutuError: ``NO_RUN``, ``UNKNOWN_ID``.
    """
    head, model = current(seen)
    name = seen.entity(entity)
    run = full(seen, head)
    now = model if run.id == head.id else readable(seen, run)
    if now is None or now.lineage is None or now.lineage.before is None:
        return None
    earlier = run_or_none(seen, now.lineage.before)
    before = None if earlier is None else readable(seen, earlier)
    at = now.party(name)
    if before is None or at is None or before.party(now.ids[at]) is None:
        return None
    return change_between(run, before, now, now.ids[at])


def change_between(run: Run, before: RiskModel, now: RiskModel, party: str) -> CommunityChange | None:
    """Why a party that both models know is in another community in the later one; None where it is not."""
    away, towards = (_community(model, party) for model in (before, now))
    if away == towards:
        return None
    near = sorted({*_neighbours(before, party), *_neighbours(now, party)})
    around = [party, *near]
    why = why_moved(_around(before, around, away, towards), _around(now, around, away, towards), 0)
    whole = why.now - why.before
    weights = [(reason, float(getattr(why, name))) for reason, name in _REASONS]
    parts = [MovePart(reason, weight / whole if whole else 0.0, weight) for reason, weight in weights]
    return CommunityChange(away, towards, RunName(run.id), tuple(sorted(parts, key=lambda part: -part.share)))


def _community(model: RiskModel, party: str) -> str:
    at = model.party(party)
    return "" if at is None else model.community_id(int(model.community[at]))


def _neighbours(model: RiskModel, party: str) -> dict[str, float]:
    """Weights of the links with each neighbour, both directions together."""
    at = model.party(party)
    found: dict[str, float] = {}
    if at is None:
        return found
    for links in (model.network.out, model.network.into):
        start, end = links.indptr[at : at + 2].tolist()
        for other, weight in zip(
            links.indices[start:end].tolist(), links.data[start:end].tolist(), strict=True
        ):
            if other != at:
                found[model.ids[other]] = found.get(model.ids[other], 0.0) + weight
    return found


def _around(model: RiskModel, near: list[str], away: str, towards: str) -> SeenNetwork:
    """The network as far as a party, the first of ``near``, feels it: its links, and how large both communities are.

    The other members of the two communities are one party each, which has their strength and no links.
    """
    side = {away: AWAY, towards: TOWARDS}
    places = [model.party(one) for one in near]
    strength = _strength(model)
    label = [
        NOWHERE if at is None else side.get(_community(model, model.ids[at]), ELSEWHERE) for at in places
    ]
    weight = [0.0 if at is None else float(strength[at]) for at in places]
    for name, one in side.items():
        among = model.community_label(name)
        whole = 0.0 if among is None else float(strength[model.members(among)].sum())
        weight.append(whole - sum(w for w, where in zip(weight, label, strict=False) if where == one))
    label += [AWAY, TOWARDS]
    linked = _neighbours(model, near[0])
    others = np.array([at for at, one in enumerate(near) if one in linked], dtype=np.int64)
    values = np.array([linked[near[at]] for at in others.tolist()], dtype=np.float64)
    links = Csr.from_edges(len(label), np.zeros(len(others), dtype=np.int64), others, values)
    network = Network(
        np.zeros(len(others), dtype=np.int64), others, values, links, np.array(weight), float(strength.sum())
    )
    return SeenNetwork(network, np.array(label, dtype=np.int64))


@lru_cache(maxsize=4)
def _strength(model: RiskModel) -> Floats:
    """Sum of the weights of each party's links, n; links with itself apart."""
    matrix = model.weights.csr
    source, target = matrix.rows(), matrix.indices
    weight = np.where(source == target, 0.0, matrix.data)
    out, into = (np.bincount(ends, weight, len(model.ids)) for ends in (source, target))
    return (out + into).astype(np.float64)
