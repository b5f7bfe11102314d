"""Which members of a large block reach its root, in each of 4,000 draws of which links are live.

The numbers drawn for a link hang on its two names alone, so all roots, blocks, groups and what-ifs share them. Whether
a link is live is found once for all tables, and 64 draws are walked back together, one bit each.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from algorithms.risk.close_groups.draws_kernel import some_fail, walk_back
from algorithms.risk.close_groups.links import Ints16, Ints32, Links
from graph.arrays import Bools, Floats, Ints

MOST_KEPT = 250_000
"""Links whose live draws are kept while tables are made (half a kilobyte each); those of others are found each time."""


@dataclass(frozen=True, slots=True, eq=False)
class Tables:
    """Blocks with a root: ``root``: t. The other members, ascending: ``first[t]:first[t + 1]`` of ``member``."""

    root: Ints
    first: Ints
    member: Ints


@dataclass(frozen=True, slots=True, eq=False)
class Drawn:
    """Which members reach the root in each draw, for d drawn tables: the sets as a tree, since most share what reaches
    the root often.

    Table k has the nodes ``first[k]:first[k + 1]``, its root before all others and parents before children. ``parent``:
    of each node, counted from the table's own root. Node v adds the members ``run_first[v]:run_first[v + 1]`` of
    ``run``, as places in the table, to those of its parent; ``count[v]`` draws have exactly these.
    """

    first: Ints
    parent: Ints16
    count: Ints16
    run_first: Ints
    run: Ints32

    @classmethod
    def none(cls) -> Drawn:
        """Of no table."""
        bounds, empty = np.zeros(1, dtype=np.int64), np.zeros(0, dtype=np.uint16)
        return cls(bounds, empty, empty, bounds, np.zeros(0, dtype=np.int32))

    @classmethod
    def join(cls, tables: Sequence[Drawn]) -> Drawn:
        """All tables of several, in their order."""
        nodes = np.cumsum([0, *(len(one.parent) for one in tables)])
        runs = np.cumsum([0, *(len(one.run) for one in tables)])
        start = np.zeros(1, dtype=np.int64)
        return cls(
            np.concatenate([start, *(one.first[1:] + at for one, at in zip(tables, nodes, strict=False))]),
            np.concatenate([one.parent for one in tables]),
            np.concatenate([one.count for one in tables]),
            np.concatenate([start, *(one.run_first[1:] + at for one, at in zip(tables, runs, strict=False))]),
            np.concatenate([one.run for one in tables]),
        )

    def table(self, number: int) -> Drawn:
        """One table alone."""
        low, high = int(self.first[number]), int(self.first[number + 1])
        begin, end = int(self.run_first[low]), int(self.run_first[high])
        bounds = np.array([0, high - low], dtype=np.int64)
        nodes = self.parent[low:high], self.count[low:high]
        return Drawn(bounds, *nodes, self.run_first[low : high + 1] - begin, self.run[begin:end])

    def some_fail(self, table: int, failing: Floats) -> tuple[float, float]:
        """Mean over the draws of one table, and mean square, of the chance that some member in the draw fails.

        Args:
            table: its number among the drawn ones.
            failing: the chance of each member.
        """
        low, high = int(self.first[table]), int(self.first[table + 1])
        return some_fail(
            self.parent[low:high], self.count[low:high], self.run_first[low : high + 1], self.run, failing
        )


@dataclass(frozen=True, slots=True, eq=False)
class Known:
    """Drawn tables that were made before for some of the same links, with the same names.

    ``number``: of each table in ``draws``, by its root and other members, as positions of that time. ``place``: k,
    these positions of the k parties there are now. ``changed``: links whose weight is another one now, by those
    positions of source and target.
    """

    draws: Drawn
    number: Mapping[tuple[int, bytes], int]
    place: Ints
    changed: Collection[tuple[int, int]]

    def find(self, root: int, members: Ints) -> Drawn | None:
        """The table, where none of the links within it has changed."""
        there, top = self.place[members], int(self.place[root])
        number = self.number.get((top, there.tobytes()))
        if number is None:
            return None
        inside = {top, *there.tolist()}
        if any(source in inside and target in inside for source, target in self.changed):
            return None
        return self.draws.table(number)


def draw(tables: Tables, links: Links, drawn: Bools, hashes: Ints) -> Drawn:
    """The draws of the drawn tables.

    Args:
        tables: of blocks of ``links``.
        drawn: t, which tables are drawn.
        hashes: l, of the links among the members of all drawn tables.
    """
    return Drawn(
        *walk_back(
            links.ptr, links.source, links.weight, hashes, _kept(tables, links, drawn), tables.root, tables.first,
            tables.member, drawn.astype(np.uint8),
        )
    )  # fmt: skip


def link_hash(source: str, target: str) -> int:
    """The first eight bytes of BLAKE2b of source, zero byte, target, as a signed number, its highest byte first."""
    return int.from_bytes(hashlib.blake2b(f"{source}\0{target}".encode()).digest()[:8], "big", signed=True)


def link_hashes(tables: Tables, links: Links, drawn: Bools, keys: Sequence[str] | None) -> Ints:
    """The hash of every link that a drawn block may hold; 0 for others."""
    target = links.targets()
    wanted = _inside(tables, links, drawn)
    hashes = np.zeros(len(target), dtype=np.int64)
    for q, i, k in zip(wanted.tolist(), links.source[wanted].tolist(), target[wanted].tolist(), strict=True):
        hashes[q] = link_hash(str(i), str(k)) if keys is None else link_hash(keys[i], keys[k])
    return hashes


def _inside(tables: Tables, links: Links, drawn: Bools) -> Ints:
    """The links among the members of all drawn tables."""
    inside = np.zeros(links.size, dtype=np.bool_)
    inside[tables.root[drawn]] = True
    inside[tables.member[np.repeat(drawn, np.diff(tables.first))]] = True
    return np.flatnonzero(inside[links.source] & inside[links.targets()])


def _kept(tables: Tables, links: Links, drawn: Bools) -> Ints:
    """Where the live draws of a link are kept; -1 = nowhere."""
    kept = np.full(len(links.weight), -1, dtype=np.int64)
    inside = _inside(tables, links, drawn)[:MOST_KEPT]
    kept[inside] = np.arange(len(inside))
    return kept
