"""At-risk clusters: communities of linked parties, ranked by what the utility stands to lose through them."""

from __future__ import annotations

import numpy as np

from algorithms.risk.blame import portfolio_by_seed
from services.arrears.model import RiskCluster, SeedShare
from services.names import names_of
from services.risk_model import RiskModel, current
from services.site import Site
from terms.money import Money

MEMBERS_SHOWN = 20
SEEDS_SHOWN = 3


def clusters(site: Site, first: int = 10) -> list[RiskCluster]:
    """Communities of two and more parties, the largest sum of expected loss first.

    Raises:
        KehutuError: ``NO_RUN``.
    """
    _, model = current(site)
    loss = np.bincount(model.community, weights=model.expected_loss.astype(np.float64))
    size = np.bincount(model.community)
    ranked = sorted(
        (label for label in np.flatnonzero((size > 1) & (loss > 0)).tolist()),
        key=lambda label: (-loss[label], label),
    )
    return [_cluster(site, model, label) for label in ranked[:first]]


def _cluster(site: Site, model: RiskModel, label: int) -> RiskCluster:
    members = model.members(label)
    by_loss = members[np.lexsort((members, -model.expected_loss[members]))]
    total = int(model.expected_loss[members].sum())
    stake = np.zeros(len(model.ids))
    stake[members] = model.lgd[members] * model.exposure[members]
    blamed = portfolio_by_seed(model.network, model.own, model.score, stake)
    worst = np.lexsort((blamed.seeds, -blamed.part))[:SEEDS_SHOWN]
    shown = by_loss[:MEMBERS_SHOWN]
    names = names_of(
        site.store, site.schema, [model.ids[i] for i in {*shown.tolist(), *blamed.seeds[worst].tolist()}]
    )
    whole = float(blamed.part.sum())
    seeds = tuple(
        SeedShare(names[model.ids[seed]], part / whole, Money(round(part)))
        for seed, part in zip(blamed.seeds[worst].tolist(), blamed.part[worst].tolist(), strict=True)
    )
    return RiskCluster(
        id=f"community-{label}",
        name=names[model.ids[int(by_loss[0])]].name,
        size=len(members),
        expected_loss=Money(total),
        seeds=seeds,
        members=tuple(names[model.ids[i]] for i in shown.tolist()),
        suggested_action=_action(seeds),
    )


def _action(seeds: tuple[SeedShare, ...]) -> str:
    """What to do first: talk to the party that is to blame for most."""
    if not seeds:
        return ""
    first = seeds[0]
    return (
        f"Agree on payment with {first.party.name} first: its own distress is behind {first.share:.0%} "
        "of the cluster's expected loss."
    )
