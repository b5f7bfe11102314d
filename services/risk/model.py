"""The results of one run as arrays by party: made by an analysis, kept as columns, read again for every answer."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import date
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
import pyarrow as pa

from algorithms.risk.explain import apportion
from algorithms.risk.network import Network
from algorithms.risk.probability import IDENTITY, Probability, expected_loss, losses, slope_from_zero
from algorithms.risk.propagation import Propagation
from algorithms.risk.weights import Weights
from graph.arrays import Csr, Floats, Ints
from ledger import columns, runs
from services.exposure.ageing import BUCKETS
from services.exposure.model import Caution, Exposure, Override
from services.runs.tables import Places, places_of, tables_at
from services.site import Site
from terms.ids import Fen, RunId

ColumnFiles: TypeAlias = dict[str, columns.ColumnFile]

FIT, PROBABILITY = "fit", "probability"
"""Where the head of a run keeps the version of its fit and its g, in the part of risk; absent: the start values."""

AGEING_COLUMNS = tuple(f"overdue_from_{start}" for start, _ in BUCKETS)

OVERRIDES = pa.schema(
    {
        "id": pa.string(),
        "party": pa.int64(),
        "own": pa.float64(),
        "recorded": pa.float64(),
        "reason": pa.string(),
        "author": pa.string(),
        "until": pa.date32(),
        "recorded_at": pa.string(),
    }
)


@dataclass(frozen=True, eq=False)
class RiskModel:
    """n parties by ascending id with everything that a trace needs; amounts in fen unless said."""

    cut_off: date
    ids: list[str]
    types: list[str]
    own: Floats
    buffer: Floats
    buffer_kind: Ints
    exposure: Ints
    lgd: Floats
    score: Floats
    raw: Floats
    bound: Floats
    expected_loss: Ints
    community: Ints
    weights: Weights
    money_part: Ints
    """For every money relation the part of ``weights`` that it went into; -1 = left out."""
    money_record: list[str]
    incidence: dict[str, tuple[Ints, Ints, list[str]]]
    """By kind of evidence: party, attribute (numbered) and the record that reports it."""
    customers: list[str]
    customer_party: Ints
    customer_exposure: Ints
    customer_balance: Ints
    customer_ageing: Ints
    """c x 5, fen overdue by days; see ``services.exposure.ageing``."""
    customer_own: Floats
    customer_next_bill: Floats
    """What a fitted model forecasts from the customer's own record: default, and a late next bill; NaN = nothing."""
    overrides: list[Override]
    """Judgements of people that ``own`` holds in place of what payment records say."""
    cautions: list[Caution]
    probability: Probability = IDENTITY
    """g: from scores to probabilities of arrears, and with them to every expected loss."""

    @classmethod
    def of(
        cls,
        inputs: Exposure,
        weights: Weights,
        solution: Propagation,
        community: Ints,
        probability: Probability = IDENTITY,
    ) -> RiskModel:
        """The model of a finished analysis. Expected loss = g(score) * loss given default * exposure, to the fen."""
        parties, customers = inputs.parties, inputs.customers
        return cls(
            cut_off=inputs.cut_off.astype("datetime64[D]").item(),
            ids=parties.ids,
            types=parties.types,
            own=parties.own,
            buffer=parties.buffer,
            buffer_kind=parties.buffer_kind,
            exposure=parties.exposure,
            lgd=parties.lgd,
            score=solution.h,
            raw=solution.raw,
            bound=solution.bound,
            expected_loss=expected_loss(probability, solution.h, parties.lgd, parties.exposure),
            community=community,
            weights=weights,
            money_part=weights.money_part,
            money_record=inputs.money.record,
            incidence={
                kind: (found.party, found.attribute, found.record) for kind, found in inputs.evidence.items()
            },
            customers=customers.ids,
            customer_party=customers.party,
            customer_exposure=customers.record.exposure,
            customer_balance=customers.record.balance,
            customer_ageing=customers.ageing,
            customer_own=inputs.forecasts.default
            if inputs.forecasts
            else np.full(len(customers.ids), np.nan),
            customer_next_bill=(
                inputs.forecasts.next_bill if inputs.forecasts else np.full(len(customers.ids), np.nan)
            ),
            overrides=inputs.overrides,
            cautions=inputs.cautions,
            probability=probability,
        )

    def chance(self, party: int) -> float:
        """Probability of arrears of a party within twelve months: g of its score."""
        return float(self.probability(self.score[[party]])[0])

    def loss_at(self, score: Floats, among: Ints, exposure: Ints | None = None) -> Ints:
        """Expected loss of some parties at other scores, and where given at other exposures, fen."""
        at_default = self.exposure[among] if exposure is None else exposure
        return expected_loss(self.probability, score, self.lgd[among], at_default)

    def at_stake(self, members: Ints) -> Floats:
        """What the utility loses at each party if it fails, n, fen; 0 where it is not among the members."""
        stake = np.zeros(len(self.ids))
        stake[members] = losses(IDENTITY, np.ones(len(members)), self.lgd[members], self.exposure[members])
        return stake

    def per_score(self, stake: Floats) -> Floats:
        """``stake``, n, for sums that are linear in scores: times the scores it adds up to the expected loss."""
        return stake * slope_from_zero(self.probability, self.score)

    @cached_property
    def network(self) -> Network:
        """The links by rows and by columns."""
        return Network.of(self.weights.csr)

    @property
    def solution(self) -> Propagation:
        """The solution in the form that explanations take."""
        return Propagation(
            h=self.score, raw=self.raw, bound=self.bound, reached=self.score > 0, sweeps=0, solves=0
        )

    def party(self, entity: str) -> int | None:
        """Position of a party, or of the party that carries a customer's risk; None where the run has neither."""
        at = _find(self.ids, entity)
        if at is not None:
            return at
        customer = _find(self.customers, entity)
        return None if customer is None else int(self.customer_party[customer])

    def customer(self, entity: str) -> int | None:
        """Position of a customer in the run."""
        return _find(self.customers, entity)

    def members(self, community: int) -> Ints:
        """Positions of the parties of a community, ascending."""
        return np.flatnonzero(self.community == community)

    def customer_loss(self, customer: int) -> int:
        """The customer's part of its party's expected loss, by exposure, in fen; the parts add up exactly."""
        party = int(self.customer_party[customer])
        siblings = np.flatnonzero(self.customer_party == party)
        at_stake = self.customer_exposure[siblings].astype(np.float64)
        total = at_stake.sum()
        if total <= 0:
            return 0
        parts = apportion(Fen(int(self.expected_loss[party])), (at_stake / total).tolist())
        return int(parts[int(np.flatnonzero(siblings == customer)[0])])

    def records_of_money(self, part: int) -> list[str]:
        """Records of the money relations that went into one part of a link."""
        return [self.money_record[index] for index in np.flatnonzero(self.money_part == part).tolist()]

    def records_of_evidence(self, kind: str, first: int, second: int) -> list[str]:
        """Records that report what two parties have in common."""
        party, attribute, record = self.incidence[kind]
        shared = np.intersect1d(attribute[party == first], attribute[party == second])
        among = np.isin(attribute, shared) & ((party == first) | (party == second))
        return sorted({record[index] for index in np.flatnonzero(among).tolist() if record[index]})

    def tables(self) -> dict[str, pa.Table]:
        """The model as columns, in a fixed order."""
        w = self.weights
        return {
            "parties": pa.table(
                {
                    "id": pa.array(self.ids, pa.string()),
                    "type": pa.array(self.types, pa.string()),
                    "own": self.own,
                    "buffer": self.buffer,
                    "buffer_kind": self.buffer_kind,
                    "exposure": self.exposure,
                    "lgd": self.lgd,
                    "score": self.score,
                    "raw": self.raw,
                    "bound": self.bound,
                    "expected_loss": self.expected_loss,
                    "community": self.community,
                }
            ),
            "customers": pa.table(
                {
                    "id": pa.array(self.customers, pa.string()),
                    "party": self.customer_party,
                    "exposure": self.customer_exposure,
                    "balance": self.customer_balance,
                    **{name: self.customer_ageing[:, k] for k, name in enumerate(AGEING_COLUMNS)},
                    "own": pa.array(self.customer_own, pa.float64(), from_pandas=True),
                    "next_bill": pa.array(self.customer_next_bill, pa.float64(), from_pandas=True),
                }
            ),
            "overrides": pa.Table.from_pylist([asdict(found) for found in self.overrides], OVERRIDES),
            "links": pa.table({"source": w.csr.rows(), "target": w.csr.indices, "weight": w.csr.data}),
            "parts": pa.table(
                {
                    "link": np.repeat(np.arange(len(w.csr.data)), np.diff(w.part_indptr)),
                    "relation": w.part_relation,
                    "value": w.part_value,
                    "amount": w.part_amount,
                }
            ),
            "money": pa.table({"part": self.money_part, "record": pa.array(self.money_record, pa.string())}),
            "evidence": pa.table(
                {
                    "kind": pa.array(
                        [kind for kind, (party, _, _) in self.incidence.items() for _ in range(len(party))],
                        pa.string(),
                    ),
                    "party": _joined([party for party, _, _ in self.incidence.values()]),
                    "attribute": _joined([attribute for _, attribute, _ in self.incidence.values()]),
                    "record": pa.array(
                        [name for _, _, record in self.incidence.values() for name in record], pa.string()
                    ),
                }
            ),
            "cautions": pa.table(
                {
                    "code": pa.array([c.code for c in self.cautions], pa.string()),
                    "subject": pa.array([c.subject for c in self.cautions], pa.string()),
                    "record": pa.array([c.record for c in self.cautions], pa.string()),
                }
            ),
        }

    @classmethod
    def from_tables(
        cls, cut_off: date, read: Callable[[str], pa.Table], probability: Probability = IDENTITY
    ) -> RiskModel:
        """The inverse of :meth:`tables`; g is kept in the run's head."""
        parties, customers, links = read("parties"), read("customers"), read("links")
        parts, money, evidence = read("parts"), read("money"), read("evidence")
        size = parties.num_rows
        links_of_row = np.bincount(_array(links, "source"), minlength=size)
        parts_of_link = np.bincount(_array(parts, "link"), minlength=links.num_rows)
        none = np.zeros(0, dtype=np.int64)
        money_part = _array(money, "part")
        kinds = np.array(evidence["kind"].to_pylist(), dtype=object)
        records = evidence["record"].to_pylist()
        incidence = {}
        for kind in sorted(set(kinds.tolist())):
            rows = np.flatnonzero(kinds == kind)
            incidence[kind] = (
                _array(evidence, "party")[rows],
                _array(evidence, "attribute")[rows],
                [records[index] for index in rows.tolist()],
            )
        return cls(
            cut_off=cut_off,
            ids=parties["id"].to_pylist(),
            types=parties["type"].to_pylist(),
            **{
                name: _array(parties, name)
                for name in (
                    "own",
                    "buffer",
                    "buffer_kind",
                    "exposure",
                    "lgd",
                    "score",
                    "raw",
                    "bound",
                    "expected_loss",
                    "community",
                )
            },
            weights=Weights(
                csr=Csr(_starts(links_of_row), _array(links, "target"), _array(links, "weight")),
                part_indptr=_starts(parts_of_link),
                part_relation=_array(parts, "relation"),
                part_value=_array(parts, "value"),
                part_amount=_array(parts, "amount"),
                money_part=money_part,
                evidence_part=none,
                self_links=none,
                self_evidence=none,
                unknown_amounts=none,
            ),
            money_part=money_part,
            money_record=money["record"].to_pylist(),
            incidence=incidence,
            customers=customers["id"].to_pylist(),
            customer_party=_array(customers, "party"),
            customer_exposure=_array(customers, "exposure"),
            customer_balance=_array(customers, "balance"),
            customer_ageing=np.stack([_array(customers, name) for name in AGEING_COLUMNS], axis=1),
            customer_own=_known(customers, "own"),
            customer_next_bill=_known(customers, "next_bill"),
            overrides=[Override(**row) for row in read("overrides").to_pylist()],
            cautions=[Caution(**row) for row in read("cautions").to_pylist()],
            probability=probability,
        )


def save(home: Path, run: RunId, model: RiskModel) -> ColumnFiles:
    """Write the model's tables into the columns of the home."""
    return {name: columns.write(home, run, name, table) for name, table in model.tables().items()}


def current(site: Site) -> tuple[runs.Run, RiskModel]:
    """The current run and its model; read once for each run.

    Raises:
        KehutuError: ``NO_RUN``; a column file that is missing or damaged.
    """
    run = runs.current(site.ledger)
    return run, model_of(site, run)


def model_of(site: Site, run: runs.Run) -> RiskModel:
    """The model of a run, the current or an earlier one.

    Raises:
        KehutuError: ``RUN_OUTDATED`` where an earlier version of the program made it; a column file that is missing
            or damaged.
    """
    probability = Probability.read(run.parts["risk"].get(PROBABILITY))
    return _load(site.home, run.cut_off, places_of(site.ledger, run), probability)


@lru_cache(maxsize=3)
def _load(home: Path, cut_off: date, places: Places, probability: Probability) -> RiskModel:
    tables = tables_at(home, places)
    return RiskModel.from_tables(cut_off, lambda name: tables[name], probability)


def _find(names: list[str], wanted: str) -> int | None:
    at = bisect_left(names, wanted)
    return at if at < len(names) and names[at] == wanted else None


def _array(table: pa.Table, name: str) -> Any:
    return table[name].to_numpy()


def _known(table: pa.Table, name: str) -> Floats:
    """A column of numbers, NaN where null; all NaN in a run that was made before there was such a column."""
    if name not in table.column_names:
        return np.full(table.num_rows, np.nan)
    values: Floats = table[name].to_numpy().astype(np.float64)
    return values


def _starts(counts: Ints) -> Ints:
    starts = np.zeros(len(counts) + 1, dtype=np.int64)
    np.cumsum(counts, out=starts[1:])
    return starts


def _joined(parts: list[Ints]) -> Ints:
    return np.concatenate(parts) if parts else np.zeros(0, dtype=np.int64)
