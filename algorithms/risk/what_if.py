"""What if: a party defaults, equity is injected, a link is cut or added, a bill is settled; several at once.

Nothing here changes stored state: every answer is an ``Update`` beside the solution it started from.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from algorithms.invalid_argument import invalid_argument
from algorithms.risk.network import Network
from algorithms.risk.parameters import (
    EVIDENCE_RELATIONS,
    MONEY_RELATIONS,
    RELATIONS,
    MoneyRelation,
    Relation,
    RiskParameters,
)
from algorithms.risk.propagation import Propagation
from algorithms.risk.update import Update, update
from algorithms.risk.weights import Weights, chance_of_breaking
from graph.arrays import Bools, Floats


@dataclass(frozen=True, slots=True)
class Distress:
    """A party's own distress becomes ``own``: 1 = it defaults, less = a bill is settled."""

    party: int
    own: float = 1.0


@dataclass(frozen=True, slots=True)
class Equity:
    """The party's buffer grows by ``amount`` yuan (falls, where negative; never below ``least``)."""

    party: int
    amount: float
    least: float = 500.0


@dataclass(frozen=True, slots=True)
class Cut:
    """The link ``source -> target`` goes, or only one relation of it."""

    source: int
    target: int
    relation: Relation | None = None


@dataclass(frozen=True, slots=True)
class Add:
    """The exposure of ``target`` to ``source`` through a relation changes by ``amount`` yuan (never below 0)."""

    source: int
    target: int
    relation: MoneyRelation
    amount: float


Shock = Distress | Equity | Cut | Add


@dataclass(frozen=True, slots=True, eq=False)
class Situation:
    """What a what-if starts from, for one kind of weight.

    ``weights`` with its ``network``; ``loss``: whether they are loss weights (else break weights). ``own``, ``buffer``
    (yuan), ``uncertain_buffer``: n each. ``parameters``: those of the weights.
    """

    weights: Weights
    network: Network
    loss: bool
    own: Floats
    buffer: Floats
    uncertain_buffer: Bools
    parameters: RiskParameters


def defaults(network: Network, own: Floats, before: Propagation, parties: Sequence[int]) -> Update:
    """These parties default: their own distress becomes 1. Only parties reachable from them are in the answer."""
    shocked = own.copy()
    shocked[list(parties)] = 1.0
    return update(before, network, shocked, np.array(parties, dtype=np.int64))


def what_if(situation: Situation, before: Propagation, shocks: Sequence[Shock]) -> Update:
    """All shocks at once.

    Args:
        situation: weights, own distress and buffers before.
        before: its solution.
        shocks: any mix; later ones see the changes of earlier ones.

    Raises:
        ValueError: a party out of range, own distress outside [0, 1], an amount that is not finite.
    """
    network, own, touched = shocked(situation, shocks)
    return update(before, network, own, touched)


def shocked(
    situation: Situation, shocks: Sequence[Shock]
) -> tuple[Network, Floats, np.ndarray[tuple[int], np.dtype[np.int64]]]:
    """Network and own distress with the shocks, and the parties touched."""
    size = situation.network.size
    own = situation.own.copy()
    buffer: dict[int, float] = {}
    amounts: dict[tuple[int, int], _Link] = {}
    touched: set[int] = set()
    for shock in shocks:
        _check(shock, size)
        match shock:
            case Distress(party, value):
                own[party] = value
                touched.add(party)
            case Equity(party, amount, least):
                now = buffer.get(party, float(situation.buffer[party]))
                buffer[party] = max(least, now + amount)
            case Cut(source, target, relation):
                _link(situation, amounts, source, target).cut(relation)
            case Add(source, target, relation, amount):
                _link(situation, amounts, source, target).add(relation, amount)
    for party in buffer:
        for source in situation.network.column(party)[0].tolist():
            _link(situation, amounts, source, party)
    links = sorted(amounts)
    weights = [
        _weight(situation, amounts[link], link[1], buffer.get(link[1], float(situation.buffer[link[1]])))
        for link in links
    ]
    touched.update(target for _, target in links)
    network = situation.network
    if links:
        source, target = np.array(links, dtype=np.int64).T
        network = network.changed(source, target, np.array(weights))
    return network, own, np.array(sorted(touched), dtype=np.int64)


class _Link:
    """What a link is made of: yuan by money relation, weight by evidence relation."""

    def __init__(self, amounts: dict[str, float], evidence: dict[str, float]) -> None:
        self.amounts = amounts
        self.evidence = evidence

    def cut(self, relation: str | None) -> None:
        for parts in (self.amounts, self.evidence):
            if relation is None:
                parts.clear()
            else:
                parts.pop(relation, None)

    def add(self, relation: str, amount: float) -> None:
        self.amounts[relation] = max(0.0, self.amounts.get(relation, 0.0) + amount)


def _link(situation: Situation, known: dict[tuple[int, int], _Link], source: int, target: int) -> _Link:
    if (source, target) not in known:
        entry = situation.weights.entry(source, target)
        parts = situation.weights.parts(entry) if entry >= 0 else ()
        amounts = {str(p.relation): p.amount for p in parts if p.relation in MONEY_RELATIONS}
        evidence = {str(p.relation): p.value for p in parts if p.relation in EVIDENCE_RELATIONS}
        # Where the sum was cut at 1, its parts were scaled down with it; money tells by how much.
        money = sum(p.value for p in parts if p.relation in MONEY_RELATIONS)
        if evidence and money > 0.0 and not situation.loss:
            made = _Link(amounts, {})
            whole = _weight(situation, made, target, float(situation.buffer[target]))
            evidence = {name: value * max(1.0, whole / money) for name, value in evidence.items()}
        known[source, target] = _Link(amounts, evidence)
    return known[source, target]


def _weight(situation: Situation, link: _Link, target: int, buffer: float) -> float:
    """The entry's weight by the definition of ``weights``."""
    rates = situation.parameters.rho()
    exposure = sum(rates[RELATIONS.index(name)] * amount for name, amount in link.amounts.items())
    if situation.loss:
        return float(exposure / buffer)
    parameters = situation.parameters
    sigma = parameters.sigma_uncertain if situation.uncertain_buffer[target] else parameters.sigma
    chance = float(chance_of_breaking(np.array([exposure / buffer]), np.array([sigma]))[0])
    return min(1.0, chance + sum(link.evidence.values()))


def _check(shock: Shock, size: int) -> None:
    ends = (shock.party,) if isinstance(shock, Distress | Equity) else (shock.source, shock.target)
    for party in ends:
        if not 0 <= party < size:
            raise invalid_argument(f"party is {party}, expected 0..{size - 1}")
    if isinstance(shock, Distress) and not 0.0 <= shock.own <= 1.0:
        raise invalid_argument(f"own distress is {shock.own}, expected 0 to 1")
    if isinstance(shock, Equity | Add) and not np.isfinite(shock.amount):
        raise invalid_argument(f"amount is {shock.amount}, expected a finite number")
    if isinstance(shock, Cut | Add) and shock.source == shock.target:
        raise invalid_argument(f"both ends of the link are party {shock.source}, expected two parties")
