"""Communities by label propagation, the deterministic form: synchronous, ties to the smallest label."""

from __future__ import annotations

import numpy as np

from algorithms.kernel import kernel
from graph.arrays import Csr, Ints


def propagated_labels(links: Csr, *, rounds: int) -> Ints:
    """Labels after so many rounds; every node starts with its position. A node without links keeps its own.

    In a round every node takes the label that most of its neighbours had before the round, the smallest of those;
    a neighbour by links of both directions counts twice, weights count for nothing.

    Raises:
        ValueError: rounds below 0.

    CDLP of Graphalytics 1.0, section 2.3.4, after Raghavan, Albert, Kumara 2007; O(m log(largest degree)) a round.
    Rounds that would change nothing are left out.
    """
    if rounds < 0:
        raise ValueError(f"rounds = {rounds} must be at least 0")
    back = links.transpose()
    label = np.arange(links.size, dtype=np.int64)
    degrees = np.diff(links.indptr) + np.diff(back.indptr)
    room = np.empty(int(degrees.max(initial=0)), dtype=np.int64)
    for _ in range(rounds):
        after = np.empty_like(label)
        _round(links.indptr, links.indices, back.indptr, back.indices, label, room, after)
        if np.array_equal(after, label):
            break
        label = after
    return label


@kernel("i8 i8 i8 i8 i8 i8* i8*")
def _round(  # noqa: PLR0917 - kernels take arrays, by position
    out_indptr: Ints,
    out_indices: Ints,
    in_indptr: Ints,
    in_indices: Ints,
    label: Ints,
    room: Ints,
    after: Ints,
) -> None:
    """One round from ``label`` to ``after``; ``room`` holds the neighbours' labels of one node."""
    for node in range(len(label)):
        count = 0
        for at in range(out_indptr[node], out_indptr[node + 1]):
            if out_indices[at] != node:
                room[count] = label[out_indices[at]]
                count += 1
        for at in range(in_indptr[node], in_indptr[node + 1]):
            if in_indices[at] != node:
                room[count] = label[in_indices[at]]
                count += 1
        near = np.sort(room[:count])
        best, most, run = label[node], 0, 0
        for k in range(count):
            run = run + 1 if k > 0 and near[k] == near[k - 1] else 1
            if run > most:
                best, most = near[k], run
        after[node] = best
