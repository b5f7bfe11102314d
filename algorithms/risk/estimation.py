"""How the product's parameters are estimated from what became of the site's own parties.

Maximum likelihood with a prior: each value is lognormal about its start value with log-sd ``PRIOR`` (95 % of it within
a factor of 7), so what the data do not tell moves little; and a value of which the data tell less than the prior does
is not moved at all: it is kept at the start and says so.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Literal, TypeAlias

import numpy as np
from scipy.optimize import minimize

from algorithms.invalid_argument import invalid_argument
from algorithms.risk.fitting import Case, Forecast, distress, log_likelihood
from algorithms.risk.parameters import RiskParameters
from graph.arrays import Floats

PRIOR = 1.0
"""Log-sd of the prior about the start value."""
FURTHEST = 3.0
"""Log of the factor beyond which no value is searched."""
STEP = 0.02
"""Log step of differences."""
LEAST_CHANCE = 1e-3
"""Nearer to 0 or 1 no chance counts as known, or one party would seem to tell everything."""
NEVER_MATTERS = 1e-9
"""Nats by which a value that no outcome depends on may seem to matter: rounding."""

Place: TypeAlias = Callable[[Floats], RiskParameters]
Cost: TypeAlias = Callable[[Sequence[str], Floats], float]
Kept: TypeAlias = Literal["", "no links", "too little data"]

ESTIMATED = (
    "rho_guarantee",
    "rho_loan",
    "rho_trade_credit",
    "rho_ownership",
    "theta_person",
    "theta_premises",
    "theta_contact",
    "sigma",
    "sigma_uncertain",
)


@dataclass(frozen=True, slots=True)
class Estimate:
    """One parameter. ``low``, ``high``: 95 % interval, of the posterior where estimated, of the prior where ``kept``
    says why it was not."""

    name: str
    start: float
    value: float
    low: float
    high: float
    kept: Kept


@dataclass(frozen=True, slots=True)
class Estimation:
    """``before``, ``after``: mean log-likelihood of a judged party on what was learned from, nats."""

    parameters: RiskParameters
    estimates: tuple[Estimate, ...]
    before: float
    after: float


def estimate(
    cases: Sequence[Case],
    start: RiskParameters,
    names: Sequence[str] = ESTIMATED,
    *,
    forecast: Forecast = distress,
) -> Estimation:
    """Estimate ``names``; those of which the data tell too little stay.

    The likelihood never falls: at the start the prior costs nothing.

    Raises:
        ValueError: no party is judged; a start value of 0.
    """
    judged = sum(case.years * int(case.judged.sum()) for case in cases)
    first = log_likelihood(cases, start, forecast=forecast)

    def at(moved: Sequence[str], logs: Floats) -> RiskParameters:
        values = {n: getattr(start, n) * float(np.exp(x)) for n, x in zip(moved, logs, strict=True)}
        return replace(start, fitted=bool(moved), **values)

    def cost(moved: Sequence[str], logs: Floats) -> float:
        """Negative log of likelihood times prior, nats."""
        likelihood = judged * log_likelihood(cases, at(moved, logs), forecast=forecast)
        return -likelihood + float(logs @ logs) / (2 * PRIOR**2)

    kept: dict[str, Kept] = {}
    for name in names:
        if getattr(start, name) <= 0:
            raise invalid_argument(f"{name} = {getattr(start, name)} at the start, expected above 0")
        swing = [log_likelihood(cases, at([name], np.array([x])), forecast=forecast) for x in (-0.5, 0.5)]
        if judged * max(abs(value - first) for value in swing) < NEVER_MATTERS:
            kept[name] = "no links"
    while True:
        moved = [name for name in names if name not in kept]
        logs = _search(moved, cost)
        known = _information(cases, forecast, partial(at, moved), logs) + np.eye(len(moved)) / PRIOR**2
        spread = np.sqrt(np.diag(np.linalg.inv(known)))
        # Half of what is known of a value must come from the data: then its spread is below PRIOR / sqrt(2).
        unknown = [name for name, sd in zip(moved, spread, strict=True) if sd > PRIOR / np.sqrt(2)]
        if not unknown:
            break
        kept |= dict.fromkeys(unknown, "too little data")
    found = dict(zip(moved, zip(logs, spread, strict=True), strict=True))
    parameters = at(moved, logs)
    after = log_likelihood(cases, parameters, forecast=forecast)
    if after <= first:
        parameters, after = start, first
        found = {}
        kept |= dict.fromkeys(moved, "too little data")
    estimates = []
    for name in names:
        log, sd = found.get(name, (0.0, PRIOR))
        value = float(getattr(start, name))
        estimates.append(
            Estimate(
                name=name,
                start=value,
                value=value * float(np.exp(log)),
                low=value * float(np.exp(log - 1.96 * sd)),
                high=value * float(np.exp(log + 1.96 * sd)),
                kept=kept.get(name, ""),
            )
        )
    return Estimation(parameters, tuple(estimates), first, after)


def _search(moved: Sequence[str], cost: Cost) -> Floats:
    """The logs with the lowest cost."""
    size = len(moved)
    best = np.zeros(size)
    if not size:
        return best
    # No slopes: the cost has a kink wherever a score reaches 1. A second start ends what a flat simplex began.
    for reach in (0.4, 0.15):
        found = minimize(
            lambda logs: cost(moved, np.clip(logs, -FURTHEST, FURTHEST)),
            best,
            method="Nelder-Mead",
            options={
                "xatol": 2e-3,
                "fatol": 1e-3,
                "maxfev": 120 * size,
                "adaptive": True,
                "initial_simplex": np.vstack([best, best + reach * np.eye(size)]),
            },
        )
        best = np.clip(np.asarray(found.x, dtype=np.float64), -FURTHEST, FURTHEST)
    return best


def _information(cases: Sequence[Case], forecast: Forecast, at: Place, best: Floats) -> Floats:
    """Expected (Fisher) information of the logs, size x size: of n chances h, sum of dh dh' / (h (1 - h)).

    Second differences of the likelihood itself would meet a kink wherever a score reaches 1.
    """
    size = len(best)
    found = np.zeros((size, size))
    for case in cases:
        judged = case.judged
        h = np.clip(forecast(case, at(best))[judged], LEAST_CHANCE, 1.0 - LEAST_CHANCE)
        slopes = np.zeros((size, len(h)))
        for k, step in enumerate(STEP * np.eye(size)):
            slopes[k] = (forecast(case, at(best + step)) - forecast(case, at(best - step)))[judged]
        slopes /= 2 * STEP
        found += case.years * (slopes / (h * (1.0 - h))) @ slopes.T
    return found
