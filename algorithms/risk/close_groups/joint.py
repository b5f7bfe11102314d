"""What the chance of one party is when everything that reaches it is joint, by draws.

Shown beside a chance with the caution LOOP_OUTSIDE, whose circles the close groups do not hold.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from algorithms.risk.close_groups.draws import Tables
from algorithms.risk.close_groups.links import DRAWS
from algorithms.risk.close_groups.probability import Model
from algorithms.risk.close_groups.reach import reach
from graph.arrays import Floats, Ints

MOST_BEHIND = 20_000
"""A party that more parties reach is not drawn."""


@dataclass(frozen=True, slots=True)
class Joint:
    """``chance``: mean over 4,000 draws, starts counted exactly. ``noise``: two standard deviations of it."""

    chance: float
    noise: float


def everything_joint(model: Model, own: Floats, party: int) -> Joint | None:
    """The full cascade of one party; none where more than 20,000 parties reach it.

    Args:
        model: of n parties.
        own: n, own distress.
        party: position.

    Raises:
        IndexError: no such party.

    The same numbers are drawn for a link as in every block, so what-ifs differ by what they change and not by luck.
    """
    if not 0 <= party < len(own):
        raise IndexError(f"party {party} of {len(own)}")
    behind = _reaching(model, party)
    if behind is None:
        return None
    if len(behind) == 1:
        return Joint(float(own[party]), 0.0)
    others = behind[behind != party]
    tables = Tables(np.array([party], dtype=np.int64), np.array([0, len(others)]), others)
    found = reach(tables, model.groups.links, 1, model.keys).draws
    mean, square = found.some_fail(0, own[others])
    # The party's own start is in none of the draws.
    left = 1.0 - float(own[party])
    variance = max(0.0, square - mean * mean)
    return Joint(float(own[party]) + left * mean, 2.0 * left * float(np.sqrt(variance / DRAWS)))


def _reaching(model: Model, party: int) -> Ints | None:
    """All that reach a party, ascending, itself among them; none where they are too many."""
    links = model.groups.links
    found, waiting = {party}, [party]
    while waiting:
        u = waiting.pop()
        new = set(links.source[links.ptr[u] : links.ptr[u + 1]].tolist()) - found
        found |= new
        waiting.extend(new)
        if len(found) > MOST_BEHIND:
            return None
    return np.array(sorted(found), dtype=np.int64)
