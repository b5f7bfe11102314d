"""Forecasts of the next service beside their definitions in plain words, on random customers."""

from __future__ import annotations

import math
from itertools import pairwise, permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from algorithms.recommendation import leaks, learned, simple
from algorithms.recommendation.hidden import Held, hide
from algorithms.recommendation.scores import interval, judge

SEEDS = st.integers(0, 2**32 - 1)


def drawn(seed: int, n: int = 6, m: int = 4) -> Held:
    generator = np.random.default_rng(seed)
    owned = generator.random((n, m)) < 0.4
    hidden = generator.integers(0, m, n)
    owned[np.arange(n), hidden] = False
    return Held(np.arange(n), owned, hidden)


@given(SEEDS)
@settings(max_examples=300)
def test_a_list_is_judged_by_the_place_of_the_hidden_service(seed: int) -> None:
    held = drawn(seed)
    score = np.random.default_rng(seed + 1).integers(0, 3, held.owned.shape).astype(np.float64)
    found = judge(score, held)
    for i, hidden in enumerate(held.hidden.tolist()):
        free = [k for k in range(score.shape[1]) if not held.owned[i, k]]
        # Every order that the scores allow, each as likely as the others.
        orders = [
            order
            for order in permutations(free)
            if all(score[i, a] >= score[i, b] for a, b in pairwise(order))
        ]
        places = [order.index(hidden) + 1 for order in orders]
        gain = [1 / math.log2(place + 1) if place <= 3 else 0.0 for place in places]
        assert found.ndcg[i] == pytest.approx(sum(gain) / len(gain), abs=1e-12)
        assert found.recall[i] == pytest.approx(sum(p <= 3 for p in places) / len(places), abs=1e-12)
    assert 0 < found.coverage <= 1


@given(SEEDS, st.booleans())
@settings(max_examples=200)
def test_the_last_service_is_hidden_whatever_the_order_of_rows(seed: int, timed: bool) -> None:
    generator = np.random.default_rng(seed)
    customer, service = generator.integers(0, 5, 20), generator.integers(0, 4, 20)
    when = generator.integers(0, 6, 20).astype(np.float64) if timed else None
    names = {"customers": [f"c{i}" for i in range(5)], "services": list("abcd")}
    held = hide(customer, service, when, **names, seed=3)
    order = generator.permutation(20)
    again = hide(customer[order], service[order], None if when is None else when[order], **names, seed=3)
    for one, other in zip(
        (held.customer, held.owned, held.hidden), (again.customer, again.owned, again.hidden), strict=True
    ):
        assert np.array_equal(one, other)
    for row, who in enumerate(held.customer.tolist()):
        took: dict[int, float] = {}
        for at in np.flatnonzero(customer == who).tolist():
            time = 0.0 if when is None else float(when[at])
            took[int(service[at])] = min(took.get(int(service[at]), math.inf), time)
        assert set(np.flatnonzero(held.owned[row]).tolist()) | {int(held.hidden[row])} == set(took)
        assert not held.owned[row, held.hidden[row]]
        assert took[int(held.hidden[row])] == max(took.values())
    judged = set(held.customer.tolist())
    assert judged == {i for i in range(5) if len(set(service[customer == i].tolist())) >= 2}


@given(SEEDS)
@settings(max_examples=200)
def test_simple_forecasts_are_what_their_names_say(seed: int) -> None:
    held = drawn(seed, n=8)
    owned, m = held.owned, held.owned.shape[1]
    label = np.random.default_rng(seed).integers(0, 3, 8)
    popular, together, within = (
        simple.popularity(owned),
        simple.item_item(owned),
        simple.class_mean(owned, label),
    )
    for i in range(8):
        for k in range(m):
            share = sum(owned[:, k]) / 8
            assert popular[i, k] == pytest.approx(share)
            close = 0.0
            for other in range(m):
                both = sum(a and b for a, b in zip(owned[:, k], owned[:, other], strict=True))
                if other != k and owned[i, other] and both:
                    close += both / math.sqrt(sum(owned[:, k]) * sum(owned[:, other]))
            assert together[i, k] == pytest.approx(close + 1e-9 * share, abs=1e-12)
            mine = [owned[j, k] for j in range(8) if label[j] == label[i]]
            assert within[i, k] == pytest.approx((sum(mine) + 10 * share) / (len(mine) + 10))


def test_what_follows_from_services_is_found_and_noise_is_not() -> None:
    generator = np.random.default_rng(1)
    owned = generator.random((400, 5)) < 0.4
    kind = generator.integers(0, 3, 400)
    price = owned @ np.array([5.0, 10, 3, 8, 2]) + 20 * kind + generator.normal(0, 1, 400)
    share, category = leaks.explained(price, owned, {"kind": kind, "other": generator.integers(0, 4, 400)})
    assert (share > 0.97, category) == (True, "kind")
    noise, _ = leaks.explained(generator.normal(0, 1, 400), owned, {"kind": kind})
    assert noise < 0.1
    many = generator.random((60, 40)) < 0.5
    assert leaks.explained(generator.normal(0, 1, 60), many, {})[0] < leaks.EXPLAINED
    few = generator.random((20, 17)) < 0.5
    noises = [leaks.explained(generator.normal(0, 1, 20), few, {"kind": kind[:20]})[0] for _ in range(200)]
    assert max(noises) == 0.0
    assert leaks.told(owned, owned[:, 2].astype(np.int64)) == 2
    assert leaks.told(owned, kind) is None
    months = generator.integers(1, 60, 400).astype(np.float64)
    found = {
        (above, below): leaks.explained(values, owned, {"kind": kind})[0]
        for above, below, values in leaks.ratios({"total": price * months, "months": months})
    }
    assert found["total", "months"] > 0.97
    assert leaks.explained(price * months, owned, {"kind": kind})[0] < leaks.EXPLAINED


def test_trees_learn_from_columns_and_never_from_the_customer_itself() -> None:
    generator = np.random.default_rng(2)
    n, m = 300, 4
    taste = generator.integers(0, m, n)
    owned = generator.random((n, m)) < 0.25
    owned[np.arange(n), taste] = True
    hidden = taste.copy()
    held = owned.copy()
    known = (taste[:, None] == np.arange(m)).astype(np.float64)
    fold = np.arange(n) % 3
    # What is hidden is the taste that the columns tell: the trees see it in others, whose taste is not hidden.
    for i in range(0, n, 2):
        held[i, hidden[i]] = False
    chances = learned.next_service(held, known, fold, seed=0)
    assert chances.shape == (n, m)
    free = np.where(held, -1.0, chances)
    assert (free[::2].argmax(axis=1) == hidden[::2]).mean() > 0.75  # 0.3 by chance
    assert chances.sum(axis=1) == pytest.approx(np.ones(n))
    # Customers of one fold are forecast by the other folds: what one of them has changes nothing for the rest of it.
    changed = held.copy()
    changed[1] = ~changed[1]
    again = learned.next_service(changed, known, fold, seed=0)
    same = (fold == fold[1]) & (np.arange(n) != 1)
    assert np.array_equal(again[same], chances[same])


def test_rare_services_share_one_chance() -> None:
    generator = np.random.default_rng(3)
    owned = generator.random((200, 8)) < np.linspace(0.5, 0.05, 8)
    chances = learned.next_service(owned, np.zeros((200, 0)), np.arange(200) % 2, seed=0, most=5)
    assert chances.sum(axis=1) == pytest.approx(np.ones(200))
    rare = chances[:, 5:] / (owned.sum(axis=0)[5:] + 1)
    assert rare == pytest.approx(np.tile(rare[:, :1], (1, 3)))


def test_an_interval_holds_the_mean_and_narrows() -> None:
    generator = np.random.default_rng(4)
    few, many = generator.normal(0.1, 1, 50), generator.normal(0.1, 1, 5_000)
    short, long = interval(many, draws=500, seed=0), interval(few, draws=500, seed=0)
    assert short[0] < many.mean() < short[1]
    assert long[0] < few.mean() < long[1]
    assert short[1] - short[0] == pytest.approx(4 * 0.98 / math.sqrt(5_000), rel=0.15)
    assert interval(few, draws=500, seed=0) == long
