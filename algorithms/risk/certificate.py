"""A proven bound for every party: how far h can be from the one exact solution.

With ``r = |raw - h| + rounding`` on the uncapped parties U and ``e = r + factor W_UU' e``, two evaluations decide:
if F(h + 2e) <= h + 2e and F(h - 2e) >= h - 2e (both cut to [0, 1], rounding counted against us), then
|h - exact| <= 2e, because F is monotone and its solution on the reached parties is unique. How e was found does
not matter for the proof. U takes in every capped party whose raw is not provably at least 1.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from algorithms.risk.certificate_kernel import certify
from algorithms.risk.policy_iteration import component, from_above, linear
from algorithms.risk.region import Region
from algorithms.risk.sweeps_kernel import squeeze
from graph.arrays import Floats

Ints32 = npt.NDArray[np.int32]
Bytes = npt.NDArray[np.uint8]

CAUTIOUS, CLOSE, BARE = 1.05, 1.0005, 1.0
"""Factors on W in the equation of e: the first converges fast and proves most; the others serve radii near 1."""
ERROR_SWEEPS = 300


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
