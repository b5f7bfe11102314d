"""A what-if by close groups is what solving anew would say, for the parties hit and for nobody else."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from algorithms.risk.close_groups.groups import Limits
from algorithms.risk.close_groups.probability import chances, prepare
from algorithms.risk.close_groups.what_if import what_if
from algorithms.risk.close_groups.what_if_of_one import chance_after
from algorithms.risk.network import Network as Weights
from tests.algorithms.close_group_cases import WEIGHTS, Network, networks


@settings(max_examples=120, deadline=None)
@given(networks(), networks(most=5, most_links=12, drawn=True), st.booleans(), st.data())
def test_a_change_is_the_difference_to_solving_anew(
    plain: Network, drawn: Network, with_draws: bool, data: st.DataObject
) -> None:
    graph = drawn if with_draws else plain
    weights, own = Weights.of(graph.csr()), graph.seeds()
    model = prepare(weights, limits=graph.limits)
    before = chances(model, own)
    after, touched, links = own.copy(), [], {}
    for _ in range(data.draw(st.integers(0, 2))):
        party = data.draw(st.integers(0, graph.size - 1))
        after[party] = data.draw(st.sampled_from([0.0, 0.3, 1.0]))
        touched.append(party)
    for _ in range(data.draw(st.integers(0, 2)) if graph.size > 1 else 0):
        i, k = data.draw(st.lists(st.integers(0, graph.size - 1), min_size=2, max_size=2, unique=True))
        links[i, k] = data.draw(st.sampled_from([0.0, *WEIGHTS]))
        touched.append(k)
    ends = np.array(list(links), dtype=np.int64).reshape(-1, 2)
    changed = weights.changed(ends[:, 0], ends[:, 1], np.array(list(links.values()), dtype=float))
    change = what_if(
        model, before, after, np.array(touched, dtype=np.int64), network=changed, same_links=not links
    )
    anew_model = prepare(changed.plain(), limits=graph.limits)
    anew = chances(anew_model, after)
    np.testing.assert_allclose(change.p, anew.p[change.parties], rtol=1e-11, atol=1e-300)
    others = np.setdiff1d(np.arange(graph.size), change.parties)
    np.testing.assert_allclose(before.p[others], anew.p[others], rtol=1e-11, atol=1e-300)
    moved = [
        j
        for j in range(graph.size)
        if model.groups.rung[j] != anew_model.groups.rung[j]
        or model.groups.group(j).tolist() != anew_model.groups.group(j).tolist()
    ]
    assert change.regrouped.tolist() == moved
    for j in range(graph.size):
        for most in (2.0, float(before.p[j]) / 2, float(anew.p[j]) * 2):
            one = chance_after(
                model, after, np.array(touched, dtype=np.int64), j,
                network=changed, same_links=not links, hopeless=most.__le__,
            )  # fmt: skip
            # Given up only where the chance is indeed so high.
            assert one.chance == pytest.approx(anew.p[j], rel=1e-11) or (
                one.chance is None and anew.p[j] >= most
            )


@settings(max_examples=120, deadline=None)
@given(networks(), st.data())
def test_what_adds_risk_lowers_a_chance_only_where_a_group_changed(
    graph: Network, data: st.DataObject
) -> None:
    weights, own = Weights.of(graph.csr()), graph.seeds()
    model = prepare(weights, limits=graph.limits)
    before = chances(model, own)
    party = data.draw(st.integers(0, graph.size - 1))
    more = own.copy()
    more[party] = max(own[party], data.draw(st.sampled_from([0.3, 1.0])))
    distress = what_if(model, before, more, np.array([party]), network=weights, same_links=True)
    assert not len(distress.against(1))
    if graph.size == 1:
        return
    other = (party + 1) % graph.size
    weight = max(graph.links.get((party, other), 0.0), data.draw(st.sampled_from(WEIGHTS)))
    larger = weights.changed(np.array([party]), np.array([other]), np.array([weight]))
    link = what_if(model, before, own, np.array([other]), network=larger)
    assert not len(link.against(1)) or len(link.regrouped)


def test_a_fall_after_an_addition_is_said() -> None:
    """Links of .099 feed themselves. At .1 those into one party join its group, which counts each failure once."""
    graph = Network(6, {(i, k): 0.099 for i in range(6) for k in range(6) if i != k}, [0.05] * 6, Limits())
    weights, own = Weights.of(graph.csr()), graph.seeds()
    model = prepare(weights)
    larger = weights.changed(np.arange(1, 6), np.zeros(5, dtype=np.int64), np.full(5, 0.1))
    change = what_if(model, chances(model, own), own, np.array([0]), network=larger)
    assert change.regrouped.tolist() == [0]
    assert change.against(1).tolist() == [0, 1, 2, 3, 4, 5]
    assert (change.rise > -0.01).all()
    assert not len(change.against(-1))


def test_nothing_changed_is_no_change() -> None:
    graph = Network(3, {(0, 1): 0.5, (1, 2): 0.5}, [0.1, 0.0, 0.0], Limits())
    weights, own = Weights.of(graph.csr()), graph.seeds()
    model = prepare(weights)
    change = what_if(
        model, chances(model, own), own, np.zeros(0, dtype=np.int64), network=weights, same_links=True
    )
    assert len(change.parties) == 0
    again = what_if(model, chances(model, own), own, np.array([1]), network=weights, same_links=True)
    assert again.parties.tolist() == [1, 2]
    assert not again.rise.any()
    assert not len(again.regrouped)
