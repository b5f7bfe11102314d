"""Values that set a community apart: half of its members have them, and they are twice as frequent as elsewhere.

Shares are among the members of whom something of the kind is known, so that persons do not hide the industry that the
enterprises of a community are in.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from algorithms.invalid_argument import invalid_argument
from graph.arrays import Floats, Ints

LEAST_MEMBERS: Final = 5
"""Nothing is said of what fewer members have in common."""
KNOWN: Final = (1, 2)
"""Of this share of all members something of the kind is known, before a value of it is told."""
TOLD: Final = (1, 2)
"""From this share on (one of two) a value is told ..."""
KEPT: Final = (2, 5)
"""... and until it falls below this one (two of five), if it was told before."""
LIFT: Final = 2
"""It is so many times as frequent as among all of whom something of the kind is known."""


@dataclass(frozen=True, slots=True, eq=False)
class SharedTraits:
    """t rows, by community and then by falling share: labels, values, shares (0 to 1), and how many times as frequent
    a value is as among all."""

    label: Ints
    value: Ints
    share: Floats
    lift: Floats


def shared_traits(
    label: Ints, member: Ints, value: Ints, told: tuple[Ints, Ints] | None = None
) -> SharedTraits:
    """What members of communities have in common (science.md 3.4, name in words).

    Args:
        label: n labels, of 0..c-1.
        member, value: k pairs of a member and a value, of 0..v-1, that it has; a member may have several values or
            none, and a pair that comes twice counts once.
        told: pairs of a label and a value that were told before; they stay down to a share of :data:`KEPT`,
            whatever their lift.

    Raises:
        ValueError: as many members as values are expected; a member is none of the n.

    O(k log k).
    """
    if len(member) != len(value):
        raise invalid_argument(f"{len(member)} members for {len(value)} values, expected as many")
    if len(member) and (int(member.min()) < 0 or int(member.max()) >= len(label)):
        raise invalid_argument(f"a member between 0 and {len(label) - 1} is expected")
    width = max(int(value.max(initial=-1)) + 1, 1)
    who, what = np.divmod(np.unique(member * width + value), width)
    known = np.bincount(label[np.unique(who)], minlength=len(np.bincount(label)))
    total, everyone = np.bincount(what, minlength=width), int(known.sum())
    groups, count = np.unique(label[who] * width + what, return_counts=True)
    group, found = np.divmod(groups, width)
    of, size = known[group], np.bincount(label)[group]
    # Whole numbers, so that a share of exactly a half is one.
    chosen = (count * TOLD[1] >= of * TOLD[0]) & (count * everyone >= LIFT * total[found] * of)
    chosen &= of * KNOWN[1] >= size * KNOWN[0]
    if told is not None:
        within = told[1] < width
        before = np.isin(groups, told[0][within] * width + told[1][within])
        chosen |= before & (count * KEPT[1] >= of * KEPT[0])
    rows = np.flatnonzero(chosen & (of >= LEAST_MEMBERS))
    rows = rows[np.lexsort((found[rows], -count[rows], group[rows]))]
    share = count[rows] / of[rows]
    return SharedTraits(group[rows], found[rows], share, share * everyone / total[found[rows]])
