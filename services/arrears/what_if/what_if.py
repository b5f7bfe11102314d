"""What if: who is hit, and what it costs the utility and the enterprises themselves. Stored state never changes.

Two solutions, never mixed in one figure: break weights give the probability of arrears and so the utility's loss,
loss weights the share of each enterprise's equity.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from algorithms.risk.close_groups.what_if import Change
from algorithms.risk.close_groups.what_if import what_if as by_close_groups
from algorithms.risk.update import Update, update
from graph.arrays import Floats, Ints
from services.arrears.answer.model import Hit, Rest, RunName, Shock, WhatIf
from services.arrears.answer.overrides import judgements_of
from services.arrears.what_if.shocks import Changes, translate, unlinked
from services.assumption import Assumption
from services.names import names_of
from services.reading.runs import Run, current
from services.risk.model import RiskModel
from services.risk.situation import Start, equity
from services.seen import Seen
from terms.money import Money

LISTED = 1000
"""Hits that are listed one by one; the others are one line, so the amounts still add up."""

MOVED = 1e-12
"""A change of a probability below this is rounding."""
REGROUPED, MEMBERS = 5, 10
"""Parties that are said to have another close group, and members of it that are named."""


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
    """The same for a run that is at hand. O(links of the parties that the shocks reach), whatever the run's size is.

    Computed with everybody; told of those whom the asker sees.
    """
    told, model = model, model.everything
    changes, at_loss = translate(seen, run, told, shocks), equity(run, model)
    direct = np.array(sorted(changes.direct), dtype=np.int64)
    exposure = model.exposure.copy()
    for party, found in changes.settled.items():
        exposure[party] = found.exposure
    risen, sign = _risen(model, changes, exposure)
    lost = _lost(model, at_loss, changes)
    # All that may have changed; everybody else keeps score, share and exposure.
    among = np.unique(np.concatenate([risen.parties, lost.parties, direct]))
    shown = np.array([told.shows(at) for at in among.tolist()], dtype=np.bool_)
    score = _after(model.score, risen.parties, risen.p, among)
    loss = np.where(shown, model.loss_at(score, among, exposure[among]) - model.expected_loss[among], 0)
    share = _after(at_loss.solution.h, lost.parties, lost.h, among)
    equity_loss = np.where(shown, _equity_losses(model, at_loss.solution.h[among], share, among), 0)
    before, after = model.probability(model.score[among]), model.probability(score)
    shocked = np.isin(among, direct)
    moved = (np.abs(score - model.score[among]) > MOVED) | (loss != 0) | (equity_loss != 0) | shocked
    hit = np.flatnonzero(moved & shown)
    hit = hit[np.lexsort((hit, -np.abs(equity_loss[hit]), -np.abs(loss[hit])))]
    listed, others = hit[:LISTED], hit[LISTED:]
    ids = {int(at): model.ids[int(among[at])] for at in listed}
    further = [
        *_regrouped(told, risen, sign),
        *(Assumption("NO_LINKS", model.ids[index]) for index in unlinked(model, direct)),
    ]
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
        cautions=(*changes.cautions, *(f"{one.code} {one.subject}" for one in further)),
        assumptions=(*changes.assumptions, *further),
    )


def _risen(model: RiskModel, changes: Changes, exposure: Ints) -> tuple[Change, int]:
    """Scores after the shocks, and which way they push: 1 up, -1 down, 0 both ways or neither."""
    own, was = model.own.copy(), model.own
    for party, level in changes.own.items():
        own[party] = level
    links = changes.links.breaks()
    moved = np.flatnonzero(own != was)
    found = by_close_groups(
        model.prepared,
        model.chances,
        own,
        np.union1d(links.touched, moved),
        network=links.network,
        same_links=not len(links.touched),
        priority=exposure * model.inputs.lgd,
    )
    up = links.rose or bool((own[moved] > was[moved]).any())
    down = links.fell or bool((own[moved] < was[moved]).any())
    return found, int(up) - int(down)


def _lost(model: RiskModel, start: Start, changes: Changes) -> Update:
    """Shares of buffers lost after the shocks."""
    own = model.own.copy()
    for party, level in changes.own.items():
        own[party] = level
    links = changes.links.losses(start.network)
    touched = np.union1d(links.touched, np.flatnonzero(own != model.own))
    return update(start.solution, links.network, own, touched)


def _regrouped(shown: RiskModel, found: Change, sign: int) -> list[Assumption]:
    """Parties that are shown whose score moves against the shocks as close groups became others, with both groups."""
    if not sign:
        return []
    told, model = [], shown.everything
    moved = [at for at in np.intersect1d(found.against(sign), found.regrouped).tolist() if shown.shows(at)]
    for party in moved[:REGROUPED]:
        groups = (model.prepared.groups.group(party), found.after.group(party))
        before, after = (
            ", ".join([model.ids[at] for at in group.tolist() if shown.shows(at)][:MEMBERS])
            for group in groups
        )
        told.append(Assumption("GROUP_CHANGED", model.ids[party], f"{before} → {after}"))
    return told


def _after(before: Floats, parties: Ints, values: Floats, among: Ints) -> Floats:
    """Values of some parties after the shocks; those that were not computed again keep theirs."""
    after = before[among].copy()
    after[np.searchsorted(among, parties)] = values
    return after


def _equity_losses(model: RiskModel, before: Floats, after: Floats, among: Ints) -> Ints:
    """Rise of what every enterprise among them loses of its equity, fen; 0 for people and customers.

    Measured on the buffer before: what is paid in is no loss of those who had a stake.
    """
    rise = np.rint((after - before) * model.inputs.buffer[among])
    enterprise = np.array([model.types[index] == "Enterprise" for index in among.tolist()], dtype=np.bool_)
    return np.where(enterprise, rise, 0.0).astype(np.int64)
