"""Which class of today goes on with an earlier one: the same rules as for communities, by common members."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import Final

import numpy as np

from algorithms.communities.leiden import by_smallest_member
from algorithms.communities.lineage import NONE, lineage
from algorithms.segments.draws import keys_of
from graph.arrays import Ints

PREFIX: Final = "segment-"
NOBODY: Final = -1
"""Label of a customer without a class."""


@dataclass(frozen=True, slots=True)
class SegmentEvent:
    """What became of a class since the full run before. ``others``: classes that it was merged from or split into, each
    with the share of members that went that way."""

    kind: str
    id: str
    others: tuple[tuple[str, float], ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Labelled:
    """c customers with a class each, or NOBODY; ``names``: ids of the classes, by label."""

    ids: Sequence[str]
    label: Ints
    names: Sequence[str]


def born(now: Labelled, founding: str) -> list[str]:
    """Ids for classes as if each were born now."""
    found = []
    for one in range(int(now.label.max(initial=NOBODY)) + 1):
        first = now.ids[int(np.flatnonzero(now.label == one)[0])]
        digest = blake2b(f"{founding}\n{one}\n{first}".encode(), digest_size=6)
        found.append(PREFIX + digest.hexdigest())
    return found


def gone_on(before: Labelled, now: Labelled, founding: str) -> tuple[list[str], tuple[SegmentEvent, ...]]:
    """Ids of the classes of now, by label, and what became of those of before. ``now.names`` is not read."""
    ids = born(now, founding)
    old, new = _members(before), _members(now)
    order = new[np.argsort(keys_of([now.ids[at] for at in new.tolist()]), kind="stable")]
    ranked = by_smallest_member(now.label[order])
    of_rank = np.zeros(len(ids), dtype=np.int64)
    of_rank[ranked] = now.label[order]
    place = {before.ids[at]: k for k, at in enumerate(old.tolist())}
    pairs = [(place[now.ids[at]], k) for k, at in enumerate(order.tolist()) if now.ids[at] in place]
    both = np.array(pairs, dtype=np.int64).reshape(-1, 2)
    found = lineage(before.label[old], ranked, (both[:, 0], both[:, 1]), before.names)
    for rank, earlier in enumerate(found.passed.tolist()):
        if earlier != NONE:
            ids[of_rank[rank]] = before.names[earlier]
    events = []
    for event in found.events:
        own = ids[of_rank[event.now]] if event.now != NONE else before.names[event.before]
        others = tuple(
            (before.names[one] if event.kind == "merged" else ids[of_rank[one]], share)
            for one, share in event.others
        )
        events.append(SegmentEvent(event.kind, own, others))
    return ids, tuple(events)


def _members(of: Labelled) -> Ints:
    return np.flatnonzero(of.label != NOBODY).astype(np.int64)
