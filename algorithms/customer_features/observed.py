"""What is known of n customers at the cut-off, as arrays; features are computed from nothing else."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from algorithms.arrears import Days
from algorithms.customer_features.load import LoadForms
from graph.arrays import Floats, Ints

Texts: TypeAlias = npt.NDArray[Any]
"""Objects of str; the empty text is unknown."""


@dataclass(frozen=True, slots=True, eq=False)
class Contract:
    """n customers: what the contract of each says; NaN, NaT or the empty text where it does not."""

    kind: Texts
    industry: Texts
    supply_level: Texts
    payment_channel: Texts
    voltage: Floats
    """kV."""
    capacity: Floats
    """kVA."""
    critical: Floats
    """0 or 1."""
    opened: Days


@dataclass(frozen=True, slots=True, eq=False)
class BilledUse:
    """b bills in any order: customer, month (datetime64[M]), energy (kWh, NaN where unknown), amount (fen), and the
    days of issue, due day and payment (NaT where absent)."""

    customer: Ints
    month: Days
    energy: Floats
    amount: Ints
    issued: Days
    due: Days
    paid: Days


@dataclass(frozen=True, slots=True, eq=False)
class Happened:
    """e contacts, orders, records or the like: whose, of which kind, on which day, and a number with it (NaN: none)."""

    customer: Ints
    kind: Texts
    day: Days
    value: Floats

    @classmethod
    def none(cls) -> Happened:
        """Nothing."""
        return cls(
            np.zeros(0, dtype=np.int64),
            np.zeros(0, dtype=object),
            np.zeros(0, dtype="datetime64[D]"),
            np.zeros(0),
        )


@dataclass(frozen=True, slots=True, eq=False)
class Standing:
    """What the graph says of each of n customers on the day: counts; NaN where unknown."""

    sites: Floats
    ownership_depth: Floats
    guarantees_given: Floats
    guarantees_received: Floats
    debts: Floats
    community_size: Floats
    density: Floats


@dataclass(frozen=True, slots=True, eq=False)
class Observed:
    """Everything, at the day T.

    ``distress``: n, own distress, 0 to 1. ``devices``: ``value`` is the rated power in kVA. ``contacts``: ``value`` is
    the satisfaction. ``flags``: adverse credit records of the party; ``disputes``: arrears cases that are disputes.
    ``load``: what load curves tell; None: there are none.
    """

    day: np.datetime64
    contract: Contract
    bills: BilledUse
    standing: Standing
    distress: Floats
    contacts: Happened = field(default_factory=Happened.none)
    orders: Happened = field(default_factory=Happened.none)
    devices: Happened = field(default_factory=Happened.none)
    flags: Happened = field(default_factory=Happened.none)
    disputes: Happened = field(default_factory=Happened.none)
    load: LoadForms | None = None

    @property
    def size(self) -> int:
        """Number of customers."""
        return len(self.contract.kind)


@dataclass(frozen=True, slots=True)
class Costs:
    """Parameters of the contract: yuan a kWh, a contact and an order; discount a year; years ahead."""

    cost_of_energy: float
    cost_of_contact: float
    cost_of_order: float
    discount: float
    horizon: float
