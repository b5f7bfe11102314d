"""The trees: features of the neighbours that harm, learned from other worlds, equal every time."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from algorithms.risk.fitting import Case, failing
from algorithms.risk.parameters import GUARANTEE, TRADE_CREDIT
from algorithms.risk.weights import EvidenceEdges, MoneyEdges
from benchmarks import expected_scores, trees, worlds
from benchmarks.judge_risk import START
from benchmarks.world_cases import case


def _five() -> Case:
    """0, known in default, harms 1 by 2 of its 4; 2 harms 1 by 1; 1 harms 3 by guarantee; 4 is alone."""
    return Case(
        money=MoneyEdges(
            np.array([0, 2, 1]),
            np.array([1, 1, 3]),
            np.array([TRADE_CREDIT, TRADE_CREDIT, GUARANTEE]),
            np.array([2.0, 1.0, 3.0]),
        ),
        evidence=EvidenceEdges.none(),
        buffer=np.array([1.0, 4.0, 1.0, 6.0, 1.0]),
        uncertain_buffer=np.zeros(5, bool),
        own=np.array([1.0, 0.1, 0.2, 0.05, 0.3]),
        judged=np.array([False, True, True, True, True]),
        failures=np.zeros(5, np.int64),
    )


def test_one_hop_sums_what_harms() -> None:
    table = trees.one_hop(_five())
    own, log_buffer, links, out, distress_sum, mean, relative, exposed, by_defaults = table[1, :9]
    assert (own, links, out) == (0.1, 2.0, 0.0)
    assert log_buffer == pytest.approx(np.log(4.0))
    assert (distress_sum, mean) == pytest.approx((1.2, 0.6))
    assert relative == pytest.approx(0.75)
    assert exposed == pytest.approx(0.5 * 1.0 + 0.25 * 0.2)
    assert by_defaults == pytest.approx(0.5)
    assert not table[4, 2:].any()


def test_two_hops_see_the_neighbours_of_neighbours() -> None:
    seen = _five()
    width = trees.one_hop(seen).shape[1]
    plain = trees.two_hops(seen)
    assert plain.shape == (5, 5 * width)
    assert not plain[4, width:].any()
    far = replace(seen, own=np.array([1.0, 0.1, 0.4, 0.05, 0.3]))
    changed = (trees.two_hops(far) != plain).any(axis=1)
    assert changed[3]  # 2 harms 1 harms 3
    assert (trees.one_hop(far) == trees.one_hop(seen))[3].all()


def test_numbering_of_firms_changes_nothing() -> None:
    seen = case(worlds.make("b2", 4))
    order = np.random.default_rng(0).permutation(len(seen.buffer))
    place = np.argsort(order)
    money = seen.money
    other = replace(
        seen,
        money=MoneyEdges(place[money.source], place[money.target], money.relation, money.amount),
        buffer=seen.buffer[order],
        own=seen.own[order],
    )
    assert trees.two_hops(other) == pytest.approx(trees.two_hops(seen)[order], abs=1e-9)


def test_trees_learn_and_are_the_same_every_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trees, "SETTINGS", trees.SETTINGS[:1])
    monkeypatch.setattr(trees, "MOST_TREES", 40)
    learnt = [case(worlds.make("b", seed), 20) for seed in (1000, 1001, 1002, 1003)]
    columns = trees.with_forecast(trees.one_hop, lambda seen: failing(seen, START))
    first, again = (trees.learn(learnt, columns) for _ in range(2))
    seen = case(worlds.make("b", 0))
    assert np.array_equal(first.forecast(seen), again.forecast(seen))
    assert np.array_equal(first.rate, again.rate)
    chance = np.mean(worlds.ceiling(worlds.make("b", 0), 200), axis=0)
    judged = seen.judged
    own = expected_scores.auc(seen.own[judged], chance[judged])
    assert expected_scores.auc(first.forecast(seen)[judged], chance[judged]) > own + 0.1
    with pytest.raises(ValueError, match="expected more than 3"):
        trees.learn(learnt[:3], columns)
