"""What changes when weights or own distress change: only parties reachable from what was touched.

Continues from the old h. This is exact, because the solution on the reached parties is unique: any start in [0, 1]
leads to it, after any mix of increases and decreases.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from algorithms.kernel import kernel
from algorithms.risk.network import Network
from algorithms.risk.propagation import Propagation, solve_region, unit_interval
from algorithms.risk.region import Region, region
from graph.arrays import Bools, Floats, Ints

Ints32 = npt.NDArray[np.int32]
Bytes = npt.NDArray[np.uint8]


@dataclass(frozen=True, slots=True, eq=False)
class Update:
    """New values of k parties; all others keep theirs.

    ``parties``: k positions ascending. ``h``, ``raw``, ``bound``, ``reached``: as in ``Propagation``, k each.
    """

    parties: Ints
    h: Floats
    raw: Floats
    bound: Floats
    reached: Bools
    sweeps: int
    solves: int

    def apply(self, before: Propagation) -> Propagation:
        """The whole new state; ``before`` stays as it is. O(n)."""
        after = replace(
            before,
            h=before.h.copy(),
            raw=before.raw.copy(),
            bound=before.bound.copy(),
            reached=before.reached.copy(),
            sweeps=self.sweeps,
            solves=self.solves,
        )
        for name in ("h", "raw", "bound", "reached"):
            getattr(after, name)[self.parties] = getattr(self, name)
        return after

    def rise(self, before: Propagation) -> Floats:
        """k values: new h minus old h."""
        return self.h - before.h[self.parties]


def update(before: Propagation, network: Network, own: Floats, touched: Ints) -> Update:
    """The new solution after changes.

    Args:
        before: solution before the changes, by ``solve`` or earlier updates.
        network: with the changes (``Network.changed``).
        own: n in [0, 1], with the changes.
        touched: parties whose own distress changed and targets of links that changed; ascending or not.

    O(links of the parties reached from ``touched``), whatever n is.

    Raises:
        ValueError: own distress of a touched party outside [0, 1].
    """
    roots = np.unique(np.asarray(touched, dtype=np.int64))
    unit_interval("own distress of a touched party", own[roots], len(roots))
    whole = region(network, roots, outside=before.h, outside_error=before.bound)
    area = _reached(whole, network, own, before)
    at = area.parties
    start = np.where(before.h[at] > 0.0, before.h[at], own[at])
    h, raw, bound, sweeps, solves = solve_region(area, own[at].astype(np.float64), start)
    parties = np.sort(whole.parties).astype(np.int64)
    place = np.searchsorted(parties, at)
    result = Update(
        parties,
        h=np.zeros(len(parties)),
        raw=np.zeros(len(parties)),
        bound=np.zeros(len(parties)),
        reached=np.zeros(len(parties), dtype=bool),
        sweeps=sweeps,
        solves=solves,
    )
    result.h[place], result.raw[place], result.bound[place] = h, raw, bound
    result.reached[place] = True
    return result


def defaults(network: Network, own: Floats, before: Propagation, parties: Sequence[int]) -> Update:
    """These parties default: their own distress becomes 1. Only parties reachable from them are in the answer."""
    shocked = own.copy()
    shocked[list(parties)] = 1.0
    return update(before, network, shocked, np.array(parties, dtype=np.int64))


def _reached(whole: Region, network: Network, own: Floats, before: Propagation) -> Region:
    """The part of the region that distress reaches: from inside, or from outside over its border."""
    seeds = (own[whole.parties] > 0.0) | (whole.inflow > 0.0)
    if _all_reached(whole.starts, whole.ptr, whole.source, seeds.astype(np.uint8)):
        return whole
    outside = before.h.copy()
    outside[whole.parties] = 0.0
    roots = np.sort(whole.parties[seeds]).astype(np.int64)
    return region(network, roots, outside=outside, outside_error=before.bound)


@kernel("i4 i8 i4 u1*")
def _all_reached(starts: Ints32, ptr: Ints, source: Ints32, inside: Bytes) -> bool:  # pragma: no cover
    """A component is reached if it holds a seed, or a link comes in from a reached one before it."""
    for c in range(len(starts) - 1):
        begin, end = starts[c], starts[c + 1]
        found = False
        for j in range(begin, end):
            found = found or inside[j] == 1
            for p in range(ptr[j], ptr[j + 1]):
                found = found or inside[source[p]] == 1
        if not found:
            return False
        for j in range(begin, end):
            inside[j] = 1
    return True
