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
from ledger.runs import Run
from services.arrears.judgements import judgements_of
from services.arrears.model import Hit, Rest, RunName, Shock, WhatIf
from services.arrears.shocks import Changes, translate, unlinked
from services.arrears.situation import Start, arrears, equity
from services.names import names_of
from services.risk_model import RiskModel, current
from services.site import Site
from terms.money import Money

LISTED = 1000
"""Hits that are listed one by one; the others are one line, so the amounts still add up."""

MOVED = 1e-12
"""A change of a probability below this is rounding."""


def what_if(site: Site, shocks: Sequence[Shock]) -> WhatIf:
    """The effect of all shocks together, in order, on the current run.

    The utility's loss at a party = its score * loss given default * exposure, in fen, before and after; the exposure
    after a settlement is less what was paid. Equity lost at an enterprise = its share lost * its buffer. Persons and
    customers have no balance sheet: their equity loss is 0.

    Raises:
        KehutuError: ``NO_RUN``, and as :func:`services.arrears.shocks.translate`.
    """
    run, model = current(site)
    return what_if_of(site, run, model, shocks)


def what_if_of(site: Site, run: Run, model: RiskModel, shocks: Sequence[Shock]) -> WhatIf:
    """The same for a run that is at hand."""
    at_risk, at_loss = arrears(run, model), equity(run, model)
    changes = translate(site, model, at_risk.situation.parameters, shocks)
    score = _after(at_risk, changes)
    share = _after(at_loss, changes)
    loss = _losses(model, score, changes) - model.expected_loss
    equity_loss = _equity_losses(model, at_loss, share, changes)
    moved = (np.abs(score - model.score) > MOVED) | (loss != 0) | (equity_loss != 0)
    moved[sorted(changes.direct)] = True
    hit = np.flatnonzero(moved)
    hit = hit[np.lexsort((hit, -np.abs(equity_loss[hit]), -np.abs(loss[hit])))]
    listed, others = hit[:LISTED], hit[LISTED:]
    names = names_of(site.store, site.schema, [model.ids[index] for index in listed.tolist()])
    direct = np.array(sorted(changes.direct), dtype=np.int64)
    return WhatIf(
        hits=tuple(
            Hit(
                party=names[model.ids[index]],
                before=float(model.score[index]),
                after=float(score[index]),
                loss=Money(int(loss[index])),
                equity_loss=Money(int(equity_loss[index])),
                shocked=index in changes.direct,
            )
            for index in listed.tolist()
        ),
        rest=Rest(len(others), Money(int(loss[others].sum())), Money(int(equity_loss[others].sum()))),
        total_loss=Money(int(loss.sum())),
        own_loss=Money(int(loss[direct].sum())),
        total_equity_loss=Money(int(equity_loss.sum())),
        run=RunName(run.id),
        data_time=run.cut_off,
        overrides=judgements_of(model, {index: names[model.ids[index]] for index in listed.tolist()}),
        cautions=(
            *changes.cautions,
            *(f"NO_LINKS {model.ids[index]}" for index in unlinked(model, direct)),
        ),
    )


def _after(start: Start, changes: Changes) -> Floats:
    """All values after the shocks; only parties reachable from what was touched are computed again."""
    found: Update = pure.what_if(start.situation, start.solution, changes.pure)
    after = start.solution.h.copy()
    after[found.parties] = found.h
    return after


def _losses(model: RiskModel, score: Floats, changes: Changes) -> Ints:
    """Expected loss of every party after the shocks, fen."""
    exposure = model.exposure.copy()
    for party, paid in changes.paid.items():
        exposure[party] = max(0, int(exposure[party]) - paid)
    return np.rint(score * model.lgd * exposure).astype(np.int64)


def _equity_losses(model: RiskModel, start: Start, share: Floats, changes: Changes) -> Ints:
    """Rise of what every enterprise loses of its equity, fen."""
    buffer = model.buffer.copy()
    for shock in changes.pure:
        if isinstance(shock, pure.Equity):
            buffer[shock.party] += 100 * shock.amount
    enterprise = np.array([kind == "Enterprise" for kind in model.types], dtype=np.bool_)
    rise = np.rint(share * buffer) - np.rint(start.solution.h * model.buffer)
    return np.where(enterprise, rise, 0.0).astype(np.int64)
