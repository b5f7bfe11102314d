"""Guarantee circles: firms that guarantee each other in a ring, and the weakest link of each ring.

A circle is a strongly connected component of at least two firms, or a firm that guarantees itself (Tarjan 1972).
Its elementary cycles: ``algorithms.cycles``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np

from algorithms.risk.strong_components import strong_components
from graph.arrays import Csr

Kind: TypeAlias = Literal["self", "mutual", "ring", "complete", "complex"]


@dataclass(frozen=True, slots=True)
class Circle:
    """``members`` ascending. ``internal``: sum of guarantees among them; ``inflow``, ``outflow``: from and to others.

    ``kind``: self, mutual (two firms both ways), ring (exactly one cycle, longer than two), complete (every ordered
    pair of at least three), complex otherwise.
    """

    members: tuple[int, ...]
    kind: Kind
    internal: float
    inflow: float
    outflow: float


def circles(guarantees: Csr) -> tuple[Circle, ...]:
    """All circles, by smallest member.

    Args:
        guarantees: n x n, amount from guarantor (row) to borrower (column); parallel contracts added up. An
            entry of unknown amount counts as a link of amount 0: give it 0.
    """
    label = strong_components(guarantees.indptr, guarantees.indices)
    rows, columns, amount = guarantees.rows(), guarantees.indices, guarantees.data
    loops = set(rows[rows == columns].tolist())
    size = np.bincount(label)
    found = []
    order = np.argsort(label, kind="stable")
    bounds = np.append(0, np.cumsum(size))
    for component in range(len(size)):
        members = order[bounds[component] : bounds[component + 1]]
        if len(members) < 2 and int(members[0]) not in loops:
            continue
        found.append(members)
    inside = np.full(guarantees.size, -1)
    for k, members in enumerate(found):
        inside[members] = k
    here, there = inside[rows], inside[columns]
    count = len(found)
    same = (here == there) & (here >= 0)
    internal = np.bincount(here[same], amount[same], minlength=count)
    links = np.bincount(here[same & (rows != columns)], minlength=count)
    outflow = np.bincount(here[~same & (here >= 0)], amount[~same & (here >= 0)], minlength=count)
    inflow = np.bincount(there[~same & (there >= 0)], amount[~same & (there >= 0)], minlength=count)
    made = [
        Circle(
            tuple(members.tolist()),
            _kind(len(members), int(links[k]), any(m in loops for m in members.tolist())),
            float(internal[k]),
            float(inflow[k]),
            float(outflow[k]),
        )
        for k, members in enumerate(found)
    ]
    return tuple(sorted(made, key=lambda c: c.members))


def _kind(members: int, links: int, loop: bool) -> Kind:
    if members == 1:
        return "self"
    if members == 2:
        return "mutual"
    if links == members and not loop:  # strongly connected with one link a firm: one cycle
        return "ring"
    if links == members * (members - 1):
        return "complete"
    return "complex"
