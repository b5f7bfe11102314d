"""The undirected network that communities are found in, with its parties in an order that does not depend on rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import blake2b

import numpy as np

from algorithms.communities.network_kernel import both_ways, compare
from algorithms.invalid_argument import invalid_argument
from graph.arrays import Bools, Csr, Floats, Ints


@dataclass(frozen=True, slots=True, eq=False)
class Network:
    """n parties and the weights of the links between them.

    ``low``, ``high``, ``weight``: each linked pair once, lower position first, weight > 0. ``links``: the same as an
    n x n matrix, both ways. ``strength``: n sums of weights. ``total``: their sum, twice the weight of all links.
    """

    low: Ints
    high: Ints
    weight: Floats
    links: Csr
    strength: Floats
    total: float

    @property
    def size(self) -> int:
        """n, the number of parties."""
        return self.links.size

    @classmethod
    def of(cls, size: int, source: Ints, target: Ints, weight: Floats) -> Network:
        """The network of k links; parallel and opposite links add up, links of a party to itself are left out.

        Raises:
            ValueError: a weight below 0 or not finite; gives the position.
        """
        bad = np.flatnonzero(~(np.isfinite(weight) & (weight >= 0)))
        if len(bad):
            raise invalid_argument(
                f"weight of link {bad[0]} is {weight[bad[0]]}, expected a finite number >= 0"
            )
        return cls.of_pairs(size, *undirected(size, source, target, weight))

    @classmethod
    def of_pairs(cls, size: int, low: Ints, high: Ints, weight: Floats) -> Network:
        """The network of pairs as :func:`undirected` gives them: k, sorted, each once, weight > 0."""
        links = Csr(*both_ways(size, low, high, weight))
        sums = np.bincount(low, weight, size) + np.bincount(high, weight, size)
        strength = sums.astype(np.float64)  # numpy counts nothing in whole numbers
        return cls(low, high, weight, links, strength, float(strength.sum()))

    def without(self, lost: Bools) -> Network:
        """The same parties without some of the k links."""
        kept = ~lost
        return Network.of_pairs(self.size, self.low[kept], self.high[kept], self.weight[kept])

    def modularity(self, label: Ints, *, resolution: float = 1.0) -> float:
        """Newman's modularity of a partition, n labels >= 0; 0 without links."""
        if self.total == 0.0:
            return 0.0
        inside = 2.0 * float(self.weight[label[self.low] == label[self.high]].sum())
        sizes = np.bincount(label, self.strength)
        return inside / self.total - resolution * float((sizes**2).sum()) / self.total**2


def undirected(size: int, source: Ints, target: Ints, weight: Floats) -> tuple[Ints, Ints, Floats]:
    """Each pair once, lower position first, sorted; weights of a pair summed in ascending order.

    Links of a party to itself and weights of 0 are left out: neither holds a community together.
    """
    kept = (source != target) & (weight > 0)
    source, target, value = source[kept], target[kept], weight[kept]
    pair = np.minimum(source, target) * size + np.maximum(source, target)
    order = np.argsort(pair, kind="stable")
    pair, value = pair[order], value[order]
    again = np.flatnonzero(pair[1:] == pair[:-1])
    if len(again):
        several = np.union1d(again, again + 1)
        value[several] = value[several][np.lexsort((value[several], pair[several]))]
        first = np.flatnonzero(np.r_[True, pair[1:] != pair[:-1]])
        pair, value = pair[first], np.add.reduceat(value, first)
    low, high = np.divmod(pair, max(size, 1))
    return low, high, value


def changed_weight(before: tuple[Ints, Ints, Floats], now: Network) -> Floats:
    """By how much links of each party changed: n sums of weights that came, went or differ, above 0 at each end.

    Args:
        before: source, target and weight of the k links of before, as :meth:`Network.of` takes them, in the positions
            of now; -1 for a party that is no more.
    """
    source, target, weight = before
    gone = (source < 0) | (target < 0)
    left = np.maximum(source, target)
    left_alone = gone & (left >= 0)
    changed = np.bincount(left[left_alone], weight[left_alone], now.size).astype(np.float64)
    low, high, value = undirected(now.size, source[~gone], target[~gone], weight[~gone])
    compare(low, high, value, now.low, now.high, now.weight, changed)
    return changed


def hashed_order(keys: Sequence[str]) -> Ints:
    """Positions of n distinct keys in the order of their hashes, n int64.

    Ties between equal choices are settled by this order, so they depend on the set of keys and not on the order of
    rows, and a new party takes any place with equal chance.
    """
    return np.array(sorted(range(len(keys)), key=lambda at: (_hash(keys[at]), keys[at])), dtype=np.int64)


def _hash(key: str) -> bytes:
    return blake2b(key.encode("utf-8", "surrogatepass"), digest_size=8).digest()
