"""The parties that a set of roots reaches, in an order in which harm runs forward, with their links in.

Strongly connected components come in topological order, so each is solved once with all that enters it known
(Tarjan 1972). Inside a component parties stand in reverse postorder: most links run forward there too, which
spares sweeps.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from algorithms.risk.network import Network
from algorithms.risk.region_kernel import gather, order
from graph.arrays import Floats, Ints

Ints32 = npt.NDArray[np.int32]


@dataclass(frozen=True, slots=True, eq=False)
class Region:
    """k parties in c components, renumbered 0..k-1 in the order of solving.

    ``parties``: k positions in the network. ``starts``: c + 1 bounds of the components.
    The links into local party ``j`` are ``ptr[j]:ptr[j + 1]`` of ``source`` (local) and ``weight``.
    ``links``: k, how many links come in, those from outside the region included (for rounding bounds).
    ``inflow``, ``inflow_error``: k, harm that enters from outside the region and how far it may be off.
    """

    parties: Ints32
    starts: Ints32
    ptr: Ints
    source: Ints32
    weight: Floats
    links: Floats
    inflow: Floats
    inflow_error: Floats

    @property
    def components(self) -> int:
        """c, number of strongly connected components."""
        return len(self.starts) - 1


def region(
    network: Network, roots: Ints, *, outside: Floats | None = None, outside_error: Floats | None = None
) -> Region:
    """Everything that ``roots`` reach over links of weight above 0.

    Args:
        network: of n parties.
        roots: positions, ascending.
        outside, outside_error: n, the known h of parties that are not reached, and its bound; 0 when absent.

    O(parties and links reached), plus a cleared array of n.
    """
    size = network.size
    out, more = network.out, network.out_patch
    parties, starts, place = order(
        out.indptr, out.indices, out.data, more.row, more.rows.indptr, more.rows.indices, more.rows.data,
        roots, np.zeros(size, dtype=np.int32),
    )  # fmt: skip
    into, more = network.into, network.into_patch
    at = parties.astype(np.int64)
    room = int((into.indptr[at + 1] - into.indptr[at]).sum()) + len(more.rows.indices)
    ptr = np.zeros(len(parties) + 1, dtype=np.int64)
    source = np.empty(room, dtype=np.int32)
    weight = np.empty(room, dtype=np.float64)
    links = np.empty(len(parties))
    inflow = np.zeros(len(parties))
    inflow_error = np.zeros(len(parties))
    nothing = np.zeros(0)
    known = nothing if outside is None else outside
    error = nothing if outside_error is None else outside_error
    used = gather(
        into.indptr, into.indices, into.data, more.row, more.rows.indptr, more.rows.indices, more.rows.data,
        parties, place, known, error,
        ptr, source, weight, links, inflow, inflow_error,
    )  # fmt: skip
    return Region(parties, starts, ptr, source[:used], weight[:used], links, inflow, inflow_error)
