"""Customer 360: the graph's knowledge of a customer, its risk in the current run, and who says each value."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

from graph import seen_queries
from graph.narrowing import Column
from graph.schema.keys import type_of
from services.arrears.answer.interval import Interval
from services.arrears.answer.model import RiskOverride, Step
from services.arrears.answer.overrides import judgements_of
from services.arrears.why.own_record import OwnRisk, own_risk
from services.arrears.why.score_limits import interval_of
from services.arrears.why.trace import paths_of
from services.entity import has_ended
from services.exposure.ageing import BUCKETS
from services.names import Named, names_of
from services.reading.claims import ResolvedEntity, claims_of
from services.reading.days import day_of
from services.reading.portraits import EVERYTHING, MOST, Wanted, portraits
from services.reading.runs import Run, columns_of_current, current
from services.risk.model import RiskModel
from services.seen import Seen
from terms.errors import KehutuError, Lang
from terms.ids import Key
from terms.money import Money

LONGEST = MOST
"""Entries of a list of a portrait, at most: the newest bills, say."""

__all__ = ["EVERYTHING", "LONGEST", "Column", "CustomerRow", "Wanted", "customer", "customers"]

CustomerRow: TypeAlias = seen_queries.CustomerPortrait
"""What the store holds about a customer, and around it."""


@dataclass(frozen=True, slots=True)
class AgeingBucket:
    """Arrears that have been open for so many days."""

    from_days: int
    """Least days overdue."""
    to_days: int | None
    """Most days overdue; absent for the last bucket."""
    amount: Money
    """Overdue and unpaid."""


@dataclass(frozen=True, slots=True)
class Arrears:
    """A customer's arrears."""

    balance: Money
    """Overdue and unpaid at the cut-off of the current run."""
    probability: float
    """Probability of arrears within twelve months."""
    ageing: tuple[AgeingBucket, ...]
    """The balance by days overdue: 0-30, 31-60, 61-90, 91-180, over 180; adds up to it exactly."""


@dataclass(frozen=True, slots=True)
class Contribution:
    """A share of a score with the path behind it."""

    share: float
    """Share of the score."""
    amount: Money
    """Share of the expected loss."""
    steps: tuple[Step, ...]
    """The path; empty for the party's own record."""

    @property
    def way(self) -> str:
        """The ids along the path; empty for the party's own record."""
        return ">".join([*(step.from_.id for step in self.steps), *(step.to.id for step in self.steps[-1:])])


@dataclass(frozen=True, slots=True)
class _OfARun:
    """What a run says of a party."""

    run: Run
    model: RiskModel
    party: int

    @property
    def score(self) -> float:
        """How much distress arrives at the party."""
        return float(self.model.score[self.party])

    @property
    def interval(self) -> Interval | None:
        """Limits of the score where buffers are uncertain."""
        return interval_of(self.run, self.model, self.party)

    @property
    def name(self) -> str:
        """The party's id."""
        return self.model.ids[self.party]


@dataclass(frozen=True, slots=True)
class CustomerRisk(_OfARun):
    """A customer's risk is its party's; of the party's expected loss it carries the part of its own exposure."""

    customer: int

    @property
    def expected_loss(self) -> Money:
        """The customer's part of its party's expected loss."""
        return Money(self.model.customer_loss(self.customer))

    @property
    def arrears(self) -> Arrears:
        """What is overdue and unpaid at the cut-off, by age."""
        ageing = tuple(
            AgeingBucket(start, end, Money(int(fen)))
            for (start, end), fen in zip(
                BUCKETS, self.model.inputs.customer_ageing[self.customer], strict=True
            )
        )
        balance = Money(int(self.model.inputs.customer_balance[self.customer]))
        return Arrears(balance, self.model.chance(self.party), ageing)


@dataclass(frozen=True, slots=True)
class PartyRisk(_OfARun):
    """The risk of a person or an enterprise in a run."""

    @property
    def expected_loss(self) -> Money:
        """Of all its customers together."""
        return Money(int(self.model.expected_loss[self.party]))


@dataclass(frozen=True, slots=True)
class Provenance:
    """One value of a field with its source: the current one and its rivals."""

    field: str
    """Name of the field."""
    value: str
    """The value that the record reports."""
    current: bool
    """Whether it is the value shown."""
    ended: bool
    """Whether the entity that it is about has ended by the latest day of the data."""
    source: str
    """Source of the record."""
    record_id: str
    """The record, as source/recordId."""
    channel: str
    """Channel through which it came."""
    origin: str
    """real, benchmark or synthetic."""
    observed_at: datetime
    """When the source observed it, ISO instant in UTC."""
    recorded_at: datetime
    """When Kehutu acknowledged it, ISO instant in UTC."""


def customer(seen: Seen, text: str, wanted: Wanted = EVERYTHING) -> CustomerRow:
    """The portrait of a customer on the latest day of the data, by id, old id or customer number.

    Args:
        wanted: what is read of it; what is not is None.

    Raises:
        KehutuError: ``UNKNOWN_ID``, also for an id of something that is no customer.
    """
    entity = seen.entity(text)
    found = portraits(seen, [entity], wanted).get(entity)
    if found is None:
        raise KehutuError("UNKNOWN_ID", id=text)
    return found


def customers(seen: Seen, ids: Sequence[str], wanted: Wanted = EVERYTHING) -> dict[str, CustomerRow]:
    """Portraits of many customers by one query, by id; those that there are."""
    return portraits(seen, ids, wanted)


def risk(seen: Seen, entity: str) -> CustomerRisk | None:
    """The customer's risk in the current run; None without a run or for a customer that is newer."""
    try:
        run, model = columns_of_current(seen)
    except KehutuError as fault:
        if fault.code == "NO_RUN":
            return None
        raise
    position = model.customer(entity)
    if position is None:
        return None
    return CustomerRisk(run, model, int(model.inputs.customer_party[position]), position)


def own(seen: Seen, row: CustomerRow, lang: Lang) -> OwnRisk | None:
    """What the model of the current run says of a customer by its own record; None without a model."""
    found = risk(seen, row.id)
    return None if found is None else own_risk(seen, found.run, found.model, row, lang=lang)


def party_risk(seen: Seen, entity: str) -> PartyRisk | None:
    """The risk of a person or an enterprise in the current run; None without a run or for one that is newer."""
    try:
        run, model = columns_of_current(seen)
    except KehutuError as fault:
        if fault.code == "NO_RUN":
            return None
        raise
    party = model.party(entity)
    return None if party is None else PartyRisk(run, model, party)


def contributions(seen: Seen, found: CustomerRisk | PartyRisk, top: int = 100) -> list[Contribution]:
    """The paths behind the score of the party, the largest first."""
    _, model = current(seen)
    party = model.party(found.name)
    paths = () if party is None else paths_of(seen, model, party, top)
    return [Contribution(path.share, path.amount, path.steps) for path in paths]


def judgement(seen: Seen, model: RiskModel, party: int) -> RiskOverride | None:
    """The judgement of a person about a party, if one is in force."""
    name = model.ids[party]
    names = {party: names_of(seen, [name])[name]}
    return next(iter(judgements_of(model, names)), None)


def provenance(seen: Seen, entity: str, field: str | None = None) -> list[Provenance]:
    """Who says each value of an entity, the value shown first; all fields, or one."""
    known: ResolvedEntity | None = claims_of(seen, entity)
    if known is None:
        raise KehutuError("UNKNOWN_ID", id=entity)
    told = {name: chosen.value for name, chosen in known.values.items()}
    ended = has_ended(type_of(Key(entity), seen.schema), told, day_of(seen))
    return [
        Provenance(
            field=name,
            value=str(claim.value),
            current=claim.current,
            ended=ended,
            source=claim.source,
            record_id=claim.record,
            channel=claim.channel,
            origin=claim.origin,
            observed_at=claim.observed_at,
            recorded_at=claim.recorded_at,
        )
        for name, chosen in sorted(known.values.items())
        if field is None or name == field
        for claim in chosen.claims
    ]


def named(seen: Seen, entity: str) -> Named:
    """An entity by name."""
    return names_of(seen, [entity])[entity]
