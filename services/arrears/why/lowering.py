"""What would lower a party's expected loss most: settling a seed, or cutting one step of a path."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from itertools import pairwise

import numpy as np

from algorithms.risk.close_groups.reasons import Reasons
from algorithms.risk.close_groups.what_if_of_one import chance_after
from graph.arrays import Ints
from services.arrears.answer.model import Change, ChangeKind
from services.arrears.why.settling import settled
from services.names import Named
from services.reading.runs import Run
from services.risk.model import RiskModel
from services.risk.next_links import NextLinks
from services.risk.situation import parameters_of
from services.seen import Seen
from terms.money import Money

SHOWN = 3
TRIED = 12
"""Seeds and steps that are tried: those with the largest shares."""
PAYING = 5
"""Parties whose bills are read to see what their paying would change."""
REACHED = 200_000
"""No further one is tried once so many parties were computed again, all tries together; the first three always are."""


@dataclass(frozen=True, slots=True)
class _Cause:
    """A seed (``source`` is ``target``) or a step of a path, with its share of the score."""

    share: float
    source: int
    target: int


def largest_drops(
    seen: Seen, run: Run, model: RiskModel, told: Reasons, names: Mapping[int, Named]
) -> tuple[Change, ...]:
    """The three largest drops of expected loss among the causes with the largest shares.

    Each is what the next analysis would say without its cause, as a what-if says it: arrears are settled, and all links
    between the two ends of a step are cut. Drop = loss now - g(score without the cause) * loss given default *
    exposure, to the fen. Of two equal drops the first in words comes first.

    Of a run that is seen in part, they are drops of what the seen solution explains.

    Args:
        told: the reasons; seeds without a name are left out.
        names: of the parties that may be named.
    """
    party = told.target
    if model.explained_loss[party] == 0:
        return ()
    found: list[Change] = []
    reached = paying = 0
    for tried, cause in enumerate(_causes(told, names)):
        if tried >= SHOWN and reached >= REACHED:
            break
        network, own, exposure = model.network, model.own, int(model.exposure[party])
        kind, touched = ChangeKind.CUT, _one(cause.target)
        same_links = cause.source == cause.target
        if same_links:
            kind = ChangeKind.SETTLE if _owes(model, cause.source) else ChangeKind.PAY_ON_TIME
            own = own.copy()
            own[cause.source] = 0.0
            if kind is ChangeKind.SETTLE:
                if paying == PAYING:
                    continue
                paying += 1
                paid = settled(seen, run, model, cause.source, None)
                own[cause.source] = paid.own
                exposure = paid.exposure if cause.source == party else exposure
        else:
            links = NextLinks(model, parameters_of(run))
            links.cut(cause.source, cause.target)
            links.cut(cause.target, cause.source)
            after_cut = links.breaks()
            network, touched = after_cut.network, after_cut.touched
        drops = sorted((change.effect.fen for change in found), reverse=True)
        least = drops[SHOWN - 1] if len(drops) >= SHOWN else 0
        drop = partial(_drop, model, party, exposure)
        after = chance_after(
            model.prepared,
            own,
            touched,
            party,
            network=network,
            same_links=same_links,
            priority=model.priority,
            hopeless=partial(_less, drop, least),
        )
        reached += after.work
        if after.chance is not None:
            found.append(_change(kind, cause, drop(after.chance), names))
    ranked = sorted((c for c in found if c.effect.fen > 0), key=lambda c: (-c.effect.fen, c.what))
    return tuple(ranked[:SHOWN])


def _causes(told: Reasons, names: Mapping[int, Named]) -> list[_Cause]:
    """Seeds and steps, those with the largest shares first."""
    found = [_Cause(seed.share, seed.party, seed.party) for seed in told.seeds if seed.party in names]
    shares: dict[tuple[int, int], float] = defaultdict(float)
    for line in told.lines:
        for step in pairwise(line.parties):
            shares[step] += line.share
    found += [_Cause(share, source, target) for (source, target), share in shares.items()]
    return sorted(found, key=lambda cause: (-cause.share, cause.source, cause.target))[:TRIED]


def _drop(model: RiskModel, party: int, exposure: int, chance: float) -> int:
    """What the loss at a party falls by at another chance and exposure, fen."""
    left = model.loss_at(np.array([chance]), _one(party), _one(exposure))
    return int(model.explained_loss[party]) - int(left[0])


def _less(drop: Callable[[float], int], least: int, chance: float) -> bool:
    """Whether the drop is too small at this chance already."""
    return drop(chance) < least


def _owes(model: RiskModel, party: int) -> bool:
    """Whether a party has arrears."""
    return int(model.inputs.customer_balance[model.inputs.customer_party == party].sum()) > 0


def _change(kind: ChangeKind, cause: _Cause, effect: int, names: Mapping[int, Named]) -> Change:
    party, other = names[cause.source], names[cause.target]
    if kind is ChangeKind.CUT:
        what = f"cut the link from {party.name} to {other.name}"
        return Change(what, Money(effect), kind, party, other)
    if kind is ChangeKind.SETTLE:
        return Change(f"settle the arrears of {party.name}", Money(effect), kind, party)
    return Change(f"have {party.name} pay on time", Money(effect), kind, party)


def _one(value: int) -> Ints:
    return np.array([value], dtype=np.int64)
