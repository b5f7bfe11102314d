"""Policy iteration from above: exact where sweeps crawl (rings of gain near 1).

``x := 1; repeat { fall 20 times; U := {raw(x) < 1}, which only grows; solve on U with the rest at 1 }``.
From above the system on U is never singular and its solution never negative; from below it can be both.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import numpy.typing as npt

from algorithms.risk.region import Region
from algorithms.risk.sweeps_kernel import evaluate, extract, fall
from graph.arrays import Bools, Floats, Ints
from terms.delayed import Delayed

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

sparse: Final[Any] = Delayed("scipy.sparse")
factors_of: Final[Any] = Delayed("scipy.sparse.linalg")

DIRECT = 3000
"""Up to so many parties the system is factorised; above, too, where that fills in little, else BiCGSTAB solves it."""
MOST_LINKS = 2_000_000
FEW = 3


@dataclass(frozen=True, slots=True, eq=False)
class Component:
    """One strongly connected component as a problem of its own: ``x = min(1, base + W'x)``."""

    ptr: Ints
    source: npt.NDArray[np.int32]
    weight: Floats
    base: Floats

    def raw(self, x: Floats) -> Floats:
        """base + W'x."""
        values = np.empty(len(x))
        evaluate(self.ptr, self.source, self.weight, self.base, x, values, 0, len(x))
        return values

    def matrix(self) -> csr_matrix:
        """W' as a scipy matrix: row j holds the links into j."""
        size = len(self.base)
        return sparse.csr_matrix((self.weight, self.source, self.ptr), shape=(size, size))


def component(area: Region, number: int, base: Floats, h: Floats) -> Component:
    """Component ``number`` of the region with all earlier ones at ``h``."""
    begin, end = int(area.starts[number]), int(area.starts[number + 1])
    room = int(area.ptr[end] - area.ptr[begin])
    ptr = np.zeros(end - begin + 1, dtype=np.int64)
    source = np.empty(room, dtype=np.int32)
    weight = np.empty(room)
    own = np.empty(end - begin)
    used = extract(
        area.ptr, area.source, area.weight, base, h, begin, end, ptr, source, weight, own
    )  # fmt: skip
    return Component(ptr, source[:used], weight[:used], own)


def from_above(part: Component) -> tuple[Floats, int]:
    """The solution on a component and the number of linear systems solved."""
    size = len(part.base)
    x = np.ones(size)
    uncapped = np.zeros(size, dtype=bool)
    matrix = part.matrix()
    solves = 0
    while True:
        fall(part.ptr, part.source, part.weight, part.base, x, 20)
        wider = uncapped | (part.raw(x) < 1.0)
        if solves and (wider == uncapped).all():
            return x, solves
        uncapped = wider
        if not uncapped.any():
            return x, solves
        x = _on_uncapped(matrix, part.base, x, uncapped)
        solves += 1


def linear(matrix: csr_matrix, right: Floats, start: Floats | None = None) -> Floats:
    """x = right + matrix x for a matrix of radius below 1: LU where it fills in little, else BiCGSTAB."""
    return linear_solver(matrix, start)(right)


def linear_solver(matrix: csr_matrix, start: Floats | None = None) -> Callable[[Floats], Floats]:
    """The same for any number of right sides: factors are made once."""
    system = sparse.identity(matrix.shape[0], format="csr") - matrix
    if matrix.shape[0] > DIRECT and not fills_little(matrix):

        def iterated(right: Floats) -> Floats:
            x, _ = factors_of.bicgstab(system, right, x0=start, rtol=1e-14, atol=0.0, maxiter=1000)
            return np.asarray(x, dtype=np.float64)

        return iterated
    try:
        factors = factors_of.splu(sparse.csc_matrix(system))
    except RuntimeError:  # singular in floating point; the certificate judges what we keep
        return lambda right: right if start is None else start

    def direct(right: Floats) -> Floats:
        x = factors.solve(right)
        x += factors.solve(right - system @ x)  # one refinement: small parts beside large ones
        return np.asarray(x, dtype=np.float64)

    return direct


def fills_little(matrix: csr_matrix) -> bool:
    """Whether taking out parties with at most three neighbours, one after the other, leaves ``DIRECT`` or fewer.

    Each adds at most three links between its neighbours, so LU in such an order stays small, however many leaves a
    hub has. A matrix of more than ``MOST_LINKS`` entries is not looked at.
    """
    if matrix.nnz > MOST_LINKS:
        return False
    size = matrix.shape[0]
    both: csr_matrix = (matrix + matrix.T).tocsr()
    near = [
        set(both.indices[first:last].tolist()) - {v}
        for v, (first, last) in enumerate(pairwise(both.indptr.tolist()))
    ]
    waiting = [v for v in range(size) if len(near[v]) <= FEW]
    out = [False] * size
    left: int = size
    while waiting and left > DIRECT:
        v = waiting.pop()
        if out[v] or len(near[v]) > FEW:
            continue
        out[v] = True
        left -= 1
        for a in near[v]:
            near[a].discard(v)
            near[a].update(near[v])
            near[a].discard(a)
            if len(near[a]) <= FEW:
                waiting.append(a)
        near[v].clear()
    return left <= DIRECT


def _on_uncapped(matrix: csr_matrix, base: Floats, x: Floats, uncapped: Bools) -> Floats:
    inside = np.flatnonzero(uncapped)
    rows = matrix[inside]
    fixed = np.where(uncapped, 0.0, 1.0)
    right = base[inside] + rows @ fixed
    solution = linear(rows[:, inside].tocsr(), right, x[inside])
    result = np.ones(len(x))
    # BiCGSTAB stops with a small error of either sign.
    result[inside] = np.clip(np.nan_to_num(solution, nan=1.0), 0.0, 1.0)
    return result
