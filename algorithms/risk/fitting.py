"""How pass-through and uncertainty are fitted: by maximum likelihood of who failed in the year after a cut-off.

    log L = sum over judged parties of  k_j ln h_j + (N_j - k_j) ln(1 - h_j)

h_j is the forecast of the model from what was known at the cut-off, k_j of N_j years ended in failure (N_j = 1 for
one cut-off). Parties in default at the cut-off are not judged: they have h = 1 whatever the parameters.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields, replace
from typing import TypeAlias

import numpy as np
from scipy.optimize import minimize

from algorithms.invalid_argument import invalid_argument
from algorithms.risk.parameters import RiskParameters
from algorithms.risk.propagation import solve
from algorithms.risk.weights import EvidenceEdges, MoneyEdges, break_weights
from graph.arrays import Bools, Floats, Ints

CLIP = 1e-6
"""Forecasts are kept this far from 0 and 1: one surprise must not decide alone."""
MOST_EVALUATIONS = 400


@dataclass(frozen=True, slots=True, eq=False)
class Case:
    """One cut-off and what came of it; n parties.

    ``money``, ``evidence``, ``buffer``, ``uncertain_buffer``: as for ``break_weights``. ``own``: n, in [0, 1].
    ``judged``: n, whether the party's outcome counts. ``failures``: n, how many of ``years`` ended in failure.
    """

    money: MoneyEdges
    evidence: EvidenceEdges
    buffer: Floats
    uncertain_buffer: Bools
    own: Floats
    judged: Bools
    failures: Ints
    years: int = 1


Forecast: TypeAlias = Callable[[Case, RiskParameters], Floats]


@dataclass(frozen=True, slots=True)
class Fit:
    """The fitted parameters; mean log-likelihood per judged party and year before and after, in nats."""

    parameters: RiskParameters
    before: float
    after: float
    evaluations: int


def distress(case: Case, parameters: RiskParameters) -> Floats:
    """h with break weights: the forecast that the product shows."""
    size = len(case.buffer)
    weights = break_weights(
        size, case.money, case.evidence, case.buffer, case.uncertain_buffer, parameters=parameters
    )
    return solve(weights.csr, case.own).h


def log_likelihood(
    cases: Sequence[Case], parameters: RiskParameters, *, forecast: Forecast = distress
) -> float:
    """Mean over judged parties and years, nats.

    Raises:
        ValueError: no case judges a party.
    """
    total = count = 0.0
    for case in cases:
        h = np.clip(forecast(case, parameters)[case.judged], CLIP, 1.0 - CLIP)
        failed = case.failures[case.judged]
        total += float((failed * np.log(h) + (case.years - failed) * np.log1p(-h)).sum())
        count += case.years * len(h)
    if count == 0:
        raise invalid_argument("no party is judged, so nothing can be fitted")
    return total / count


def fit(
    cases: Sequence[Case],
    start: RiskParameters,
    names: Sequence[str],
    *,
    forecast: Forecast = distress,
) -> Fit:
    """The values of ``names`` that make the outcomes most likely; all others stay as in ``start``.

    Args:
        cases: known before the cut-off of whatever the parameters will judge.
        start: where the search begins; every named value must be above 0.
        names: fields such as ``rho_guarantee`` or ``sigma``. What no case depends on cannot be fitted.
        forecast: the model; another one fits a baseline in the same way.

    Raises:
        ValueError: an unknown name, a named value of 0, a case without judged parties.

    Nelder-Mead on logarithms, so values stay above 0; one forecast per case and evaluation.
    """
    known = {field.name for field in fields(RiskParameters)}
    for name in names:
        if name not in known:
            raise invalid_argument(
                f"the name '{name}' is no parameter, expected of {', '.join(sorted(known))}"
            )
        if getattr(start, name) <= 0:
            raise invalid_argument(f"{name} = {getattr(start, name)} at the start, expected above 0")

    def at(logarithms: Floats) -> RiskParameters:
        values = dict(zip(names, np.exp(logarithms).tolist(), strict=True))
        return replace(start, fitted=True, **values)

    first = np.log([float(getattr(start, name)) for name in names])
    found = minimize(
        lambda x: -log_likelihood(cases, at(np.clip(x, -12.0, 6.0)), forecast=forecast),
        first,
        method="Nelder-Mead",
        options={
            "xatol": 2e-3,
            "fatol": 1e-8,
            "maxfev": MOST_EVALUATIONS,
            "initial_simplex": np.vstack([first, first + 0.3 * np.eye(len(first))]),
        },
    )
    return Fit(
        parameters=at(np.clip(found.x, -12.0, 6.0)),
        before=log_likelihood(cases, start, forecast=forecast),
        after=-float(found.fun),
        evaluations=int(found.nfev),
    )
