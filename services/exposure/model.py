"""The inputs of the risk model: who carries risk, with what buffer, exposed to whom for how much.

The rules are those of docs/science.md, "Input"; whatever had to be assumed is marked or listed as a warning.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Literal, TypeAlias

import numpy as np

from algorithms.arrears import PaymentRecord
from algorithms.risk.parameters import (
    CONTACT,
    GUARANTEE,
    LOAN,
    OWNERSHIP,
    PERSON,
    PREMISES,
    TRADE_CREDIT,
    RiskParameters,
)
from graph.arrays import Bools, Floats, Ints

BufferKind: TypeAlias = Literal["net-assets", "paid-in-capital", "proxy", "floor"]
BUFFER_KINDS: tuple[BufferKind, ...] = ("net-assets", "paid-in-capital", "proxy", "floor")

MONEY_CODES = {
    "GUARANTEES": GUARANTEE,
    "LENDS_TO": LOAN,
    "SELLS_ON_CREDIT_TO": TRADE_CREDIT,
    "INVESTS_IN": OWNERSHIP,
}
"""Relations of money and their codes in the risk model; each runs from the one who is harmed to the one whose
failure harms."""

OF_RELATIONS = frozenset(
    {"AMOUNT_UNKNOWN", "AMOUNT_PROXY", "AMOUNT_TWICE", "SELF_LINK", "HOLDINGS_ABOVE_ONE"}
)
"""Cautions about a relation, which has another end."""
ABOVE_ONE = 1.0 + 1e-9
"""Shares of a company that add up to more than this are more than the company."""

EVIDENCE_CODES = {"person": PERSON, "premises": PREMISES, "contact": CONTACT}
"""Kinds of evidence and their codes in the risk model."""


@dataclass(frozen=True, slots=True)
class Caution:
    """Something that the model had to leave out or assume; ``record`` names where it was read, if anywhere.

    ``other``: the other end of the relation that it is about; empty where it is about none.
    """

    code: str
    subject: str
    record: str = ""
    other: str = ""

    @property
    def about(self) -> str:
        """Whom it is about: "GUARANTEES enterprise:1" is about the enterprise."""
        first, _, rest = self.subject.partition(" ")
        return rest if first.isupper() and rest else self.subject


@dataclass(frozen=True, slots=True)
class Override:
    """A judgement in force at the cut-off: ``own`` stands in for ``recorded``, what the payment record says."""

    id: str
    party: int
    own: float
    recorded: float
    reason: str
    author: str
    until: date
    recorded_at: str


@dataclass(frozen=True, slots=True, eq=False)
class Parties:
    """n parties by ascending id. A party is a Person, an Enterprise, or a Customer whose party is unknown."""

    ids: list[str]
    types: list[str]
    own: Floats
    """Own distress, 0 to 1."""
    buffer: Floats
    """Loss-absorbing buffer, fen, > 0."""
    buffer_kind: Ints
    """Position in BUFFER_KINDS."""
    exposure: Ints
    """Exposure at default of the utility, fen."""
    lgd: Floats
    """Share of the exposure that is not recovered."""

    @property
    def uncertain_buffer(self) -> Bools:
        """True where the buffer is a proxy or the floor."""
        return self.buffer_kind >= BUFFER_KINDS.index("proxy")


@dataclass(frozen=True, slots=True, eq=False)
class Customers:
    """c customers by ascending id with their party and their own payment record."""

    ids: list[str]
    party: Ints
    record: PaymentRecord
    ageing: Ints
    """c x 5, fen overdue by days: see ``services.exposure.ageing``."""


@dataclass(frozen=True, slots=True, eq=False)
class Forecasts:
    """What a fitted model says of c customers by their own record, NaN where it says nothing. ``model``: its version.

    ``default``: six overdue bills within twelve months, or whatever event it was learned for; ``next_bill``: the next
    bill is late.
    """

    model: str
    default: Floats
    next_bill: Floats


@dataclass(frozen=True, slots=True, eq=False)
class Holdings:
    """h holdings: positions of the company and of who holds, the share (0 to 1) and the amount in fen that records
    report; NaN where they do not. What a holding is worth follows the company's net assets where the share is known."""

    company: Ints
    holder: Ints
    share: Floats
    amount: Floats

    @classmethod
    def none(cls) -> Holdings:
        """No holdings."""
        nobody, nothing = np.zeros(0, dtype=np.int64), np.zeros(0)
        return cls(nobody, nobody, nothing, nothing)


@dataclass(frozen=True, slots=True, eq=False)
class MoneyLinks:
    """m relations of money; the failure of ``source`` costs ``target`` up to ``amount`` fen."""

    source: Ints
    target: Ints
    relation: Ints
    """Code of the risk model."""
    amount: Floats
    proxy: Bools
    record: list[str]
    holdings: Holdings = field(default_factory=Holdings.none)
    """Behind the relations of ownership, and those that are left out."""


@dataclass(frozen=True, slots=True, eq=False)
class Incidence:
    """Who has which attribute in common: party, attribute (numbered), age of the attribute's newest record in
    months, and the record that reports it."""

    party: Ints
    attribute: Ints
    age: Floats
    record: list[str]


@dataclass(frozen=True, slots=True, eq=False)
class Exposure:
    """All inputs of one analysis, as known at the cut-off."""

    cut_off: np.datetime64
    parameters: RiskParameters
    parties: Parties
    customers: Customers
    money: MoneyLinks
    evidence: dict[str, Incidence]
    overrides: list[Override]
    """Judgements of people in place of what payment records say; ``parties.own`` takes them into account."""
    cautions: list[Caution] = field(default_factory=list)
    forecasts: Forecasts | None = None
    """By a fitted model of own risk, which ``parties.own`` has in; None: the start rule."""
