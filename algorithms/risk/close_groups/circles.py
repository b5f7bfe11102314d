"""What a circle of parties does together: at least one fails, all fail, how many if one does, who starts it.

The circle is seen inside all that its members depend on closely, B: the union of their groups. What enters B from
outside starts its members one by one; every outcome of the links inside follows exactly, or by draws.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from algorithms.invalid_argument import invalid_argument
from algorithms.kernel import kernel
from algorithms.risk.close_groups.draws import link_hash
from algorithms.risk.close_groups.links import DRAWS, Bytes
from algorithms.risk.close_groups.probability import Chances, Model
from algorithms.risk.close_groups.surroundings import Surroundings
from graph.arrays import Floats, Ints

EXACT = 10
"""Up to so many parties that a circle depends on, every outcome is counted; above they are drawn."""


@dataclass(frozen=True, slots=True)
class CircleFigures:
    """Members are those of the circle that are not in default; k of them, ``members``, ascending.

    ``any_fails``, ``all_fail``: chances. ``failures_if_any``: how many fail on average when one does. ``first_movers``:
    k, the chance that the member fails by itself or from outside, over ``any_fails``; more than one may start at
    once, so they may add up to more than 1. ``exact``: False where outcomes were drawn.
    """

    members: tuple[int, ...]
    any_fails: float
    all_fail: float
    failures_if_any: float
    first_movers: tuple[float, ...]
    exact: bool


def circle_figures(model: Model, own: Floats, result: Chances, circle: Sequence[int]) -> CircleFigures | None:
    """Figures of a circle; none where all its members are in default.

    Args:
        model, own, result: as solved.
        circle: positions of parties.

    Raises:
        IndexError: no such party.
        ValueError: no party at all.

    O(4^b) for b <= 10 parties that the circle depends on; 4,000 draws above.
    """
    if not circle:
        raise invalid_argument("a circle of nobody")
    for party in circle:
        if not 0 <= party < len(own):
            raise IndexError(f"party {party} of {len(own)}")
    members = sorted({party for party in circle if own[party] < 1.0})
    if not members:
        return None
    around = Surroundings(model, own, result.values)
    inside = frozenset().union(*(around.group(party) for party in circle))
    parties = sorted(inside)
    starts = np.array([around.starts(u, inside, None) for u in parties])
    weights = np.zeros((len(parties), len(parties)))
    for to, u in enumerate(parties):
        for i, (weight, _) in around.into(u).items():
            if i in inside:
                weights[parties.index(i), to] = weight
    exact = len(parties) <= EXACT
    place = np.array([parties.index(party) for party in members])
    if exact:
        outcomes = np.zeros(1 << len(parties))
        _outcomes(starts, np.ascontiguousarray(weights.ravel()), outcomes)
        failed = (np.arange(len(outcomes))[:, None] >> place & 1).astype(np.float64)
    else:
        failed = _drawn(model, parties, starts, weights)[:, place]
        outcomes = np.full(len(failed), 1.0 / DRAWS)
    count = failed.sum(axis=1)
    any_fails = float(outcomes[count > 0].sum())
    movers = starts[place]
    return CircleFigures(
        members=tuple(members),
        any_fails=any_fails,
        all_fail=float(outcomes[count == len(members)].sum()),
        failures_if_any=float((outcomes * count).sum()) / any_fails if any_fails > 0.0 else 0.0,
        first_movers=tuple((movers / any_fails).tolist()) if any_fails > 0.0 else (0.0,) * len(members),
        exact=exact,
    )


def _drawn(model: Model, parties: Sequence[int], starts: Floats, weights: Floats) -> Floats:
    """Who fails in each draw: draws x parties. A party starts by the numbers of the pair of its name with itself."""
    names = [str(u) if model.keys is None else model.keys[u] for u in parties]
    target, source = np.nonzero(weights.T)  # by target, as the sums over links into a party need them
    failing = _bits([link_hash(name, name) for name in names], starts)
    pairs = zip(source.tolist(), target.tolist(), strict=True)
    live = _bits([link_hash(names[i], names[k]) for i, k in pairs], weights[source, target])
    entered, first = np.unique(target, return_index=True)
    while len(entered):
        wider = failing[entered] | np.bitwise_or.reduceat(failing[source] & live, first, axis=0)
        if np.array_equal(wider, failing[entered]):
            break
        failing[entered] = wider
    return np.unpackbits(failing, axis=1, count=DRAWS).T.astype(np.float64)


def _bits(hashes: Sequence[int], chances: Floats) -> Bytes:
    """In which draws something happens, a row for each, eight draws a byte; by the numbers that ``reach`` takes."""
    step = np.uint64(0x9E3779B97F4A7C15)
    begin = np.array(hashes, dtype=np.int64).astype(np.uint64)[:, None]
    z = begin + np.arange(1, DRAWS + 1, dtype=np.uint64) * step
    z = (z ^ z >> np.uint64(30)) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ z >> np.uint64(27)) * np.uint64(0x94D049BB133111EB)
    uniform = (z ^ z >> np.uint64(31)).astype(np.float64) / 2.0**64
    return np.packbits(uniform < chances[:, None], axis=1)


@kernel("f8 f8 f8*")
def _outcomes(starts: Floats, weights: Floats, outcomes: Floats) -> None:  # pragma: no cover  # compiled
    """The chance that exactly each set fails: who starts, whom those bring down, and so on; only sums of positives."""
    size = len(starts)
    mass = np.zeros((1 << size, 1 << size))
    chance = np.empty(1 << size)
    which = np.empty(1 << size, dtype=np.int64)
    for failed in range(1 << size):
        layer = failed
        while True:
            share = 1.0 if failed == 0 else mass[failed, layer]
            if share > 0.0:
                chance[0] = share
                which[0] = 0
                count = 1
                for b in range(size):
                    if failed >> b & 1:
                        continue
                    hit, spared = starts[b], 1.0 - starts[b]
                    if failed != 0:
                        hit, spared = 0.0, 1.0
                        for a in range(size):
                            if layer >> a & 1:
                                hit += weights[a * size + b] * spared
                                spared *= 1.0 - weights[a * size + b]
                    for c in range(count):
                        chance[count + c] = chance[c] * hit
                        which[count + c] = which[c] | (1 << b)
                        chance[c] *= spared
                    count *= 2
                outcomes[failed] += chance[0]
                for c in range(1, count):
                    mass[failed | which[c], which[c]] += chance[c]
            if layer == 0:
                break
            layer = (layer - 1) & failed
            if layer == 0:
                break


def mutual(model: Model, party: int) -> Ints:
    """Members of a party's close group whose own group holds the party, ascending; the party is among them."""
    group = model.groups.group(party)
    return np.array([u for u in group.tolist() if party in model.groups.group(u)], dtype=np.int64)
