"""Updates and what-ifs: equal to solving again, local, undone without trace."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from algorithms.risk.explain import explain
from algorithms.risk.network import Network
from algorithms.risk.parameters import GUARANTEE, LOAN, PERSON, PREMISES, RiskParameters
from algorithms.risk.propagation import solve
from algorithms.risk.steering import ring_fence, sensitivity
from algorithms.risk.update import update
from algorithms.risk.weights import EvidenceEdges, MoneyEdges, break_weights, loss_weights
from algorithms.risk.what_if import Add, Cut, Distress, Equity, Shock, Situation, defaults, shocked, what_if
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


PARAMETERS = RiskParameters()
BUFFER = np.array([1e4, 5e4, 2e4, 1e5, 3e4])
DOUBT = np.array([False, True, False, True, False])
OWN = np.array([0.3, 0.0, 0.1, 0.0, 0.0])
MONEY = [
    (0, 1, GUARANTEE, 3e4),
    (0, 1, LOAN, 1e4),
    (1, 2, LOAN, 9e6),
    (2, 0, GUARANTEE, 5e3),
    (3, 4, LOAN, 1e4),
]
EVIDENCE = [(0, 1, PERSON, 1.0), (1, 0, PERSON, 1.0), (1, 2, PREMISES, 1.0), (2, 1, PREMISES, 1.0)]


def situation(loss: bool, money: list[tuple[int, int, int, float]], buffer: np.ndarray) -> Situation:
    a, b, r, x = (np.array(c) for c in zip(*money, strict=True))
    edges = MoneyEdges(a, b, r, x.astype(np.float64))
    a, b, r, x = (np.array(c) for c in zip(*EVIDENCE, strict=True))
    weights = (
        loss_weights(5, edges, buffer, PARAMETERS)
        if loss
        else break_weights(5, edges, EvidenceEdges(a, b, r, x), buffer, DOUBT, parameters=PARAMETERS)
    )
    return Situation(weights, Network.of(weights.csr), loss, OWN, buffer, DOUBT, PARAMETERS)


@pytest.mark.parametrize("loss", [False, True])
def test_shocks_together_equal_a_model_built_with_them(loss: bool) -> None:
    shocks: list[Shock] = [
        Distress(3),
        Distress(2, 0.0),
        Equity(1, 2.5e4),
        Equity(2, 1e6),
        Cut(0, 1, "loan"),
        Cut(2, 0),
        Add(2, 4, "guarantee", 7e3),
        Add(1, 2, "loan", -8e6),
    ]
    base = situation(loss, MONEY, BUFFER)
    before = solve(base.network, OWN)
    after = what_if(base, before, shocks).apply(before)
    buffer = BUFFER.copy()
    buffer[1] += 2.5e4
    buffer[2] += 1e6
    changed = [(0, 1, GUARANTEE, 3e4), (1, 2, LOAN, 1e6), (3, 4, LOAN, 1e4), (2, 4, GUARANTEE, 7e3)]
    other = situation(loss, changed, buffer)
    network, own, _ = shocked(base, shocks)
    assert own.tolist() == [0.3, 0.0, 0.0, 1.0, 0.0]
    np.testing.assert_allclose(network.plain().out.data[network.plain().out.data > 0], other.network.out.data)
    np.testing.assert_allclose(after.h, solve(other.network, own).h, rtol=1e-9)
    assert base.network.is_plain


def test_a_what_if_that_empties_the_graph_leaves_own_distress() -> None:
    base = situation(False, MONEY, BUFFER)
    before = solve(base.network, OWN)
    links = zip(base.network.out.rows().tolist(), base.network.out.indices.tolist(), strict=True)
    after = what_if(base, before, [Cut(a, b) for a, b in links]).apply(before)
    assert after.h.tolist() == OWN.tolist()


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


@pytest.mark.parametrize(
    ("shock", "said"),
    [
        (Distress(9), "party is 9, expected 0..4"),
        (Distress(0, 1.5), "own distress is 1.5"),
        (Equity(0, np.inf), "amount is inf"),
        (Add(1, 1, "loan", 5.0), "both ends of the link are party 1"),
        (Cut(0, -1), "party is -1, expected 0..4"),
    ],
)
def test_a_shock_without_meaning_is_refused(shock: Shock, said: str) -> None:
    base = situation(False, MONEY, BUFFER)
    with pytest.raises(ValueError, match=said):
        shocked(base, [shock])


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


@settings(max_examples=80, deadline=None)
@given(cases(), st.data())
def test_sensitivity_is_the_slope_of_the_total(graph: Case, data: st.DataObject) -> None:
    money = np.array(
        data.draw(st.lists(st.sampled_from([0.0, 1.0, 7.0]), min_size=graph.size, max_size=graph.size))
    )
    network = Network.of(graph.csr())
    before = solve(network, graph.own)
    value = sensitivity(network, graph.own, before, money)
    party = data.draw(st.integers(0, graph.size - 1))
    more = graph.own.copy()
    more[party] += 1e-13
    slope = value[party]
    assert slope >= 0.0
    if more[party] > 1.0 or before.raw[party] >= 1.0:
        assert slope == 0.0 or before.raw[party] < 1.0
        return
    after = solve(network, more)
    # Concave beyond: the slope is an upper bound everywhere, and exact while the same parties stay below 1.
    rise = float((money * (after.h - before.h)).sum())
    if np.isfinite(slope):
        assert rise <= slope * 1e-13 * (1 + 1e-6) + 1e-9 * max(1.0, money.sum())
    large = graph.own.copy()
    large[party] = min(1.0, large[party] + 1e-4)
    after = solve(network, large)
    same = ((after.raw < 1.0) == (before.raw < 1.0)).all()
    if same and (after.reached == before.reached).all() and large[party] < 1.0:
        rise = float((money * (after.h - before.h)).sum())
        assert rise == pytest.approx(slope * (large[party] - graph.own[party]), rel=1e-4, abs=1e-7)


def test_a_first_spark_in_a_ring_above_one_is_worth_everything() -> None:
    graph = case(5, [(0, 1, 1.2), (1, 0, 1.0), (2, 0, 0.5), (3, 4, 0.5)], {3: 0.1})
    before = solve(graph.csr(), graph.own)
    value = sensitivity(Network.of(graph.csr()), graph.own, before, np.ones(5))
    assert value.tolist() == pytest.approx([np.inf, np.inf, np.inf, 1.5, 1.0])


@settings(max_examples=60, deadline=None)
@given(cases(), st.integers(1, 3))
def test_each_ring_fence_spares_what_it_says(graph: Case, picks: int) -> None:
    money = np.arange(1.0, graph.size + 1.0)
    network = Network.of(graph.csr())
    before = solve(network, graph.own)
    fences = ring_fence(network, graph.own, before, money, picks)
    assert len({f.party for f in fences}) == len(fences)
    after = solve(network.silenced(np.array([f.party for f in fences], dtype=np.int64)), graph.own)
    spared = float((money * (before.h - after.h)).sum())
    assert sum(f.spared for f in fences) == pytest.approx(spared, abs=1e-7)
    assert all(f.spared >= -1e-7 for f in fences)


def test_the_first_ring_fence_is_the_firm_that_most_money_passes_through() -> None:
    graph = case(6, [(0, 1, 0.9), (1, 2, 0.5), (1, 3, 0.5), (1, 4, 0.5), (0, 5, 0.2)], {0: 0.5})
    before = solve(graph.csr(), graph.own)
    money = np.array([0.0, 0.0, 1.0, 1.0, 1.0, 1.0])
    fences = ring_fence(Network.of(graph.csr()), graph.own, before, money, 2)
    assert [f.party for f in fences] == [0]
    money[5] = 0.0
    money[1] = 0.0
    fences = ring_fence(Network.of(graph.csr()), graph.own, before, money, 1)
    assert fences[0].spared == pytest.approx(3 * 0.5 * 0.45)
