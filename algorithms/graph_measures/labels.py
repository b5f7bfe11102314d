"""Communities by label propagation, the deterministic form: synchronous, ties to the smallest label."""

from __future__ import annotations

import numpy as np

from algorithms.invalid_argument import invalid_argument
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
        raise invalid_argument(f"rounds = {rounds} must be at least 0")
    back = links.transpose()
    label = np.arange(links.size, dtype=np.int64)
    for _ in range(rounds):
        after = _round(links.indptr, links.indices, back.indptr, back.indices, label)
        if np.array_equal(after, label):
            break
        label = after
    return label


@kernel("i8 i8 i8 i8 i8")
def _round(
    out_indptr: Ints, out_indices: Ints, in_indptr: Ints, in_indices: Ints, label: Ints
) -> Ints:  # pragma: no cover  # compiled
    """The labels after one round."""
    after = np.empty(len(label), dtype=np.int64)
    most_links = 0
    for node in range(len(label)):
        most_links = max(
            most_links, out_indptr[node + 1] - out_indptr[node] + in_indptr[node + 1] - in_indptr[node]
        )
    room = np.empty(most_links, dtype=np.int64)  # the neighbours' labels of one node
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
    return after
