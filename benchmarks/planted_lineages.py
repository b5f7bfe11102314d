"""Generated networks whose groups merge, split, come and go between two runs, and what a run makes of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, cast

import numpy as np

from algorithms.communities.leiden import by_smallest_member
from algorithms.communities.lineage import Event, lineage
from algorithms.communities.network import hashed_order
from graph.arrays import Ints
from services.engines.local import Local
from services.engines.protocol import Engine
from services.risk.parts.communities import communities
from services.risk.parts.full_run_before import FullRunBefore
from terms.ids import RunId

KINDS: Final = ("merged", "split", "born", "died")
GROUPS: Final = 8
INSIDE, BETWEEN = 0.4, 0.01
"""Chance that two of one group, and two of different ones, are linked."""


@dataclass(frozen=True)
class Planted:
    """Two states of a network: the group of each party, by id; and what became of the group 0 (and 1, if merged)."""

    kind: str
    before: dict[str, int]
    after: dict[str, int]
    links_before: set[tuple[str, str]]
    links_after: set[tuple[str, str]]


def planted(kind: str, seed: int) -> Planted:
    """A network of :data:`GROUPS` groups of 20 to 40 parties in which one thing happens; one link in 100 changes."""
    draw = np.random.default_rng(seed)
    sizes = draw.integers(20, 41, GROUPS)
    if kind == "split":
        sizes[0] += 30
    before = {f"party:{at}": int(group) for at, group in enumerate(np.repeat(np.arange(GROUPS), sizes))}
    links_before = _links(before, [*before], draw)
    after = dict(before)
    if kind == "merged":
        after = {one: 0 if group == 1 else group for one, group in before.items()}
    elif kind == "split":
        own = [one for one, group in before.items() if group == 0]
        after |= dict.fromkeys(own[: len(own) // 2], GROUPS)
    elif kind == "born":
        after |= {f"party:new{at}": GROUPS for at in range(30)}
    else:
        after = {one: group for one, group in before.items() if group != 0}
    changed = {one for one in {*before, *after} if before.get(one) != after.get(one) or after.get(one) == 0}
    kept = {
        pair
        for pair in links_before
        if {*pair} <= after.keys() and not {*pair} <= changed and draw.random() > 0.01
    }
    redrawn = _links({one: after[one] for one in after if one in changed}, [*after], draw)
    noise = {tuple(sorted(draw.choice([*after], 2, replace=False).tolist())) for _ in range(len(kept) // 100)}
    return Planted(kind, before, after, links_before, kept | redrawn | {(a, b) for a, b in noise})


def _links(group: dict[str, int], everyone: list[str], draw: np.random.Generator) -> set[tuple[str, str]]:
    names = [one for one in everyone if one in group]
    found = set()
    for at, one in enumerate(names):
        chance = draw.random(len(names) - at - 1)
        for other, drawn in zip(names[at + 1 :], chance.tolist(), strict=True):
            if drawn < (INSIDE if group[one] == group[other] else BETWEEN):
                found.add((min(one, other), max(one, other)))
    return found


@dataclass(frozen=True)
class Found:
    """What a run made of it: labels by party of both states, and the events."""

    before: dict[str, int]
    after: dict[str, int]
    events: tuple[Event, ...]


def found_in(case: Planted) -> Found:
    """Communities of both states as two full runs have them, the later one continuing the earlier one."""
    ids_before, ids_after = sorted(case.before), sorted(case.after)
    links = _arrays(ids_before, case.links_before)
    engine = cast("Engine", Local)  # of the own engine nothing but the name is asked
    first = communities(ids_before, links, engine)
    earlier = FullRunBefore(RunId("before"), Local.name, ids_before, first, links, {})
    second = communities(ids_after, _arrays(ids_after, case.links_after), engine, earlier)
    order = hashed_order(ids_after)
    at = {one: place for place, one in enumerate(ids_before)}
    both = [(at[ids_after[one]], place) for place, one in enumerate(order.tolist()) if ids_after[one] in at]
    places = np.array(both, dtype=np.int64)
    ranked = by_smallest_member(second[order])
    names = [f"community-{label:03}" for label in range(int(first.max()) + 1)]
    told = lineage(first, ranked, (places[:, 0], places[:, 1]), names)
    return Found(
        dict(zip(ids_before, first.tolist(), strict=True)),
        dict(zip([ids_after[one] for one in order.tolist()], ranked.tolist(), strict=True)),
        told.events,
    )


def named_right(case: Planted) -> bool:
    """Whether the planted event is told of the very groups, and of all others that they went on."""
    found = found_in(case)

    def label(of: dict[str, int], groups: dict[str, int], group: int) -> int:
        inside = [of[one] for one, own in groups.items() if own == group]
        return max(set(inside), key=inside.count)

    special = [event for event in found.events if event.kind in KINDS]
    if len(special) != 1 or special[0].kind != case.kind:
        return False
    [event] = special
    if case.kind == "born":
        return event.now == label(found.after, case.after, GROUPS)
    if case.kind == "died":
        return event.before == label(found.before, case.before, 0)
    others = {one for one, _ in event.others}
    if case.kind == "merged":
        return others == {label(found.before, case.before, group) for group in (0, 1)}
    return others == {label(found.after, case.after, group) for group in (0, GROUPS)}


def _arrays(
    ids: list[str], links: set[tuple[str, str]]
) -> tuple[Ints, Ints, np.ndarray[tuple[int], np.dtype[np.float64]]]:
    place = {one: at for at, one in enumerate(ids)}
    ends = np.array([[place[a], place[b]] for a, b in sorted(links)], dtype=np.int64)
    return ends[:, 0], ends[:, 1], np.ones(len(ends))
