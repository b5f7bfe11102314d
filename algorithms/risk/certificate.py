"""A proven bound for every party: how far h can be from the one exact solution.

With ``r = |raw - h| + rounding`` on the uncapped parties U and ``e = r + factor W_UU' e``, two evaluations decide:
if F(h + 2e) <= h + 2e and F(h - 2e) >= h - 2e (both cut to [0, 1], rounding counted against us), then
|h - exact| <= 2e, because F is monotone and its solution on the reached parties is unique. How e was found does
not matter for the proof. U takes in every capped party whose raw is not provably at least 1.
"""
# ruff: noqa: PLR0912, PLR0915, PLR0917  # kernels take plain arrays and cannot be split: none calls another

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from algorithms.kernel import kernel
from algorithms.risk.policy_iteration import component, from_above, linear
from algorithms.risk.region import Region
from algorithms.risk.sweeps import squeeze
from graph.arrays import Floats, Ints

Ints32 = npt.NDArray[np.int32]
Bytes = npt.NDArray[np.uint8]

CAUTIOUS, CLOSE, BARE = 1.05, 1.0005, 1.0
"""Factors on W in the equation of e: the first converges fast and proves most; the others serve radii near 1."""
ERROR_SWEEPS = 300


@kernel("int bool i4 i8 i4 f8 f8 f8 f8 f8* f8* u1* f8* float int")
def certify(
    first: int,
    only_one: bool,
    starts: Ints32,
    ptr: Ints,
    source: Ints32,
    weight: Floats,
    base: Floats,
    base_error: Floats,
    links: Floats,
    h: Floats,
    raw: Floats,
    uncapped: Bytes,
    e: Floats,
    factor: float,
    most: int,
) -> tuple[int, bool]:  # pragma: no cover  # compiled
    """Find and prove e for the components from ``first`` on (or for that one only), in topological order.

    Writes raw, uncapped, e, and h = 1 where raw shows it. ``most``: sweeps for e per component; 0 = prove the e that
    is there. Returns the first component without a good proof (the number of components when all have one), and
    whether that one is at least proven, only too wide.
    """
    end_component = first + 1 if only_one else len(starts) - 1
    for c in range(first, end_component):
        begin, end = starts[c], starts[c + 1]
        enters = False
        for j in range(begin, end):
            enters = base[j] >= 1e-290 or h[j] > 0.0
            for p in range(ptr[j], ptr[j + 1]):
                enters = enters or (source[p] < begin and weight[p] * h[source[p]] >= 1e-290)
            if enters:
                break
        if not enters:
            # Nothing that counts enters (``sweeps.LEAST``): 0 by definition, not by computing.
            raw[begin:end] = 0.0
            uncapped[begin:end] = 1
            e[begin:end] = 0.0
            continue
        for _ in range(3):
            risen = False
            for j in range(begin, end):
                x = base[j]
                for p in range(ptr[j], ptr[j + 1]):
                    x += weight[p] * h[source[p]]
                raw[j] = x
                if x >= 1.0 and h[j] < 1.0:
                    h[j] = 1.0
                    risen = True
            if not risen:
                break
        if most > 0:
            for j in range(begin, end):
                uncapped[j] = 1 if raw[j] < 1.0 or h[j] < 1.0 else 0
                e[j] = 0.0
        proven = False
        good = False
        for _ in range(8):
            for _ in range(most):
                moved = False
                for j in range(begin, end):
                    if uncapped[j] == 0:
                        continue
                    terms = links[j] + 3.0
                    x = abs(min(1.0, raw[j]) - h[j]) + 1.2e-16 * terms * raw[j] + 1e-320 * terms
                    y = 0.0
                    for p in range(ptr[j], ptr[j + 1]):
                        y += weight[p] * e[source[p]]
                    x = min(1.0, x + base_error[j] + factor * y)
                    if abs(x - e[j]) > 0.02 * e[j]:
                        moved = True
                    e[j] = x
                if not moved:
                    break
            grown = False
            proven = True
            good = True
            for j in range(begin, end):
                up = base[j] + base_error[j]
                down = base[j] - base_error[j]
                for p in range(ptr[j], ptr[j + 1]):
                    i = source[p]
                    up += weight[p] * min(1.0, h[i] + 2.0 * e[i])
                    down += weight[p] * max(0.0, h[i] - 2.0 * e[i])
                terms = links[j] + 3.0
                up = min(1.0, up + 1.2e-16 * terms * up + 1e-320 * terms)
                down = max(0.0, min(1.0, down - 1.2e-16 * terms * down - 1e-320 * terms))
                if down < 1.0 and uncapped[j] == 0 and raw[j] >= 1.0:
                    # A ring of gain exactly 1 is held at 1 by an inflow far below one unit of rounding: the same sum
                    # again in twice the precision (Ogita, Rump, Oishi 2005, SIAM J. Sci. Comput. 26:1955).
                    high = base[j] - base_error[j] - 1.2e-16 * terms * base[j]
                    low = 0.0
                    rough = 0.0  # what was lost by rounding, which is all that is rounded again
                    tiny = 0.0
                    for p in range(ptr[j], ptr[j + 1]):
                        i = source[p]
                        x = weight[p]
                        y = max(0.0, h[i] - 2.0 * e[i])
                        product = x * y
                        part = 134217729.0 * x
                        x_high = part - (part - x)
                        part = 134217729.0 * y
                        y_high = part - (part - y)
                        x_low, y_low = x - x_high, y - y_high
                        lost = x_low * y_low - (
                            ((product - x_high * y_high) - x_low * y_high) - x_high * y_low
                        )
                        total = high + product
                        back = total - high
                        part = (high - (total - back)) + (product - back)
                        low += part + lost
                        rough += abs(part) + abs(lost)
                        tiny += 1e-320 if 0.0 < product < 1e-280 else 0.0
                        high = total
                    if (high - 1.0) + low >= 1.2e-16 * terms * rough + tiny:
                        down = 1.0
                if up > min(1.0, h[j] + 2.0 * e[j]) or down < max(0.0, h[j] - 2.0 * e[j]):
                    proven = False
                    if uncapped[j] == 0:
                        uncapped[j] = 1
                        grown = True
                if 2.0 * e[j] > 1e-9 * h[j] + 1e-300:
                    good = False
            if proven or not grown or most == 0:
                break
        if not (proven and good):
            return c, proven
    return end_component, True


@dataclass(frozen=True, slots=True, eq=False)
class _Proof:
    """The arrays of one certificate, one value per local party."""

    area: Region
    base: Floats
    base_error: Floats
    h: Floats
    raw: Floats
    uncapped: Bytes
    e: Floats

    def attempt(self, number: int, only_one: bool, factor: float, most: int) -> tuple[int, bool]:
        area = self.area
        return certify(
            number, only_one, area.starts, area.ptr, area.source, area.weight, self.base, self.base_error,
            area.links, self.h, self.raw, self.uncapped, self.e, factor, most,
        )  # fmt: skip

    def rescue(self, number: int) -> int:
        """Prove one component that the cautious sweeps did not; returns the linear systems solved."""
        begin, end = int(self.area.starts[number]), int(self.area.starts[number + 1])
        best: Floats | None = None
        best_h = self.h[begin:end].copy()
        solves = 0

        def better(factor: float, most: int) -> bool:
            nonlocal best, best_h
            reached, proven = self.attempt(number, True, factor, most)
            part = self.e[begin:end]
            if proven and (best is None or part.max() < best.max()):
                best, best_h = part.copy(), self.h[begin:end].copy()
            return reached > number

        for solved_on in (False, True):
            if solved_on:
                solves += self._solve_on(number)
                if better(CAUTIOUS, ERROR_SWEEPS):
                    return solves
            if better(CLOSE, ERROR_SWEEPS):
                return solves
            for factor in (CLOSE, BARE):
                solves += 1
                self._exact_errors(number, factor)
                if better(factor, 0):
                    return solves
        if best is None:
            self._interval(number)
        else:
            self.e[begin:end], self.h[begin:end] = best, best_h
        return solves

    def _exact_errors(self, number: int, factor: float) -> None:
        """e from the linear system instead of sweeps."""
        begin, end = int(self.area.starts[number]), int(self.area.starts[number + 1])
        part = component(self.area, number, self.base_error, self.e)
        inside = np.flatnonzero(self.uncapped[begin:end])
        if len(inside) == 0:
            return
        terms = self.area.links[begin:end] + 3.0
        raw = self.raw[begin:end]
        own = np.abs(np.minimum(1.0, raw) - self.h[begin:end]) + 1.2e-16 * terms * raw + 1e-320 * terms
        own += self.base_error[begin:end] + factor * (part.base - self.base_error[begin:end])
        matrix = part.matrix()[inside][:, inside].tocsr() * factor
        solution = linear(matrix, own[inside])
        e = np.zeros(end - begin)
        e[inside] = np.clip(np.nan_to_num(solution, nan=1.0), 0.0, 1.0)
        self.e[begin:end] = e

    def _solve_on(self, number: int) -> int:
        """Solve the component again from above, then remove what residual is left."""
        begin, end = int(self.area.starts[number]), int(self.area.starts[number + 1])
        part = component(self.area, number, self.base, self.h)
        x, solves = from_above(part)
        matrix = part.matrix()
        for _ in range(3):
            raw = part.raw(x)
            inside = np.flatnonzero(raw < 1.0)
            if len(inside) == 0:
                break
            step = linear(matrix[inside][:, inside].tocsr(), raw[inside] - x[inside])
            x = np.where(raw < 1.0, x, 1.0)
            x[inside] = np.clip(x[inside] + np.nan_to_num(step), 0.0, 1.0)
            solves += 1
        self.h[begin:end] = x
        return solves

    def _interval(self, number: int) -> None:
        """The last resort: rise from 0 and fall from 1, both rounded outwards; h moves into the interval."""
        begin, end = int(self.area.starts[number]), int(self.area.starts[number + 1])
        area = self.area
        known_low = np.maximum(0.0, self.h - 2.0 * self.e)
        known_high = np.minimum(1.0, self.h + 2.0 * self.e)
        below = component(area, number, self.base - self.base_error, known_low)
        above = component(area, number, self.base + self.base_error, known_high)
        low, high = np.zeros(end - begin), np.ones(end - begin)
        terms = area.links[begin:end] + 3.0
        squeeze(below.ptr, below.source, below.weight, below.base, above.base, terms, low, high, 3000)
        self.h[begin:end] = np.clip(self.h[begin:end], low, high)
        self.e[begin:end] = 0.5 * (high - low) * (1.0 + 1e-15)


def certificate(area: Region, base: Floats, base_error: Floats, h: Floats, raw: Floats) -> tuple[Floats, int]:
    """Proven bounds on |h - exact| and the number of linear systems that they took.

    Args:
        area: the parties, their links and components.
        base, base_error: own distress plus what enters from outside, and how far that may be off.
        h: the solution to judge; changed in place where a component had to be solved on.
        raw: is written.
    """
    proof = _Proof(area, base, base_error, h, raw, np.zeros(len(h), dtype=np.uint8), np.zeros(len(h)))
    solves = 0
    at = 0
    while True:
        at, _ = proof.attempt(at, False, CAUTIOUS, ERROR_SWEEPS)
        if at == area.components:
            break
        solves += proof.rescue(at)
        at += 1
    # h + 2e is rounded when the proof reads it.
    return np.where(proof.e > 0.0, 2.0 * proof.e * (1.0 + 1e-15) + 1.2e-16 * h, 0.0), solves
