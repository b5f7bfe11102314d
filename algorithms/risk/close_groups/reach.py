"""Which parties of a block reach its root over live links, and with which chance (docs/science.md, "Close groups").

Exact by layers: who reaches the root in one step, who reaches those, and so on. Only positive numbers are added and
multiplied, so a chance of 1e-9 keeps its digits (1 minus a sum of chances would lose them). Blocks that are too large
are drawn (``draws.py``).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from algorithms.risk.close_groups.draws import Drawn, Known, Tables, draw, link_hashes
from algorithms.risk.close_groups.links import Bytes, Ints16, Ints32, Links
from algorithms.risk.close_groups.reach_kernel import exact
from graph.arrays import Bools, Floats, Ints


@dataclass(frozen=True, slots=True, eq=False)
class Reach:
    """r(S) of t tables; S is told by the other members of the table's block, ascending.

    ``drawn``: t. ``at``: t, where the values of an exact table begin, or the number of a drawn one among ``draws``. Of
    an exact table with k other members: 2^k values from ``value[at[t]]`` on, bit i of the position tells member i. A
    draw counts ``1 / DRAWS``.
    """

    drawn: Bools
    at: Ints
    value: Floats
    draws: Drawn

    @property
    def plain(self) -> tuple[Bytes, Ints, Floats, Ints, Ints16, Ints16, Ints, Ints32]:
        """What kernels take."""
        draws = self.draws
        nodes = draws.first, draws.parent, draws.count, draws.run_first, draws.run
        return self.drawn.astype(np.uint8), self.at, self.value, *nodes


def reach(
    tables: Tables,
    links: Links,
    largest: int,
    keys: Sequence[str] | None = None,
    *,
    hashes: Ints | None = None,
    known: Known | None = None,
) -> Reach:
    """The reach sets of every table.

    Args:
        tables: of blocks of ``links``.
        largest: members of a block, the root among them, up to which it is exact.
        keys: n names that never change; the draws of a link hang on them alone. Positions as text when absent.
        hashes: l, of the links among the members of all drawn blocks, where they are known already.
        known: drawn tables that need not be made again.

    O(4^k) for k other members of an exact block; a drawn one costs its links some 63 times and what its draws find.
    """
    others = np.diff(tables.first)
    drawn = others + 1 > largest
    held = np.where(drawn, 0, 2 ** np.minimum(others, largest))
    at = np.cumsum(held) - held
    value = np.zeros(int(held.sum()))
    exact(
        links.ptr, links.source, links.weight, tables.root, tables.first, tables.member, drawn.astype(np.uint8),
        at, value,
    )  # fmt: skip
    if not drawn.any():
        return Reach(drawn, at, value, Drawn.none())
    kept: dict[int, Drawn] = {}
    for table in np.flatnonzero(drawn).tolist() if known else []:
        members = tables.member[tables.first[table] : tables.first[table + 1]]
        found = known.find(int(tables.root[table]), members) if known else None
        if found is not None:
            kept[table] = found
    made = drawn.copy()
    made[list(kept)] = False
    draws = draw(tables, links, made, link_hashes(tables, links, made, keys) if hashes is None else hashes)
    if kept:
        number = np.cumsum(made) - 1
        draws = Drawn.join(
            [
                kept[table] if table in kept else draws.table(int(number[table]))
                for table in np.flatnonzero(drawn).tolist()
            ]
        )
    return Reach(drawn, np.where(drawn, np.cumsum(drawn) - 1, at), value, draws)
