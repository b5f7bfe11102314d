"""What the expected loss of a group of parties comes from: who is to blame, and by which relation it arrives."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from algorithms.risk.close_groups.moves import Moves, SpentError
from algorithms.risk.close_groups.reasons import first_steps, reasons
from algorithms.risk.close_groups.surroundings import Surroundings
from graph.arrays import Ints
from services.arrears.answer.relation_names import GRAPH_NAME
from services.risk.model import RiskModel

OWN_RECORD = "OWN_RECORD"
HIDDEN = "HIDDEN"
"""Of what comes from whom the asker does not see."""
FOLLOWED = 25
"""Members whose reasons are followed back, those with the largest expected loss."""
STEPPED = 500
"""Members whose loss is split one step back."""
NOTHING = 1e-6
"""A member's share of the group's loss below this is not followed up."""


@dataclass(frozen=True, slots=True)
class Causes:
    """Shares of the group's expected loss; ``seeds`` by position, the largest first, with ``rest`` they add up to 1.
    ``channels``: by the last relation on the way, OWN_RECORD or HIDDEN; they add up to 1."""

    seeds: list[tuple[int, float]]
    rest: float
    channels: dict[str, float]


def moves_of(model: RiskModel) -> Moves:
    """What the reasons of all parties of a run share."""
    return Moves(Surroundings(model.prepared, model.own, model.chances.values))


def causes_of(model: RiskModel, by_loss: Ints, moves: Moves) -> Causes:
    """The causes of the loss of some parties.

    Args:
        by_loss: positions, the largest expected loss first.
        moves: of the run; what is found for one group of parties serves the next.

    Seeds are those of the traces of the members with the largest losses; what those do not find, and the loss of the
    other members, is the rest. Channels are exact one step back for the members with the largest losses, as far as
    their work is bounded, and taken to be those of the others too.
    """
    total = float(model.expected_loss[by_loss].sum())
    if not total:
        return Causes([], 0.0, {})
    blamed: dict[int, float] = defaultdict(float)
    channels: dict[str, float] = defaultdict(float)
    for place, party in enumerate(by_loss[:STEPPED].tolist()):
        share = float(model.expected_loss[party]) / total
        if share < NOTHING:
            break
        explained = model.explained(party)
        if explained < 1.0:
            channels[HIDDEN] += share * (1.0 - explained)
            share *= explained
        if place < FOLLOWED and share > 0.0:
            for seed in reasons(model.prepared, model.own, model.chances, party, moves=moves).seeds:
                blamed[seed.party] += share * seed.share
        for name, part in _channels_of(model, party, moves).items():
            channels[name] += share * part
    known = sum(channels.values())
    return Causes(
        seeds=sorted(blamed.items(), key=lambda item: (-item[1], item[0])),
        rest=max(0.0, 1.0 - sum(blamed.values())),
        channels={name: part / known for name, part in channels.items()} if known else {},
    )


def _channels_of(model: RiskModel, party: int, moves: Moves) -> dict[str, float]:
    """One party's risk one step back: by its own record, and by relation."""
    try:
        steps = first_steps(moves, party)
    except SpentError:
        return {}
    found: dict[str, float] = defaultdict(float)
    for source, share in steps.items():
        if source == party:
            found[OWN_RECORD] += share
            continue
        entry = model.weights.entry(source, party)
        weight = float(model.weights.csr.data[entry])
        for part in model.weights.parts(entry):
            found[GRAPH_NAME[part.relation]] += share * part.value / weight
    return found
