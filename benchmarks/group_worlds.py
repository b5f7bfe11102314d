"""Close groups of firms that hit each other: pairs, rings, joint liability, a large circle.

They take the place of the 300 firms in rings of a standard world (``benchmarks/worlds.py``), or these rings stay and
hit harder. Each group is a list of links ``source -> target``: the failure of the source hits the target.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np
import numpy.typing as npt

Ints: TypeAlias = npt.NDArray[np.int64]
Links: TypeAlias = tuple[Ints, Ints]
Groups: TypeAlias = Literal[
    "standard",
    "pairs, g 10",
    "rings, g 10",
    "joint groups, g 1",
    "joint groups, g 5",
    "circle of 100, g 3",
    "one-way rings, g 3",
    "one-way rings, g 10",
    "dense trade",
    "standard rings, g 10",
]
"""Names of the variants of a world."""

PAIRS = RINGS = 150
JOINT_GROUPS, JOINT_MEMBERS = 60, 5
CIRCLE, CIRCLE_EXTRA = 100, 2
DENSE_TRADES = 30_000


@dataclass(frozen=True, slots=True)
class Variant:
    """What a variant changes of a standard world; what is None stays.

    ``links``: makes the links of the groups from the generator and the number of firms. ``guarantee``: median of an
    amount / buffer (g). ``as_trade``: the links are loans or trade credit, lost in part as trade is.
    ``trades``: trade links. ``leverage`` and, for world (b), ``distress`` and ``known``: as in ``worlds.Setting``.
    """

    links: Callable[[np.random.Generator, int], Links] | None = None
    guarantee: float | None = None
    as_trade: bool = False
    trades: int | None = None
    leverage: tuple[tuple[str, float], ...] = ()
    distress: tuple[tuple[str, float], ...] = ()
    known: tuple[tuple[str, float], ...] = ()


def pairs(generator: np.random.Generator, firms: int) -> Links:
    """150 pairs; each hits the other."""
    one, other = generator.permutation(firms)[: 2 * PAIRS].reshape(2, PAIRS)
    return np.concatenate([one, other]), np.concatenate([other, one])


def rings(generator: np.random.Generator, firms: int) -> Links:
    """150 rings of 3 to 8, lengths drawn evenly; each member hits the next."""
    length = generator.integers(3, 9, RINGS)
    members = generator.permutation(firms)[: length.sum()]
    last = np.cumsum(length) - 1
    following = np.roll(members, -1)
    following[last] = members[last - length + 1]
    return members, following


def joint_groups(generator: np.random.Generator, firms: int) -> Links:
    """60 groups of five; everyone hits everyone else of the group."""
    members = generator.permutation(firms)[: JOINT_GROUPS * JOINT_MEMBERS].reshape(
        JOINT_GROUPS, JOINT_MEMBERS
    )
    one, other = np.nonzero(~np.eye(JOINT_MEMBERS, dtype=bool))
    return members[:, one].ravel(), members[:, other].ravel()


def circle(generator: np.random.Generator, firms: int) -> Links:
    """One ring of 100 in which each member hits two more, drawn at random among the others."""
    members = generator.permutation(firms)[:CIRCLE]
    # Steps along the ring: the next is hit already, and nobody hits itself.
    steps = np.array(
        [generator.choice(np.arange(2, CIRCLE), CIRCLE_EXTRA, replace=False) for _ in range(CIRCLE)]
    )
    steps = np.column_stack([np.ones(CIRCLE, dtype=np.int64), steps])
    place = (np.arange(CIRCLE)[:, None] + steps) % CIRCLE
    return np.repeat(members, CIRCLE_EXTRA + 1), members[place].ravel()


VARIANTS: dict[Groups, Variant] = {
    "standard": Variant(),
    "pairs, g 10": Variant(pairs, 10.0),
    "rings, g 10": Variant(rings, 10.0),
    "joint groups, g 1": Variant(joint_groups, 1.0),
    "joint groups, g 5": Variant(joint_groups, 5.0),
    "circle of 100, g 3": Variant(circle, 3.0),
    "one-way rings, g 3": Variant(rings, 3.0, as_trade=True),
    "one-way rings, g 10": Variant(rings, 10.0, as_trade=True),
    "dense trade": Variant(
        trades=DENSE_TRADES,
        leverage=(("b", 4.0), ("b2", 2.0)),
        distress=(("b", 0.03),),
        known=(("b", 0.08),),
    ),
    # Most like those that the definition's figures of rings come from: h loses the same in both (decision 0025).
    "standard rings, g 10": Variant(guarantee=10.0),
}
"""Every variant, in the order of the pages; the position seeds its random numbers, so new ones go to the end."""
