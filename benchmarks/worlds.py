"""Worlds to judge models of contagion in, made without any part of the model.

A world is what a model may see: 3,000 firms, who is hit by whose failure, for how much, the visible buffers, own
distress, who is known to be in default at the cut-off. ``outcomes`` then lets years happen. The rules are stated in
docs/evaluation/risk.md; nothing here imports anything of the product.

    (a)  linear threshold: fails when own distress + the relative exposure to failed firms >= a uniform threshold
    (b)  hard cascade: fails when an own shock is large enough, or when losses use up the true buffer
    (b2) one buffer: the own shock and the losses together use it up

Each comes in variants (``benchmarks/group_worlds.py``): pairs, rings and joint groups instead of the standard's rings,
or dense trade.

    python -m benchmarks.worlds [--seed 0] [--years 1000]      prints the base rates
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from dataclasses import dataclass, replace
from statistics import NormalDist
from typing import Literal, TypeAlias

import numpy as np
import numpy.typing as npt

from benchmarks.group_worlds import VARIANTS, Groups

Floats: TypeAlias = npt.NDArray[np.float64]
Ints: TypeAlias = npt.NDArray[np.int64]
Bools: TypeAlias = npt.NDArray[np.bool_]
Name: TypeAlias = Literal["a", "b", "b2"]

FIRMS = 3_000
TRADES = 9_000
IN_RINGS = 300
TRADE, GUARANTEE = 0, 1
TEST_SEEDS = tuple(range(5))
FITTING_SEEDS = tuple(range(1000, 1010))
TEST_YEARS, FITTING_YEARS = 50, 100
CEILING_DRAWS = 20_000
AT_ONCE = 100
"""Years that are drawn together; fixed, so that a longer run begins with the years of a shorter one."""

_WORLD, _OUTCOMES, _CEILING = range(3)
"""Streams of random numbers: no two uses share one."""


@dataclass(frozen=True, slots=True)
class Setting:
    """What tells the worlds apart.

    ``leverage``: mean of trade exposure / buffer (M). ``guarantee``: median of a guarantee / buffer (g).
    ``distress``, ``spread``: mean of own distress before the cut (m), sd of its logit (sd). ``known``: chance that
    a firm is known to be in default at the cut-off (k).
    """

    leverage: float
    guarantee: float
    distress: float
    spread: float
    known: float


SETTINGS: dict[Name, Setting] = {
    "a": Setting(leverage=0.6, guarantee=0.3, distress=0.065, spread=1.2, known=0.0),
    "b": Setting(leverage=3.0, guarantee=0.8, distress=0.02, spread=0.6, known=0.05),
    "b2": Setting(leverage=1.0, guarantee=1.2, distress=0.03, spread=1.0, known=0.03),
}
NAMES: tuple[Name, ...] = tuple(SETTINGS)
GROUPS: tuple[Groups, ...] = tuple(VARIANTS)


@dataclass(frozen=True, slots=True, eq=False)
class World:
    """All that a model may see. n firms, k links; money in units of a median trade link.

    ``source``, ``target``: k, the failure of ``source`` hits ``target``. ``relation``: k, TRADE or GUARANTEE.
    ``amount``: k, > 0, what the target loses at most. ``buffer``: n, > 0, visible. ``own``: n, in (0, 0.4], or 1
    where ``known`` (in default at the cut-off). ``exposure``: n, > 0, the utility's exposure at default.
    """

    name: Name
    seed: int
    source: Ints
    target: Ints
    relation: Ints
    amount: Floats
    buffer: Floats
    own: Floats
    known: Bools
    exposure: Floats
    groups: Groups = "standard"

    @property
    def size(self) -> int:
        """Number of firms."""
        return len(self.buffer)


@dataclass(frozen=True, slots=True, eq=False)
class Outcomes:
    """What happened: years x n. ``failed`` within the year; ``alone``: would have without any other's failure."""

    failed: Bools
    alone: Bools


def make(name: Name, seed: int, groups: Groups = "standard") -> World:
    """The world ``name`` of a seed; equal arguments give equal worlds.

    Raises:
        KeyError: a name that is not in ``NAMES``, or groups that are not in ``GROUPS``.
    """
    setting, variant = setting_of(name, groups), VARIANTS[groups]
    generator = _generator(name, groups, seed, _WORLD)
    trades = variant.trades or TRADES
    traded_by, traded_to = _trades(generator, trades)
    traded = generator.lognormal(0.0, 1.0, trades)
    leverage = generator.lognormal(np.log(setting.leverage) - 0.6**2 / 2, 0.6, FIRMS)
    receivable = np.bincount(traded_to, weights=traded, minlength=FIRMS)
    buffer = np.where(receivable > 0.0, receivable / leverage, 1.0)
    member, following = variant.links(generator, FIRMS) if variant.links else _rings(generator)
    grouped = buffer[following] * generator.lognormal(np.log(setting.guarantee), 0.5, len(member))
    logit = _centre(setting.distress, setting.spread) + setting.spread * generator.standard_normal(FIRMS)
    own = np.minimum(0.4, _logistic(logit))
    known = generator.random(FIRMS) < setting.known
    relation = TRADE if variant.as_trade else GUARANTEE
    return World(
        name=name,
        seed=seed,
        source=np.concatenate([traded_by, member]),
        target=np.concatenate([traded_to, following]),
        relation=np.repeat(np.array([TRADE, relation]), [trades, len(member)]),
        amount=np.concatenate([traded, grouped]),
        buffer=buffer,
        own=np.where(known, 1.0, own),
        known=known,
        exposure=generator.lognormal(0.0, 1.2, FIRMS),
        groups=groups,
    )


def setting_of(name: Name, groups: Groups = "standard") -> Setting:
    """The setting of a world with the changes of a variant.

    Raises:
        KeyError: an unknown name.
    """
    setting, variant = SETTINGS[name], VARIANTS[groups]
    return replace(
        setting,
        guarantee=setting.guarantee if variant.guarantee is None else variant.guarantee,
        leverage=dict(variant.leverage).get(name, setting.leverage),
        distress=dict(variant.distress).get(name, setting.distress),
        known=dict(variant.known).get(name, setting.known),
    )


def outcomes(world: World, years: int) -> Outcomes:
    """The outcome years of the world: the labels. Links, buffers, distress and known defaults are those seen."""
    parts = list(_years(world, years, _OUTCOMES))
    return Outcomes(np.concatenate([p.failed for p in parts]), np.concatenate([p.alone for p in parts]))


def ceiling(world: World, draws: int = CEILING_DRAWS) -> tuple[Floats, Floats]:
    """How often each firm fails given exactly what the model sees: n shares each, of the even and of the odd draws.

    Their mean is the ceiling p; two halves tell how much of a score is noise of p. No forecast made from what is
    visible ranks or calibrates better than the true p. The draws are not those of ``outcomes``.

    Raises:
        ValueError: ``draws`` is not a positive even number.
    """
    if draws <= 0 or draws % 2:
        raise ValueError(f"{draws} draws, expected a positive even number")
    halves = np.zeros((2, world.size))
    for part in _years(world, draws, _CEILING):
        halves[0] += part.failed[0::2].sum(axis=0)
        halves[1] += part.failed[1::2].sum(axis=0)
    halves /= draws / 2
    return halves[0], halves[1]


def _years(world: World, years: int, stream: int) -> Iterator[Outcomes]:
    """Years in groups of ``AT_ONCE``."""
    cascade = _Cascade(world)
    for group, first in enumerate(range(0, years, AT_ONCE)):
        # A whole group is always drawn: how many of its years are used changes none of them.
        drawn = cascade.run(_generator(world.name, world.groups, world.seed, stream, group))
        kept = min(AT_ONCE, years - first)
        yield Outcomes(drawn.failed[:kept], drawn.alone[:kept])


class _Cascade:
    """Lets years happen: rounds until nobody new fails."""

    def __init__(self, world: World) -> None:
        self.world = world
        order = np.argsort(world.source, kind="stable")
        self.target, self.amount = world.target[order], world.amount[order]
        self.guarantee = world.relation[order] == GUARANTEE
        self.first = np.searchsorted(world.source[order], np.arange(world.size + 1))
        normal = NormalDist()
        # d_j: an own shock above it is a default; it never decides about those known in default.
        self.limit = np.array(
            [normal.inv_cdf(1.0 - s) for s in np.where(world.known, 0.4, world.own).tolist()]
        )

    def run(self, generator: np.random.Generator) -> Outcomes:
        """``AT_ONCE`` years."""
        world, size = self.world, self.world.size
        room = self._room(generator)
        room[:, world.known] = 0.0
        room = room.ravel()
        failed = room <= 0.0
        alone = failed.copy()
        lost = np.zeros(AT_ONCE * size)
        new = np.flatnonzero(failed)
        while len(new):
            firm = new % size
            first, count = self.first[firm], self.first[firm + 1] - self.first[firm]
            ends = np.cumsum(count)
            link = np.arange(count.sum()) + np.repeat(first - ends + count, count)
            hit = np.repeat(new - firm, count) + self.target[link]
            np.add.at(lost, hit, self.amount[link] * self._share(generator, link))
            new = np.unique(hit[(lost[hit] >= room[hit]) & ~failed[hit]])
            failed[new] = True
        shape = AT_ONCE, size
        return Outcomes(failed.reshape(shape), alone.reshape(shape))

    def _room(self, generator: np.random.Generator) -> Floats:
        """Losses that each firm withstands in each year; at most 0 where it fails alone."""
        world = self.world
        shape = AT_ONCE, world.size
        if world.name == "a":
            return np.asarray((generator.random(shape) - world.own) * world.buffer)
        year = generator.standard_normal((AT_ONCE, 1))
        shock = 0.4 * year + np.sqrt(0.84) * generator.standard_normal(shape)
        buffer = world.buffer * np.exp(0.4 * generator.standard_normal(shape))
        if world.name == "b":
            return np.where(shock >= self.limit, 0.0, buffer)
        return np.asarray(buffer * (1.0 - np.maximum(shock, 0.0) / self.limit))

    def _share(self, generator: np.random.Generator, link: Ints) -> Floats:
        """Share of the amount that is lost through each failed link. In (a) all of it."""
        if self.world.name == "a":
            return np.ones(len(link))
        guarantee = self.guarantee[link]
        share = np.empty(len(link))
        share[~guarantee] = generator.beta(1.8, 2.2, int((~guarantee).sum()))
        share[guarantee] = generator.random(int(guarantee.sum())) < 0.6
        return share


def _generator(name: Name, groups: Groups, seed: int, *stream: int) -> np.random.Generator:
    # The key of a variant is never a prefix of another's; the standard's is as it was before there were variants.
    variant = () if groups == "standard" else (1_000_000, GROUPS.index(groups))
    return np.random.default_rng([seed, NAMES.index(name), *variant, *stream])


def _trades(generator: np.random.Generator, count: int) -> tuple[Ints, Ints]:
    """``count`` distinct ordered pairs of different firms, ends in proportion to min(U^(-1/1.3), 50)."""
    out, into = (np.cumsum(np.minimum(generator.random(FIRMS) ** (-1 / 1.3), 50.0)) for _ in range(2))
    pairs = np.zeros(0, dtype=np.int64)
    while len(pairs) < count:
        source, target = (
            np.minimum(np.searchsorted(mass, generator.random(count) * mass[-1], side="right"), FIRMS - 1)
            for mass in (out, into)
        )
        found = np.concatenate([pairs, (source * FIRMS + target)[source != target]])
        _, first = np.unique(found, return_index=True)
        pairs = found[np.sort(first)]
    pairs = pairs[:count]
    return pairs // FIRMS, pairs % FIRMS


def _rings(generator: np.random.Generator) -> tuple[Ints, Ints]:
    """``IN_RINGS`` random firms in rings of 3 to 8: each member and the one that its failure hits."""
    members = generator.permutation(FIRMS)[:IN_RINGS]
    following = np.empty_like(members)
    first = 0
    while first < IN_RINGS:
        left = IN_RINGS - first
        # Never leave one or two.
        length = left if left <= 8 else min(int(generator.integers(3, 9)), left - 3)
        ring = members[first : first + length]
        following[first : first + length] = np.roll(ring, -1)
        first += length
    return members, following


def _logistic(value: Floats) -> Floats:
    return np.asarray(1.0 / (1.0 + np.exp(-value)))


def _centre(mean: float, spread: float) -> float:
    """mu with E[logistic(mu + spread N)] = mean, by bisection over Gauss-Hermite quadrature."""
    node, weight = np.polynomial.hermite_e.hermegauss(64)
    weight = weight / weight.sum()
    low, high = -20.0, 20.0
    for _ in range(60):
        middle = (low + high) / 2
        if float(weight @ _logistic(middle + spread * node)) < mean:
            low = middle
        else:
            high = middle
    return (low + high) / 2


def main() -> None:
    """Print base rates, and the share of new defaults that needed another's failure."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--years", type=int, default=1000)
    chosen = parser.parse_args()
    for name, groups in [(name, groups) for groups in GROUPS for name in NAMES]:
        world = make(name, chosen.seed, groups)
        happened = outcomes(world, chosen.years)
        failed, alone = happened.failed[:, ~world.known], happened.alone[:, ~world.known]
        share = 1 - alone.sum() / failed.sum()
        print(f"{name}, {groups}: base rate {failed.mean():.4f}, by contagion {share:.3f}")


if __name__ == "__main__":
    main()
