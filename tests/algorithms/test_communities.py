"""Communities over time against a plain reference, and what holds whatever the graph."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from algorithms.communities.cut_anew import went_on
from algorithms.communities.fresh import fresh, recut, runs_for
from algorithms.communities.leiden import UNTIL_NOTHING_CHANGES, leiden
from algorithms.communities.lineage import Event, lineage
from algorithms.communities.moving import NEW, continued, polished
from algorithms.communities.network import Network, changed_weight, hashed_order
from algorithms.communities.stability import compared, stability
from algorithms.communities.why_moved import Partitioned, moved_parties, why_moved
from tests.algorithms import communities_reference as reference

SEEDS = st.integers(0, 2**32 - 1)


def random_links(generator: np.random.Generator, size: int, most: int) -> dict[tuple[int, int], float]:
    """Links with weights of which no two sums are equal."""
    pairs = {
        tuple(sorted(pair))
        for pair in generator.integers(0, size, (int(generator.integers(0, most)), 2)).tolist()
        if pair[0] != pair[1]
    }
    return {pair: float(generator.uniform(0.1, 3.0)) for pair in sorted(pairs)}


def network(size: int, links: dict[tuple[int, int], float]) -> Network:
    ends = np.array(sorted(links), dtype=np.int64).reshape(-1, 2)
    return Network.of(size, ends[:, 0], ends[:, 1], np.array([links[tuple(pair)] for pair in ends.tolist()]))


@settings(max_examples=1000, deadline=None)
@given(SEEDS)
def test_a_partition_goes_on_as_the_text_says(seed: int) -> None:
    generator = np.random.default_rng(seed)
    size = int(generator.integers(1, 12))
    links = random_links(generator, size, 30)
    before = generator.integers(-1, 4, size)
    changed = generator.integers(0, size, int(generator.integers(0, size + 1)))
    found = continued(network(size, links), before, changed)
    assert found.tolist() == reference.continued(size, links, before.tolist(), changed.tolist())


@settings(max_examples=1000, deadline=None)
@given(SEEDS)
def test_ids_and_events_are_those_of_the_text(seed: int) -> None:
    generator = np.random.default_rng(seed)
    old, new = int(generator.integers(1, 14)), int(generator.integers(1, 14))
    stays = int(generator.integers(0, min(old, new) + 1))
    before, now = (dense(generator.integers(0, 4, size)) for size in (old, new))
    places = generator.permutation(old)[:stays], generator.permutation(new)[:stays]
    names = [f"c{one}" for one in generator.permutation(int(before.max()) + 1)]
    known = {int(at): f"both{k}" for k, at in enumerate(places[0])}
    known_now = {int(at): f"both{k}" for k, at in enumerate(places[1])}
    overlaps = reference.Overlaps(
        {known.get(at, f"old{at}"): int(one) for at, one in enumerate(before)},
        {known_now.get(at, f"new{at}"): int(one) for at, one in enumerate(now)},
    )
    found = lineage(before, now, places, names)
    heirs = {j: int(i) for j, i in enumerate(found.passed) if i != -1}
    assert heirs == reference.passed(overlaps, names)
    assert {(event.kind, event.now, event.before) for event in found.events} == reference.events(
        overlaps, names
    )
    assert len(set(heirs.values())) == len(heirs), "an id passes once"


def dense(label: np.ndarray) -> np.ndarray:
    """Labels 0..c-1."""
    return np.unique(label, return_inverse=True)[1]


def told(before: list[int], now: list[int], names: list[str]) -> list[Event]:
    places = np.arange(min(len(before), len(now)))
    return list(lineage(np.array(before), np.array(now), (places, places), names).events)


def test_what_became_of_planted_communities() -> None:
    names = ["a", "b"]
    assert told([0] * 6 + [1] * 5, [0] * 11, names) == [Event("merged", 0, 0, ((0, 1.0), (1, 1.0)))]
    assert told([0] * 8, [0] * 5 + [1] * 3, ["a"]) == [Event("split", 0, 0, ((0, 5 / 8), (1, 3 / 8)))]
    assert told([0] * 4, [0] * 4 + [1] * 4, ["a"]) == [Event("continued", 0, 0), Event("born", 1, -1)]
    assert told([0] * 4, [0] * 7, ["a"]) == [Event("grew", 0, 0)]
    assert told([0] * 8, [0] * 5, ["a"]) == [Event("shrank", 0, 0)]
    assert told([0] * 4 + [1] * 4, [0] * 4, names) == [Event("continued", 0, 0), Event("died", -1, 1)]
    assert told([0] * 3, [0] * 4, ["a"]) == [Event("continued", 0, 0)], "one more is no growth"


@settings(max_examples=25, deadline=None)
@given(SEEDS)
def test_planted_events_are_named_right_on_networks(seed: int) -> None:
    """Of eight groups of 20 one splits, one dies, two merge, a new one comes, the others stay: partition, the one
    that continues it or takes its place, and events are found from links alone."""
    generator = np.random.default_rng(seed)
    clear = {pair: w for pair, w in planted(generator, groups=8).items() if pair[0] // 20 == pair[1] // 20}
    links = clear | {  # a few links between groups
        (min(a, b), max(a, b)): 1.0
        for a, b in generator.integers(0, 160, (25, 2)).tolist()
        if a // 20 != b // 20
    }
    for group in range(8):  # each group, and each half of one, hangs together
        links |= {(20 * group + k, 20 * group + k + 1): 1.0 for k in range(19)}
    before = fresh(network(160, links), runs=5).label
    assert before.tolist() == (np.arange(160) // 20).tolist()

    merged, split, died = (0, 1), 2, 3
    later = {
        (a, b): w
        for (a, b), w in links.items()
        if not {a // 20, b // 20} & {died}
        and not (a // 20 == b // 20 == split and (a % 20 < 8) != (b % 20 < 8))
    }
    later |= {(a, 20 + b): 1.0 for a in range(20) for b in range(20) if generator.random() < 0.8}
    born = {(160 + a, 160 + b): 1.0 for a in range(12) for b in range(a + 1, 12) if generator.random() < 0.7}
    later |= born | {(160 + k, 161 + k): 1.0 for k in range(11)}
    stays = np.array([v for v in range(172) if v // 20 != died])  # the rest of them are no more
    place = {int(v): at for at, v in enumerate(stays)}
    now = network(len(stays), {(place[a], place[b]): w for (a, b), w in later.items()})
    start = np.array([int(before[v]) if v < 160 else NEW for v in stays])
    source, target = np.array(sorted(links)).T
    moved_to = np.array([place.get(v, -1) for v in range(160)])
    was = moved_to[source], moved_to[target], np.ones(len(source))
    label = went_on(now, start, changed_weight(was, now))
    better = recut(now, now.modularity(label))
    label = label if better is None else better.label

    old = stays[stays < 160]
    found = lineage(before, label, (old, np.arange(len(old))), [f"c{one}" for one in range(8)])
    told = {
        (event.kind, event.before, tuple(sorted(one for one, _ in event.others))) for event in found.events
    }
    big, small = int(label[place[20 * split + 8]]), int(label[place[20 * split]])
    heir = int(found.passed[label[place[0]]])
    assert heir in merged
    assert told == {
        ("merged", heir, merged),
        ("split", split, tuple(sorted((big, small)))),
        ("died", died, ()),
        ("born", -1, ()),
        *(("continued", one, ()) for one in (4, 5, 6, 7)),
    }


def test_a_party_alone_has_no_id_to_pass_on() -> None:
    found = lineage(np.array([0, 1]), np.array([0, 0]), (np.arange(2), np.arange(2)), ["", ""])
    assert found.passed.tolist() == [-1]
    assert found.events == (Event("born", 0, -1),)


@settings(max_examples=300, deadline=None)
@given(SEEDS)
def test_similarity_and_strength_are_counts_of_common_members(seed: int) -> None:
    generator = np.random.default_rng(seed)
    size = int(generator.integers(1, 15))
    label, found = dense(generator.integers(0, 4, size)), dense(generator.integers(0, 4, size))
    community, member = compared(label, found)
    sets = [{*np.flatnonzero(found == one).tolist()} for one in range(int(found.max()) + 1)]
    for one in range(int(label.max()) + 1):
        mine = {*np.flatnonzero(label == one).tolist()}
        assert community[one] == max(len(mine & other) / len(mine | other) for other in sets)
    for v in range(size):
        mine = {*np.flatnonzero(label == label[v]).tolist()} - {v}
        with_it = {*np.flatnonzero(found == found[v]).tolist()}
        assert member[v] == (len(mine & with_it) / len(mine) if mine else 1.0)


@settings(max_examples=300, deadline=None)
@given(SEEDS)
def test_the_reasons_of_a_move_add_up_to_what_the_text_calls_gain(seed: int) -> None:
    generator = np.random.default_rng(seed)
    size = int(generator.integers(3, 10))
    links = random_links(generator, size, 25)
    later = {pair: w for pair, w in links.items() if generator.random() < 0.8} | random_links(
        generator, size, 4
    )
    before, now = generator.integers(0, 3, size), generator.integers(0, 3, size)
    old, new = Partitioned(network(size, links), before), Partitioned(network(size, later), now)
    for v in np.flatnonzero(moved_parties(before, now)).tolist():
        away, towards = int(before[v]), int(now[v])
        found = why_moved(old, new, v)
        for said, told, label in ((found.before, links, before), (found.now, later, now)):
            gain = (
                reference.worth(told, label.tolist(), v, towards)
                - reference.worth(told, label.tolist(), v, away)
                if told
                else 0.0
            )
            assert said == pytest.approx(gain, abs=1e-9)
        assert found.before + found.own_links + found.neighbours + found.size == pytest.approx(
            found.now, abs=1e-9
        )
        if reference.neighbours(links, v) == reference.neighbours(later, v):
            assert found.own_links == pytest.approx(0.0, abs=1e-12)
        if (before[list(reference.neighbours(later, v))] == now[list(reference.neighbours(later, v))]).all():
            assert found.neighbours == 0.0


def test_who_stayed_has_no_reasons() -> None:
    seen = Partitioned(network(2, {(0, 1): 1.0}), np.array([0, 0]))
    with pytest.raises(ValueError, match="party 1 was in 0 and is in 0, expected two communities"):
        why_moved(seen, seen, 1)


def planted(
    generator: np.random.Generator, groups: int = 6, members: int = 20
) -> dict[tuple[int, int], float]:
    size = groups * members
    source = generator.integers(0, size, 8 * size)
    near = source // members * members + generator.integers(0, members, len(source))
    target = np.where(generator.random(len(source)) < 0.9, near, generator.integers(0, size, len(source)))
    return {
        (min(a, b), max(a, b)): 1.0 for a, b in zip(source.tolist(), target.tolist(), strict=True) if a != b
    }


@settings(max_examples=20, deadline=None)
@given(SEEDS)
def test_where_nothing_changed_nobody_moves(seed: int) -> None:
    links = planted(np.random.default_rng(seed))
    known = network(120, links)
    label = fresh(known, runs=2).label
    nobody, everybody = np.zeros(0, dtype=np.int64), np.arange(120)
    assert continued(known, label, nobody).tolist() == label.tolist()
    assert continued(known, label, everybody).tolist() == label.tolist()
    assert polished(known, label).tolist() == label.tolist()


@settings(max_examples=20, deadline=None)
@given(SEEDS)
def test_more_runs_are_never_worse_and_none_is_worse_than_leiden_alone(seed: int) -> None:
    known = network(60, random_links(np.random.default_rng(seed), 60, 200))
    one, three = fresh(known, runs=1), fresh(known, runs=3)
    alone = leiden(known, rounds=UNTIL_NOTHING_CHANGES)
    assert three.modularity >= one.modularity >= known.modularity(alone) - 1e-12
    assert one.modularity == known.modularity(one.label)


@settings(max_examples=20, deadline=None)
@given(SEEDS)
def test_the_order_of_rows_changes_nothing(seed: int) -> None:
    generator = np.random.default_rng(seed)
    links = planted(generator)
    keys = [f"enterprise:{one}" for one in range(120)]

    def found(order: np.ndarray) -> set[frozenset[str]]:
        names = [keys[at] for at in order]
        rank = np.argsort(hashed_order(names))
        place = {key: int(rank[at]) for at, key in enumerate(names)}
        moved = {
            tuple(sorted((place[keys[a]], place[keys[b]]))): w
            for (a, b), w in sorted(links.items(), key=lambda _: generator.random())
        }
        label = fresh(network(120, moved), runs=2).label
        return {
            frozenset(key for key in keys if label[place[key]] == one) for one in range(int(label.max()) + 1)
        }

    assert found(np.arange(120)) == found(generator.permutation(120))


def test_one_more_party_moves_nobody_else_from_clear_communities() -> None:
    links = planted(np.random.default_rng(4))
    label = fresh(network(120, links), runs=3).label
    joined = network(121, links | {(0, 120): 1.0, (1, 120): 1.0, (40, 120): 1.0})
    after = continued(joined, np.append(label, NEW), np.array([0, 1, 40]))
    assert after[:120].tolist() == label.tolist()
    assert after[120] == label[0]


def test_clear_communities_are_stable_and_chance_ones_are_loose() -> None:
    clear = network(120, planted(np.random.default_rng(1)))
    found = stability(clear, fresh(clear).label)
    assert found.community.min() > 0.95
    assert found.member.min() > 0.8
    generator = np.random.default_rng(2)
    chance = network(120, dict.fromkeys(random_links(generator, 120, 400), 1.0))
    assert np.median(stability(chance, fresh(chance, runs=3).label).community) < 0.6


def test_a_network_without_links_is_parties_alone() -> None:
    empty = network(3, {})
    assert fresh(empty).label.tolist() == [0, 1, 2]
    assert continued(empty, np.array([0, 0, NEW]), np.array([0])).tolist() == [0, 1, 2]
    assert stability(empty, np.arange(3)).community.tolist() == [1.0, 1.0, 1.0]


def test_runs_follow_the_size_and_wrong_parameters_name_themselves() -> None:
    assert [runs_for(links) for links in (0, 10, 20_000, 100_000, 10_000_000)] == [100, 100, 100, 20, 1]
    with pytest.raises(ValueError, match="runs is 0, expected at least 1"):
        fresh(network(2, {(0, 1): 1.0}), runs=0)
    with pytest.raises(ValueError, match="weight of link 0 is nan"):
        Network.of(2, np.array([0]), np.array([1]), np.array([np.nan]))
    with pytest.raises(ValueError, match="1 names for 2 communities"):
        lineage(np.array([0, 1]), np.array([0, 1]), (np.arange(2), np.arange(2)), ["a"])
