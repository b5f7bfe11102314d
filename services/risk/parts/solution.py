"""The scores of a run: links with their weights, the solution on them, and what it costs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import orjson
import pyarrow as pa

from algorithms.risk.close_groups.probability import chances, prepare
from algorithms.risk.close_groups.what_if import renew
from algorithms.risk.network import Network
from algorithms.risk.probability import IDENTITY, Probability, expected_loss
from algorithms.risk.weights import Weights
from graph.arrays import Csr, Floats, Ints
from services.exposure.model import Caution, Holdings, Incidence
from services.risk.part import Basis, Before, Columns, Found, Part, Table, Tables
from services.risk.parts.inputs import INPUTS, Inputs
from services.risk.parts.own_risk import START_RULE
from services.risk.scores import GONE, SCORES, Scores
from services.risk.weights import weigh
from terms.money import Money

ALGORITHM = "chance of failing by close groups"
"""What the head of a run calls its risk; a run that says otherwise was made by an earlier program."""
HOLDINGS = ("company", "holder", "share", "amount")
CAUTIONS = ("code", "subject", "record", "other")
FIT, PROBABILITY = "fit", "probability"
"""Where the head of a run keeps the version of its fit and its g, in the part of risk; absent: the start values."""


@dataclass(frozen=True, slots=True)
class Work:
    """What a continued run had to do.

    ``touched``: parties whose own distress or incoming links changed, and new ones. ``computed``: parties that were
    solved again: those reachable from the touched ones.
    """

    touched: int
    computed: int


@dataclass(frozen=True, slots=True, eq=False)
class Solved:
    """By party: the scores, and the expected loss in fen; the links behind them, and their records."""

    scores: Scores
    expected_loss: Ints
    weights: Weights
    money_record: list[str]
    incidence: dict[str, Incidence]
    """By kind of evidence: party, attribute (numbered), its age and the record that reports it."""
    cautions: list[Caution]
    holdings: Holdings = field(default_factory=Holdings.none)
    probability: Probability = IDENTITY
    """g: from scores to probabilities of arrears, and with them to every expected loss."""
    work: Work | None = None
    """Of a run that continues another one, while it is made."""


@dataclass(frozen=True, slots=True)
class RiskPart:
    """The risk part of a run.

    ``worst_bound``: the largest proven distance of a score from the exact solution. ``parameters``: fitted or unfitted;
    ``fit``: the version of the fit that they and g come from, None while they are the start values. ``own_risk``: where
    own distress comes from: the start rule, or the version of a model.
    """

    parties: int
    links: int
    at_risk: int
    expected_loss: Money
    worst_bound: float
    parameters: str
    cautions: dict[str, int]
    fit: str | None = None
    own_risk: str = START_RULE


class _Solution(Part[Solved]):
    """Close groups are derived anew wherever a change reaches, so a continued run has what a full one would have
    (docs/science.md, "Close groups")."""

    name = "risk"
    tables = (
        Table("parties", (*SCORES, "expected_loss")),
        Table("links", ("source", "target", "weight")),
        Table("parts", ("link", "relation", "value", "amount")),
        Table("money", ("part", "record")),
        Table("evidence", ("kind", "party", "attribute", "age", "record")),
        Table("holdings", HOLDINGS),
        Table("cautions", CAUTIONS),
    )
    needed = True
    phase = "Solving"

    def compute(self, basis: Basis, found: Found) -> Solved:
        parties, weights = basis.inputs.parties, weigh(basis.inputs)
        model = prepare(weights.csr, priority=parties.exposure * parties.lgd, keys=parties.ids)
        return solved(basis, weights, Scores.of(model, chances(model, parties.own)))

    def go_on(self, basis: Basis, before: Before, found: Found) -> Solved:
        parties, weights, own = basis.inputs.parties, weigh(basis.inputs), found.of(INPUTS).own
        was, place = before.found.of(self), before.place
        start = was.scores.moved(place, len(own))
        touched = np.union1d(
            _own_changed(before.found.of(INPUTS), place, own), _links_changed(was.weights, place, weights)
        )
        after = renew(
            Network.of(weights.csr),
            own,
            touched,
            drawn=start.drawn,
            cut=start.cut,
            keys=parties.ids,
            priority=parties.exposure * parties.lgd,
        )
        return solved(basis, weights, start.renewed(after), Work(len(touched), len(after.parties)))

    def columns(self, value: Solved) -> Columns:
        w, incidence = value.weights, value.incidence
        return {
            "parties": {
                **{name: getattr(value.scores, name) for name in SCORES},
                "expected_loss": value.expected_loss,
            },
            "links": {"source": w.csr.rows(), "target": w.csr.indices, "weight": w.csr.data},
            "parts": {
                "link": np.repeat(np.arange(len(w.csr.data)), np.diff(w.part_indptr)),
                "relation": w.part_relation,
                "value": w.part_value,
                "amount": w.part_amount,
            },
            "money": {"part": w.money_part, "record": pa.array(value.money_record, pa.string())},
            "evidence": {
                "kind": pa.array(
                    [kind for kind, shared in incidence.items() for _ in range(len(shared.party))],
                    pa.string(),
                ),
                "party": _joined([shared.party for shared in incidence.values()], np.int64),
                "attribute": _joined([shared.attribute for shared in incidence.values()], np.int64),
                "age": _joined([shared.age for shared in incidence.values()], np.float64),
                "record": pa.array(
                    [name for shared in incidence.values() for name in shared.record], pa.string()
                ),
            },
            "holdings": {
                "company": value.holdings.company,
                "holder": value.holdings.holder,
                **{
                    name: pa.array(getattr(value.holdings, name), pa.float64(), from_pandas=True)
                    for name in ("share", "amount")
                },
            },
            "cautions": {
                name: pa.array([getattr(caution, name) for caution in value.cautions], pa.string())
                for name in CAUTIONS
            },
        }

    def kept(self, tables: Tables) -> bool:
        """Cautions of an earlier program's run do not say the other end; all else is needed."""
        return all(
            table.name in tables and {*table.columns} - {"other"} <= {*tables[table.name].column_names}
            for table in self.tables
        )

    def read(self, tables: Tables, probability: Probability) -> Solved:
        parties = tables["parties"]
        return Solved(
            scores=Scores(**{name: parties[name].to_numpy() for name in SCORES}),
            expected_loss=parties["expected_loss"].to_numpy(),
            weights=_weights(tables, parties.num_rows),
            money_record=tables["money"]["record"].to_pylist(),
            incidence=_incidence(tables["evidence"]),
            holdings=Holdings(**{name: tables["holdings"][name].to_numpy() for name in HOLDINGS}),
            cautions=[Caution(**row) for row in tables["cautions"].to_pylist()],
            probability=probability,
        )

    def head(self, basis: Basis, found: Found) -> Mapping[str, Any]:
        fitted = {FIT: basis.fit, PROBABILITY: basis.probability.as_dict()} if basis.fit else {}
        return {
            "algorithm": ALGORITHM,
            "parameters": basis.parameters.as_dict(),
            **fitted,
        }

    def report(self, basis: Basis, found: Found) -> RiskPart:
        value = found.of(self)
        scores, forecasts = value.scores, basis.inputs.forecasts
        return RiskPart(
            parties=len(scores.score),
            links=len(value.weights.csr.data),
            at_risk=int(np.count_nonzero(scores.score > 0)),
            expected_loss=Money(int(value.expected_loss.sum())),
            worst_bound=float(scores.bound.max(initial=0.0)),
            parameters=basis.parameters.status,
            cautions=dict(Counter(caution.code for caution in value.cautions)),
            fit=basis.fit,
            own_risk=forecasts.model if forecasts else START_RULE,
        )

    def digest(self, basis: Basis) -> bytes:
        told = orjson.dumps(basis.parameters.as_dict(), option=orjson.OPT_SORT_KEYS)
        if basis.probability != IDENTITY:
            told += orjson.dumps(basis.probability.as_dict(), option=orjson.OPT_SORT_KEYS)
        return told


def solved(basis: Basis, weights: Weights, scores: Scores, work: Work | None = None) -> Solved:
    """What a solution comes to. Expected loss = g(score) * loss given default * exposure, to the fen."""
    inputs = basis.inputs
    return Solved(
        scores=scores,
        expected_loss=expected_loss(
            basis.probability, scores.score, inputs.parties.lgd, inputs.parties.exposure
        ),
        weights=weights,
        money_record=inputs.money.record,
        incidence=inputs.evidence,
        cautions=inputs.cautions,
        holdings=inputs.money.holdings,
        probability=basis.probability,
        work=work,
    )


def _own_changed(before: Inputs, place: Ints, own: Floats) -> Ints:
    """Parties that are new, or whose own distress is another one."""
    kept = place != GONE
    earlier = np.full(len(own), np.nan)
    earlier[place[kept]] = before.own[kept]
    return np.flatnonzero(earlier != own)


def _links_changed(before: Weights, place: Ints, weights: Weights) -> Ints:
    """Targets of links that are new, gone or of another weight."""
    size = weights.csr.size
    old, new = before.csr, weights.csr
    source, target = place[old.rows()], place[old.indices]
    known = target != GONE
    # A link whose source is gone has no counterpart: its number is below all others.
    was = np.where(source[known] == GONE, GONE, source[known] * size + target[known])
    now = new.rows() * size + new.indices
    order = np.argsort(was, kind="stable")
    was, weight, ends = was[order], old.data[known][order], target[known][order]
    at = np.minimum(np.searchsorted(was, now), max(len(was) - 1, 0))
    if not len(was):
        return np.unique(new.indices)
    same = (was[at] == now) & (weight[at] == new.data)
    left = np.ones(len(was), dtype=np.bool_)
    left[at[same]] = False
    return np.unique(np.concatenate([new.indices[~same], ends[left]]))


def _weights(tables: Tables, size: int) -> Weights:
    links, parts = tables["links"], tables["parts"]
    links_of_row = np.bincount(links["source"].to_numpy(), minlength=size)
    parts_of_link = np.bincount(parts["link"].to_numpy(), minlength=links.num_rows)
    none = np.zeros(0, dtype=np.int64)
    return Weights(
        csr=Csr(_starts(links_of_row), links["target"].to_numpy(), links["weight"].to_numpy()),
        part_indptr=_starts(parts_of_link),
        part_relation=parts["relation"].to_numpy(),
        part_value=parts["value"].to_numpy(),
        part_amount=parts["amount"].to_numpy(),
        money_part=tables["money"]["part"].to_numpy(),
        evidence_part=none,
        self_links=none,
        self_evidence=none,
        unknown_amounts=none,
    )


def _incidence(evidence: pa.Table) -> dict[str, Incidence]:
    kinds = np.array(evidence["kind"].to_pylist(), dtype=object)
    party, attribute, age = (evidence[name].to_numpy() for name in ("party", "attribute", "age"))
    records = evidence["record"].to_pylist()
    found = {}
    for kind in sorted(set(kinds.tolist())):
        rows = np.flatnonzero(kinds == kind)
        names = [records[index] for index in rows.tolist()]
        found[kind] = Incidence(party[rows], attribute[rows], age[rows], names)
    return found


def _starts(counts: Ints) -> Ints:
    starts = np.zeros(len(counts) + 1, dtype=np.int64)
    np.cumsum(counts, out=starts[1:])
    return starts


def _joined(parts: list[Any], kind: type[Any]) -> Any:
    return np.concatenate(parts) if parts else np.zeros(0, dtype=kind)


SOLUTION = _Solution()
