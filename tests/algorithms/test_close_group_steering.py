"""What a little less distress is worth, whom to ring-fence, and the figures of circles, by close groups."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from algorithms.risk.close_groups.circles import circle_figures, mutual
from algorithms.risk.close_groups.groups import Limits
from algorithms.risk.close_groups.probability import chances, prepare
from algorithms.risk.close_groups.steering import ring_fence, sensitivity
from algorithms.risk.network import Network as Weights
from tests.algorithms.close_group_cases import Network, networks


@settings(max_examples=60, deadline=None)
@given(networks(), st.data())
def test_sensitivity_is_the_slope_of_the_total(graph: Network, data: st.DataObject) -> None:
    model, own = prepare(graph.csr(), limits=graph.limits), graph.seeds()
    money = np.array(
        data.draw(st.lists(st.sampled_from([0.0, 1.0, 7.0]), min_size=graph.size, max_size=graph.size))
    )
    slope = sensitivity(model, own, chances(model, own), money)
    party = data.draw(st.integers(0, graph.size - 1))
    step = 1e-5 if own[party] < 1.0 else -1e-5
    moved = own.copy()
    moved[party] += step
    rise = float((chances(model, moved).p - chances(model, own).p) @ money) / step
    assert slope[party] == pytest.approx(rise, rel=2e-3, abs=1e-6)


def test_a_first_spark_in_a_large_circle_of_weak_links_is_worth_without_limit() -> None:
    links = {(i, k): 0.09 for i in range(20) for k in range(20) if i != k}
    model = prepare(Network(20, links, [0.0] * 20, Limits()).csr())
    own = np.zeros(20)
    assert np.isinf(sensitivity(model, own, chances(model, own), np.ones(20))).all()


@settings(max_examples=25, deadline=None)
@given(networks(most=5))
def test_the_first_to_ring_fence_spares_the_most(graph: Network) -> None:
    weights, own, money = Weights.of(graph.csr()), graph.seeds(), np.arange(1.0, graph.size + 1.0)
    before = float(chances(prepare(weights), own).p @ money)
    spared = [
        before - float(chances(prepare(weights.silenced(np.array([u]))), own).p @ money)
        for u in range(graph.size)
    ]
    picked = ring_fence(weights, own, money, 2)
    if max(spared) > 1e-9:
        assert picked[0].spared == pytest.approx(max(spared), rel=1e-9)
        assert spared[picked[0].party] == pytest.approx(max(spared), rel=1e-9)
    assert all(pick.spared > 0.0 for pick in picked)
    assert len({pick.party for pick in picked}) == len(picked)


def every_outcome(graph: Network) -> list[tuple[float, set[int], set[int]]]:
    """Chance, who starts and who fails, over every outcome of starts and links."""
    ends = list(graph.links.items())
    found = []
    for starting in product([False, True], repeat=graph.size):
        for living in product([False, True], repeat=len(ends)):
            chance = float(np.prod([s if yes else 1 - s for s, yes in zip(graph.own, starting, strict=True)]))
            chance *= float(np.prod([w if yes else 1 - w for (_, w), yes in zip(ends, living, strict=True)]))
            if chance == 0.0:
                continue
            starts = {u for u in range(graph.size) if starting[u]}
            failed = set(starts)
            for _ in range(graph.size):
                failed |= {k for ((i, k), _), yes in zip(ends, living, strict=True) if yes and i in failed}
            found.append((chance, starts, failed))
    return found


@settings(max_examples=40, deadline=None)
@given(networks(most=4, most_links=6), st.data())
def test_figures_of_a_circle_are_those_of_all_outcomes(graph: Network, data: st.DataObject) -> None:
    model, own = prepare(graph.csr()), graph.seeds()
    circle = data.draw(st.lists(st.integers(0, graph.size - 1), min_size=1, unique=True))
    inside = set().union(*(model.groups.group(u).tolist() for u in circle))
    if any(i not in inside and k in inside for i, k in graph.links):
        return  # what enters from outside starts members one by one: no such list of outcomes
    figures = circle_figures(model, own, chances(model, own), circle)
    members = [u for u in sorted(circle) if own[u] < 1.0]
    if not members:
        assert figures is None
        return
    assert figures is not None
    assert figures.exact
    assert figures.members == tuple(members)
    outcomes = every_outcome(graph)
    some = sum(c for c, _, failed in outcomes if failed & set(members))
    assert figures.any_fails == pytest.approx(some, rel=1e-9, abs=1e-15)
    every = sum(c for c, _, failed in outcomes if failed >= set(members))
    assert figures.all_fail == pytest.approx(every, rel=1e-9, abs=1e-15)
    if some > 1e-12:
        count = sum(c * len(failed & set(members)) for c, _, failed in outcomes)
        assert figures.failures_if_any == pytest.approx(count / some, rel=1e-9)
        for member, share in zip(members, figures.first_movers, strict=True):
            assert share == pytest.approx(own[member] / some, rel=1e-9)


def test_a_pair_reads_as_a_credit_officer_would_say_it() -> None:
    graph = Network(2, {(0, 1): 0.9, (1, 0): 0.9}, [0.05, 0.02], Limits())
    model, own = prepare(graph.csr()), graph.seeds()
    figures = circle_figures(model, own, chances(model, own), [0, 1])
    assert figures is not None
    assert figures.any_fails == pytest.approx(0.069)  # 1 - .95 * .98
    assert figures.all_fail == pytest.approx(0.0622)  # both by themselves, or one breaks the other
    assert figures.failures_if_any == pytest.approx((0.0671 + 0.0641) / 0.069)
    assert figures.first_movers == pytest.approx((0.05 / 0.069, 0.02 / 0.069))
    assert mutual(model, 0).tolist() == [0, 1]


def test_a_circle_of_twelve_is_drawn() -> None:
    size = 12
    links = {(i, (i + 1) % size): 0.7 for i in range(size)}
    graph = Network(size, links, [0.1] + [0.02] * (size - 1), Limits())
    model, own = prepare(graph.csr()), graph.seeds()
    figures = circle_figures(model, own, chances(model, own), range(size))
    assert figures is not None
    assert not figures.exact
    assert figures.any_fails == pytest.approx(1 - 0.9 * 0.98 ** (size - 1), abs=0.03)
    assert 0.0 < figures.all_fail < figures.any_fails
    assert figures.first_movers[0] > 3 * figures.first_movers[5]


def test_what_cannot_be_asked_of_a_circle() -> None:
    graph = Network(2, {(0, 1): 0.9}, [1.0, 0.02], Limits())
    model, own = prepare(graph.csr()), graph.seeds()
    result = chances(model, own)
    assert circle_figures(model, own, result, [0]) is None
    with pytest.raises(ValueError, match="nobody"):
        circle_figures(model, own, result, [])
    with pytest.raises(IndexError, match="party 2 of 2"):
        circle_figures(model, own, result, [2])
