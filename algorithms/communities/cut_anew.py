"""Communities whose links changed so much that they are looked at as a whole, and not party by party."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import numpy as np

from algorithms.communities.fresh import fresh, runs_for
from algorithms.communities.leiden import by_smallest_member
from algorithms.communities.moving import RECUT, continued, moved
from algorithms.communities.network import Network
from graph.arrays import Bools, Floats, Ints

DISTURBED: Final = 0.5
"""A community is cut anew when links that changed weigh at least this share of the strength of its members."""
_RUNS: Final = 10
"""Leiden runs at most; a community falls into few parts, which one run as a rule finds."""


def went_on(
    network: Network, before: Ints, changed: Floats, *, seed: int = 0, resolution: float = 1.0
) -> Ints:
    """The partition that follows ``before``: party by party, then cut anew where much changed (science.md 3.4).

    Args:
        network, before: as :func:`~.moving.continued` takes them.
        changed: n weights of changed links, by :func:`~.network.changed_weight`.
        seed: of the Leiden runs.

    Returns:
        n labels 0..c-1 by the smallest member.
    """
    label = continued(network, before, np.flatnonzero(changed > 0), resolution=resolution)
    return cut_anew(network, label, changed, seed=seed, resolution=resolution)


def cut_anew(
    network: Network, label: Ints, changed: Floats, *, seed: int = 0, resolution: float = 1.0
) -> Ints:
    """Labels after each community that is :func:`disturbed` was parted, where that is better by its own bound.

    The parts take the place of the community when they raise modularity by more than :data:`~.moving.RECUT` of its
    share of all strength: what holds for the whole network holds for a part of it.
    """
    chosen = disturbed(network, label, changed)[label]
    if not chosen.any():
        return label
    parted = _parted(network, label, chosen, seed, resolution)
    return _joined(network, parted, np.unique(parted[chosen]), resolution)


def _parted(network: Network, label: Ints, chosen: Bools, seed: int, resolution: float) -> Ints:
    inside = _alone(network, label, chosen)
    runs = min(_RUNS, runs_for(len(inside.weight)))
    part = np.zeros(network.size, dtype=np.int64)
    part[chosen] = fresh(inside, runs=runs, seed=seed, resolution=resolution).label
    parted = by_smallest_member(label * (int(part.max()) + 1) + part)
    gain = _by_community(network, label, parted, resolution) - _by_community(
        network, label, label, resolution
    )
    better = gain > RECUT * np.bincount(label, network.strength) / network.total
    return by_smallest_member(np.where(better[label], parted, network.size + label))


def _joined(network: Network, label: Ints, asked: Ints, resolution: float) -> Ints:
    """Labels after the communities ``asked`` have moved as one party moves, for a gain above the same bound."""
    count = int(label.max()) + 1
    low, high = label[network.low], label[network.high]
    between = low != high
    units = Network.of(count, low[between], high[between], network.weight[between])
    units = replace(
        units, strength=np.bincount(label, network.strength, count).astype(np.float64), total=network.total
    )
    # A move raises modularity by twice its gain, as a share of the strength of all.
    unit = moved(units, np.arange(count), asked, threshold=RECUT / 2, resolution=resolution)
    return by_smallest_member(unit[label])


def disturbed(network: Network, label: Ints, changed: Floats) -> Bools:
    """Which of c communities have links of which so many changed (:data:`DISTURBED`)."""
    strength, moved = np.bincount(label, network.strength), np.bincount(label, changed)
    found: Bools = (moved > 0) & (strength > 0) & (moved >= DISTURBED * strength)
    return found


def _alone(network: Network, label: Ints, chosen: Bools) -> Network:
    """The chosen parties with the links inside their communities; strengths and total are those of the whole."""
    place = np.cumsum(chosen) - 1
    kept = chosen[network.low] & (label[network.low] == label[network.high])
    low, high = place[network.low[kept]], place[network.high[kept]]
    inside = Network.of_pairs(int(chosen.sum()), low, high, network.weight[kept])
    return replace(inside, strength=network.strength[chosen], total=network.total)


def _by_community(network: Network, label: Ints, parted: Ints, resolution: float) -> Floats:
    """What each of c communities adds to modularity when its members have the labels ``parted``."""
    count = int(label.max()) + 1
    together = parted[network.low] == parted[network.high]
    inside = np.bincount(label[network.low[together]], network.weight[together], count)
    of_part = np.bincount(parted, network.strength)
    first = np.zeros(len(of_part), dtype=np.int64)
    first[parted] = label
    size: Floats = (
        2.0 * inside / network.total - resolution * np.bincount(first, of_part**2, count) / network.total**2
    )
    return size
