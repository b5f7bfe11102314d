"""The network of those who share something: everyone with everyone, the weaker the more share it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from algorithms.communities.shared_things_kernel import pairs_of
from algorithms.invalid_argument import invalid_argument
from graph.arrays import Floats, Ints


@dataclass(frozen=True, slots=True, eq=False)
class Shares:
    """Who has what: k rows, each once. ``member``: 0..n-1. ``kind``: what kind of thing. ``thing``: which one, numbered
    from 0 within its kind."""

    member: Ints
    kind: Ints
    thing: Ints


def numbered(owners: Sequence[Sequence[tuple[int, ...]]]) -> Shares:
    """Shares of things that are known by who has them: by kind, the members of each thing.

    Things that fewer than two have are left out. They are numbered by their members, so equal sharing gives equal
    arrays whatever the things are called.
    """
    rows = [
        (member, kind, number)
        for kind, things in enumerate(owners)
        for number, members in enumerate(sorted(sorted({*one}) for one in things if len({*one}) > 1))
        for member in members
    ]
    columns = np.array(rows, dtype=np.int64).reshape(-1, 3)
    return Shares(*(np.ascontiguousarray(columns[:, one]) for one in range(3)))


def links_of(shares: Shares, weights: Sequence[float], most: int) -> tuple[Ints, Ints, Floats]:
    """Links between all who share a thing.

    Where d share it, each weighs what its kind does / (d - 1); a thing with d > ``most`` links nobody.

    Returns:
        Both ends, the lower one first, and weights; two who share several things are linked as often.

    Raises:
        ValueError: a kind without a weight.
    """
    if len(shares.kind) and int(shares.kind.max()) >= len(weights):
        raise invalid_argument(f"kind {int(shares.kind.max())} has no weight, {len(weights)} are given")
    order = np.lexsort((shares.member, shares.thing, shares.kind))
    member, kind, thing = shares.member[order], shares.kind[order], shares.thing[order]
    first = np.ones(len(order), dtype=np.bool_)
    first[1:] = (kind[1:] != kind[:-1]) | (thing[1:] != thing[:-1])
    start = np.append(np.flatnonzero(first), len(order)).astype(np.int64)
    count = np.diff(start)
    each = np.array(weights, dtype=np.float64)[kind[start[:-1]]] / np.maximum(count - 1, 1)
    counted = count <= most
    pairs = int((count * (count - 1) // 2)[counted].sum())
    source, target, value = np.empty(pairs, np.int64), np.empty(pairs, np.int64), np.empty(pairs)
    pairs_of(start, member, each, most, source, target, value)
    return source, target, value
