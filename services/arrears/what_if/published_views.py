"""Other published views of the same shock: what contagion does by their rules, each by itself.

They are never mixed in one figure with each other or with the probability of arrears: each answer names its view, its
source, its rule and its unit. All start from the money relations and the buffers of the current run, and from the
shock alone: what parties owe the utility by their own record plays no part.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import Enum

import numpy as np

from algorithms.risk.clearing import clear
from algorithms.risk.debtrank import debtrank_2012, hard_cascade
from algorithms.risk.parameters import LOAN, TRADE_CREDIT
from algorithms.risk.propagation import solve
from graph.arrays import Csr, Floats, Ints
from services.arrears.answer.model import RunName
from services.arrears.answer.position import position
from services.arrears.what_if.shocks import unlinked
from services.assumption import Assumption
from services.decision import Decision, Explained, Reason
from services.names import Named, names_of
from services.reading.runs import current
from services.risk.model import RiskModel
from services.risk.situation import Start, equity
from services.seen import Seen
from terms.errors import KehutuError
from terms.money import Money

LISTED = 1000
"""Parties that are listed one by one; the others are one line, so that amounts add up."""
SETTLED = 0.005
"""Yuan below which nothing is lost."""


class View(Enum):
    """By whose rules a shock spreads."""

    EQUITY = "equity"
    """Linear loss of buffers."""
    DEBTRANK = "debtrank"
    """Each party passes on once."""
    CASCADE = "cascade"
    """A party fails when its losses reach its buffer."""
    CLEARING = "clearing"
    """Who is actually paid."""


SOURCES = {
    View.EQUITY: "Bardoscia, Battiston, Caccioli, Caldarelli 2015, PLoS ONE 10(6):e0130406",
    View.DEBTRANK: "Battiston, Puliga, Kaushik, Tasca, Caldarelli 2012, Scientific Reports 2:541",
    View.CASCADE: "Furfine 2003, Journal of Money, Credit and Banking 35:111",
    View.CLEARING: "Eisenberg and Noe 2001, Management Science 47:236; "
    "Rogers and Veraart 2013, Management Science 59:882",
}


@dataclass(frozen=True, slots=True)
class Lost:
    """What one party loses by the rules of a view."""

    party: Named
    """The party."""
    share: float
    """The part of its buffer that is lost, 0 to 1."""
    loss: Money
    """What it loses of its buffer, in money."""
    shocked: bool
    """Whether a shock names the party itself."""
    failed: bool | None = None
    """Whether it is broken (CASCADE) or pays less than it owes (CLEARING)."""
    round: int | None = None
    """CASCADE: when it failed; 0 = by the shock itself."""
    unpaid: Money | None = None
    """CLEARING: debt that it does not pay."""


@dataclass(frozen=True, slots=True)
class Others:
    """Parties that are not listed one by one."""

    count: int
    """Number of parties."""
    loss: Money
    """Their loss together."""


@dataclass(frozen=True, slots=True)
class LossView(Explained):
    """A shock seen by the rules of one view. Never mixed with another view, nor with the probability of arrears:
    figures of two views are not comparable."""

    view: View
    """The view."""
    source: str
    """Where its rules were published."""
    lost: tuple[Lost, ...]
    """Parties that lose, the largest loss first; with `rest` their losses add up to `totalLoss`."""
    rest: Others
    """Parties beyond the largest thousand, together."""
    total_loss: Money
    """What all parties lose of their buffers."""
    own_loss: Money
    """The part of `totalLoss` at the shocked parties themselves."""
    value: float | None
    """DEBTRANK: R, the part of all buffers that is lost beyond the shock itself."""
    recovery: float | None
    """CLEARING: part of its cash and of what it is paid that a party in default realises; 1 is Eisenberg-Noe, less is
    Rogers-Veraart."""
    run: RunName
    """The run whose relations and buffers it starts from."""
    data_time: date
    """Cut-off of the data, an ISO date."""
    assumptions: tuple[Assumption, ...]
    """What had to be assumed, in words."""

    @property
    def decision(self) -> Decision[Money]:
        """What is lost of all buffers by the parties that lose it."""
        return Decision(
            value=self.total_loss,
            unit="fen",
            reasons=tuple(Reason(lost.party.name, lost.loss) for lost in self.lost),
            rest=self.rest.loss,
            run=self.run.id,
            data_time=self.data_time,
        )


@dataclass(frozen=True, slots=True, eq=False)
class _Effect:
    """n values by party: the share of the buffer that is lost, and what the view knows beside it."""

    share: Floats
    failed: Ints | None = None
    round: Ints | None = None
    unpaid: Floats | None = None
    value: float | None = None


def loss_view(
    seen: Seen, view: View, shocks: Sequence[tuple[str, float]], *, recovery: float = 1.0
) -> LossView:
    """What a shock does by the rules of one view.

    Args:
        seen: what the asker sees of a site with a current run.
        shocks: parties with the part of their buffer (for clearing: of their outside assets) that they lose at first,
            0 to 1; a cascade knows failure only, 1. Of two shocks on one party the larger counts.
        recovery: of clearing; 1 is Eisenberg-Noe, less is Rogers-Veraart with alpha = beta.

    Raises:
        KehutuError: ``NO_RUN``, ``UNKNOWN_ID``, ``NOT_A_PARTY``, ``SHOCK_NEEDS``, ``SHOCK_VALUE``.
    """
    run, model = current(seen)
    if not shocks:
        raise KehutuError("SHOCK_NEEDS", kind=view.value, field="shocks")
    _between("recovery", view, recovery)
    shock = np.zeros(len(model.ids))
    for party, level in shocks:
        _between("level", view, level)
        if view is View.CASCADE and level != 1.0:
            raise KehutuError("SHOCK_VALUE", kind=view.value, field="level", found=level, expected="1")
        at = position(seen, model, party)
        shock[at] = max(shock[at], level)
    effect = _effect(view, model, equity(run, model), shock, recovery)
    return _told(
        seen, model, view, shock, effect, run=RunName(run.id), data_time=run.cut_off, recovery=recovery
    )


def _between(field: str, view: View, value: float) -> None:
    if not 0.0 <= value <= 1.0:  # also not a number
        raise KehutuError("SHOCK_VALUE", kind=view.value, field=field, found=value, expected="0 … 1")


def _effect(view: View, model: RiskModel, start: Start, shock: Floats, recovery: float) -> _Effect:
    weights, buffer = start.network.out, start.buffer
    match view:
        case View.EQUITY:
            return _Effect(solve(start.network, shock).h)
        case View.DEBTRANK:
            found = debtrank_2012(weights, shock)
            return _Effect(found.h, value=found.value(buffer))
        case View.CASCADE:
            exposure = Csr(weights.indptr, weights.indices, weights.data * buffer[weights.indices])
            fall = hard_cascade(exposure, buffer, shock >= 1.0)
            lost = np.where(fall.failed, 1.0, fall.loss / buffer)
            return _Effect(np.minimum(1.0, lost), fall.failed.astype(np.int64), fall.round)
        case View.CLEARING:
            return _cleared(model, buffer, shock, recovery)


def _cleared(model: RiskModel, buffer: Floats, shock: Floats, recovery: float) -> _Effect:
    """Loans and trade credit are debts; what else a party has and owes is such that its equity is its buffer."""
    debts = _debts(model)
    size = len(buffer)
    owes = np.bincount(debts.rows(), debts.data, minlength=size)
    is_owed = np.bincount(debts.indices, debts.data, minlength=size)
    cash = np.maximum(0.0, buffer + owes - is_owed)
    outside = np.maximum(0.0, is_owed - owes - buffer)
    found = clear(debts, cash * (1.0 - shock), outside=outside, alpha=recovery, beta=recovery)
    share = np.clip(1.0 - found.equity / buffer, 0.0, 1.0)
    # A party that nothing reaches keeps its buffer: what is left below that is rounding.
    share[share * buffer < SETTLED] = 0.0
    return _Effect(share, found.defaulted.astype(np.int64), None, np.maximum(0.0, found.shortfall))


def _debts(model: RiskModel) -> Csr:
    """What each party owes each other by loans and trade credit, yuan; harm runs from the debtor to the creditor."""
    links = model.weights
    link = np.repeat(np.arange(len(links.csr.data)), np.diff(links.part_indptr))
    rows = np.flatnonzero(np.isin(links.part_relation, (LOAN, TRADE_CREDIT)))
    return Csr.from_edges(
        len(model.ids),
        links.csr.rows()[link[rows]],
        links.csr.indices[link[rows]],
        links.part_amount[rows].astype(np.float64),
    )


def _told(
    seen: Seen,
    model: RiskModel,
    view: View,
    shock: Floats,
    effect: _Effect,
    *,
    run: RunName,
    data_time: date,
    recovery: float,
) -> LossView:
    loss = np.rint(effect.share * model.inputs.buffer).astype(np.int64)
    shocked = shock > 0.0
    unpaid = np.zeros(len(loss)) if effect.unpaid is None else effect.unpaid
    hit = np.flatnonzero((loss > 0) | shocked | (unpaid >= SETTLED))
    hit = hit[np.lexsort((hit, -loss[hit]))]
    listed, others = hit[:LISTED], hit[LISTED:]
    names = names_of(seen, [model.ids[at] for at in listed.tolist()])
    return LossView(
        view=view,
        source=SOURCES[view],
        lost=tuple(
            Lost(
                party=names[model.ids[at]],
                share=float(effect.share[at]),
                loss=Money(int(loss[at])),
                shocked=bool(shocked[at]),
                failed=None if effect.failed is None else bool(effect.failed[at]),
                round=None if effect.round is None or effect.round[at] < 0 else int(effect.round[at]),
                unpaid=None if effect.unpaid is None else Money(round(float(unpaid[at]) * 100)),
            )
            for at in listed.tolist()
        ),
        rest=Others(len(others), Money(int(loss[others].sum()))),
        total_loss=Money(int(loss.sum())),
        own_loss=Money(int(loss[shocked].sum())),
        value=effect.value,
        recovery=recovery if view is View.CLEARING else None,
        run=run,
        data_time=data_time,
        assumptions=tuple(
            Assumption("NO_LINKS", model.ids[at]) for at in unlinked(model, np.flatnonzero(shocked))
        ),
    )
