"""The valley tree: a cloud of points is cut at its gaps until no part has one (science.md 3.2)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

import numpy as np

from algorithms.segments.table import Table
from algorithms.segments.valley import Cut, Part
from graph.arrays import Ints

LEVEL: Final = 0.05
FEWEST: Final = 15
SMALLEST: Final = 0.01
"""Each side of a cut has at least so many customers, and at least this share of all."""


@dataclass(slots=True, eq=False)
class Node:
    """A part of the customers.

    ``rows``: of the table. ``p``: of the valley test. ``z``: depth of its valley, nan where it was not cut.
    ``sides``: the two parts that it was cut into, or none; ``cut``: how.
    """

    rows: Ints
    path: str
    p: float
    z: float = np.nan
    sides: tuple[Node, Node] | None = None
    uncut: bool = field(default=False)
    cut: Cut | None = None


class ValleyTree:
    """Cuts of a table in hashed order.

    Args:
        table: the customers.
        purpose: of every draw.
    """

    def __init__(self, table: Table, purpose: str) -> None:
        self._table = table
        self._purpose = purpose
        self._least = max(FEWEST, int(np.ceil(SMALLEST * table.size)))
        self.root = self._node(np.arange(table.size, dtype=np.int64), "root")

    def _part(self, rows: Ints, path: str) -> Part:
        return Part(self._table.rows(rows), f"{self._purpose} {path}", root=path == "root")

    def _node(self, rows: Ints, path: str) -> Node:
        return Node(rows, path, self._part(rows, path).p_value() if len(rows) >= 2 * self._least else 1.0)

    def _cut(self, node: Node) -> bool:
        """Cut a part, if it can be."""
        if node.sides is None and not node.uncut:
            cut = self._part(node.rows, node.path).best_cut(self._least)
            if cut is None:
                node.uncut = True
            else:
                node.z, node.cut = cut.z, cut
                low, high = node.rows[~cut.side], node.rows[cut.side]
                node.sides = (self._node(low, f"{node.path}0"), self._node(high, f"{node.path}1"))
        return node.sides is not None

    def parts(self) -> Ints:
        """Cut while a part has p < .05: label of each customer, 0..K-1."""
        leaves, waiting = [], [self.root]
        while waiting:
            node = waiting.pop()
            if node.p < LEVEL and self._cut(node) and node.sides is not None:
                waiting += node.sides
            else:
                leaves.append(node)
        return self._labels(leaves)

    def so_many_parts(self, wanted: int) -> Ints:
        """Cut the part with the smallest p (then the largest) until there are so many, or no part can be cut."""
        leaves = [self.root]
        while len(leaves) < wanted:
            for node in sorted(leaves, key=lambda one: (one.p, -len(one.rows), one.path)):
                if self._cut(node) and node.sides is not None:
                    leaves.remove(node)
                    leaves += node.sides
                    break
            else:
                break
        return self._labels(leaves)

    def _labels(self, leaves: list[Node]) -> Ints:
        label = np.zeros(self._table.size, dtype=np.int64)
        for number, node in enumerate(sorted(leaves, key=lambda one: one.path)):
            label[node.rows] = number
        return label
