"""Parameters of risk propagation: one frozen, versioned object that every answer can show.

The start values are those of docs/science.md, "Two weights"; they are not fitted to any data and say so.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Literal, TypeAlias

import numpy as np

from algorithms.invalid_argument import invalid_argument
from graph.arrays import Floats

MoneyRelation: TypeAlias = Literal["guarantee", "loan", "trade-credit", "ownership", "parent-support"]
EvidenceRelation: TypeAlias = Literal["person", "premises", "contact"]
Relation: TypeAlias = MoneyRelation | EvidenceRelation

MONEY_RELATIONS: tuple[MoneyRelation, ...] = (
    "guarantee",
    "loan",
    "trade-credit",
    "ownership",
    "parent-support",
)
"""Relations through which money is lost. The position is the code used in arrays."""

EVIDENCE_RELATIONS: tuple[EvidenceRelation, ...] = ("person", "premises", "contact")
"""Relations that only show closeness. Codes in arrays go on after the money relations."""

RELATIONS: tuple[Relation, ...] = (*MONEY_RELATIONS, *EVIDENCE_RELATIONS)
"""All relations; the position is the code, one numbering for both kinds."""

GUARANTEE, LOAN, TRADE_CREDIT, OWNERSHIP, PARENT_SUPPORT, PERSON, PREMISES, CONTACT = range(len(RELATIONS))


@dataclass(frozen=True, slots=True)
class RiskParameters:
    """Everything that turns amounts, buffers and evidence into weights.

    ``rho_*``: pass-through, the share of an exposure that is lost when the other side fails; the chance of failing
    takes ``called`` in place of that of guarantees: the chance that the guarantees of one guarantor for one borrower
    are called, together and in full, when the borrower fails.
    ``theta_*``: the most that all evidence of one kind can add to a party's break probability.
    ``sigma``: log-sd of the true buffer around the reported one; ``sigma_uncertain`` where the buffer is a
    proxy or the floor. ``tau``: months after which evidence has faded to 1/e. ``sharers_max``: an attribute
    that more parties share is ignored (D_max). ``buffer_min_*``: floor of buffers in yuan. ``lgd_*``: share
    of an exposure at default that is not recovered. ``fitted``: whether the values were estimated from data.
    """

    called: float = 0.6
    rho_guarantee: float = 0.6
    rho_loan: float = 0.45
    rho_trade_credit: float = 0.45
    rho_ownership: float = 1.0
    rho_parent_support: float = 0.0  # optional relation: no harm unless a site turns it on
    theta_person: float = 0.15
    theta_premises: float = 0.25
    theta_contact: float = 0.10
    sigma: float = 0.8
    sigma_uncertain: float = 1.2  # a guess, not measured
    tau: float = 24.0
    sharers_max: int = 200
    buffer_min_enterprise: float = 10_000.0
    buffer_min_other: float = 500.0
    lgd_organisation: float = 0.45
    lgd_other: float = 0.6
    fitted: bool = False

    def __post_init__(self) -> None:
        """Refuse values that have no meaning.

        Raises:
            ValueError: a parameter is negative, not finite, or a floor, sigma or tau is not positive.
        """
        for name, value in asdict(self).items():
            if not np.isfinite(value) or value < 0:
                raise invalid_argument(f"{name} = {value} must be a finite number of at least 0")
        for name in ("sigma", "sigma_uncertain", "tau", "buffer_min_enterprise", "buffer_min_other"):
            if getattr(self, name) <= 0:
                raise invalid_argument(f"{name} = {getattr(self, name)} must be above 0")
        for name in ("called", "lgd_organisation", "lgd_other"):
            if getattr(self, name) > 1:
                raise invalid_argument(f"{name} = {getattr(self, name)} must be at most 1")

    @property
    def status(self) -> Literal["fitted", "unfitted"]:
        """What answers show beside the figures."""
        return "fitted" if self.fitted else "unfitted"

    def rho(self) -> Floats:
        """Pass-through by money code, aligned with ``MONEY_RELATIONS``."""
        return np.array([getattr(self, "rho_" + name.replace("-", "_")) for name in MONEY_RELATIONS])

    def theta(self) -> Floats:
        """Ceiling by evidence kind, aligned with ``EVIDENCE_RELATIONS``."""
        return np.array([getattr(self, "theta_" + name) for name in EVIDENCE_RELATIONS])

    def as_dict(self) -> dict[str, float | int | bool]:
        """Plain values for a run's head and for JSON."""
        return asdict(self)


AT_FACE_VALUE = RiskParameters(
    called=1.0,
    rho_guarantee=1.0,
    rho_loan=1.0,
    rho_trade_credit=1.0,
    rho_ownership=1.0,
    rho_parent_support=1.0,
)
"""Every exposure is lost in full: the definition of the published DebtRank cases."""
