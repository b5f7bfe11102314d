"""At-risk clusters and what to do about them, on the site with a hub, against figures computed by hand."""

from __future__ import annotations

from collections.abc import Iterator
from math import log

import pytest
from scipy.stats import norm

from services.analysis import analyse
from services.arrears.answer.model import ActionKind, ChangeKind, Shock, ShockKind
from services.arrears.groups.causes import OWN_RECORD
from services.arrears.groups.clusters import clusters, risk_clusters
from services.arrears.groups.first_actions import ring_fences
from services.arrears.what_if.what_if import what_if
from services.arrears.why.trace import trace
from services.loading import ingest
from services.risk.current import current
from services.settings import settings
from services.site import Site, open_site
from tests.everyone import seen
from tests.hub_site import BEHIND, HUB, LATE, code, write

TO_HUB = float(norm.cdf(log(0.45 * 500 / 1000) / 0.8))
FROM_HUB = float(norm.cdf(log(0.45 * 2000 / 1000) / 0.8))
OWN = 6 / 24
AT_HUB = 1 - (1 - OWN * TO_HUB) ** 4
"""Each of four late payers is enough to bring the hub down."""


@pytest.fixture(scope="module")
def hub_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp("hub")
    chosen = settings(folder / "home")
    ingest(chosen, write(folder))
    with open_site(chosen) as site:
        analyse(site)
        yield site


def test_the_hub_is_ring_fenced_because_no_seed_alone_spares_as_much(hub_site: Site) -> None:
    [cluster] = clusters(seen(hub_site))
    assert cluster.size == 9
    assert cluster.action is not None
    assert cluster.action.kind is ActionKind.RING_FENCE
    assert cluster.action.party.id == f"enterprise:{code(HUB)}"
    # All that the hub passes on: the loss of the four behind it.
    _, model = current(hub_site)
    behind = [model.ids.index(f"enterprise:{code(x)}") for x in BEHIND]
    stake = model.inputs.lgd[behind] * model.exposure[behind]
    assert cluster.action.spared.fen == pytest.approx(AT_HUB * FROM_HUB * stake.sum(), abs=1)
    assert "Ring-fence Works H first" in cluster.suggested_action


def test_seeds_and_channels_add_up_to_the_loss(hub_site: Site) -> None:
    [cluster] = clusters(seen(hub_site))
    assert [seed.party.name for seed in cluster.seeds] == [f"Works {x}" for x in LATE]
    assert sum(seed.share for seed in cluster.seeds) == pytest.approx(1.0)
    assert sum(seed.amount.fen for seed in cluster.seeds) == cluster.expected_loss.fen
    assert {channel.relation for channel in cluster.channels} == {OWN_RECORD, "LENDS_TO"}
    assert sum(channel.amount.fen for channel in cluster.channels) == cluster.expected_loss.fen
    _, model = current(hub_site)
    own = sum(int(model.expected_loss[model.ids.index(f"enterprise:{code(x)}")]) for x in LATE)
    [record] = [channel for channel in cluster.channels if channel.relation == OWN_RECORD]
    assert record.amount.fen == pytest.approx(own, abs=2)


def test_members_come_with_the_largest_loss_first(hub_site: Site) -> None:
    found = risk_clusters(seen(hub_site))
    cluster = found.tell(found.ranked[0])
    _, model = current(hub_site)
    losses = [int(model.expected_loss[model.ids.index(member.id)]) for member in cluster.members]
    assert losses == sorted(losses, reverse=True)
    assert sum(losses) == cluster.expected_loss.fen


def test_ring_fences_are_picked_one_after_the_other(hub_site: Site) -> None:
    _, model = current(hub_site)
    stake = model.inputs.lgd * model.exposure
    picks = ring_fences(model, stake, picks=9)
    assert model.ids[picks[0].party] == f"enterprise:{code(HUB)}"
    # Then the late payers keep nothing but the hub itself from being safe.
    assert {model.ids[pick.party] for pick in picks[1:]} == {f"enterprise:{code(x)}" for x in LATE}
    left = float(stake @ model.score) - sum(pick.spared for pick in picks)
    assert left == pytest.approx(float(stake @ model.own), rel=1e-9)


def test_what_would_change_is_what_the_what_if_says(hub_site: Site) -> None:
    target = f"enterprise:{code(BEHIND[0])}"
    answer = trace(seen(hub_site), target)
    assert answer.score == pytest.approx(AT_HUB * FROM_HUB, rel=1e-12)
    first = answer.would_change[0]
    assert (first.kind, first.party.id, first.effect) == (
        ChangeKind.CUT,
        f"enterprise:{code(HUB)}",
        answer.expected_loss,
    )
    for change in answer.would_change:
        shock = (
            Shock(ShockKind.CUT, change.party.id, change.other.id)
            if change.other
            else Shock(ShockKind.DEFAULT, change.party.id, level=0.0)  # it pays on time
        )
        [hit] = [hit for hit in what_if(seen(hub_site), [shock]).hits if hit.party.id == target]
        assert -hit.loss.fen == change.effect.fen


def test_a_late_payer_without_arrears_is_asked_to_pay_on_time(hub_site: Site) -> None:
    answer = trace(seen(hub_site), code(LATE[0]))
    [change] = answer.would_change
    assert change.kind is ChangeKind.PAY_ON_TIME
    assert change.what == "have Works A pay on time"
