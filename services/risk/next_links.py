"""The links of a run as the next analysis would have them after some changes, with the weights of those that differ.

Amounts, buffers and evidence are changed as records would change them; then every link into a party that any of it
touches is weighed again by the definition (docs/science.md, "Two weights"), with evidence normalised anew.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from algorithms.risk.evidence import evidence_pairs
from algorithms.risk.network import Network
from algorithms.risk.parameters import (
    EVIDENCE_RELATIONS,
    MONEY_RELATIONS,
    OWNERSHIP,
    MoneyRelation,
    Relation,
    RiskParameters,
)
from algorithms.risk.weights import EvidenceEdges, MoneyEdges, Weights, break_weights, loss_weights
from graph.arrays import Bools, Floats, Ints
from services.exposure.model import BUFFER_KINDS, EVIDENCE_CODES, Incidence
from services.risk.model import RiskModel


@dataclass(frozen=True, slots=True, eq=False)
class Reweighed:
    """A network with changes. ``touched``: targets of links whose weight is another one, ascending. ``rose``, ``fell``:
    whether some weight did."""

    network: Network
    touched: Ints
    rose: bool
    fell: bool


class NextLinks:
    """Changes to the links of a run, one after the other; later ones see earlier ones. Nothing stored changes."""

    def __init__(self, model: RiskModel, parameters: RiskParameters) -> None:
        """Begin with the links of a run; ``parameters``: those of its weights."""
        self._model, self._parameters = model, parameters
        self._into: dict[int, dict[int, dict[int, float]]] = {}
        self._apart: set[tuple[str, int, int]] = set()
        self._ended: set[tuple[int, int]] = set()
        self._buffer: dict[int, tuple[float, bool]] = {}

    def has(self, source: int, target: int, relation: Relation | None) -> bool:
        """Whether there is a link in one direction, of a relation or of any."""
        kinds = {MONEY_RELATIONS[code] for code in self._of(target).get(source, {})}
        shared = {kind for kind in EVIDENCE_RELATIONS if self._shares(kind, source, target)}
        return bool(kinds | shared) if relation is None else relation in kinds | shared

    def cut(self, source: int, target: int, relation: Relation | None = None) -> None:
        """End one relation, or all, of the link ``source -> target``; what two parties share ends both ways."""
        amounts = self._of(target).get(source, {})
        for code, name in enumerate(MONEY_RELATIONS):
            if relation in (None, name):
                amounts.pop(code, None)
                if code == OWNERSHIP:
                    self._ended.add((source, target))
        for kind in EVIDENCE_RELATIONS:
            if relation in (None, kind) and self._shares(kind, source, target):
                self._apart |= {(kind, source, target), (kind, target, source)}
                self._of(source)

    def add(self, source: int, target: int, relation: MoneyRelation, amount: float) -> None:
        """The exposure of ``target`` to ``source`` through a relation changes by ``amount`` yuan, never below 0."""
        amounts = self._of(target).setdefault(source, {})
        code = MONEY_RELATIONS.index(relation)
        amounts[code] = max(0.0, amounts.get(code, 0.0) + amount)

    def report(self, company: int, buffer: float, *, uncertain: bool, net_assets: float) -> None:
        """A balance sheet is reported once: its buffer, and holdings follow its net assets; both in yuan.

        A holding whose share nothing tells stays as it is, and one that was cut stays cut.
        """
        self._of(company)
        self._buffer[company] = buffer, uncertain
        held = self._model.solved.holdings
        rows = np.flatnonzero((held.company == company) & (held.holder != company))
        for holder in np.unique(held.holder[rows]).tolist():
            both = rows[held.holder[rows] == holder]
            if np.isnan(held.share[both]).all() or (company, holder) in self._ended:
                continue
            by_share = held.share[both] * max(0.0, net_assets)
            worth = np.where(np.isnan(by_share), np.nan_to_num(held.amount[both]) / 100, by_share)
            rise = float(worth.sum()) - self._amounts(holder).get(company, {}).get(OWNERSHIP, 0.0)
            self.add(company, holder, "ownership", rise)

    def breaks(self) -> Reweighed:
        """Break weights after the changes."""
        money, evidence, names, buffer, uncertain = self._edges()
        weights = break_weights(
            len(names),
            money,
            evidence,
            buffer,
            uncertain,
            parameters=self._parameters,
            called=self._parameters.called,
        )
        return self._reweighed(self._model.network, weights, names)

    def losses(self, network: Network) -> Reweighed:
        """Loss weights after the changes. ``network``: those before."""
        money, _, names, buffer, _ = self._edges()
        return self._reweighed(network, loss_weights(len(names), money, buffer, self._parameters), names)

    def _of(self, target: int) -> dict[int, dict[int, float]]:
        """Yuan by source and code of the relation; asking makes all links into the target weighed again."""
        if target not in self._into:
            self._into[target] = self._amounts(target)
        return self._into[target]

    def _amounts(self, target: int) -> dict[int, dict[int, float]]:
        """What the run has."""
        weights, found = self._model.weights, {}
        for source in self._model.network.column(target)[0].tolist():
            entry = weights.entry(source, target)
            parts = slice(int(weights.part_indptr[entry]), int(weights.part_indptr[entry + 1]))
            pairs = zip(
                weights.part_relation[parts].tolist(), weights.part_amount[parts].tolist(), strict=True
            )
            amounts = {code: yuan for code, yuan in pairs if code < len(MONEY_RELATIONS)}
            if amounts:
                found[source] = amounts
        return found

    def _shares(self, kind: str, source: int, target: int) -> bool:
        if (kind, source, target) in self._apart:
            return False
        edges = self._evidence_into(target, kind)
        return bool((edges.source == source).any())

    def _evidence_into(self, target: int, kind: str) -> EvidenceEdges:
        """What a target shares with others, not normalised."""
        found = self._model.solved.incidence.get(kind)
        if found is None:
            return EvidenceEdges.none()
        rows = _rows(found, target)
        pairs = evidence_pairs(
            found.party[rows], found.attribute[rows], found.age[rows], EVIDENCE_CODES[kind], self._parameters
        )
        lost = [s for k, s, t in self._apart if k == kind and t == target]
        kept = (pairs.target == target) & ~np.isin(pairs.source, lost)
        return EvidenceEdges(pairs.source[kept], pairs.target[kept], pairs.relation[kept], pairs.weight[kept])

    def _edges(self) -> tuple[MoneyEdges, EvidenceEdges, Ints, Floats, Bools]:
        """All links into the touched parties among themselves: the parties are numbered anew, ``names`` says how."""
        rows = [
            (source, target, code, yuan)
            for target, sources in self._into.items()
            for source, amounts in sources.items()
            for code, yuan in amounts.items()
        ]
        evidence = EvidenceEdges.join(
            EvidenceEdges.none(),
            *(self._evidence_into(target, kind) for target in self._into for kind in EVIDENCE_RELATIONS),
        )
        table = np.array(rows, dtype=np.float64).reshape(-1, 4)
        source, target, code = table[:, :3].astype(np.int64).T
        touched = np.array(sorted(self._into), dtype=np.int64)
        names = np.unique(np.concatenate([source, touched, evidence.source]))
        buffer = self._model.inputs.buffer[names] / 100
        uncertain = self._model.inputs.buffer_kind[names] >= BUFFER_KINDS.index("proxy")
        for party, (yuan, doubtful) in self._buffer.items():
            at = int(np.searchsorted(names, party))
            buffer[at], uncertain[at] = yuan, doubtful
        return (
            MoneyEdges(np.searchsorted(names, source), np.searchsorted(names, target), code, table[:, 3]),
            EvidenceEdges(
                np.searchsorted(names, evidence.source),
                np.searchsorted(names, evidence.target),
                evidence.relation,
                evidence.weight,
            ),
            names,
            buffer,
            uncertain,
        )

    def _reweighed(self, network: Network, weights: Weights, names: Ints) -> Reweighed:
        csr = weights.csr
        ends = zip(names[csr.rows()].tolist(), names[csr.indices].tolist(), csr.data.tolist(), strict=True)
        into: dict[int, dict[int, float]] = {target: {} for target in self._into}
        for source, target, weight in ends:
            into[target][source] = weight
        changes: dict[tuple[int, int], tuple[float, float]] = {}
        for target in self._into:
            sources, data = network.column(target)
            before, after = dict(zip(sources.tolist(), data.tolist(), strict=True)), into[target]
            for source in sorted(before.keys() | after.keys()):
                was, now = before.get(source, 0.0), after.get(source, 0.0)
                if was != now:
                    changes[source, target] = was, now
        if not changes:
            return Reweighed(network, np.zeros(0, dtype=np.int64), rose=False, fell=False)
        ends_of = np.array(list(changes), dtype=np.int64)
        was, now = np.array(list(changes.values())).T
        return Reweighed(
            network.changed(ends_of[:, 0], ends_of[:, 1], now),
            np.unique(ends_of[:, 1]),
            rose=bool((now > was).any()),
            fell=bool((now < was).any()),
        )


def _rows(found: Incidence, party: int) -> Ints:
    """All rows of the attributes that a party has."""
    by_party, by_attribute = _orders(found)
    own = _between(found.party, by_party, party)
    parts = [_between(found.attribute, by_attribute, at) for at in np.unique(found.attribute[own]).tolist()]
    return np.concatenate(parts) if parts else own


def _between(values: Ints, order: Ints, value: int) -> Ints:
    first, last = np.searchsorted(values, [value, value + 1], sorter=order)
    return order[first:last]


@lru_cache(maxsize=8)
def _orders(found: Incidence) -> tuple[Ints, Ints]:
    return np.argsort(found.party, kind="stable"), np.argsort(found.attribute, kind="stable")
