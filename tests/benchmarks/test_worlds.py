"""The worlds that models are judged in: equal by seed, as stated, and without any part of the model."""

from __future__ import annotations

import ast
from pathlib import Path

import numpy as np
import pytest

from benchmarks import worlds


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
        for node in ast.walk(ast.parse(Path(worlds.__file__).read_text(encoding="utf-8")))
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name in (
            [node.module or ""] if isinstance(node, ast.ImportFrom) else [a.name for a in node.names]
        )
    }
    assert imported == {
        "__future__",
        "argparse",
        "collections",
        "dataclasses",
        "statistics",
        "typing",
        "numpy",
    }
