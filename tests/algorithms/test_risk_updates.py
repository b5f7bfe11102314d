"""Updates and what-ifs: equal to solving again, local, undone without trace."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from algorithms.risk.explain import explain
from algorithms.risk.network import Network
from algorithms.risk.propagation import solve
from algorithms.risk.update import defaults, update
from graph.arrays import Csr
from tests.algorithms.risk_graphs import SEED, WILD, Case, case, cases


@settings(max_examples=150, deadline=None)
@given(cases(), st.data())
def test_any_sequence_of_changes_equals_solving_again_and_undoes(graph: Case, data: st.DataObject) -> None:
    party = st.integers(0, graph.size - 1)
    network = first = Network.of(graph.csr())
    own = graph.own.copy()
    state = before = solve(network, own)
    for _ in range(data.draw(st.integers(1, 5))):
        if data.draw(st.booleans()):
            at = data.draw(party)
            own = own.copy()
            own[at] = data.draw(st.one_of(st.just(0.0), SEED))
            touched = np.array([at])
        else:
            source, target = data.draw(party), data.draw(party)
            weight = data.draw(st.one_of(st.just(0.0), WILD))
            network = network.changed(np.array([source]), np.array([target]), np.array([weight]))
            touched = np.array([target])
        state = update(state, network, own, touched).apply(state)
        again = solve(network.plain(), own)
        assert (np.abs(state.h - again.h) <= state.bound + again.bound).all()
        assert state.bound.max() <= 1e-9
        assert state.reached.tolist() == again.reached.tolist()
        np.testing.assert_allclose(state.raw, again.raw, rtol=1e-8, atol=1e-9)
    everyone = np.arange(graph.size)
    back = update(state, first, graph.own, everyone).apply(state)
    assert (np.abs(back.h - before.h) <= back.bound + before.bound).all()


@settings(max_examples=60, deadline=None)
@given(cases(), st.data())
def test_a_default_changes_only_parties_reachable_from_it(graph: Case, data: st.DataObject) -> None:
    network = Network.of(graph.csr())
    before = solve(network, graph.own)
    party = data.draw(st.integers(0, graph.size - 1))
    hit = defaults(network, graph.own, before, [party])
    reachable = solve(network, np.eye(graph.size)[party]).reached
    assert hit.parties.tolist() == np.flatnonzero(reachable).tolist()
    assert (hit.rise(before) >= -1e-9).all()
    assert hit.h[hit.parties == party] == 1.0
    assert before.h.tolist() == solve(network, graph.own).h.tolist()


def test_changed_rows_read_back_and_leave_the_old_network_alone() -> None:
    graph = case(4, [(0, 1, 0.5), (1, 2, 0.25), (0, 3, 0.1)], {0: 1.0})
    network = Network.of(graph.csr())
    changed = network.changed(np.array([0, 2]), np.array([1, 0]), np.array([0.75, 0.125]))
    again = changed.changed(np.array([0]), np.array([2]), np.array([1.0]))
    assert [part.tolist() for part in again.row(0)] == [[1, 2, 3], [0.75, 1.0, 0.1]]
    assert [part.tolist() for part in again.column(0)] == [[2], [0.125]]
    assert [part.tolist() for part in network.row(0)] == [[1, 3], [0.5, 0.1]]
    plain = again.plain()
    assert plain.is_plain
    assert plain.out.data.tolist() == [0.75, 1.0, 0.1, 0.25, 0.125]
    result = solve(again, graph.own)
    assert result.h.tolist() == solve(plain, graph.own).h.tolist()
    assert explain(again, graph.own, result, 2).paths == explain(plain, graph.own, result, 2).paths
    with pytest.raises(ValueError, match="weight of change 0 is -1"):
        network.changed(np.array([0]), np.array([1]), np.array([-1.0]))
    with pytest.raises(ValueError, match="out of range"):
        network.changed(np.array([0]), np.array([4]), np.array([1.0]))


def test_a_shock_on_a_party_without_links_changes_that_party_alone() -> None:
    network = Network.of(case(3, [(0, 1, 0.5)], {}).csr())
    own = np.array([0.2, 0.0, 0.0])
    before = solve(network, own)
    hit = defaults(network, own, before, [2])
    assert hit.parties.tolist() == [2]
    assert hit.h.tolist() == [1.0]


def test_nothing_touched_changes_nothing() -> None:
    network = Network.of(case(2, [(0, 1, 0.5)], {}).csr())
    own = np.array([0.2, 0.0])
    before = solve(network, own)
    assert len(update(before, network, own, np.zeros(0, dtype=np.int64)).parties) == 0


def test_many_random_updates_stay_proven_on_a_large_graph() -> None:
    generator = np.random.default_rng(0)
    size = 2000
    source, target = generator.integers(0, size, (2, 6000))
    network = Network.of(Csr.from_edges(size, source, target, generator.random(6000)))
    own = np.where(generator.random(size) < 0.05, 0.1, 0.0)
    state = solve(network, own)
    for _ in range(60):
        source, target = generator.integers(0, size, (2, 1))
        network = network.changed(source, target, generator.random(1) * generator.integers(0, 2))
        state = update(state, network, own, target).apply(state)
    again = solve(network.plain(), own)
    assert np.abs(state.h - again.h).max() <= 1e-9
    assert state.bound.max() <= 1e-9
