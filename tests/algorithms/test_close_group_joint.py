"""The full cascade of one party by draws, beside a chance whose circles lie outside its group."""

from __future__ import annotations

import numpy as np
import pytest

from algorithms.risk.close_groups import joint
from algorithms.risk.close_groups.groups import Limits
from algorithms.risk.close_groups.joint import everything_joint
from algorithms.risk.close_groups.probability import chances, prepare
from tests.algorithms.close_group_cases import Network
from tests.algorithms.test_close_groups_cascade import cascade_by_sets


def test_twenty_firms_with_weak_links_are_cautioned_and_the_draws_tell_how_much() -> None:
    """The example of the definition: each link .09, own distress .02."""
    links = {(i, k): 0.09 for i in range(20) for k in range(20) if i != k}
    graph = Network(20, links, [0.02] * 20, Limits())
    model, own = prepare(graph.csr()), graph.seeds()
    assert model.loop_outside.all()
    assert chances(model, own).p[0] == pytest.approx(0.71, abs=0.01)
    drawn = everything_joint(model, own, 0)
    assert drawn is not None
    assert drawn.chance == pytest.approx(0.19, abs=drawn.noise + 0.005)
    assert 0.0 < drawn.noise < 0.01


def test_two_blocks_that_feed_each_other_just_below_the_lowest_rung() -> None:
    """Certain inside each block of four, .0999 between them: .437 by close groups, .0072 in truth."""
    links = {(i, k): 1.0 if i // 4 == k // 4 else 0.0999 for i in range(8) for k in range(8) if i != k}
    graph = Network(8, links, [0.001] * 8, Limits())
    model, own = prepare(graph.csr()), graph.seeds()
    assert model.loop_outside.all()
    assert chances(model, own).p[0] == pytest.approx(0.437, abs=0.001)
    drawn = everything_joint(model, own, 0)
    assert drawn is not None
    assert drawn.chance == pytest.approx(cascade_by_sets(graph)[0], abs=drawn.noise + 1e-6)
    assert drawn.chance == pytest.approx(0.0072, abs=0.0003)


def test_near_the_exact_cascade() -> None:
    links = {(0, 1): 0.4, (1, 2): 0.5, (2, 0): 0.3, (3, 2): 0.05, (2, 3): 0.07}
    graph = Network(4, links, [0.1, 0.05, 0.0, 1.0], Limits())
    model, own = prepare(graph.csr()), graph.seeds()
    truth = cascade_by_sets(graph)
    for party in range(4):
        drawn = everything_joint(model, own, party)
        assert drawn is not None
        assert drawn.chance == pytest.approx(truth[party], abs=1.5 * drawn.noise + 1e-12)


def test_who_nobody_reaches_needs_no_draws_and_who_too_many_reach_gets_none(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    graph = Network(3, {(0, 1): 0.5, (1, 2): 0.5}, [0.3, 0.0, 0.0], Limits())
    model, own = prepare(graph.csr()), graph.seeds()
    assert everything_joint(model, own, 0) == joint.Joint(0.3, 0.0)
    monkeypatch.setattr(joint, "MOST_BEHIND", 2)
    assert everything_joint(model, own, 1) is not None
    assert everything_joint(model, own, 2) is None
    with pytest.raises(IndexError, match="party 3 of 3"):
        everything_joint(model, np.zeros(3), 3)
