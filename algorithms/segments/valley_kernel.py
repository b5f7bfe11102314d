"""The compiled search for the deepest valley of a density."""

from __future__ import annotations

import numpy as np

from algorithms.kernel import kernel
from graph.arrays import Floats, Ints


@kernel("f8 i8* f8*")
def deepest(along: Floats, runs: Ints, edges: Floats) -> float:
    m = len(along)
    n = 128  # BINS
    low, high, mean = along[0], along[0], 0.0
    for v in along:
        low, high = min(low, v), max(high, v)
        mean += v / m
    width = (high - low) / n
    if not width > 0:
        return -np.inf
    count = np.zeros(n)
    square = 0.0
    for v in along:
        count[min(int((v - low) / width), n - 1)] += 1
        square += (v - mean) ** 2
    density, left, right = np.zeros(n), np.zeros(n), np.zeros(n)
    weight = np.zeros(n)
    best = -np.inf
    for factor in (0.35, 0.7):  # BANDWIDTHS
        h = factor * np.sqrt(square / m) * m**-0.2 / width
        reach = min(n - 1, int(9 * h) + 1)
        for k in range(reach + 1):
            weight[k] = np.exp(-0.5 * (k / h) ** 2)
        for b in range(n):
            total = 0.0
            for k in range(max(0, b - reach), min(n, b + reach + 1)):
                total += count[k] * weight[abs(b - k)]
            density[b] = total
        for b in range(1, n):
            left[b] = max(left[b - 1], density[b - 1])
            right[n - 1 - b] = max(right[n - b], density[n - b])
        for b in range(1, n - 1):
            d = density[b]
            if not (d < density[b - 1] and d <= density[b + 1]):
                continue
            peak = min(left[b], right[b])
            if peak <= 1.05 * d:  # DEEP
                continue
            level = (peak + d) / 2
            begin2, end2 = b, b
            while begin2 > 0 and density[begin2 - 1] < level:
                begin2 -= 1
            while end2 < n and density[end2] < level:
                end2 += 1
            begin1, end3 = begin2, end2
            while begin1 > 0 and density[begin1 - 1] >= level:
                begin1 -= 1
            while end3 < n and density[end3] >= level:
                end3 += 1
            n1, n2, n3 = 0.0, 0.0, 0.0
            for k in range(begin1, begin2):
                n1 += count[k]
            for k in range(begin2, end2):
                n2 += count[k]
            for k in range(end2, end3):
                n3 += count[k]
            r1 = (end2 - begin2) / (begin2 - begin1)
            r3 = (end2 - begin2) / (end3 - end2)
            z1 = (n1 * r1 - n2) / np.sqrt(n1 * r1 * r1 + n2 + 1)
            z3 = (n3 * r3 - n2) / np.sqrt(n3 * r3 * r3 + n2 + 1)
            if min(z1, z3) > best:
                best = min(z1, z3)
                runs[0], runs[1], runs[2] = begin1, begin2, end2
                runs[3], runs[4], runs[5] = begin2, end2, end3
                edges[0], edges[1] = low + width * begin1, low + width * begin2
                edges[2], edges[3] = low + width * end2, low + width * end3
    return best
