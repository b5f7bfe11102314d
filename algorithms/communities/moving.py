"""How a partition follows changed links: only parties whose links changed look for another community."""

from __future__ import annotations

from typing import Final

import numpy as np

from algorithms.communities.leiden import ROUNDING, by_smallest_member
from algorithms.communities.move_kernel import move
from algorithms.communities.network import Network
from algorithms.graph_measures.components import components
from graph.arrays import Ints

LAZINESS: Final = 0.05
"""A party moves only for a gain above this share of its own strength (science.md 3.4)."""

RECUT: Final = 0.01
"""A fresh partition takes the place of the continued one where its modularity is better by more than this."""

NEW: Final = -1


def continued(network: Network, before: Ints, changed: Ints, *, resolution: float = 1.0) -> Ints:
    """The partition that follows ``before`` after some links changed (science.md 3.4, continued).

    Args:
        network: n parties in the order of their hashed keys; ties go to the community with the smaller label.
        before: n labels; :data:`NEW` for a party that is new, which begins alone.
        changed: positions of the ends of changed links, in any order; new parties need not be among them.

    Returns:
        n labels 0..c-1 by the smallest member. Parts of a community that no link holds together any more are
        communities of their own.
    """
    label = before.astype(np.int64)
    new = np.flatnonzero(label == NEW)
    label[new] = int(label.max(initial=NEW)) + 1 + np.arange(len(new))
    queue = np.unique(np.concatenate([new, changed.astype(np.int64)]))
    return split_apart(network, moved(network, label, queue, threshold=LAZINESS, resolution=resolution))


def polished(network: Network, label: Ints, *, resolution: float = 1.0) -> Ints:
    """A partition after single moves until none gains; labels 0..c-1 by the smallest member."""
    everyone = np.arange(network.size, dtype=np.int64)
    found = moved(network, label, everyone, threshold=ROUNDING, resolution=resolution)
    return split_apart(network, found)


def moved(network: Network, label: Ints, queue: Ints, *, threshold: float, resolution: float) -> Ints:
    """Labels after those in the queue, and whom their moves touch, have moved for a gain above ``threshold``.

    The gain is a share of the party's strength. A party may also leave for a community of its own, whose worth is 0.
    """
    after = by_smallest_member(label)
    if network.total == 0.0 or not len(queue):
        return after
    move(
        network.links.indptr,
        network.links.indices,
        network.links.data,
        network.strength,
        after,
        queue,
        resolution / network.total,
        max(threshold, ROUNDING),
    )
    return after


def split_apart(network: Network, label: Ints) -> Ints:
    """Communities that fall into several parts without a link between them, parted; labels by the smallest member."""
    inside = label[network.low] == label[network.high]
    return components(network.size, network.low[inside], network.high[inside])
