"""Small random graphs that are hard for risk propagation: cycles, self-loops, isolated parties, gains around 1."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from hypothesis import strategies as st

from graph.arrays import Csr, Floats, Ints

PLAIN = st.floats(0.01, 1.5, allow_nan=False).map(lambda x: round(x, 3))
SMALL = 2.0**-10
# Binary fractions: sums and products of a few are exact, so a gain is 1 or clearly is not. (A gain of 1 - 1e-17 with an
# inflow of 1e-21 has no answer in double precision but an interval.)
WILD = st.sampled_from([2.0**-30, SMALL, 0.125, 0.25, 0.5, 1.0 - SMALL, 1.0, 1.0 + SMALL, 2.0, 3.0])
SEED = st.sampled_from([1e-12, 1e-9, 1e-5, 0.01, 0.1, 0.3, 0.5, 1.0])


@dataclass(frozen=True, slots=True, eq=False)
class Case:
    """A weight matrix as edges, and own distress."""

    size: int
    source: Ints
    target: Ints
    weight: Floats
    own: Floats

    def csr(self) -> Csr:
        return Csr.from_edges(self.size, self.source, self.target, self.weight)

    def exact(self) -> tuple[dict[tuple[int, int], Fraction], list[Fraction]]:
        """What the floats of ``csr`` and ``own`` are, exactly."""
        matrix = self.csr()
        ends = zip(matrix.rows(), matrix.indices, matrix.data, strict=True)
        links = {(int(i), int(j)): Fraction(float(w)) for i, j, w in ends}
        return links, [Fraction(float(s)) for s in self.own]


def case(size: int, edges: list[tuple[int, int, float]], own: dict[int, float]) -> Case:
    """A case from plain values."""
    source = np.array([e[0] for e in edges], dtype=np.int64)
    target = np.array([e[1] for e in edges], dtype=np.int64)
    weight = np.array([e[2] for e in edges], dtype=np.float64)
    seeds = np.zeros(size)
    for party, distress in own.items():
        seeds[party] = distress
    return Case(size, source, target, weight, seeds)


@st.composite
def cases(draw: st.DrawFn, most: int = 6) -> Case:
    """Any small graph; half of them contain a ring with gain 0.999 to 1.5."""
    size = draw(st.integers(1, most))
    party = st.integers(0, size - 1)
    weight = draw(st.sampled_from([PLAIN, WILD]))
    edges = draw(st.lists(st.tuples(party, party, weight), max_size=3 * size))
    if size > 1 and draw(st.booleans()):
        gain = draw(st.sampled_from([0.999, 1.0 - 2.0**-13, 1.0, 1.0 + 2.0**-20, 1.0 + SMALL, 1.5]))
        length = draw(st.integers(2, size))
        edges += [(k, (k + 1) % length, gain if k == 0 else 1.0) for k in range(length)]
    own = draw(st.dictionaries(party, SEED, max_size=2))
    return case(size, edges, own)
