"""g never falls, stays in [0, 1] and keeps both ends; expected losses come from it alone."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from algorithms.risk.probability import (
    IDENTITY,
    Probability,
    expected_loss,
    learn,
    losses,
    slope_from_zero,
)
from graph.arrays import Floats

GRID = np.linspace(0.0, 1.0, 401)


def _learned(seed: int, size: int, power: float) -> tuple[Probability, Floats, Floats]:
    """g of scores whose true chance is score ** power."""
    generator = np.random.default_rng(seed)
    score = generator.beta(0.6, 4.0, size)
    score[: size // 10] = 0.0
    happened = (generator.random(size) < score**power).astype(np.float64)
    return learn(happened, score), happened, score


@given(
    seed=st.integers(0, 10_000), size=st.sampled_from([300, 30_000]), power=st.sampled_from([0.5, 1.0, 1.5])
)
def test_g_is_monotone_and_within_its_ends(seed: int, size: int, power: float) -> None:
    g, _, _ = _learned(seed, size, power)
    chance = g(GRID)
    assert (np.diff(chance) >= 0).all()
    assert chance[0] == 0.0
    assert chance[-1] == 1.0
    assert ((chance >= 0) & (chance <= 1)).all()


@pytest.mark.parametrize(("size", "kind"), [(2_000, "platt"), (60_000, "isotonic")])
def test_g_finds_the_chances_that_the_outcomes_were_drawn_with(size: int, kind: str) -> None:
    g, happened, score = _learned(3, size, 1.4)
    assert g.kind == kind
    assert bool(happened.sum() >= 1_000) is (kind == "isotonic")
    judged = (score > 0.02) & (score < 0.6)
    assert np.abs(g(score) - score**1.4)[judged].mean() < (0.02 if kind == "platt" else 0.01)


def test_the_identity_changes_nothing() -> None:
    assert IDENTITY(GRID) is GRID
    assert (slope_from_zero(IDENTITY, GRID) == 1.0).all()


def test_g_is_the_same_after_writing_and_reading() -> None:
    for g in (IDENTITY, _learned(1, 300, 1.0)[0], _learned(1, 30_000, 1.0)[0]):
        assert Probability.read(g.as_dict()) == g
        assert hash(Probability.read(g.as_dict())) == hash(g)
    assert Probability.read(None) == IDENTITY


def test_losses_are_whole_fen_of_the_same_product() -> None:
    g = _learned(2, 300, 1.5)[0]
    lgd, exposure = np.full(len(GRID), 0.45), np.arange(len(GRID)) * 1_000
    whole = expected_loss(g, GRID, lgd, exposure)
    assert whole.dtype == np.int64
    assert np.abs(whole - losses(g, GRID, lgd, exposure)).max() <= 0.5
    assert slope_from_zero(g, GRID) * GRID * lgd * exposure == pytest.approx(losses(g, GRID, lgd, exposure))


@pytest.mark.parametrize(
    "wrong",
    [
        {"kind": "isotonic"},
        {"kind": "isotonic", "scores": (0.1, 0.2), "chances": (0.2, 0.1)},
        {"kind": "isotonic", "scores": (0.1,), "chances": (1.2,)},
        {"kind": "platt", "slope": -1.0},
        {"kind": "identity", "scores": (0.1,), "chances": (0.1,)},
    ],
)
def test_a_g_that_would_fall_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"rise|fall|scores"):
        Probability(**wrong)  # type: ignore[arg-type]


def test_g_needs_both_outcomes() -> None:
    with pytest.raises(ValueError, match="both"):
        learn(np.array([1.0, 0.0, 0.0]), np.array([1.0, 0.3, 0.2]))
