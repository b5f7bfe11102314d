"""The chance by close groups against the full cascade: never below it, and near it where no caution is given."""

from __future__ import annotations

import math
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings

from algorithms.risk.close_groups.groups import Limits
from algorithms.risk.close_groups.probability import chances, prepare
from graph.arrays import Floats
from tests.algorithms.close_group_cases import Network, networks

DRAWS = 200_000


def cascade_by_sets(graph: Network) -> Floats:
    """D of every party: the chance that exactly S fails, for every S; up to about eight parties."""
    parties = range(graph.size)

    def spared(failed: tuple[int, ...], j: int) -> float:
        """c(T, j): j fails neither by itself nor through those that failed."""
        return (1.0 - graph.own[j]) * math.prod(1.0 - graph.links.get((i, j), 0.0) for i in failed)

    inner: dict[tuple[int, ...], float] = {}  # q(S): all of S fail when nobody else is there
    chance = np.zeros(graph.size)
    for count in range(graph.size + 1):
        for s in combinations(parties, count):
            smaller = [t for size in range(count) for t in combinations(s, size)]
            inner[s] = 1.0 - sum(inner[t] * math.prod(spared(t, j) for j in s if j not in t) for t in smaller)
            exactly = inner[s] * math.prod(spared(s, k) for k in parties if k not in s)
            chance[list(s)] += exactly
    return chance


def drawn_cascade(graph: Network, generator: np.random.Generator) -> Floats:
    """D of every party from many draws."""
    failed = generator.random((DRAWS, graph.size)) < np.array(graph.own)
    live = {link: generator.random(DRAWS) < weight for link, weight in graph.links.items()}
    while True:
        wider = failed.copy()
        for (i, k), yes in live.items():
            wider[:, k] |= wider[:, i] & yes
        if (wider == failed).all():
            return np.asarray(failed.mean(axis=0), dtype=np.float64)
        failed = wider


@settings(max_examples=80, deadline=None)
@given(networks(most=8, most_links=30))
def test_never_below_the_cascade_and_near_it_where_loops_are_inside(graph: Network) -> None:
    holds_against_the_cascade(graph)


@pytest.mark.long
@settings(max_examples=3_000, deadline=None)
@given(networks(most=8, most_links=56))
def test_three_thousand_networks_hold_against_the_cascade(graph: Network) -> None:
    holds_against_the_cascade(graph)


def holds_against_the_cascade(graph: Network) -> None:
    """P - D >= -1e-12; where no caution is given at most .05, and P / D at most 1.3."""
    model = prepare(graph.csr())
    result, truth = chances(model, graph.seeds()), cascade_by_sets(graph)
    excess = result.p - truth
    assert (excess >= -1e-12).all()
    silent = ~model.loop_outside
    assert (excess[silent] <= 0.05).all()
    assert (result.p[silent] <= 1.3 * truth[silent] + 1e-14).all()


@settings(max_examples=60, deadline=None)
@given(networks(most=7, most_links=30))
def test_never_below_the_cascade_on_any_rung(graph: Network) -> None:
    model = prepare(graph.csr(), limits=graph.limits)
    assert (chances(model, graph.seeds()).p >= cascade_by_sets(graph) - 1e-12).all()


@pytest.mark.parametrize(
    "seed", [*range(6), *(pytest.param(seed, marks=pytest.mark.long) for seed in range(6, 60))]
)
def test_larger_networks_that_climb_the_ladder_stay_above_the_cascade(seed: int) -> None:
    generator = np.random.default_rng(seed)
    size = int(generator.integers(12, 15))
    links = {
        (i, k): float(generator.choice([0.05, 0.12, 0.17, 0.22, 0.5]))
        for i in range(size)
        for k in range(size)
        if i != k and generator.random() < 0.2
    }
    own = np.where(generator.random(size) < 0.3, 0.1, 0.01).tolist()
    graph = Network(size, links, own, Limits(block=6, drawn=0))
    model = prepare(graph.csr(), limits=graph.limits)
    assert len(set(model.groups.rung.tolist())) > 1
    truth = drawn_cascade(graph, generator)
    error = np.sqrt(truth * (1 - truth) / DRAWS)
    assert (chances(model, graph.seeds()).p >= truth - 4.5 * error).all()
