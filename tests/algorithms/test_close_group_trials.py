"""What is shared between the questions of many parties and many totals changes no answer."""

from __future__ import annotations

from math import inf

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from algorithms.risk.close_groups.moves import Moves
from algorithms.risk.close_groups.probability import chances, prepare
from algorithms.risk.close_groups.reasons import reasons
from algorithms.risk.close_groups.steering import most_spared, ring_fence
from algorithms.risk.close_groups.surroundings import Surroundings
from algorithms.risk.close_groups.trials import Trial, Trials
from algorithms.risk.close_groups.what_if import what_if
from algorithms.risk.network import Network as Weights
from algorithms.risk.probability import IDENTITY
from graph.arrays import Floats
from tests.algorithms.close_group_cases import Network, networks

WORK = st.sampled_from([1, 4, 15, 2_000])


@settings(max_examples=100, deadline=None)
@given(networks(), WORK, st.data())
def test_reasons_are_the_same_whoever_was_asked_before(
    graph: Network, work: int, data: st.DataObject
) -> None:
    model, own = prepare(graph.csr(), limits=graph.limits), graph.seeds()
    result = chances(model, own)
    shared = Moves(Surroundings(model, own, result.values))
    targets = data.draw(st.permutations(range(graph.size)))
    for target in [*targets, *targets]:
        alone = reasons(model, own, result, target, steps=60, work=work)
        assert reasons(model, own, result, target, steps=60, work=work, moves=shared) == alone


def fall(trials: Trials, party: int, silent: bool, money: Floats) -> float:
    """What a total falls by, by a what-if."""
    model, before, weights = trials.model, trials.before, trials.network
    if silent:
        targets, _ = weights.row(party)
        cut = weights.changed(np.full(len(targets), party), targets, np.zeros(len(targets)))
        after = what_if(model, before, trials.own, targets, network=cut)
    else:
        clean = trials.own.copy()
        clean[party] = 0.0
        after = what_if(model, before, clean, np.array([party]), network=weights, same_links=True)
    return float(money[after.parties] @ (before.p[after.parties] - after.p))


def trial(trials: Trials, party: int, silent: bool) -> Trial:
    return trials.silenced(party) if silent else trials.settled(party)


@settings(max_examples=60, deadline=None)
@given(networks(), st.data())
def test_a_trial_spares_what_the_what_if_says_and_is_given_up_only_below_its_floor(
    graph: Network, data: st.DataObject
) -> None:
    weights, own = Weights.of(graph.csr()), graph.seeds()
    model = prepare(weights, limits=graph.limits)
    before = chances(model, own)
    trials = Trials(model, own, before, weights)
    amounts = st.lists(st.sampled_from([0.0, 1.0, 7.0]), min_size=graph.size, max_size=graph.size)
    asked = st.tuples(
        st.integers(0, graph.size - 1), st.booleans(), amounts, st.sampled_from([-inf, 0.9, 1.1])
    )
    for party, silent, money, part in data.draw(st.lists(asked, min_size=1, max_size=6)):
        total = np.array(money)
        want = fall(trials, party, silent, total)
        floor = -inf if part == -inf else want * part
        found = trial(trials, party, silent).spares(total, IDENTITY, floor)
        if found is None:
            assert want < floor + 1e-12
        else:
            assert found == pytest.approx(want, rel=1e-9, abs=1e-12)


@settings(max_examples=40, deadline=None)
@given(networks(), st.data())
def test_one_set_of_trials_serves_many_totals(graph: Network, data: st.DataObject) -> None:
    weights, own = Weights.of(graph.csr()), graph.seeds()
    model = prepare(weights, limits=graph.limits)
    before = chances(model, own)
    trials = Trials(model, own, before, weights)
    for _ in range(3):
        money = np.array([data.draw(st.integers(0, 9)) / 9 for _ in range(graph.size)])
        [alone] = ring_fence(weights, own, money, 1, model=model, before=before) or [None]
        shared = most_spared(trials, money)
        assert (shared is None) is (alone is None)
        if shared is not None and alone is not None:
            assert shared.spared == pytest.approx(alone.spared, rel=1e-9)
            if shared.party != alone.party:  # two that spare as much, but for rounding
                spared = trial(trials, alone.party, True).spares(money, IDENTITY, -inf)
                assert spared == pytest.approx(shared.spared, rel=1e-9)
        if shared is not None:
            assert most_spared(trials, money, floor=shared.spared) is None
