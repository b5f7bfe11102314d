"""Which parties of a block reach its root over live links, and with which chance (docs/science.md, "Close groups").

Exact by layers: who reaches the root in one step, who reaches those, and so on. Only positive numbers are added and
multiplied, so a chance of 1e-9 keeps its digits (1 minus a sum of chances would lose them). Blocks that are too large
are drawn: the same numbers are drawn for a link in every block, group and what-if.
"""
# ruff: noqa: PLR0912, PLR0915, PLR0917  # kernels take plain arrays and cannot be split: none calls another

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from algorithms.kernel import kernel
from algorithms.risk.close_groups.links import Bytes, Ints32, Links
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
    _exact(
        links.ptr, links.source, links.weight, tables.root, tables.first, tables.member, flags, first, value
    )  # fmt: skip
    if not drawn.any():
        return Reach(
            drawn, first, value, np.zeros(len(value) + 1, dtype=np.int64), np.zeros(0, dtype=np.int32)
        )
    known = link_hashes(tables, links, drawn, keys) if hashes is None else hashes
    count, chance, found_first, set_member = _draw(
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


@kernel("i8 i4 f8 i8 i8 i8 u1 i8 f8*")
def _exact(
    ptr: Ints,
    source: Ints32,
    weight: Floats,
    root: Ints,
    first: Ints,
    member: Ints,
    drawn: Bytes,
    value_first: Ints,
    value: Floats,
) -> None:  # pragma: no cover  # compiled
    most = 0
    for t in range(len(root)):
        if drawn[t] == 0:
            most = max(most, first[t + 1] - first[t])
    mass = np.zeros((1 << most, 1 << most))
    into = np.zeros((most + 1, most + 1))  # into[u, k]: weight of k -> u; the root stands last
    chance = np.empty(1 << most)
    which = np.empty(1 << most, dtype=np.int64)
    for t in range(len(root)):
        if drawn[t] == 1:
            continue
        size = first[t + 1] - first[t]
        out = value_first[t]
        for a in range(size + 1):
            u = root[t] if a == size else member[first[t] + a]
            q, last = ptr[u], ptr[u + 1]
            if last - q > 64 * size:
                for b in range(size):
                    k = member[first[t] + b]
                    low, high = q, last
                    while low < high:
                        middle = (low + high) // 2
                        if source[middle] < k:
                            low = middle + 1
                        else:
                            high = middle
                    into[a, b] = weight[low] if low < last and source[low] == k else 0.0
            else:
                for b in range(size):
                    k = member[first[t] + b]
                    while q < last and source[q] < k:
                        q += 1
                    into[a, b] = weight[q] if q < last and source[q] == k else 0.0
        if size == 1:
            value[out], value[out + 1] = 1.0 - into[1, 0], into[1, 0]
            continue
        whole = (1 << size) - 1
        for reached in range(whole + 1):
            layer = reached
            while True:
                # Layers within ``reached``, largest first; an empty one only where nobody is reached: the root itself.
                share = 1.0 if reached == 0 else mass[reached, layer]
                if reached != 0:
                    mass[reached, layer] = 0.0
                if share > 0.0:
                    chance[0] = share
                    which[0] = 0
                    count = 1
                    for b in range(size):
                        if reached >> b & 1:
                            continue
                        hit, spared = 0.0, 1.0
                        if reached == 0:
                            hit, spared = into[size, b], 1.0 - into[size, b]
                        else:
                            for a in range(size):
                                if layer >> a & 1:
                                    hit += into[a, b] * spared
                                    spared *= 1.0 - into[a, b]
                        for c in range(count):
                            chance[count + c] = chance[c] * hit
                            which[count + c] = which[c] | (1 << b)
                            chance[c] *= spared
                        count *= 2
                    value[out + reached] += chance[0]
                    for c in range(1, count):
                        mass[reached | which[c], which[c]] += chance[c]
                if layer == 0:
                    break
                layer = (layer - 1) & reached
                if layer == 0:
                    break


@kernel("i8 i4 f8 i8 i8 i8 i8 u1 int")
def _draw(
    ptr: Ints,
    source: Ints32,
    weight: Floats,
    hashes: Ints,
    root: Ints,
    first: Ints,
    member: Ints,
    drawn: Bytes,
    draws: int,
) -> tuple[Ints, Floats, Ints, Ints32]:  # pragma: no cover  # compiled
    """Sets found per table, the share of draws of each, and their members (positions within the block)."""
    step = np.uint64(0x9E3779B97F4A7C15)
    one, other = np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB)
    size = len(ptr) - 1
    place = np.full(size, -1, dtype=np.int64)
    seen = np.full(size, -1, dtype=np.int64)
    stack = np.empty(size, dtype=np.int64)
    found = np.empty(size, dtype=np.int32)
    found_so_far = np.zeros(len(root), dtype=np.int64)
    share = [0.0 for _ in range(0)]
    set_first = [np.int64(0)]
    set_member = [np.int32(0) for _ in range(0)]
    room = 1
    while room < 2 * draws:
        room *= 2
    known = np.empty(room, dtype=np.int64)
    walk = 0
    for t in range(len(root)):
        if drawn[t] == 0:
            continue
        for p in range(first[t], first[t + 1]):
            place[member[p]] = p - first[t]
        known[:] = -1
        begin = len(share)
        for draw in range(draws):
            walk += 1
            seen[root[t]] = walk
            stack[0] = root[t]
            depth = 1
            count = 0
            while depth > 0:
                depth -= 1
                u = stack[depth]
                for q in range(ptr[u], ptr[u + 1]):
                    k = source[q]
                    if place[k] < 0 or seen[k] == walk:
                        continue
                    z = np.uint64(hashes[q]) + np.uint64(draw) * step + step
                    z = (z ^ (z >> np.uint64(30))) * one
                    z = (z ^ (z >> np.uint64(27))) * other
                    z ^= z >> np.uint64(31)
                    if np.float64(z) / 18446744073709551616.0 < weight[q]:
                        seen[k] = walk
                        stack[depth] = k
                        depth += 1
                        found[count] = place[k]
                        count += 1
            found[:count].sort()
            mixed = np.int64(count)
            for c in range(count):
                mixed = (mixed ^ found[c]) * np.int64(-7046029254386353131)
                mixed ^= mixed >> 32
            at = mixed & (room - 1)
            while known[at] >= 0:
                v = known[at]
                same = set_first[v + 1] - set_first[v] == count
                c = 0
                while same and c < count:
                    same = set_member[set_first[v] + c] == found[c]
                    c += 1
                if same:
                    break
                at = (at + 1) & (room - 1)
            if known[at] < 0:
                known[at] = len(share)
                share.append(0.0)
                for c in range(count):
                    set_member.append(found[c])
                set_first.append(np.int64(len(set_member)))
            share[known[at]] += 1.0 / draws
        found_so_far[t] = len(share) - begin
        for p in range(first[t], first[t + 1]):
            place[member[p]] = -1
    return found_so_far, np.array(share), np.array(set_first), np.array(set_member)
