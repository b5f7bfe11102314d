"""NSGA-II: fronts and crowding as their text says, and better than drawing at random where the answer is known."""

from __future__ import annotations

import numpy as np
import pytest

from algorithms.segments.draws import numbered, uniform
from algorithms.segments.nsga import Member, crowding, evolve, fronts, kept
from benchmarks.segment_search import hypervolume
from graph.arrays import Floats


def dominates(one: Floats, other: Floats) -> bool:
    return bool((one <= other).all() and (one < other).any())


def test_a_front_is_what_nothing_outside_earlier_fronts_dominates() -> None:
    draw = np.random.default_rng(1)
    for _ in range(100):
        values = draw.integers(0, 5, (int(draw.integers(1, 15)), 3)).astype(np.float64)
        rank, level, open_ = [-1] * len(values), 0, set(range(len(values)))
        while open_:
            best = {i for i in open_ if not any(dominates(values[j], values[i]) for j in open_)}
            for i in best:
                rank[i] = level
            open_, level = open_ - best, level + 1
        assert fronts(values).tolist() == rank


def test_crowding_adds_the_gaps_between_neighbours_and_keeps_the_ends() -> None:
    values = np.array([[0.0, 4.0], [1.0, 2.0], [3.0, 1.0], [4.0, 0.0]])
    assert crowding(values).tolist() == [np.inf, 3 / 4 + 3 / 4, 3 / 4 + 2 / 4, np.inf]
    order, rank, far = kept(np.vstack([values, [[5.0, 5.0]]]), 4)
    assert sorted(order.tolist()) == [0, 1, 2, 3]
    assert rank.tolist() == [0] * 4
    assert far.tolist() == sorted(far.tolist(), reverse=True)


def test_the_hypervolume_is_the_volume_below_the_reference() -> None:
    draw = np.random.default_rng(2)
    points = draw.random((200_000, 3))
    for _ in range(5):
        values = draw.random((6, 3))
        below = np.zeros(len(points), dtype=np.bool_)
        for one in values:
            below |= (points >= one).all(axis=1)
        assert hypervolume(values, (1.0, 1.0, 1.0)) == pytest.approx(below.mean(), abs=0.005)
    assert hypervolume(np.array([[2.0, 0.0, 0.0]]), (1.0, 1.0, 1.0)) == 0.0


def judge(place: Floats) -> Floats:
    """The front is x in 0..1 with all other coordinates 0: distances from 0 and from 1, and a third that agrees."""
    off = float((place[1:] ** 2).sum())
    return np.array([place[0] ** 2 + off, (place[0] - 1) ** 2 + off, off])


def child(one: Floats, other: Floats, purpose: str) -> Floats:
    u = uniform(numbered(2 * len(one)), purpose)
    return np.where(u[: len(one)] < 0.5, one, other) + 0.3 * (2 * u[len(one) :] - 1)


def test_the_search_beats_drawing_and_is_the_same_every_time() -> None:
    better = []
    for seed in range(10):
        draw = np.random.default_rng(seed)
        first = [Member(place, judge(place)) for place in draw.uniform(-1, 1, (12, 4))]
        last = evolve(first, generations=10, child=child, judge=judge, purpose=f"{seed}")
        again = evolve(first, generations=10, child=child, judge=judge, purpose=f"{seed}")
        assert [one.values.tolist() for one in last] == [one.values.tolist() for one in again]
        random = np.array([judge(place) for place in draw.uniform(-1, 1, (12 * 11, 4))])
        reference = (2.0, 2.0, 2.0)
        found = hypervolume(np.array([one.values for one in last]), reference)
        better.append(found > hypervolume(random, reference))
    assert sum(better) >= 9


def test_the_search_ends_where_it_is_told_to() -> None:
    asked: list[int] = []

    def proceed(generation: int) -> bool:
        asked.append(generation)
        return generation < 2

    first = [Member(place, judge(place)) for place in np.random.default_rng(0).uniform(-1, 1, (6, 4))]
    stopped = evolve(first, generations=10, child=child, judge=judge, purpose="x", proceed=proceed)
    short = evolve(first, generations=2, child=child, judge=judge, purpose="x")
    assert asked == [0, 1, 2]
    assert [one.values.tolist() for one in stopped] == [one.values.tolist() for one in short]
