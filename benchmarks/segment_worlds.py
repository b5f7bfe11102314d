"""Synthetic tables with planted classes, and clouds without any, to judge customer classes by.

Everything here is invented. Jitter: 10 % of the rows get an extra N(0, 2) in every number.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from algorithms.segments.draws import keys_of
from algorithms.segments.table import Table, in_hashed_order
from graph.arrays import Floats, Ints

Draw: TypeAlias = np.random.Generator
SMALLEST = 0.03
"""Share of the smallest class of a planted table."""


@dataclass(frozen=True, slots=True, eq=False)
class World:
    """n x p numbers (NaN: missing), n x q categories of levels 0, 1, ..., and the n true classes, None in a null."""

    numbers: Floats
    codes: Ints
    true: Ints | None


def table(world: World, seed: int) -> tuple[Table, Ints]:
    """The table in hashed order, and which row of the world each row was."""
    p, q = world.numbers.shape[1], world.codes.shape[1]
    names = tuple(f"c{k}" for k in range(p + q))
    levels = tuple(tuple(str(level) for level in range(int(column.max()) + 1)) for column in world.codes.T)
    keys = keys_of(f"{seed} {row}" for row in range(len(world.numbers)))
    return in_hashed_order(Table(keys, world.numbers, world.codes, names, levels))


def planted(classes: int, rows: int, seed: int, *, numbers: int = 8, apart: float = 6.0) -> World:
    """Gaussian classes with jitter, whose means are at least ``apart`` sds from each other."""
    draw = np.random.default_rng(seed)
    share = np.maximum(draw.dirichlet(np.full(classes, 4.0)), 1.3 * SMALLEST)
    true = draw.choice(classes, rows, p=share / share.sum())
    while True:
        means = 2.5 * draw.normal(size=(classes, numbers))
        far = np.linalg.norm(means[:, None] - means[None], axis=2)[np.triu_indices(classes, 1)]
        if far.min() >= apart:
            break
    values = means[true] + draw.normal(size=(rows, numbers))
    shaken = draw.random(rows) < 0.1
    values[shaken] += 2 * draw.normal(size=(int(shaken.sum()), numbers))
    return World(values, np.zeros((rows, 0), dtype=np.int64), true.astype(np.int64))


def mixed(classes: int, rows: int, seed: int) -> World:
    """Planted, with half of the numbers cut into categories of four levels."""
    world = planted(classes, rows, seed)
    cut = [
        np.searchsorted(np.quantile(column, [0.25, 0.5, 0.75]), column) for column in world.numbers[:, 4:].T
    ]
    return World(world.numbers[:, :4], np.column_stack(cut).astype(np.int64), world.true)


def irrelevant(classes: int, rows: int, seed: int) -> World:
    """Planted, beside eight numbers that say nothing, four of them skewed."""
    world, draw = planted(classes, rows, seed), np.random.default_rng(seed + 1000)
    noise = draw.normal(size=(rows, 8))
    noise[:, :4] = np.exp(noise[:, :4])
    return World(np.hstack([world.numbers, noise]), world.codes, world.true)


def heavy_tails(classes: int, rows: int, seed: int) -> World:
    """Planted, every number stretched at its ends (sinh)."""
    world = planted(classes, rows, seed)
    return World(np.sinh(world.numbers / 2), world.codes, world.true)


def missing(classes: int, rows: int, seed: int) -> World:
    """Planted, with 10 % of the cells missing."""
    world, draw = planted(classes, rows, seed), np.random.default_rng(seed + 2000)
    values = world.numbers.copy()
    values[draw.random(values.shape) < 0.1] = np.nan
    return World(values, world.codes, world.true)


WORLDS: dict[str, Callable[[int, int, int], World]] = {
    "jitter": planted,
    "mixed types": mixed,
    "irrelevant and skewed features": irrelevant,
    "heavy tails": heavy_tails,
    "10 % missing": missing,
}


def _numbers(values: Floats) -> World:
    return World(values, np.zeros((len(values), 0), dtype=np.int64), None)


def _mixing(draw: Draw) -> Floats:
    return draw.normal(size=(8, 8))


NULLS: dict[str, Callable[[Draw, int], World]] = {
    "Gaussian": lambda draw, n: _numbers(draw.normal(size=(n, 8))),
    "uniform": lambda draw, n: _numbers(draw.random((n, 8))),
    "correlated Gaussian": lambda draw, n: _numbers(draw.normal(size=(n, 8)) @ _mixing(draw)),
    "correlated lognormal": lambda draw, n: _numbers(np.exp(draw.normal(size=(n, 8)) @ _mixing(draw) / 3)),
    "multivariate t": lambda draw, n: _numbers(
        draw.normal(size=(n, 8)) @ _mixing(draw) / np.sqrt(draw.chisquare(3, size=(n, 1)) / 3)
    ),
    "counts": lambda draw, n: _numbers(draw.poisson(np.exp(draw.normal(size=8)), (n, 8)).astype(np.float64)),
    "one-hot": lambda draw, n: _numbers(
        np.hstack(
            [np.eye(5)[draw.integers(0, 5, n)], np.eye(3)[draw.integers(0, 3, n)], draw.normal(size=(n, 3))]
        )
    ),
    "banana": lambda draw, n: _numbers(
        np.column_stack(
            [(x := draw.normal(size=n)), x**2 + draw.normal(size=n) / 2, draw.normal(size=(n, 3))]
        )
    ),
}
"""Clouds of one piece."""


def permuted(world: World, draw: Draw) -> World:
    """Each column of a real table in an order of its own: what its columns hold, without what they have in common."""
    numbers = np.column_stack([draw.permutation(column) for column in world.numbers.T])
    codes = [draw.permutation(column) for column in world.codes.T]
    empty = np.zeros((len(numbers), 0), dtype=np.int64)
    return World(numbers, np.column_stack(codes) if codes else empty, None)
