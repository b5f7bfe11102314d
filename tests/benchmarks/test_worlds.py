"""The worlds that models are judged in: equal by seed, as stated, and without any part of the model."""

from __future__ import annotations

import ast
from pathlib import Path

import numpy as np
import pytest

from benchmarks import group_worlds, worlds


@pytest.mark.parametrize("name", worlds.NAMES)
def test_the_shape_is_the_stated_one(name: worlds.Name) -> None:
    world = worlds.make(name, 0)
    trade = world.relation == worlds.TRADE
    assert (world.size, int(trade.sum()), int((~trade).sum())) == (3_000, 9_000, 300)
    assert (world.source != world.target).all()
    assert len(np.unique(world.source[trade] * world.size + world.target[trade])) == 9_000
    assert (world.amount > 0).all()
    assert (world.buffer > 0).all()
    assert ((world.own > 0) & (world.own <= 0.4) | world.known).all()
    assert (world.own[world.known] == 1.0).all()


def test_guarantees_are_rings_of_three_to_eight() -> None:
    for seed in range(20):
        world = worlds.make("b", seed)
        ring = world.relation == worlds.GUARANTEE
        follows = dict(zip(world.source[ring].tolist(), world.target[ring].tolist(), strict=True))
        lengths = []
        while follows:
            start, at = follows.popitem()
            length = 1
            while at != start:
                at = follows.pop(at)
                length += 1
            lengths.append(length)
        assert sum(lengths) == 300
        assert min(lengths) >= 3
        assert max(lengths) <= 8


@pytest.mark.parametrize("groups", [g for g in worlds.GROUPS if g not in ("standard", "dense trade")])
def test_groups_take_the_place_of_the_rings(groups: worlds.Groups) -> None:
    world = worlds.make("b", 2, groups)
    source, target = world.source[worlds.TRADES :].tolist(), world.target[worlds.TRADES :].tolist()
    hit = {i: {k for j, k in zip(source, target, strict=True) if j == i} for i in source}
    assert len(set(zip(source, target, strict=True))) == len(source)
    assert all(i not in others for i, others in hit.items())
    assert set(target) == set(hit)
    loans = groups.startswith("one-way")
    assert (world.relation[worlds.TRADES :] == (worlds.TRADE if loans else worlds.GUARANTEE)).all()
    if groups.startswith("pairs"):
        assert len(hit) == 300
        assert all(len(others) == 1 and i in hit[next(iter(others))] for i, others in hit.items())
    elif groups.startswith("joint"):
        assert len(hit) == 300
        assert all(
            len(others) == 4 and all(hit[k] | {k} == others | {i} for k in others)
            for i, others in hit.items()
        )
    elif groups.startswith("standard"):
        assert len(hit) == 300
        assert {_circuit(hit, i) for i in hit} == set(range(3, 9))
    elif groups.startswith("circle"):
        assert (len(hit), {len(others) for others in hit.values()}) == (100, {3})
    else:
        assert 150 * 3 <= len(hit) <= 150 * 8
        assert {len(others) for others in hit.values()} == {1}
        assert {_circuit(hit, i) for i in hit} == set(range(3, 9))
    share = world.amount[worlds.TRADES :] / world.buffer[target]
    assert np.median(share) == pytest.approx(float(groups.split("g ")[1]), rel=0.2)


def _circuit(hit: dict[int, set[int]], start: int) -> int:
    """Steps from a member of a ring back to itself."""
    at, steps = next(iter(hit[start])), 1
    while at != start:
        at, steps = next(iter(hit[at])), steps + 1
    return steps


def test_dense_trade_has_more_links_and_firms_that_stand_on_them() -> None:
    world = worlds.make("b", 0, "dense trade")
    assert (world.relation == worlds.TRADE).sum() == 30_000
    assert (world.relation == worlds.GUARANTEE).sum() == 300
    assert world.known.mean() == pytest.approx(0.08, abs=0.02)
    assert worlds.setting_of("b2", "dense trade") == worlds.Setting(2.0, 1.2, 0.03, 1.0, 0.03)


def test_equal_seeds_give_equal_worlds_and_years() -> None:
    one, two = worlds.make("b2", 7), worlds.make("b2", 7)
    assert all(
        np.array_equal(getattr(one, field), getattr(two, field))
        for field in ("source", "target", "relation", "amount", "buffer", "own", "known", "exposure")
    )
    assert np.array_equal(worlds.outcomes(one, 20).failed, worlds.outcomes(two, 20).failed)
    assert not np.array_equal(one.buffer, worlds.make("b2", 8).buffer)


def test_a_longer_run_begins_with_the_shorter_one() -> None:
    world = worlds.make("b", 1)
    assert np.array_equal(worlds.outcomes(world, 230).failed[:120], worlds.outcomes(world, 120).failed)


# 200 years; a year's rate swings with the common factor, hence the width.
@pytest.mark.parametrize(("name", "base", "contagion"), [("b", 0.061, 0.60), ("b2", 0.047, 0.32)])
def test_base_rates_are_near_the_stated_ones(name: worlds.Name, base: float, contagion: float) -> None:
    world = worlds.make(name, 0)
    happened = worlds.outcomes(world, 200)
    failed, alone = happened.failed[:, ~world.known].mean(), happened.alone[:, ~world.known].mean()
    assert failed == pytest.approx(base, abs=0.015)
    assert 1 - alone / failed == pytest.approx(contagion, abs=0.08)


def test_firms_fail_alone_as_often_as_their_own_distress_says() -> None:
    for name in worlds.NAMES:
        world = worlds.make(name, 3)
        happened = worlds.outcomes(world, 2_000)
        judged = ~world.known
        assert happened.alone[:, judged].mean() == pytest.approx(world.own[judged].mean(), rel=0.1)
        assert (happened.failed | ~happened.alone).all()
        assert happened.failed[:, world.known].all()


def test_halves_of_the_ceiling_agree() -> None:
    world = worlds.make("b", 0)
    even, odd = worlds.ceiling(world, 400)
    assert ((even >= 0) & (even <= 1)).all()
    assert abs(even.mean() - odd.mean()) < 0.01
    assert np.corrcoef(even, odd)[0, 1] > 0.7
    with pytest.raises(ValueError, match="even"):
        worlds.ceiling(world, 3)


def test_nothing_of_the_product_is_imported() -> None:
    imported = {
        name.split(".")[0]
        for module in (worlds, group_worlds)
        for node in ast.walk(ast.parse(Path(module.__file__).read_text(encoding="utf-8")))
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name in (
            [node.module or ""] if isinstance(node, ast.ImportFrom) else [a.name for a in node.names]
        )
    }
    assert imported == {
        "__future__",
        "argparse",
        "benchmarks",
        "collections",
        "dataclasses",
        "statistics",
        "typing",
        "numpy",
    }
