"""The undirected network that communities are found in, with its parties in an order that does not depend on rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import blake2b

import numpy as np

from algorithms.communities.leiden import undirected
from algorithms.invalid_argument import invalid_argument
from graph.arrays import Csr, Floats, Ints


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
        low, high, value = undirected(size, source, target, weight)
        links = Csr.from_edges(
            size, np.concatenate([low, high]), np.concatenate([high, low]), np.concatenate([value, value])
        )
        strength = np.bincount(links.rows(), links.data, size).astype(np.float64)
        return cls(low, high, value, links, strength, float(strength.sum()))

    def modularity(self, label: Ints, *, resolution: float = 1.0) -> float:
        """Newman's modularity of a partition, n labels >= 0; 0 without links."""
        if self.total == 0.0:
            return 0.0
        inside = 2.0 * float(self.weight[label[self.low] == label[self.high]].sum())
        sizes = np.bincount(label, self.strength)
        return inside / self.total - resolution * float((sizes**2).sum()) / self.total**2


def changed_ends(before: tuple[Ints, Ints, Floats], now: Network) -> Ints:
    """Ends of links that came, went or changed their weight, ascending, each once.

    Args:
        before: low, high and weight of the links of before, in the positions of now; -1 for a party that is no more.
    """
    low, high, weight = before
    lost = np.concatenate([low[high < 0], high[low < 0]])
    kept = (low >= 0) & (high >= 0)
    was = np.minimum(low, high)[kept] * now.size + np.maximum(low, high)[kept]
    order = np.argsort(was, kind="stable")
    was, weight = was[order], weight[kept][order]
    is_ = now.low * now.size + now.high
    at = np.minimum(np.searchsorted(was, is_), max(len(was) - 1, 0))
    same = (was[at] == is_) & (weight[at] == now.weight) if len(was) else np.zeros(len(is_), dtype=np.bool_)
    left = np.ones(len(was), dtype=np.bool_)
    left[at[same]] = False
    pairs = np.concatenate([is_[~same], was[left]])
    ends = np.concatenate([pairs // max(now.size, 1), pairs % max(now.size, 1), lost[lost >= 0]])
    return np.unique(ends).astype(np.int64)


def hashed_order(keys: Sequence[str]) -> Ints:
    """Positions of n distinct keys in the order of their hashes, n int64.

    Ties between equal choices are settled by this order, so they depend on the set of keys and not on the order of
    rows, and a new party takes any place with equal chance.
    """
    return np.array(sorted(range(len(keys)), key=lambda at: (_hash(keys[at]), keys[at])), dtype=np.int64)


def _hash(key: str) -> bytes:
    return blake2b(key.encode("utf-8", "surrogatepass"), digest_size=8).digest()
