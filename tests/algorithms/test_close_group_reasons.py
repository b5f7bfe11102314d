"""Why a party fails, by close groups: shares that add up, against the definition on small networks."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings

from algorithms.risk.close_groups.groups import Limits
from algorithms.risk.close_groups.probability import chances, prepare
from algorithms.risk.close_groups.reasons import reasons
from tests.algorithms.close_group_cases import Network, networks
from tests.algorithms.close_groups_reference import cascade, reaching


def definition(graph: Network, target: int) -> dict[tuple[int, ...], float]:
    """Share of every path where the group holds everything, by the full cascade over what is left of it."""
    shares: dict[tuple[int, ...], float] = {}

    def walk(back: tuple[int, ...], share: float) -> None:
        i = back[-1]
        left = {e: w for e, w in graph.links.items() if not set(e) & set(back)}
        chance = cascade(graph.size, left, graph.own)
        onward = {
            k: w * chance[k]
            for (k, to), w in graph.links.items()
            if to == i and k not in back and chance[k] > 0
        }
        if graph.own[i] == 1.0:
            onward = {}
        total = graph.own[i] + sum(onward.values())
        if graph.own[i] > 0.0:
            shares[back[::-1]] = share * graph.own[i] / total
        for k, weight in onward.items():
            walk((*back, k), share * weight / total)

    walk((target,), 1.0)
    return shares


@settings(max_examples=80, deadline=None)
@given(networks(most=4, most_links=8))
def test_lines_are_those_of_the_definition_where_the_group_holds_everything(graph: Network) -> None:
    # Products of the plain version lose what is below 1e-16.
    graph = replace(graph, own=[0.002 if s == 1e-17 else s for s in graph.own])
    model = prepare(graph.csr())
    result = chances(model, graph.seeds())
    for target in range(graph.size):
        group = set(model.groups.group(target).tolist())
        if result.p[target] == 0.0 or group != reaching(target, list(graph.links)):
            continue
        found = reasons(model, graph.seeds(), result, target, top=200, steps=5_000, work=100_000, least=0.0)
        want = definition(graph, target)
        got = {line.parties: line.share for line in found.lines}
        for path in want.keys() | got.keys():
            assert got.get(path, 0.0) == pytest.approx(want.get(path, 0.0), rel=1e-9, abs=1e-12)
        assert found.tail <= 1e-12


@settings(max_examples=100, deadline=None)
@given(networks())
def test_shares_and_the_tail_add_up(graph: Network) -> None:
    model = prepare(graph.csr(), limits=graph.limits)
    result = chances(model, graph.seeds())
    for target in range(graph.size):
        found = reasons(model, graph.seeds(), result, target, steps=100)
        assert found.chance == result.p[target]
        if found.chance == 0.0:
            assert (found.lines, found.tail, found.seeds, found.seeds_tail) == ((), 0.0, (), 0.0)
            continue
        assert sum(line.share for line in found.lines) + found.tail == pytest.approx(1.0, abs=1e-12)
        for line in found.lines:
            assert 0.0 < line.share <= 1.0 + 1e-12
            assert line.parties[-1] == target
            assert len(set(line.parties)) == len(line.parties)
            assert graph.own[line.parties[0]] > 0.0
            assert all(step in graph.links for step in zip(line.parties, line.parties[1:], strict=False))
        assert sum(seed.share for seed in found.seeds) + found.seeds_tail == pytest.approx(1.0, abs=1e-12)
        assert found.seeds_tail <= found.tail + 1e-12
        assert all(graph.own[seed.party] > 0.0 for seed in found.seeds)
        shares = [line.share for line in found.lines]
        assert shares == pytest.approx(sorted(shares, reverse=True), rel=1e-9)
        # What a line tells does not depend on how many are listed.
        assert reasons(model, graph.seeds(), result, target, top=2, steps=100).lines == found.lines[:2]


def test_a_party_in_default_is_its_own_whole_reason() -> None:
    graph = Network(3, {(0, 1): 0.6, (1, 2): 0.6, (2, 1): 0.6}, [1.0, 0.01, 0.01], Limits())
    model = prepare(graph.csr())
    result = chances(model, graph.seeds())
    assert reasons(model, graph.seeds(), result, 0).lines[0].parties == (0,)
    shares = {line.parties: line.share for line in reasons(model, graph.seeds(), result, 2).lines}
    # Nothing leads through the party in default: how it failed does not matter.
    assert set(shares) == {(0, 1, 2), (1, 2), (2,)}
    assert shares[0, 1, 2] == pytest.approx(0.9571939215720802, rel=1e-12)


def test_a_drawn_group_has_lines_too() -> None:
    links = {(i, k): 0.3 for i in range(5) for k in range(5) if i != k}
    own = [0.1, 0.0, 0.2, 0.05, 0.0]
    exact_model, model = (
        prepare(Network(5, links, own, Limits()).csr(), limits=Limits(block=b)) for b in (10, 3)
    )
    seeds = np.array(own)
    exact = reasons(exact_model, seeds, chances(exact_model, seeds), 1)
    drawn = reasons(model, seeds, chances(model, seeds), 1)
    wanted = {line.parties: line.share for line in exact.lines}
    assert [line.parties for line in drawn.lines][:2] == [line.parties for line in exact.lines][:2]
    for line in drawn.lines:
        assert line.share == pytest.approx(wanted.get(line.parties, line.share), abs=0.03)


def test_no_such_party() -> None:
    graph = Network(1, {}, [0.5], Limits())
    model = prepare(graph.csr())
    with pytest.raises(IndexError, match="party 1 of 1"):
        reasons(model, graph.seeds(), chances(model, graph.seeds()), 1)
