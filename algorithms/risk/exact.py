"""The exact scores of small graphs, in rational arithmetic: slow; the fast functions are judged by them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import TypeAlias

Links: TypeAlias = Mapping[tuple[int, int], Fraction]
"""Weight by (source, target)."""


def solve_exactly(links: Links, own: Sequence[Fraction]) -> list[Fraction]:
    """The solution of ``h = min(1, own + W'h)`` on the reached parties, by policy iteration from above.

    Args:
        links: weights >= 0 of n parties 0..n-1.
        own: n values in [0, 1].

    O(n^4) operations on fractions that grow; meant for n up to about 12.
    """
    size = len(own)
    reached = {j for j in range(size) if own[j] > 0}
    waiting = list(reached)
    while waiting:
        i = waiting.pop()
        for (a, b), w in links.items():
            if a == i and w > 0 and b not in reached:
                reached.add(b)
                waiting.append(b)
    h = [Fraction(int(j in reached)) for j in range(size)]
    uncapped: set[int] = set()
    while True:
        wider = uncapped | {j for j in reached if raw_of(links, own, h, j) < 1}
        if wider == uncapped:
            return h
        uncapped = wider
        names = sorted(uncapped)
        rows = [[Fraction(int(i == j)) - links.get((i, j), Fraction(0)) for i in names] for j in names]
        capped = reached - uncapped
        right = [own[j] + sum((links.get((i, j), Fraction(0)) for i in capped), Fraction(0)) for j in names]
        for j, value in zip(names, solve_system(rows, right), strict=True):
            h[j] = value


def raw_of(links: Links, own: Sequence[Fraction], h: Sequence[Fraction], j: int) -> Fraction:
    """own_j + sum_i W_ij h_i."""
    return own[j] + sum((w * h[a] for (a, b), w in links.items() if b == j), Fraction(0))


def paths_exactly(
    links: Links, own: Sequence[Fraction], h: Sequence[Fraction], target: int
) -> dict[tuple[int, ...], Fraction]:
    """Share of every elementary path (seed first) in h of ``target``; they sum to 1.

    Enumerates all paths: meant for n up to about 7.
    """
    size = len(own)
    total = [raw_of(links, own, h, a) for a in range(size)]
    step = {(b, a): w * h[a] / total[b] for (a, b), w in links.items() if w > 0 and h[a] > 0 and total[b] > 0}
    shares: dict[tuple[int, ...], Fraction] = {}

    def walk(back: tuple[int, ...], mass: Fraction) -> None:
        last = back[-1]
        mass *= _visits(step, [a for a in range(size) if a not in back[:-1]], last)
        if own[last] > 0:
            shares[tuple(reversed(back))] = mass * own[last] / total[last]
        for (a, b), chance in step.items():
            if a == last and b not in back:
                walk((*back, b), mass * chance)

    walk((target,), Fraction(1))
    return shares


def _visits(step: Mapping[tuple[int, int], Fraction], open_to: list[int], at: int) -> Fraction:
    """Expected visits at ``at`` from itself, staying among ``open_to``."""
    reach = {at}
    waiting = [at]
    while waiting:
        a = waiting.pop()
        for c, b in step:
            if c == a and b in open_to and b not in reach:
                reach.add(b)
                waiting.append(b)
    names = sorted(reach)
    rows = [[Fraction(int(a == b)) - step.get((b, a), Fraction(0)) for b in names] for a in names]
    return solve_system(rows, [Fraction(int(a == at)) for a in names])[names.index(at)]


def solve_system(rows: Sequence[Sequence[Fraction]], right: Sequence[Fraction]) -> list[Fraction]:
    """Gaussian elimination without rounding.

    Raises:
        ZeroDivisionError: the matrix is singular.
    """
    matrix = [[*row, value] for row, value in zip(rows, right, strict=True)]
    size = len(matrix)
    for k in range(size):
        pivot = next((r for r in range(k, size) if matrix[r][k] != 0), None)
        if pivot is None:
            raise ZeroDivisionError("singular matrix")
        matrix[k], matrix[pivot] = matrix[pivot], matrix[k]
        scale = matrix[k][k]
        matrix[k] = [x / scale for x in matrix[k]]
        for r in range(size):
            if r != k and matrix[r][k] != 0:
                factor = matrix[r][k]
                matrix[r] = [x - factor * y for x, y in zip(matrix[r], matrix[k], strict=True)]
    return [row[-1] for row in matrix]
