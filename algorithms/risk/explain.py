"""Why a party is at risk: elementary paths with their loops, whose shares and the tail add up to 1.

A walk from a seed to the target, with its loops erased, is an elementary path; its share of h is the probability
that the chain of ``back_chain`` runs back along it: the product over its parties of the expected visits G (earlier
parties closed), of the steps and of the stop (Defourny and Thorbecke 1984; Lawler's loop-erased walks).
"""

from __future__ import annotations

import heapq
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

import numpy as np

from algorithms.invalid_argument import invalid_argument
from algorithms.risk.back_chain import BackChain, back_chain
from algorithms.risk.network import Network
from algorithms.risk.parameters import Relation
from algorithms.risk.propagation import Propagation
from algorithms.risk.weights import Weights
from graph.arrays import Csr, Floats
from terms.ids import Fen

WITHIN = 150
"""Paths are sought among so many parties, those that the chain visits most; mass that leaves them is tail."""
NOTHING = 1e-12
"""A tail below this is rounding."""


@dataclass(frozen=True, slots=True)
class Step:
    """One link of a path: ``source`` harms ``target`` with ``weight`` (split it with ``Weights.parts``)."""

    source: int
    target: int
    weight: float


@dataclass(frozen=True, slots=True)
class Path:
    """One elementary path. ``parties``: the seed first, the target last. ``share``: of the target's h.

    ``loops``: how many times the share is larger because walks circle on the way; 1 = no loops.
    """

    parties: tuple[int, ...]
    share: float
    loops: float
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class SeedShare:
    """A seed and its share of the target's h."""

    party: int
    share: float


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why ``target`` is at ``h``.

    ``paths``: largest share first; their shares and ``tail`` add up to 1 (all 0 where h = 0). ``seeds``: the
    parties to blame, largest first; with ``seeds_tail`` (what enters from outside the parties searched) they add up
    to 1 too. ``residual``: |min(1, raw) - h|, absolute. ``raw``: above 1 = over-determined so many times.
    """

    target: int
    h: float
    raw: float
    paths: tuple[Path, ...]
    tail: float
    seeds: tuple[SeedShare, ...]
    seeds_tail: float
    residual: float


def explain(
    weights: Csr | Network,
    own: Floats,
    result: Propagation,
    target: int,
    *,
    top: int = 10,
    within: int = WITHIN,
    expansions: int = 2000,
) -> Explanation:
    """The ``top`` elementary paths that end at ``target``, and its seeds.

    Args:
        weights: as solved (hand over the ``Network`` when asking often).
        own: as solved.
        result: of ``solve``.
        target: position of the party.
        top: most paths listed; more of them only shorten the tail.
        within: parties among which paths are sought.
        expansions: most partial paths looked at; what is not reached by then is tail.

    Raises:
        IndexError: no such party.

    Ties go to the smaller sequence of positions. Typically 1 to 10 ms.
    """
    network = Network.of(weights).plain()
    if not 0 <= target < network.size:
        raise IndexError(f"party {target} of {network.size}")
    h, raw = float(result.h[target]), float(result.raw[target])
    if h == 0.0:
        return Explanation(target, 0.0, raw, (), 0.0, (), 0.0, 0.0)
    chain = back_chain(network, own, result.h, target, within)
    found = _elementary(chain, top, expansions)
    whole = max(1.0, sum(share for _, share, _ in found))  # above 1 by rounding only
    paths = tuple(_path(network, chain, back, share / whole, loops) for back, share, loops in found)
    visits = chain.visits() * chain.stop
    visits /= max(1.0, float(visits.sum()))  # rounding only
    order = sorted(np.flatnonzero(visits > 0.0), key=lambda k: (-visits[k], int(chain.parties[k])))
    seeds = tuple(SeedShare(int(chain.parties[k]), float(visits[k])) for k in order)
    return Explanation(
        target=target,
        h=h,
        raw=raw,
        paths=paths,
        tail=remainder([p.share for p in paths]),
        seeds=seeds,
        seeds_tail=remainder([s.share for s in seeds]),
        residual=abs(min(1.0, float(chain.total[0])) - h),
    )


def by_relation(
    weights: Weights, own: Floats, result: Propagation, target: int
) -> tuple[float, dict[Relation, float]]:
    """Through what distress reaches ``target`` on the last step: own share, and share by relation; sum 1.

    Every step is split in proportion to the relation's part of its weight. All 0 where h = 0.
    """
    matrix = weights.csr
    entries = np.flatnonzero(matrix.indices == target)
    sources = np.searchsorted(matrix.indptr, entries, side="right") - 1
    harm = matrix.data[entries] * result.h[sources]
    total = float(own[target]) + float(harm.sum())
    if total == 0.0:
        return 0.0, {}
    shares: dict[Relation, float] = {}
    for entry, source in zip(entries.tolist(), sources.tolist(), strict=True):
        for part in weights.parts(entry):
            share = part.value * float(result.h[source]) / total
            if share > 0.0:
                shares[part.relation] = shares.get(part.relation, 0.0) + share
    return float(own[target]) / total, shares


def remainder(shares: Sequence[float]) -> float:
    """1 minus the shares, summed exactly; rounding below ``NOTHING`` counts as 0.

    >>> remainder([0.5, 0.25])
    0.25
    """
    left = float(1 - sum((Fraction(s) for s in shares), Fraction(0)))
    return left if left > NOTHING else 0.0


def apportion(total: Fen, shares: Sequence[float]) -> list[Fen]:
    """Whole fen in proportion to ``shares`` (>= 0), which add up to ``total`` exactly: largest remainders.

    Ties go to the earlier share. Exact arithmetic on the given floats. Shares that are all 0 get nothing unless
    there is something to give.

    Raises:
        ValueError: a share below 0 or not finite, or shares of 0 for a total that is not 0.

    >>> apportion(Fen(100), [1 / 3, 1 / 3, 1 / 3])
    [34, 33, 33]
    """
    for place, share in enumerate(shares):
        if not share >= 0.0 or share == float("inf"):
            raise invalid_argument(f"share {place} is {share}, expected a finite number of at least 0")
    exact = [Fraction(s) for s in shares]
    whole = sum(exact, Fraction(0))
    if whole == 0:
        if total:
            raise invalid_argument(f"nothing to apportion by: the total is {total}, and every share is 0")
        return [Fen(0)] * len(exact)
    sign = -1 if total < 0 else 1
    quotas = [abs(total) * s / whole for s in exact]
    parts = [q.numerator // q.denominator for q in quotas]
    order = sorted(range(len(parts)), key=lambda k: (parts[k] - quotas[k], k))
    for k in order[: abs(total) - sum(parts)]:
        parts[k] += 1
    return [Fen(sign * p) for p in parts]


def _elementary(chain: BackChain, top: int, expansions: int) -> list[tuple[tuple[int, ...], float, float]]:
    """Best-first search. A partial path is bounded by its product before the last G: what follows is at most 1."""
    found: list[tuple[tuple[int, ...], float, float]] = []
    size = len(chain.parties)
    links = [np.flatnonzero(chain.step[a]) for a in range(size)]
    known: dict[tuple[int, frozenset[int]], float] = {}
    # (-bound, 0 = complete or 1 = partial, parties from the target back, loops)
    heap: list[tuple[float, int, tuple[int, ...], float]] = [(-1.0, 1, (0,), 1.0)]
    closed = np.zeros(size, dtype=np.uint8)
    while heap and len(found) < top:
        value, partial, back, loops = heapq.heappop(heap)
        if not partial:
            found.append((back, -value, loops))
            continue
        if expansions <= 0:
            break
        expansions -= 1
        last = back[-1]
        earlier = frozenset(back[:-1])
        g = known.get((last, earlier))
        if g is None:
            closed[:] = 0
            closed[list(earlier)] = 1
            g = known[last, earlier] = chain.returns(last, closed)
        value *= g
        loops *= g
        if chain.stop[last] > 0.0:
            heapq.heappush(heap, (value * float(chain.stop[last]), 0, back, loops))
        for b in links[last]:
            if b != last and b not in earlier:
                heapq.heappush(heap, (value * float(chain.step[last, b]), 1, (*back, int(b)), loops))
    return found


def _path(network: Network, chain: BackChain, back: tuple[int, ...], share: float, loops: float) -> Path:
    parties = tuple(int(chain.parties[k]) for k in reversed(back))
    steps = tuple(Step(i, j, weight_of(network.out, i, j)) for i, j in pairwise(parties))
    return Path(parties, share, loops, steps)


def weight_of(matrix: Csr, row: int, column: int) -> float:
    """One entry of a matrix, 0 where there is none."""
    first, last = int(matrix.indptr[row]), int(matrix.indptr[row + 1])
    at = first + int(np.searchsorted(matrix.indices[first:last], column))
    return float(matrix.data[at]) if at < last and matrix.indices[at] == column else 0.0
