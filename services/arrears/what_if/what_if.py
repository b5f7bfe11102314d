"""What if: who is hit, and what it costs the utility and the enterprises themselves. Stored state never changes.

Two solutions, never mixed in one figure: break weights give the probability of arrears and so the utility's loss,
loss weights the share of each enterprise's equity.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from algorithms.risk import what_if as pure
from algorithms.risk.update import Update
from graph.arrays import Floats, Ints
from services.arrears.answer.model import Hit, Rest, RunName, Shock, WhatIf
from services.arrears.answer.overrides import judgements_of
from services.arrears.what_if.shocks import Changes, translate, unlinked
from services.assumption import Assumption
from services.names import names_of
from services.reading.runs import Run, current
from services.risk.model import RiskModel
from services.risk.situation import Start, arrears, equity
from services.seen import Seen
from terms.money import Money

LISTED = 1000
"""Hits that are listed one by one; the others are one line, so the amounts still add up."""

MOVED = 1e-12
"""A change of a probability below this is rounding."""


def what_if(seen: Seen, shocks: Sequence[Shock]) -> WhatIf:
    """The effect of all shocks together, in order, on the current run.

    The utility's loss at a party = g(score) * loss given default * exposure, in fen, before and after; the exposure
    after a settlement is less what was paid. Equity lost at an enterprise = its share lost * its buffer. Persons and
    customers have no balance sheet: their equity loss is 0.

    Raises:
        KehutuError: ``NO_RUN``, and as :func:`services.arrears.what_if.shocks.translate`.
    """
    run, model = current(seen)
    return what_if_of(seen, run, model, shocks)


def what_if_of(seen: Seen, run: Run, model: RiskModel, shocks: Sequence[Shock]) -> WhatIf:
    """The same for a run that is at hand. O(links of the parties that the shocks reach), whatever the run's size is."""
    at_risk, at_loss = arrears(run, model), equity(run, model)
    changes = translate(seen, model, at_risk.situation.parameters, shocks)
    direct = np.array(sorted(changes.direct), dtype=np.int64)
    risen = pure.what_if(at_risk.situation, at_risk.solution, changes.pure)
    lost = pure.what_if(at_loss.situation, at_loss.solution, changes.pure)
    # All that may have changed; everybody else keeps score, share and exposure.
    among = np.unique(np.concatenate([risen.parties, lost.parties, direct]))
    score = _after(at_risk, risen, among)
    loss = _losses(model, score, among, changes)
    equity_loss = _equity_losses(model, at_loss, _after(at_loss, lost, among), among, changes)
    before, after = model.probability(model.score[among]), model.probability(score)
    shocked = np.isin(among, direct)
    moved = (np.abs(score - model.score[among]) > MOVED) | (loss != 0) | (equity_loss != 0) | shocked
    hit = np.flatnonzero(moved)
    hit = hit[np.lexsort((hit, -np.abs(equity_loss[hit]), -np.abs(loss[hit])))]
    listed, others = hit[:LISTED], hit[LISTED:]
    ids = {int(at): model.ids[int(among[at])] for at in listed}
    names = names_of(seen, ids.values())
    return WhatIf(
        hits=tuple(
            Hit(
                party=names[name],
                before=float(before[at]),
                after=float(after[at]),
                loss=Money(int(loss[at])),
                equity_loss=Money(int(equity_loss[at])),
                shocked=bool(shocked[at]),
            )
            for at, name in ids.items()
        ),
        rest=Rest(len(others), Money(int(loss[others].sum())), Money(int(equity_loss[others].sum()))),
        total_loss=Money(int(loss.sum())),
        own_loss=Money(int(loss[shocked].sum())),
        total_equity_loss=Money(int(equity_loss.sum())),
        run=RunName(run.id),
        data_time=run.cut_off,
        overrides=judgements_of(model, {int(among[at]): names[name] for at, name in ids.items()}),
        cautions=(
            *changes.cautions,
            *(f"NO_LINKS {model.ids[index]}" for index in unlinked(model, direct)),
        ),
        assumptions=(
            *changes.assumptions,
            *(Assumption("NO_LINKS", model.ids[index]) for index in unlinked(model, direct)),
        ),
    )


def _after(start: Start, found: Update, among: Ints) -> Floats:
    """Values of some parties after the shocks; those that were not computed again keep theirs."""
    after = start.solution.h[among].copy()
    after[np.searchsorted(among, found.parties)] = found.h
    return after


def _losses(model: RiskModel, score: Floats, among: Ints, changes: Changes) -> Ints:
    """Rise of the expected loss of some parties, fen."""
    exposure = model.exposure[among].copy()
    for party, paid in changes.paid.items():
        at = int(np.searchsorted(among, party))
        exposure[at] = max(0, int(exposure[at]) - paid)
    after = model.loss_at(score, among, exposure)
    return np.asarray(after - model.expected_loss[among], dtype=np.int64)


def _equity_losses(model: RiskModel, start: Start, share: Floats, among: Ints, changes: Changes) -> Ints:
    """Rise of what every enterprise among them loses of its equity, fen; 0 for people and customers."""
    before = model.inputs.buffer[among]
    buffer = before.copy()
    for shock in changes.pure:
        if isinstance(shock, pure.Equity):
            buffer[np.searchsorted(among, shock.party)] += 100 * shock.amount
    rise = np.rint(share * buffer) - np.rint(start.solution.h[among] * before)
    enterprise = np.array([model.types[index] == "Enterprise" for index in among.tolist()], dtype=np.bool_)
    return np.where(enterprise, rise, 0.0).astype(np.int64)
