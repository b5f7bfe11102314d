"""The walk back from a party to the causes of its distress, as an absorbing Markov chain.

From party a the chain steps to b with probability ``W_ba h_b / d_a`` and stops with ``own_a / d_a``, where
``d_a = own_a + sum_b W_ba h_b`` (not h_a: so shares add up by construction; the scaling by kappa cancels). The share
of h that a walk explains is its probability. All sums here only add: near a gain of 1 a subtraction would lose every
digit (Grassmann, Taksar, Heyman 1985).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from algorithms.risk.back_chain_kernel import expected_visits, fill, most_visited, visits_at
from algorithms.risk.network import Network
from graph.arrays import Floats, Ints

Ints32 = npt.NDArray[np.int32]
Matrix = npt.NDArray[np.float64]
Bytes = npt.NDArray[np.uint8]


@dataclass(frozen=True, slots=True, eq=False)
class BackChain:
    """The chain among k parties, the target first.

    ``parties``: k positions in the network. ``step``: k x k, ``step[a, b]`` = probability of going from a to b.
    ``stop``: k, probability of stopping there: the party's own distress is the cause. ``leave``: k, probability of
    going to a party that is not among the k. ``total``: k, d_a. Rows of step, stop and leave sum to 1.
    """

    parties: Ints
    step: Matrix
    stop: Floats
    leave: Floats
    total: Floats

    def visits(self) -> Floats:
        """k, expected visits of each party from the target on, by state reduction without subtraction."""
        return expected_visits(self.step.copy(), self.stop + self.leave)

    def returns(self, at: int, closed: Bytes) -> float:
        """Expected visits at ``at`` when the chain ends on entering a closed party."""
        return float(visits_at(self.step, self.stop + self.leave, closed, at))


def back_chain(network: Network, own: Floats, h: Floats, target: int, within: int) -> BackChain:
    """The chain from ``target`` among the (at most) ``within`` parties that it visits most.

    Where the target has no more ancestors than that, all of them. Ties go to the lower position.
    O(links into the parties pushed), about 40,000 at most.
    """
    size = network.size
    into = network.into
    parties = most_visited(
        into.indptr, into.indices, into.data, own, h, target, within,
        np.zeros(size), np.zeros(size), np.zeros(size, dtype=np.uint8),
    )  # fmt: skip
    k = len(parties)
    step = np.zeros((k, k))
    stop, leave, total = np.zeros(k), np.zeros(k), np.zeros(k)
    place = np.zeros(size, dtype=np.int32)
    place[parties] = np.arange(1, k + 1)
    fill(into.indptr, into.indices, into.data, own, h, parties, place, step, stop, leave, total)
    return BackChain(parties, step, stop, leave, total)
