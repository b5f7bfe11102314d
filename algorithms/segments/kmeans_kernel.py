"""The compiled rounds of k-means, with their start."""

from __future__ import annotations

import numpy as np

from algorithms.kernel import kernel
from graph.arrays import Floats, Ints


@kernel("f8*2 f8*2 int f8*2 i8*")
def lloyd(points: Floats, drawn: Floats, rounds: int, centres: Floats, label: Ints) -> int:
    n, p = points.shape
    most = len(centres)
    nearest = np.ones(n)
    classes = 0
    for step in range(most):
        chosen, first = -1, np.inf
        for i in range(n):
            if step == 0:
                race = drawn[0, i]
            elif nearest[i] > 1e-12:
                race = -np.log(drawn[step, i]) / nearest[i]
            else:
                continue
            if race < first:
                chosen, first = i, race
        if chosen < 0:
            break
        classes += 1
        centres[step] = points[chosen]
        for i in range(n):
            total = 0.0
            for j in range(p):
                total += (points[i, j] - centres[step, j]) ** 2
            nearest[i] = total if step == 0 else min(nearest[i], total)
    label[:] = -1
    sums = np.zeros((most, p))
    count = np.zeros(most)
    half = np.zeros(most)
    far = np.zeros(most)
    turned = np.zeros((p, most))
    for _ in range(rounds):
        moved = False
        sums[:] = 0.0
        count[:] = 0.0
        for k in range(classes):
            half[k] = 0.0
            for j in range(p):
                half[k] += centres[k, j] ** 2 / 2
                turned[j, k] = centres[k, j]
        for i in range(n):
            # Classes inside: that loop has no sum, so it runs in vectors without a change of the last digit.
            for k in range(most):
                far[k] = half[k]
            for j in range(p):
                at = points[i, j]
                for k in range(most):
                    far[k] -= at * turned[j, k]
            best, least = 0, np.inf
            for k in range(classes):
                if far[k] < least:
                    best, least = k, far[k]
            if label[i] != best:
                label[i] = best
                moved = True
            count[best] += 1
            for j in range(p):
                sums[best, j] += points[i, j]
        if not moved:
            break
        kept = 0
        for k in range(classes):
            if count[k] == 0:
                continue
            if kept != k:
                for i in range(n):
                    if label[i] == k:
                        label[i] = kept
            for j in range(p):
                centres[kept, j] = sums[k, j] / count[k]
            kept += 1
        classes = kept
    return classes
