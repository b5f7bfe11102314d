"""Elementary cycles of a directed graph: no party twice, each cycle once, from its smallest member on.

All of them by Johnson 1975, SIAM J. Comput. 4:77; up to a length by a search that only enters what can still return.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice, pairwise

import numpy as np

from algorithms.risk.strong_components import strong_components
from graph.arrays import Csr


@dataclass(frozen=True, slots=True)
class Cycle:
    """``members``: in order, the smallest first. ``bottleneck``: the least amount on the way round."""

    members: tuple[int, ...]
    bottleneck: float


def elementary_cycles(links: Csr, *, longest: int | None = 8, most: int = 10_000) -> tuple[Cycle, ...]:
    """Cycles with at most ``longest`` members (None: of any length), by members; the first ``most`` found.

    Args:
        links: n x n amounts, parallel ones added up; an entry of 0 is still a link.

    Cycles can be exponentially many; time is at most proportional to n + links for each one found when all are
    asked for.
    """
    label = strong_components(links.indptr, links.indices)
    size = np.bincount(label)
    rows, columns = links.rows(), links.indices
    amount = {
        (int(i), int(j)): float(x)
        for i, j, x in zip(rows, columns, links.data, strict=True)
        if label[i] == label[j]
    }
    loops = [(i,) for i, j in amount if i == j]
    reach: dict[int, list[int]] = {}
    for i, j in sorted(amount):
        if i != j:
            reach.setdefault(i, []).append(j)
    search = _up_to(reach, longest) if longest is not None and longest < size.max() else _all(reach)
    short = (loop for loop in loops if longest is None or longest >= 1)
    found = sorted([*islice(short, most), *islice(search, max(0, most - len(loops)))])
    return tuple(Cycle(c, min(amount[e] for e in pairwise((*c, c[0])))) for c in found)


def _up_to(reach: Mapping[int, list[int]], longest: int) -> Iterator[tuple[int, ...]]:
    into: dict[int, list[int]] = {}
    for i, targets in reach.items():
        for j in targets:
            into.setdefault(j, []).append(i)
    for start in sorted(reach):
        home = _steps_home(into, start, longest)
        path, open_links = [start], [iter(reach[start])]
        while path:
            step = next(open_links[-1], None)
            if step is None:
                path.pop()
                open_links.pop()
            elif step == start:
                yield tuple(path)
            elif step not in path and len(path) + home.get(step, longest + 1) <= longest:
                path.append(step)
                open_links.append(iter(reach[step]))


def _steps_home(into: Mapping[int, list[int]], start: int, longest: int) -> dict[int, int]:
    """Least steps back to ``start`` from the members above it, where fewer than ``longest``."""
    home: dict[int, int] = {}
    frontier = [start]
    for steps in range(1, longest):
        frontier = sorted({i for j in frontier for i in into.get(j, []) if i > start and i not in home})
        home.update(dict.fromkeys(frontier, steps))
    return home


def _all(reach: Mapping[int, list[int]]) -> Iterator[tuple[int, ...]]:
    """Johnson's algorithm: from each start, what was found to lead nowhere stays blocked until that changes."""
    waiting = _components_of(reach, set(reach))
    while waiting:
        members = waiting.pop()
        start = min(members)
        near = {i: [j for j in reach[i] if j in members] for i in members}
        path, blocked, closed = [start], {start}, set[int]()
        behind: dict[int, set[int]] = {}
        open_links = [(start, list(reversed(near[start])))]
        while open_links:
            at, left = open_links[-1]
            if left:
                step = left.pop()
                if step == start:
                    yield tuple(path)
                    closed.update(path)
                elif step not in blocked:
                    path.append(step)
                    open_links.append((step, list(reversed(near[step]))))
                    closed.discard(step)
                    blocked.add(step)
                continue
            if at in closed:
                _unblock(at, blocked, behind)
            else:
                for step in near[at]:
                    behind.setdefault(step, set()).add(at)
            open_links.pop()
            path.pop()
        waiting.extend(_components_of(reach, members - {start}))


def _unblock(at: int, blocked: set[int], behind: dict[int, set[int]]) -> None:
    free = [at]
    while free:
        i = free.pop()
        if i in blocked:
            blocked.discard(i)
            free.extend(behind.pop(i, set()))


def _components_of(reach: Mapping[int, list[int]], members: set[int]) -> list[set[int]]:
    """Strongly connected components of at least two of the members."""
    names = sorted(members)
    place = {name: k for k, name in enumerate(names)}
    ends = [(place[i], place[j]) for i in names for j in reach.get(i, []) if j in members]
    if not ends:
        return []
    source, target = np.array(ends, dtype=np.int64).T
    found = Csr.from_edges(len(names), source, target, np.zeros(len(ends)))
    label = strong_components(found.indptr, found.indices)
    groups: dict[int, set[int]] = {}
    for name, group in zip(names, label.tolist(), strict=True):
        groups.setdefault(group, set()).add(name)
    return [g for g in groups.values() if len(g) > 1]
