"""Which members of a large block reach its root, in each of 4,000 draws of which links are live.

The numbers drawn for a link hang on its two names alone, so all roots, blocks, groups and what-ifs share them. Whether
a link is live is found once for all tables, and 64 draws are walked back together, one bit each.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from algorithms.risk.close_groups.draws_kernel import walk_back
from algorithms.risk.close_groups.links import Ints16, Links
from graph.arrays import Bools, Ints

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
    """In which draws a member reaches the root, for m members of drawn tables one after the other.

    Of member p the draws ``first[p]:first[p + 1]`` of ``draw``, ascending, from 0 to ``DRAWS`` - 1.
    """

    first: Ints
    draw: Ints16


def draw(tables: Tables, links: Links, drawn: Bools, hashes: Ints) -> Drawn:
    """The draws of every member of the drawn tables.

    Args:
        tables: of blocks of ``links``.
        drawn: t, which tables are drawn.
        hashes: l, of the links among the members of all drawn tables.
    """
    first, draws = walk_back(
        links.ptr, links.source, links.weight, hashes, _kept(tables, links, drawn), tables.root, tables.first,
        tables.member, drawn.astype(np.uint8),
    )  # fmt: skip
    return Drawn(first, draws)


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
