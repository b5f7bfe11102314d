"""Why a party may fail: paths from a party that fails by itself, whose shares add up to 1.

Walk back from the party. At member i of a group B with the members C behind it on the way: on to a member k of B - C in
proportion to W_ki times the chance of k over B - C - i; out to a party k in proportion to W_ki P_k[i]; or stop, in
proportion to i's own distress. Who is in default stops. Outside, the walk goes on in the group of k without i. Inside a
group a way visits nobody twice; where it comes back later, the loop is left out.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterator
from dataclasses import dataclass

from algorithms.risk.close_groups.probability import Chances, Model
from algorithms.risk.close_groups.surroundings import Members, SpentError, Surroundings
from algorithms.risk.explain import SeedShare, remainder
from graph.arrays import Floats

STEPS = 200
"""Ways looked at before the rest is left to the tail."""
WORK = 2_000
"""Parties that all chances on the way may look at together, some 50 ms; in a large group few ways are followed."""

LEAST = 1e-6
"""Share of a walk that is not followed any more; what it would add to a path is less."""


@dataclass(frozen=True, slots=True)
class Line:
    """One path: ``parties``, the one that fails by itself first, the target last; ``share`` of the target's chance."""

    parties: tuple[int, ...]
    share: float


@dataclass(frozen=True, slots=True)
class Reasons:
    """Why ``target`` fails with ``chance``. ``lines``: largest share first; with ``tail`` they add up to 1.

    ``seeds``: who fails by itself at the start of all paths found, listed or not, largest first; with ``seeds_tail``
    they add up to 1. Where the chance is 0 there are no lines, no seeds and no tails.
    """

    target: int
    chance: float
    lines: tuple[Line, ...]
    tail: float
    seeds: tuple[SeedShare, ...]
    seeds_tail: float


@dataclass(frozen=True, slots=True)
class _Way:
    """A walk so far. ``back``: the way from the target, loops left out; its last party is where the walk stands.

    ``group``: none = that of the last party without the absent one, which few of the walks waiting ever ask for.
    """

    back: tuple[int, ...]
    group: Members | None
    absent: int | None
    passed: Members


def reasons(
    model: Model,
    own: Floats,
    result: Chances,
    target: int,
    *,
    top: int = 10,
    steps: int = STEPS,
    work: int = WORK,
    least: float = LEAST,
) -> Reasons:
    """The ``top`` paths with the largest share.

    Args:
        model, own, result: as solved.
        target: position of the party.
        top: most lines; more of them only shorten the tail.
        steps: most walks looked at.
        work: most parties that all chances on the way look at.
        least: share of a walk that is not followed any more.

    Raises:
        IndexError: no such party.

    Walks into several groups may add to one path, so how far they are followed never depends on ``top``.

    Shares that agree to twelve digits are ties; they go to the smaller sequence of positions, seed first.
    """
    if not 0 <= target < len(own):
        raise IndexError(f"party {target} of {len(own)}")
    chance = float(result.p[target])
    if chance == 0.0:
        return Reasons(target, 0.0, (), 0.0, (), 0.0)
    around = Surroundings(model, own, result.values, work=work)
    start = _Way((target,), None, None, frozenset())
    waiting: list[tuple[float, tuple[int, ...], int, _Way]] = [(-1.0, start.back, 0, start)]
    found: dict[tuple[int, ...], float] = {}
    made = 1
    for _ in range(steps):
        if not waiting or -waiting[0][0] <= least:
            break
        mass, _, _, way = heapq.heappop(waiting)
        try:
            moves = [(weight, further) for weight, further in _moves(around, way) if weight > 0.0]
        except SpentError:
            break
        total = sum(weight for weight, _ in moves)
        for weight, further in moves:
            share = -mass * weight / total
            if share == 0.0:
                continue
            if further is None:
                path = way.back[::-1]
                found[path] = found.get(path, 0.0) + share
            else:
                heapq.heappush(waiting, (-share, further.back, made, further))
                made += 1
    # Equal shares reach us by different roundings.
    ordered = sorted(found.items(), key=lambda item: (-float(f"{item[1]:.11e}"), item[0]))[:top]
    blamed: dict[int, float] = {}
    for path, share in found.items():
        blamed[path[0]] = blamed.get(path[0], 0.0) + share
    seeds = sorted(blamed.items(), key=lambda item: (-item[1], item[0]))
    return Reasons(
        target=target,
        chance=chance,
        lines=tuple(Line(path, share) for path, share in ordered),
        tail=remainder([share for _, share in ordered]),
        seeds=tuple(SeedShare(party, share) for party, share in seeds),
        seeds_tail=remainder([share for _, share in seeds]),
    )


def first_steps(around: Surroundings, target: int) -> dict[int, float]:
    """What brings a party down one step back: shares by source, its own record under its own position.

    They add up to 1; empty where nothing reaches the party.

    Raises:
        SpentError: it takes more work than was granted.
    """
    start = _Way((target,), None, None, frozenset())
    moves = [(weight, further) for weight, further in _moves(around, start) if weight > 0.0]
    total = sum(weight for weight, _ in moves)
    return {target if further is None else further.back[-1]: weight / total for weight, further in moves}


def _moves(around: Surroundings, way: _Way) -> Iterator[tuple[float, _Way | None]]:
    """Where a walk may go next, in proportion; none = it stops."""
    i = way.back[-1]
    own = float(around.own[i])
    if own > 0.0:
        yield own, None
    if own == 1.0:
        return
    group = around.group(i) - {way.absent} if way.group is None else way.group
    passed = way.passed | {i}
    present = group - passed
    for k, (weight, link) in around.into(i).items():
        # A party met before, in an earlier group, closes a loop that is left out.
        back = way.back[: way.back.index(k) + 1] if k in way.back else (*way.back, k)
        if k in present:
            chance = around.chance(k, present, group, way.absent)
            yield weight * chance, _Way(back, group, way.absent, passed)
        elif k not in group and k != way.absent:
            yield weight * around.message(link), _Way(back, None, i, frozenset())
