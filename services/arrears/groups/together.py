"""What parties that hang on each other do together, and what releasing a guarantee among them would change."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from algorithms.risk.close_groups.circles import CircleFigures, circle_figures, mutual
from algorithms.risk.close_groups.links import DRAWS
from algorithms.risk.close_groups.what_if import what_if
from algorithms.risk.parameters import RiskParameters
from services.arrears.answer.groups import FirstMover, Release, RiskGroup, Sampling
from services.names import names_of
from services.risk.model import RiskModel
from services.risk.next_links import NextLinks
from services.seen import Seen
from terms.money import Money

TRIED = 20
"""Guarantees whose release is tried."""
TRIED_DRAWN = 3
"""The same where outcomes are drawn, which takes a hundred times as long."""


def mutual_group(seen: Seen, model: RiskModel, parameters: RiskParameters, party: int) -> RiskGroup | None:
    """The members of a party's close group that hang on the party as well, with it; None where there are none, or
    where all are in default."""
    members = mutual(model.prepared, party).tolist()
    return together(seen, model, parameters, members) if len(members) > 1 else None


def together(
    seen: Seen, model: RiskModel, parameters: RiskParameters, members: Sequence[int]
) -> RiskGroup | None:
    """Figures of some parties; None where all of them are in default.

    Args:
        parameters: those of the run's weights.
        members: positions.

    Every outcome is counted where the members hang on at most ten parties, else 4,000 are drawn (docs/science.md,
    "Close groups").
    """
    members = sorted(set(members))
    figures = circle_figures(model.prepared, model.own, model.chances, members)
    if figures is None:
        return None
    released = _releases(model, parameters, members, exact=figures.exact)
    names = names_of(seen, [model.ids[at] for at in members])
    movers = sorted(
        zip(figures.members, figures.first_movers, strict=True), key=lambda pair: (-pair[1], pair[0])
    )
    return RiskGroup(
        id=f"group-{model.ids[members[0]]}",
        size=len(members),
        members=tuple(names[model.ids[at]] for at in members),
        any_fails=figures.any_fails,
        all_fail=figures.all_fail,
        failures_if_any=figures.failures_if_any,
        first_movers=tuple(FirstMover(names[model.ids[at]], share) for at, share in movers),
        releases=tuple(
            Release(
                guarantor=names[model.ids[one.guarantor]],
                borrower=names[model.ids[one.borrower]],
                all_fail=one.figures.all_fail,
                failures_if_any=one.figures.failures_if_any,
                effect=Money(one.effect),
            )
            for one in released
        ),
        sampling=None if figures.exact else sampling(figures.any_fails),
    )


def sampling(chance: float) -> Sampling:
    """Limits of a share of 4,000 draws."""
    noise = 2.0 * float(np.sqrt(chance * (1.0 - chance) / DRAWS))
    return Sampling(max(0.0, chance - noise), min(1.0, chance + noise), DRAWS)


@dataclass(frozen=True, slots=True)
class _Released:
    guarantor: int
    borrower: int
    figures: CircleFigures
    effect: int


def _releases(
    model: RiskModel, parameters: RiskParameters, members: list[int], *, exact: bool
) -> list[_Released]:
    """Guarantees among the members without which some figures are others, the largest effect first."""
    inside = set(members)
    found: list[tuple[float, int, int]] = []
    for guarantor in members:
        sources, _ = model.network.column(guarantor)
        for borrower in sorted(inside.intersection(sources.tolist()) - {guarantor}):
            parts = model.weights.parts(model.weights.entry(borrower, guarantor))
            weight = sum(part.value for part in parts if part.relation == "guarantee")
            if weight > 0.0:
                found.append((-weight, guarantor, borrower))
    released = [
        _released(model, parameters, members, guarantor, borrower)
        for _, guarantor, borrower in sorted(found)[: TRIED if exact else TRIED_DRAWN]
    ]
    kept = [one for one in released if one is not None]
    return sorted(kept, key=lambda one: (-one.effect, one.guarantor, one.borrower))


def _released(
    model: RiskModel, parameters: RiskParameters, members: list[int], guarantor: int, borrower: int
) -> _Released | None:
    links = NextLinks(model, parameters)
    links.cut(borrower, guarantor, "guarantee")
    after = links.breaks()
    change = what_if(
        model.prepared,
        model.chances,
        model.own,
        after.touched,
        network=after.network,
        priority=model.priority,
        quick=True,
    )
    hit = change.parties
    effect = int((model.explained_loss[hit] - model.loss_at(change.p, hit)).sum())
    # The group is solved anew among all that it hangs on.
    around, solved = change.after.around, change.after.model
    missing = np.setdiff1d(members, around)
    if len(missing):
        return None
    inside = np.searchsorted(around, members).tolist()
    figures = circle_figures(solved, model.own[around], change.after.solved, inside)
    return None if figures is None else _Released(guarantor, borrower, figures, effect)
