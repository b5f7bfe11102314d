"""The largest single walks behind a party's distress; they may revisit parties.

People see elementary paths (``explain``); walks serve comparison with published structural path analysis.
"""

from __future__ import annotations

import heapq
from dataclasses import dataclass

import numpy as np

from algorithms.risk.explain import remainder
from algorithms.risk.network import Network
from graph.arrays import Floats


@dataclass(frozen=True, slots=True)
class Walk:
    """``parties``: seed first, target last. ``share``: of the target's h."""

    parties: tuple[int, ...]
    share: float


def kappa(raw: Floats) -> Floats:
    """1 / max(1, raw): the pro-rata scaling under which h = own kappa + (W kappa)' h has no cap left."""
    return 1.0 / np.maximum(1.0, raw)


def largest_walks(
    network: Network, own: Floats, h: Floats, target: int, most: int, *, expansions: int = 4000
) -> tuple[tuple[Walk, ...], float]:
    """The ``most`` walks of largest share, in exact order, and the share of all others.

    Best first: what can follow a partial walk has probability at most 1. Stops after ``expansions`` partial walks;
    what is not listed by then is in the tail. Equal shares in the order of their parties, from the target back.
    """
    if h[target] <= 0.0:
        return (), 0.0
    into = network.plain().into
    heap: list[tuple[float, int, tuple[int, ...]]] = [(-1.0, 1, (target,))]
    found: list[Walk] = []
    while heap and len(found) < most:
        value, partial, back = heapq.heappop(heap)
        if not partial:
            found.append(Walk(back[::-1], -value))
            continue
        if expansions <= 0:
            break
        expansions -= 1
        a = back[-1]
        span = slice(int(into.indptr[a]), int(into.indptr[a + 1]))
        sources, harm = into.indices[span], into.data[span] * h[into.indices[span]]
        total = own[a] + harm.sum()
        if own[a] > 0.0:
            heapq.heappush(heap, (value * float(own[a] / total), 0, back))
        for b, part in zip(sources, harm, strict=True):
            if part > 0.0:
                heapq.heappush(heap, (value * float(part / total), 1, (*back, int(b))))
    return tuple(found), remainder([w.share for w in found])
