"""Which parties of a block reach its root over live links, and with which chance (docs/science.md, "Close groups").

Exact by layers: who reaches the root in one step, who reaches those, and so on. Only positive numbers are added and
multiplied, so a chance of 1e-9 keeps its digits (1 minus a sum of chances would lose them). Blocks that are too large
are drawn: the same numbers are drawn for a link in every block, group and what-if.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from algorithms.risk.close_groups.links import Ints32, Links
from algorithms.risk.close_groups.reach_kernel import draw, exact
from graph.arrays import Bools, Floats, Ints

DRAWS = 4_000


@dataclass(frozen=True, slots=True, eq=False)
class Reach:
    """r(S) of t tables; S is told by the other members of the table's block, ascending.

    ``drawn``: t. Of an exact table with k other members: the 2^k values ``value[first[t]:first[t + 1]]``, bit i of the
    position tells member i. Of a drawn one: ``value`` holds the share of draws that found each set of
    ``first[t]:first[t + 1]``, whose members are ``set_first[v]:set_first[v + 1]`` of ``set_member`` for position v.
    """

    drawn: Bools
    first: Ints
    value: Floats
    set_first: Ints
    set_member: Ints32


@dataclass(frozen=True, slots=True, eq=False)
class Tables:
    """Blocks with a root: ``root``: t. The other members, ascending: ``first[t]:first[t + 1]`` of ``member``."""

    root: Ints
    first: Ints
    member: Ints


def reach(
    tables: Tables,
    links: Links,
    largest: int,
    keys: Sequence[str] | None = None,
    *,
    hashes: Ints | None = None,
) -> Reach:
    """The reach sets of every table.

    Args:
        tables: of blocks of ``links``.
        largest: members of a block, the root among them, up to which it is exact.
        keys: n names that never change; the draws of a link hang on them alone. Positions as text when absent.
        hashes: l, of the links among the members of all drawn blocks, where they are known already.

    O(4^k) for k other members of an exact block, 4,000 walks for a drawn one.
    """
    others = np.diff(tables.first)
    drawn = others + 1 > largest
    first = np.zeros(len(others) + 1, dtype=np.int64)
    np.cumsum(np.where(drawn, 0, 2 ** np.minimum(others, largest)), out=first[1:])
    value = np.zeros(int(first[-1]))
    flags = drawn.astype(np.uint8)
    exact(
        links.ptr, links.source, links.weight, tables.root, tables.first, tables.member, flags, first, value
    )  # fmt: skip
    if not drawn.any():
        return Reach(
            drawn, first, value, np.zeros(len(value) + 1, dtype=np.int64), np.zeros(0, dtype=np.int32)
        )
    known = link_hashes(tables, links, drawn, keys) if hashes is None else hashes
    count, chance, found_first, set_member = draw(
        links.ptr, links.source, links.weight, known, tables.root, tables.first,
        tables.member, flags, DRAWS,
    )  # fmt: skip
    # Exact tables have empty sets in the list of sets, so that one position serves both.
    size = np.where(drawn, count, np.diff(first))
    both = np.zeros(len(size) + 1, dtype=np.int64)
    np.cumsum(size, out=both[1:])
    from_draws = np.repeat(drawn, size)
    merged = np.empty(int(both[-1]))
    merged[from_draws], merged[~from_draws] = chance, value
    lengths = np.zeros(len(merged), dtype=np.int64)
    lengths[from_draws] = np.diff(found_first)
    set_first = np.concatenate([np.zeros(1, dtype=np.int64), np.cumsum(lengths)])
    return Reach(drawn, both, merged, set_first, set_member)


def link_hash(source: str, target: str) -> int:
    """The first eight bytes of BLAKE2b of source, zero byte, target, as a signed number, its highest byte first."""
    return int.from_bytes(hashlib.blake2b(f"{source}\0{target}".encode()).digest()[:8], "big", signed=True)


def link_hashes(tables: Tables, links: Links, drawn: Bools, keys: Sequence[str] | None) -> Ints:
    """The hash of every link that a drawn block may hold; 0 for others."""
    inside = np.zeros(links.size, dtype=np.bool_)
    inside[tables.root[drawn]] = True
    inside[tables.member[np.repeat(drawn, np.diff(tables.first))]] = True
    target = links.targets()
    wanted = np.flatnonzero(inside[links.source] & inside[target])
    hashes = np.zeros(len(target), dtype=np.int64)
    for q, i, k in zip(wanted.tolist(), links.source[wanted].tolist(), target[wanted].tolist(), strict=True):
        hashes[q] = link_hash(str(i), str(k)) if keys is None else link_hash(keys[i], keys[k])
    return hashes
