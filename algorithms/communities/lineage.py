"""Which community of today continues which earlier one, and what became of each.

Numbers of members are counted over the parties that both runs know, except where a community grew or shrank.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

import numpy as np

from algorithms.invalid_argument import invalid_argument
from graph.arrays import Floats, Ints

EventKind: TypeAlias = Literal["born", "grew", "shrank", "merged", "split", "died", "continued"]

PASSES: Final = 0.3
"""An id passes on at this similarity (Jaccard) at least."""
MOST: Final = 0.5
"""A community goes into another with at least this share of its members ..."""
PART: Final = 0.1
"""... and is at least this share of the other one."""
GREW: Final = 1.1
SHRANK: Final = 0.9
MOVED: Final = 3
"""Below so many members more or less, a community neither grew nor shrank."""
NAMED: Final = 2
"""From so many members on a community has an id."""
NONE: Final = -1


@dataclass(frozen=True, slots=True)
class Event:
    """What became of a community.

    ``now``, ``before``: labels of the two runs; :data:`NONE` on the side that does not know it. ``others``: those that
    it was merged from (labels before, with the share of their members that came) or split into (labels now, with the
    share of its members that went there); the largest share first.
    """

    kind: EventKind
    now: int
    before: int
    others: tuple[tuple[int, float], ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Lineage:
    """``passed``: by label of now, the label before whose id it goes on with, or :data:`NONE`. ``events``: by label."""

    passed: Ints
    events: tuple[Event, ...]


@dataclass(frozen=True, slots=True, eq=False)
class _Overlap:
    """Pairs of a community before and one now that have common members: q rows, ordered by label of both."""

    before: Ints
    now: Ints
    common: Ints
    jaccard: Floats
    of_before: Floats
    of_now: Floats


def lineage(before: Ints, now: Ints, both: tuple[Ints, Ints], names: Sequence[str]) -> Lineage:
    """How communities went on (science.md 3.4, names and events).

    Args:
        before: labels of the earlier run, of 0..a-1.
        now: labels of the later run, of 0..b-1, numbered by their first member in hashed order.
        both: positions before and now of the parties that both runs know, k each, in the same order.
        names: a ids of the communities before, "" for those without one; they settle ties.

    Raises:
        ValueError: fewer names than communities, or positions of different numbers of parties.
    """
    sizes_before, sizes_now = np.bincount(before), np.bincount(now)
    if len(names) < len(sizes_before):
        raise invalid_argument(f"{len(names)} names for {len(sizes_before)} communities")
    if len(both[0]) != len(both[1]):
        raise invalid_argument(f"{len(both[0])} positions before and {len(both[1])} now, expected as many")
    overlap = _overlap(before[both[0]], now[both[1]], sizes_before, sizes_now)
    passed = _passed(overlap, len(sizes_now), names)
    events = [
        *_events_now(overlap, passed, sizes_before, sizes_now),
        *_events_before(overlap, passed, sizes_before),
    ]
    return Lineage(passed, tuple(events))


def _overlap(before: Ints, now: Ints, sizes_before: Ints, sizes_now: Ints) -> _Overlap:
    many_before, many_now = (
        np.bincount(before, minlength=len(sizes_before)),
        np.bincount(now, minlength=len(sizes_now)),
    )
    pairs, common = np.unique(before * max(len(sizes_now), 1) + now, return_counts=True)
    old, new = np.divmod(pairs, max(len(sizes_now), 1))
    # One that had, or has, a single member has no id: nothing passes on from or to it.
    kept = (sizes_before[old] >= NAMED) & (sizes_now[new] >= NAMED)
    old, new, common = old[kept], new[kept], common[kept]
    whole = many_before[old] + many_now[new] - common
    return _Overlap(old, new, common, common / whole, common / many_before[old], common / many_now[new])


def _passed(overlap: _Overlap, size: int, names: Sequence[str]) -> Ints:
    """Each one's largest overlap, where it is the other's largest too and similar enough."""
    rank = np.empty(len(names), dtype=np.int64)
    rank[sorted(range(len(names)), key=lambda one: names[one])] = np.arange(len(names))
    best_of_before = _first(overlap.before, np.lexsort((overlap.now, -overlap.jaccard, -overlap.common)))
    best_of_now = _first(overlap.now, np.lexsort((rank[overlap.before], -overlap.jaccard, -overlap.common)))
    chosen = np.intersect1d(best_of_before, best_of_now)
    chosen = chosen[overlap.jaccard[chosen] >= PASSES]
    passed = np.full(size, NONE, dtype=np.int64)
    passed[overlap.now[chosen]] = overlap.before[chosen]
    return passed


def _first(group: Ints, order: Ints) -> Ints:
    """Of each group the row that comes first in the order."""
    return order[np.unique(group[order], return_index=True)[1]]


def _events_now(overlap: _Overlap, passed: Ints, sizes_before: Ints, sizes_now: Ints) -> list[Event]:
    merging = (overlap.of_before >= MOST) & (overlap.of_now >= PART)
    splitting = (overlap.of_now >= MOST) & (overlap.of_before >= PART)
    torn = set(_several(overlap.before[splitting]))
    joined = set(_several(overlap.now[merging]))
    from_split = {
        int(now)
        for now, old in zip(overlap.now[splitting], overlap.before[splitting], strict=True)
        if old in torn
    }
    events = []
    for label in range(len(sizes_now)):
        if sizes_now[label] < NAMED:
            continue
        old = int(passed[label])
        if label in joined:
            rows = np.flatnonzero(merging & (overlap.now == label))
            events.append(Event("merged", label, old, _ranked(overlap.before[rows], overlap.of_before[rows])))
        elif old == NONE:
            if label not in from_split:
                events.append(Event("born", label, NONE))
        elif old not in torn:
            events.append(Event(_size_event(int(sizes_before[old]), int(sizes_now[label])), label, old))
    return events


def _events_before(overlap: _Overlap, passed: Ints, sizes_before: Ints) -> list[Event]:
    merging = (overlap.of_before >= MOST) & (overlap.of_now >= PART)
    splitting = (overlap.of_now >= MOST) & (overlap.of_before >= PART)
    joined = set(_several(overlap.now[merging]))
    into_merger = {
        int(old)
        for old, now in zip(overlap.before[merging], overlap.now[merging], strict=True)
        if now in joined
    }
    torn = set(_several(overlap.before[splitting]))
    heirs = {int(old): label for label, old in enumerate(passed.tolist()) if old != NONE}
    events = []
    for label in range(len(sizes_before)):
        if sizes_before[label] < NAMED:
            continue
        if label in torn:
            rows = np.flatnonzero(splitting & (overlap.before == label))
            parts = _ranked(overlap.now[rows], overlap.of_before[rows])
            events.append(Event("split", heirs.get(label, NONE), label, parts))
        elif label not in heirs and label not in into_merger:
            events.append(Event("died", NONE, label))
    return events


def _several(values: Ints) -> list[int]:
    """The values that come twice or more."""
    found, count = np.unique(values, return_counts=True)
    return [int(value) for value in found[count > 1]]


def _ranked(labels: Ints, shares: Floats) -> tuple[tuple[int, float], ...]:
    order = np.lexsort((labels, -shares))
    return tuple((int(labels[at]), float(shares[at])) for at in order)


def _size_event(before: int, now: int) -> EventKind:
    if abs(now - before) < MOVED:
        return "continued"
    if now >= GREW * before:
        return "grew"
    return "shrank" if now <= SHRANK * before else "continued"
