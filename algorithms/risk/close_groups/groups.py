"""Close groups: which parties are computed exactly as one (docs/science.md, "Close groups").

A party's group is all that reach it over links of at least ``w``; ``w`` is the lowest rung of a ladder at which the
group's blocks are small. Where no rung does, the group stays at the lowest rung and large blocks are drawn; what is
beyond the number of drawn groups is cut (``GROUP_CUT``).
"""
# ruff: noqa: PLR0912, PLR0915, PLR0917  # kernels take plain arrays and cannot be split: none calls another

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import connected_components

from algorithms.invalid_argument import invalid_argument
from algorithms.kernel import kernel
from algorithms.risk.close_groups.links import SLACK, Bytes, Ints32, Links
from graph.arrays import Bools, Floats, Ints

RUNGS = (0.1, 0.15, 0.2, 0.25)
CUT_RUNGS = (0.15, 0.2, 0.25, 0.35, 0.5, 0.7, 0.9)
MOST_RAISED = 0.5
"""A rung is left out where circles of links below it would add up to more than this at a party."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What bounds the work. ``block``: m, members of a block that is computed exactly (1 to 16). ``group``: members
    of a close group. ``drawn``: parties whose group may be drawn in one analysis."""

    block: int = 10
    group: int = 500
    drawn: int = 5_000


@dataclass(frozen=True, slots=True, eq=False)
class Groups:
    """How the close group of each of n parties is found.

    ``rung``: n, w_j; infinity = the party is alone. ``drawn``: n, large blocks of the group are drawn.
    ``cut``: n, the group was cut because too many would need draws.
    """

    links: Links
    limits: Limits
    rung: Floats
    drawn: Bools
    cut: Bools

    def group(self, party: int) -> Ints:
        """Positions of the close group of a party, ascending; the party is among them."""
        links, found, waiting = self.links, {party}, [party]
        while waiting:
            u = waiting.pop()
            span = slice(int(links.ptr[u]), int(links.ptr[u + 1]))
            strong = links.source[span][links.weight[span] >= self.rung[party] - SLACK]
            new = set(strong.tolist()) - found
            found |= new
            waiting.extend(new)
        return np.array(sorted(found), dtype=np.int64)


def close_groups(links: Links, *, limits: Limits | None = None, priority: Floats | None = None) -> Groups:
    """The rung of every party.

    Args:
        links: of n parties.
        limits: start values when absent.
        priority: n, who is drawn first where more than ``limits.drawn`` would need it (largest first, ties by
            position; such as LGD * EAD). Positions when absent.

    Raises:
        ValueError: limits out of range.

    O(sum of the groups' links); parties that a large circle reaches are known to be too many without a walk.
    """
    limits = limits or Limits()
    if not (1 <= limits.block <= 16 and limits.group >= 1 and limits.drawn >= 0):
        raise invalid_argument(f"{limits}: a block of 1 to 16, a group of at least 1, at least 0 drawn")
    size = links.size
    rung = np.full(size, np.inf)
    open_ = np.ones(size, dtype=np.uint8)
    drawn = np.zeros(size, dtype=np.bool_)
    for w in RUNGS:
        if w > RUNGS[0]:
            drawn |= (_raised_too_far(links, w) & open_).astype(np.bool_)
            open_[drawn] = 0
        if not open_.any():
            break
        fits = _fitting(links, w, open_, limits)
        rung[fits] = w
        open_[fits] = 0
    drawn |= open_.astype(np.bool_)
    cut = np.zeros(size, dtype=np.bool_)
    if drawn.any():
        wanting = np.flatnonzero(drawn)
        if priority is not None:
            wanting = wanting[np.argsort(-priority[wanting], kind="stable")]
        rung[wanting[: limits.drawn]] = RUNGS[0]
        beyond = wanting[limits.drawn :]
        drawn[beyond], cut[beyond] = False, True
        open_ = cut.astype(np.uint8)
        for w in CUT_RUNGS:
            if not open_.any():
                break
            fits = _fitting(links, w, open_, limits)
            rung[fits] = w
            open_[fits] = 0
    return Groups(links, limits, rung, drawn, cut)


def _fitting(links: Links, w: float, candidates: Bytes, limits: Limits) -> Bools:
    """Candidates whose group at w is small enough in all its blocks."""
    weight = w - SLACK
    label, sizes = _components(links, weight)
    large = (sizes > limits.group)[label].astype(np.uint8)
    _spread(links.out_ptr, links.out_target, links.out_link, links.weight, weight, large)
    asked = (candidates & (1 - large)).astype(np.uint8)
    _keep_fitting(
        links.ptr, links.source, links.weight, links.out_ptr, links.out_target, weight, limits.group, limits.block,
        asked,
    )  # fmt: skip
    return asked.astype(np.bool_)


def _raised_too_far(links: Links, w: float) -> Bytes:
    """Parties with a party in their group at the lowest rung where circles below w add up to too much."""
    weight, target = links.weight, links.targets()
    label, _ = _components(links, RUNGS[0] - SLACK)
    circles = (weight >= RUNGS[0] - SLACK) & (weight < w - SLACK) & (label[links.source] == label[target])
    lost = np.bincount(target[circles], weights=weight[circles], minlength=links.size)
    marked = (lost > MOST_RAISED + SLACK).astype(np.uint8)
    _spread(links.out_ptr, links.out_target, links.out_link, weight, RUNGS[0] - SLACK, marked)
    return marked


def _components(links: Links, least: float) -> tuple[Ints32, Ints]:
    """Strong components over links of at least ``least``: the label of each party, and each component's size."""
    strong = links.weight >= least
    ptr = np.concatenate([np.zeros(1, dtype=np.int64), np.cumsum(strong)])[links.ptr]
    matrix = csr_matrix(
        (np.ones(int(ptr[-1]), dtype=np.int8), links.source[strong], ptr), shape=(links.size, links.size)
    )
    _, label = connected_components(matrix, directed=True, connection="strong")
    return label, np.bincount(label, minlength=1)


@kernel("i8 i4 i4 f8 float u1*")
def _spread(
    out_ptr: Ints, out_target: Ints32, out_link: Ints32, weight: Floats, least: float, marked: Bytes
) -> None:  # pragma: no cover  # compiled
    """Mark everything that a marked party reaches over links of at least ``least``."""
    waiting = np.flatnonzero(marked).astype(np.int32)
    stack = np.empty(len(marked), dtype=np.int32)
    depth = len(waiting)
    stack[:depth] = waiting
    while depth > 0:
        depth -= 1
        i = stack[depth]
        for p in range(out_ptr[i], out_ptr[i + 1]):
            k = out_target[p]
            if marked[k] == 0 and weight[out_link[p]] >= least:
                marked[k] = 1
                stack[depth] = k
                depth += 1


@kernel("i8 i4 f8 i8 i4 float int int u1*")
def _keep_fitting(
    ptr: Ints,
    source: Ints32,
    weight: Floats,
    out_ptr: Ints,
    out_target: Ints32,
    least: float,
    most: int,
    largest: int,
    asked: Bytes,
) -> None:  # pragma: no cover  # compiled
    """Clear ``asked`` where the group has more than ``most`` members or a block of more than ``largest``.

    Blocks by depth-first search (Hopcroft, Tarjan 1973).
    """
    size = len(ptr) - 1
    mark = np.full(size, -1, dtype=np.int32)
    number = np.zeros(size, dtype=np.int32)
    low = np.zeros(size, dtype=np.int32)
    edge = np.zeros(size, dtype=np.int64)
    members = np.empty(min(size, most + 1), dtype=np.int32)
    path = np.empty(len(members) + 1, dtype=np.int32)
    for j in range(size):
        if asked[j] == 0:
            continue
        members[0] = j
        mark[j] = j
        count, done = 1, 0
        fits = True
        while done < count and fits:
            u = members[done]
            done += 1
            for q in range(ptr[u], ptr[u + 1]):
                if weight[q] >= least and mark[source[q]] != j:
                    if count == most:
                        fits = False
                        break
                    mark[source[q]] = j
                    members[count] = source[q]
                    count += 1
        if not fits:
            asked[j] = 0
            continue
        if count <= largest:
            continue
        for k in range(count):
            number[members[k]] = 0
        counter = np.int32(1)
        number[j] = low[j] = counter
        edge[j] = 0
        path[0] = j
        depth = 1
        waiting = (
            0  # parties seen whose block is not closed; the vertex stack itself is not needed, only sizes
        )
        members[0] = j  # reused as the vertex stack
        while depth > 0 and fits:
            v = path[depth - 1]
            at = edge[v]
            ins = ptr[v + 1] - ptr[v]
            outs = out_ptr[v + 1] - out_ptr[v]
            down = np.int64(-1)
            while at < ins + outs:
                k = source[ptr[v] + at] if at < ins else out_target[out_ptr[v] + at - ins]
                at += 1
                if mark[k] != j:
                    continue
                if number[k] == 0:
                    down = k
                    break
                low[v] = min(low[v], number[k])
            edge[v] = at
            if down >= 0:
                counter += np.int32(1)
                number[down] = low[down] = counter
                edge[down] = 0
                members[waiting] = down
                waiting += 1
                path[depth] = down
                depth += 1
                continue
            depth -= 1
            if depth == 0:
                break
            above = path[depth - 1]
            low[above] = min(low[above], low[v])
            if low[v] >= number[above]:
                block = 1
                while True:
                    waiting -= 1
                    block += 1
                    if members[waiting] == v:
                        break
                fits = block <= largest
        if not fits:
            asked[j] = 0
