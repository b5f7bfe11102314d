"""The compiled search for the unimodal distribution function nearest the empirical one."""

from __future__ import annotations

import numpy as np

from algorithms.kernel import kernel
from graph.arrays import Floats, Ints


@kernel("f8 f8 i8 f8*")
def nearest_unimodal(x: Floats, f: Floats, modes: Ints, best: Floats) -> None:
    n = len(x)
    trial = np.empty(n)
    hull = np.empty(n, dtype=np.int64)
    least = np.inf
    for mode in modes:
        for side in range(2):
            first, last = (0, mode) if side == 0 else (mode, n - 1)
            size = 0
            for k in range(first, last + 1):
                # A corner stays while the slope grows (left: convex) or falls (right: concave).
                while size >= 2:
                    a, b = hull[size - 2], hull[size - 1]
                    turn = (f[b] - f[a]) * (x[k] - x[b]) - (f[k] - f[b]) * (x[b] - x[a])
                    if (side == 0 and turn >= 0) or (side == 1 and turn <= 0):
                        size -= 1
                    else:
                        break
                hull[size] = k
                size += 1
            for piece in range(size - 1):
                a, b = hull[piece], hull[piece + 1]
                slope = (f[b] - f[a]) / (x[b] - x[a])
                for k in range(a, b):
                    trial[k] = f[a] + slope * (x[k] - x[a])
            trial[last] = f[last]
        far = 0.0
        for k in range(n):
            far = max(far, abs(trial[k] - f[k]))
        if far < least - 1e-12:
            least = far
            best[:] = trial
