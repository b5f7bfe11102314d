"""How pass-through and uncertainty are fitted: by maximum likelihood of who failed in the year after a cut-off.

    log L = sum over judged parties of  k_j ln p_j + (N_j - k_j) ln(1 - p_j)

p_j is the forecast of the model from what was known at the cut-off, k_j of N_j years ended in failure (N_j = 1 for
one cut-off). Parties in default at the cut-off are not judged: they have p = 1 whatever the parameters.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any, TypeAlias

import numpy as np
from scipy.optimize import minimize
from scipy.special import expit, logit

from algorithms.invalid_argument import invalid_argument
from algorithms.risk.close_groups.probability import chances, prepare
from algorithms.risk.parameters import RiskParameters
from algorithms.risk.weights import EvidenceEdges, MoneyEdges, break_weights
from graph.arrays import Bools, Csr, Floats, Ints

CLIP = 1e-6
"""Forecasts are kept this far from 0 and 1: one surprise must not decide alone."""
MOST_EVALUATIONS = 400
CHANCES = frozenset({"called"})
"""Parameters that lie between 0 and 1: they move in log odds, all others in logarithms."""


@dataclass(frozen=True, slots=True, eq=False)
class Case:
    """One cut-off and what came of it; n parties.

    ``money``, ``evidence``, ``buffer``, ``uncertain_buffer``: as for ``break_weights``. ``own``: n, in [0, 1].
    ``judged``: n, whether the party's outcome counts. ``failures``: n, how many of ``years`` ended in failure.
    ``priority``, ``keys``: as for ``prepare``: whose close group is drawn first, and the names that draws hang on.
    """

    money: MoneyEdges
    evidence: EvidenceEdges
    buffer: Floats
    uncertain_buffer: Bools
    own: Floats
    judged: Bools
    failures: Ints
    years: int = 1
    priority: Floats | None = None
    keys: Sequence[str] | None = None


Forecast: TypeAlias = Callable[[Case, RiskParameters], Floats]


@dataclass(frozen=True, slots=True)
class Fit:
    """The fitted parameters; mean log-likelihood per judged party and year before and after, in nats."""

    parameters: RiskParameters
    before: float
    after: float
    evaluations: int


def called_weights(case: Case, parameters: RiskParameters) -> Csr:
    """Break weights with guarantees that are called or not."""
    return break_weights(
        len(case.buffer),
        case.money,
        case.evidence,
        case.buffer,
        case.uncertain_buffer,
        parameters=parameters,
        called=parameters.called,
    ).csr


def failing(case: Case, parameters: RiskParameters) -> Floats:
    """The chance of failing by close groups: the forecast that the product shows."""
    model = prepare(called_weights(case, parameters), priority=case.priority, keys=case.keys)
    return chances(model, case.own, proven=False).p


def moved(start: RiskParameters, names: Sequence[str], by: Floats) -> RiskParameters:
    """``start`` with its values of ``names`` moved: chances by log odds, all others by logarithms.

    Raises:
        ValueError: an unknown name, a value that cannot move: 0, or a chance of 1.
    """
    known = {field.name for field in fields(RiskParameters)}
    values: dict[str, Any] = {}
    for name, step in zip(names, by.tolist(), strict=True):
        if name not in known:
            raise invalid_argument(
                f"the name '{name}' is no parameter, expected of {', '.join(sorted(known))}"
            )
        value = float(getattr(start, name))
        if value <= 0.0 or (name in CHANCES and value >= 1.0):
            most = " and below 1" if name in CHANCES else ""
            raise invalid_argument(f"{name} = {value} at the start, expected above 0{most}")
        values[name] = float(expit(logit(value) + step)) if name in CHANCES else value * float(np.exp(step))
    return replace(start, fitted=bool(values), **values)


def log_likelihood(
    cases: Sequence[Case], parameters: RiskParameters, *, forecast: Forecast = failing
) -> float:
    """Mean over judged parties and years, nats.

    Raises:
        ValueError: no case judges a party.
    """
    total = count = 0.0
    for case in cases:
        p = np.clip(forecast(case, parameters)[case.judged], CLIP, 1.0 - CLIP)
        failed = case.failures[case.judged]
        total += float((failed * np.log(p) + (case.years - failed) * np.log1p(-p)).sum())
        count += case.years * len(p)
    if count == 0:
        raise invalid_argument("no party is judged, so nothing can be fitted")
    return total / count


def fit(
    cases: Sequence[Case],
    start: RiskParameters,
    names: Sequence[str],
    *,
    forecast: Forecast = failing,
) -> Fit:
    """The values of ``names`` that make the outcomes most likely; all others stay as in ``start``.

    Args:
        cases: known before the cut-off of whatever the parameters will judge.
        start: where the search begins; every named value must be above 0, a chance below 1 as well.
        names: fields such as ``called`` or ``sigma``. What no case depends on cannot be fitted.
        forecast: the model; another one fits a baseline in the same way.

    Raises:
        ValueError: an unknown name, a named value that cannot move, a case without judged parties.

    Nelder-Mead (:func:`moved`), so values stay in their range; one forecast per case and evaluation.
    """
    first = np.zeros(len(names))
    moved(start, names, first)  # refuses what cannot move
    found = minimize(
        lambda x: -log_likelihood(cases, moved(start, names, np.clip(x, -8.0, 8.0)), forecast=forecast),
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
        parameters=moved(start, names, np.clip(found.x, -8.0, 8.0)),
        before=log_likelihood(cases, start, forecast=forecast),
        after=-float(found.fun),
        evaluations=int(found.nfev),
    )
