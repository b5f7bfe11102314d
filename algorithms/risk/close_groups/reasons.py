"""Why a party may fail: paths from a party that fails by itself, whose shares add up to 1.

Walk back from the party. At member i of a group B with the members C behind it on the way: on to a member k of B - C in
proportion to W_ki times the chance of k over B - C - i; out to a party k in proportion to W_ki P_k[i]; or stop, in
proportion to i's own distress. Who is in default stops. Outside, the walk goes on in the group of k without i. Inside a
group a way visits nobody twice; where it comes back later, the loop is left out.
"""

from __future__ import annotations

import heapq
from dataclasses import dataclass

from algorithms.risk.close_groups.moves import Moves, SpentError, Standing, Work
from algorithms.risk.close_groups.probability import Chances, Model
from algorithms.risk.close_groups.surroundings import Surroundings
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
    moves: Moves | None = None,
) -> Reasons:
    """The ``top`` paths with the largest share.

    Args:
        model, own, result: as solved.
        target: position of the party.
        top: most lines; more of them only shorten the tail.
        steps: most walks looked at.
        work: most parties that all chances on the way look at.
        least: share of a walk that is not followed any more.
        moves: what was found for other parties of the same model; the answer is the same without.

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
    moves = moves or Moves(Surroundings(model, own, result.values))
    left = Work(work)
    # The share, the way from the target without its loops, a number, and where the walk stands. Who has left a group
    # for a party is told by the two of them: the party's own group is asked for only if the walk is looked at.
    waiting: list[tuple[float, tuple[int, ...], int, Standing | tuple[int, int]]] = []
    waiting.append((-1.0, (target,), 0, moves.start(target)))
    found: dict[tuple[int, ...], float] = {}
    made = 1
    for _ in range(steps):
        if not waiting or -waiting[0][0] <= least:
            break
        mass, back, _, stands = heapq.heappop(waiting)
        at = stands if isinstance(stands, Standing) else moves.outside(*stands)
        passed = at.passed | {at.party}
        try:
            further = moves.of(at, left)
        except SpentError:
            break
        total = sum(move.weight for move in further)
        for move in further:
            share = -mass * move.weight / total
            if share == 0.0:
                continue
            if move.party is None:
                path = back[::-1]
                found[path] = found.get(path, 0.0) + share
            elif share > least:
                inside = (
                    Standing(move.party, at.group, at.absent, passed)
                    if move.inside
                    else (move.party, at.party)
                )
                heapq.heappush(waiting, (-share, _onward(back, move.party), made, inside))
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


def first_steps(moves: Moves, target: int, work: int = WORK) -> dict[int, float]:
    """What brings a party down one step back: shares by source, its own record under its own position.

    They add up to 1; empty where nothing reaches the party.

    Raises:
        SpentError: it takes more work than was granted.
    """
    found = moves.of(moves.start(target), Work(work))
    total = sum(move.weight for move in found)
    return {target if move.party is None else move.party: move.weight / total for move in found}


def _onward(back: tuple[int, ...], party: int) -> tuple[int, ...]:
    """The way with one more party; one that was met before, in an earlier group, closes a loop that is left out."""
    return back[: back.index(party) + 1] if party in back else (*back, party)
