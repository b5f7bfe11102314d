"""The chance by close groups against its plain reference, the full cascade and closed forms."""

from __future__ import annotations

from dataclasses import fields

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from algorithms.risk.close_groups import draws
from algorithms.risk.close_groups.groups import Limits
from algorithms.risk.close_groups.links import DRAWS, Links
from algorithms.risk.close_groups.probability import chances, prepare
from algorithms.risk.propagation import solve
from graph.arrays import Csr
from tests.algorithms.close_group_cases import Network, networks
from tests.algorithms.close_groups_reference import cascade, reaching

START = Limits()


def network(links: dict[tuple[int, int], float], own: list[float], limits: Limits = START) -> Network:
    return Network(len(own), links, own, limits)


def everybody(size: int, weight: float) -> dict[tuple[int, int], float]:
    return {(i, k): weight for i in range(size) for k in range(size) if i != k}


def ring(size: int, weight: float) -> dict[tuple[int, int], float]:
    return {(i, (i + 1) % size): weight for i in range(size)}


@pytest.mark.parametrize(
    ("links", "own", "h", "p"),
    [
        (everybody(2, 0.9), [0.05, 0.02], [0.3579, 0.3421], [0.0671, 0.0641]),
        (ring(3, 0.8), [0.1] * 3, [0.5] * 3, [1399 / 6250] * 3),
        (everybody(4, 0.5), [0.1] * 4, [1.0] * 4, [91301 / 320000] * 4),
    ],
    ids=["pair", "ring of three", "joint group of four"],
)
def test_the_table_of_the_page(
    links: dict[tuple[int, int], float], own: list[float], h: list[float], p: list[float]
) -> None:
    graph = network(links, own)
    assert solve(graph.csr(), graph.seeds()).h == pytest.approx(h, abs=5e-5)
    assert chances(prepare(graph.csr()), graph.seeds()).p == pytest.approx(p, rel=1e-12)


@settings(max_examples=400, deadline=None)
@given(networks())
def test_equal_to_the_reference_on_every_rung(graph: Network) -> None:
    reference, model = graph.reference(), prepare(graph.csr(), limits=graph.limits)
    result = chances(model, graph.seeds())
    for j in range(graph.size):
        assert model.groups.rung[j] == reference.rung(j)
        assert set(model.groups.group(j).tolist()) == reference.group(j)
        assert model.loop_outside[j] == reference.loops_outside(j)
        assert abs(result.p[j] - reference.p[j]) <= result.bound[j] + 1e-14
    assert (
        model.groups.cut == (~np.isin(model.groups.rung, (0.1, 0.15, 0.2, 0.25)) | model.groups.cut)
    ).all()
    assert result.bound.max() <= 1e-9
    assert not result.noise.any()


@settings(max_examples=12, deadline=None)
@given(networks(most=5, most_links=12, drawn=True))
def test_equal_to_the_reference_with_draws(graph: Network) -> None:
    reference, model = graph.reference(), prepare(graph.csr(), limits=graph.limits)
    result = chances(model, graph.seeds())
    assert model.groups.drawn.tolist() == [j in reference.drawn for j in range(graph.size)]
    np.testing.assert_allclose(result.p, reference.p, rtol=0, atol=1e-12)


@settings(max_examples=100, deadline=None)
@given(networks(most=5, most_links=9))
def test_never_below_the_full_cascade_and_equal_where_the_group_holds_everything(graph: Network) -> None:
    model = prepare(graph.csr())
    result, truth = chances(model, graph.seeds()), cascade(graph.size, graph.links, graph.own)
    assert (result.p >= np.array(truth) - 1e-12).all()
    assert (result.p >= graph.seeds()).all()
    assert (result.p <= 1.0).all()
    for j in range(graph.size):
        if set(model.groups.group(j).tolist()) == reaching(j, list(graph.links)):
            assert result.p[j] == pytest.approx(truth[j], rel=1e-9, abs=1e-14)


@settings(max_examples=100, deadline=None)
@given(networks(), st.data())
def test_more_own_distress_never_lowers_a_chance_and_adds_up_at_most(
    graph: Network, data: st.DataObject
) -> None:
    model = prepare(graph.csr(), limits=graph.limits)
    party = data.draw(st.integers(0, graph.size - 1))
    other = np.zeros(graph.size)
    other[party] = data.draw(st.sampled_from([1e-6, 0.01, 0.2, 1.0]))
    both = np.minimum(1.0, graph.seeds() + other)
    one, two, sum_ = (chances(model, s).p for s in (graph.seeds(), other, both))
    assert (sum_ >= np.maximum(one, two) - 1e-12).all()
    assert (sum_ <= one + two + 1e-12).all()


@settings(max_examples=100, deadline=None)
@given(networks(), st.data())
def test_other_positions_change_nothing(graph: Network, data: st.DataObject) -> None:
    place = data.draw(st.permutations(range(graph.size)))
    moved = network(
        {(place[i], place[k]): w for (i, k), w in graph.links.items()},
        [graph.own[place.index(j)] for j in range(graph.size)],
        graph.limits,
    )
    result = chances(prepare(graph.csr(), limits=graph.limits), graph.seeds())
    again = chances(prepare(moved.csr(), limits=graph.limits), moved.seeds())
    np.testing.assert_allclose(again.p[np.array(place)], result.p, rtol=1e-12, atol=1e-300)


def test_draws_hang_on_names_and_not_on_positions() -> None:
    graph = network(everybody(5, 0.3), [0.1, 0.0, 0.2, 0.05, 0.0], Limits(block=3))
    names, place = ["a", "b", "c", "d", "e"], [3, 0, 4, 1, 2]
    moved = network(
        {(place[i], place[k]): w for (i, k), w in graph.links.items()},
        [graph.own[place.index(j)] for j in range(5)],
        graph.limits,
    )
    moved_names = [names[place.index(j)] for j in range(5)]
    result = chances(prepare(graph.csr(), limits=graph.limits, keys=names), graph.seeds())
    again = chances(prepare(moved.csr(), limits=graph.limits, keys=moved_names), moved.seeds())
    other = chances(prepare(graph.csr(), limits=graph.limits, keys=names[::-1]), graph.seeds())
    np.testing.assert_allclose(again.p[place], result.p, rtol=1e-12)
    assert (other.p != result.p).any()


def test_live_links_that_are_not_kept_are_found_again(monkeypatch: pytest.MonkeyPatch) -> None:
    graph = network(everybody(5, 0.3), [0.1, 0.0, 0.2, 0.05, 0.0], Limits(block=3))
    kept = prepare(graph.csr(), limits=graph.limits).system.reach.draws
    monkeypatch.setattr(draws, "MOST_KEPT", 7)
    again = prepare(graph.csr(), limits=graph.limits).system.reach.draws
    assert len(kept.first) > 4
    for field in fields(kept):
        assert getattr(kept, field.name).tolist() == getattr(again, field.name).tolist()


@settings(max_examples=25, deadline=None)
@given(networks(), st.data())
def test_a_tree_of_draws_holds_the_sets_that_reach_the_root(graph: Network, data: st.DataObject) -> None:
    root = data.draw(st.integers(0, graph.size - 1))
    others = np.array([u for u in range(graph.size) if u != root], dtype=np.int64)
    tables = draws.Tables(np.array([root]), np.array([0, len(others)]), others)
    links, everything = Links.of(graph.csr()), np.ones(1, dtype=np.bool_)
    found = draws.draw(tables, links, everything, draws.link_hashes(tables, links, everything, None))
    sets: list[frozenset[int]] = []
    for v in range(len(found.parent)):
        added = others[found.run[found.run_first[v] : found.run_first[v + 1]]]
        sets.append((sets[found.parent[v]] if v else frozenset({root})) | set(added.tolist()))
    told = {some: n / DRAWS for some, n in zip(sets, found.count.tolist(), strict=True) if n}
    assert told == pytest.approx(graph.reference().reach(frozenset(range(graph.size)), root, True))
    failing = np.linspace(0.0, 1.0, len(others))
    some_fails = [1.0 - np.prod([1.0 - failing[others == u] for u in some - {root}]) for some in told]
    mean, square = found.some_fail(0, failing)
    assert mean == pytest.approx(sum(n * f for n, f in zip(told.values(), some_fails, strict=True)))
    assert square == pytest.approx(sum(n * f * f for n, f in zip(told.values(), some_fails, strict=True)))


def test_noise_tells_how_far_draws_may_be_off() -> None:
    graph = network(everybody(6, 0.25), [0.1, 0.0, 0.2, 0.05, 0.0, 0.3])
    exact = chances(prepare(graph.csr()), graph.seeds())
    drawn = chances(prepare(graph.csr(), limits=Limits(block=3)), graph.seeds())
    assert (drawn.noise > 0.0).all()
    assert (drawn.noise < 0.03).all()
    assert (np.abs(drawn.p - exact.p) <= 2.0 * drawn.noise).all()


def test_a_ring_of_a_hundred_is_drawn() -> None:
    own = [0.0] * 100
    own[0] = 0.5
    graph = network(ring(100, 0.97), own)
    model = prepare(graph.csr())
    result = chances(model, graph.seeds())
    assert model.groups.drawn.all()
    truth = 0.5 * 0.97 ** np.arange(100)
    assert (np.abs(result.p - truth) <= 2.5 * result.noise + 1e-12).all()


def test_too_many_large_groups_are_cut_and_said() -> None:
    graph = network(everybody(6, 0.3), [0.1, 0.0, 0.2, 0.05, 0.0, 0.3], Limits(block=3, drawn=2))
    first = np.array([0.0, 0.0, 0.0, 5.0, 0.0, 9.0])
    model = prepare(graph.csr(), limits=graph.limits, priority=first)
    assert model.groups.drawn.tolist() == [False, False, False, True, False, True]
    assert model.groups.cut.tolist() == [True, True, True, False, True, False]
    assert model.groups.group(0).tolist() == [0]
    assert model.loop_outside.tolist() == model.groups.cut.tolist()
    whole = chances(prepare(graph.csr()), graph.seeds())
    cut = model.groups.cut
    assert (chances(model, graph.seeds()).p[cut] >= whole.p[cut]).all()


@pytest.mark.parametrize(("size", "weight"), [(13, 0.09), (12, 1.0 / 11.5), (30, 0.099), (4, 0.08)])
@pytest.mark.parametrize("seed", [1e-12, 1e-6, 0.02])
def test_a_clique_of_weak_links_is_solved_and_proven(size: int, weight: float, seed: float) -> None:
    """Its loops feed themselves: by symmetry one number solves all messages and another all chances."""
    low, high = 0.0, 1.0
    for _ in range(200):
        m = (low + high) / 2
        rises = -np.expm1(np.log1p(-seed) + (size - 2) * np.log1p(-weight * m)) > m
        low, high = (m, high) if rises else (low, m)
    graph = network(everybody(size, weight), [seed] * size)
    result = chances(prepare(graph.csr()), graph.seeds())
    p = -np.expm1(np.log1p(-seed) + (size - 1) * np.log1p(-weight * low))
    assert result.bound.max() <= 1e-9
    np.testing.assert_allclose(result.p, p, rtol=1e-9, atol=2 * result.bound.max())


def test_a_clique_that_no_seed_reaches_stays_at_zero() -> None:
    graph = network(everybody(20, 0.09) | {(0, 20): 0.5}, [0.0] * 20 + [0.3])
    result = chances(prepare(graph.csr()), graph.seeds())
    assert result.p.tolist() == [0.0] * 20 + [0.3]
    assert not result.bound[:20].any()


@pytest.mark.parametrize("leaves", [3_500, 100_000])
def test_a_hub_that_its_leaves_feed_back_to(leaves: int) -> None:
    """Two-way links of a star are a tree: nothing comes back to its own cause."""
    hub, leaf = np.zeros(leaves, dtype=np.int64), np.arange(1, leaves + 1)
    weight = 3e-5
    star = Csr.from_edges(
        leaves + 1, np.r_[hub, leaf], np.r_[leaf, hub], np.r_[np.full(leaves, 0.09), np.full(leaves, weight)]
    )
    own = np.full(leaves + 1, 0.01)
    result = chances(prepare(star), own)
    spared = (1 - 0.01) * (1 - weight * 0.01) ** leaves
    assert result.p[0] == pytest.approx(1 - spared, rel=1e-9)
    assert result.p[1] == pytest.approx(1 - 0.99 * (1 - 0.09 * (1 - spared / (1 - weight * 0.01))), rel=1e-9)
    assert result.bound.max() <= 1e-9


def test_two_cliques_that_share_a_member_are_two_blocks() -> None:
    links = everybody(6, 0.3) | {(i + 5, k + 5): w for (i, k), w in everybody(6, 0.3).items()}
    graph = network(links, [0.05] + [0.0] * 9 + [0.02])
    model = prepare(graph.csr())
    result = chances(model, graph.seeds())
    assert model.groups.group(10).tolist() == list(range(11))
    assert not model.groups.drawn.any()
    # Exact fractions, rounded.
    want = [0.057232302947010295, *[0.038157327762516] * 4, 0.04280699961406902, *[0.03106776183792215] * 4]
    assert result.p[:10] == pytest.approx(want, rel=1e-12)


def test_a_chain_of_six_hundred_needs_no_draws() -> None:
    """It has more members than a close group may have, but no large block: all of it stays exact."""
    size = 600
    graph = network({(i, i + 1): 0.999 for i in range(size - 1)}, [0.3] + [0.0] * (size - 1))
    result = chances(prepare(graph.csr()), graph.seeds())
    np.testing.assert_allclose(result.p, 0.3 * 0.999 ** np.arange(size), rtol=1e-10)
    assert not result.noise.any()


def test_a_seed_of_1e_17_keeps_its_digits() -> None:
    graph = network(everybody(4, 0.9), [1e-17, 0.0, 0.0, 0.0])
    result = chances(prepare(graph.csr()), graph.seeds())
    assert result.p == pytest.approx([1e-17, 9.97848e-18, 9.97848e-18, 9.97848e-18], rel=1e-12)
    assert (result.bound <= 1e-10 * result.p).all()


def test_everybody_in_default() -> None:
    graph = network(everybody(12, 0.5), [1.0] * 12)
    result = chances(prepare(graph.csr()), graph.seeds())
    assert result.p.tolist() == [1.0] * 12
    assert not result.noise.any()


def test_a_weight_of_exactly_a_tenth_is_close_and_one_is_certain() -> None:
    model = prepare(network({(0, 1): 0.1, (1, 2): 1.0, (2, 0): 0.1 - 1e-9}, [0.2, 0.0, 0.0]).csr())
    assert model.groups.group(2).tolist() == [0, 1, 2]
    assert model.groups.group(0).tolist() == [0]
    result = chances(model, np.array([0.2, 0.0, 0.0]))
    assert result.p == pytest.approx([0.2, 0.02, 0.02], rel=1e-12)


def test_a_link_of_a_party_to_itself_counts_nothing() -> None:
    matrix = Csr.from_edges(2, np.array([0, 0]), np.array([0, 1]), np.array([1.0, 0.5]))
    assert chances(prepare(matrix), np.array([0.2, 0.0])).p.tolist() == [0.2, 0.1]


def test_no_parties_and_no_links() -> None:
    nothing = np.zeros(0, dtype=np.int64)
    assert len(chances(prepare(Csr.from_edges(0, nothing, nothing, np.zeros(0))), np.zeros(0)).p) == 0
    alone = prepare(Csr.from_edges(3, nothing, nothing, np.zeros(0)))
    assert chances(alone, np.array([0.0, 0.5, 1.0])).p.tolist() == [0.0, 0.5, 1.0]


def test_equal_input_gives_equal_bytes() -> None:
    generator = np.random.default_rng(4)
    source, target = generator.integers(0, 300, (2, 1200))
    weight = generator.random(1200) * 0.3
    own = np.where(generator.random(300) < 0.1, 0.3, 0.0)
    order = generator.permutation(1200)
    once = chances(prepare(Csr.from_edges(300, source, target, np.minimum(1.0, weight))), own)
    again = chances(prepare(Csr.from_edges(300, source[order], target[order], weight[order])), own)
    for name in ("p", "bound", "noise"):
        assert getattr(once, name).tobytes() == getattr(again, name).tobytes()


@pytest.mark.parametrize(
    ("weight", "own", "said"),
    [
        (1.5, [0.1, 0.0], "entry 0 is 1.5"),
        (-0.5, [0.1, 0.0], "entry 0 is -0.5"),
        (np.nan, [0.1, 0.0], "entry 0 is nan"),
        (0.5, [0.1, 1.5], "own distress of party 1 is 1.5"),
        (0.5, [np.nan, 0.0], "own distress of party 0 is nan"),
        (0.5, [0.1], "1 values of own distress for 2 parties"),
    ],
)
def test_input_without_meaning_is_refused_with_its_position(
    weight: float, own: list[float], said: str
) -> None:
    with pytest.raises(ValueError, match=said):
        chances(prepare(Csr(np.array([0, 1, 1]), np.array([1]), np.array([weight]))), np.array(own))
