"""Figures of a sampled power curve."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from graph.arrays import Bools, Floats


@dataclass(frozen=True, slots=True)
class LoadFigures:
    """Shape of one curve, without unit: mean/max, (max-min)/max, sd/mean (population), largest step/max."""

    load_factor: float
    peak_valley_ratio: float
    cv: float
    ramp: float


def load_figures(curve: Floats) -> LoadFigures:
    """Figures of at least one sample, >= 0; a curve without load has factor 0 and nothing else either."""
    most = float(curve.max())
    if most <= 0.0:
        return LoadFigures(0.0, 0.0, 0.0, 0.0)
    mean = float(curve.mean())
    steps = np.abs(np.diff(curve))
    return LoadFigures(
        load_factor=mean / most,
        peak_valley_ratio=(most - float(curve.min())) / most,
        cv=float(curve.std()) / mean,
        ramp=float(steps.max(initial=0.0)) / most,
    )


def longest_run(condition: Bools) -> int:
    """Length of the longest run of True."""
    padded = np.concatenate([[False], condition, [False]])
    changes = np.flatnonzero(padded[1:] != padded[:-1])
    return int((changes[1::2] - changes[::2]).max(initial=0))
