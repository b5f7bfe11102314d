"""How the product's parameters are estimated from what became of the site's own parties.

Maximum likelihood with a prior: each value is lognormal about its start value with log-sd ``PRIOR`` (95 % of it within
a factor of 7; the odds of a chance), so what the data do not tell moves little; and a value of which the data tell less
than the prior does is not moved at all: it is kept at the start and says so.

Making a network ready is most of the work of a forecast, and other weights make it necessary again. So the search
follows slopes (Fisher scoring, damped as by Marquardt): some hundred forecasts where a simplex needs thousands.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Literal, TypeAlias

import numpy as np

from algorithms.risk.fitting import CLIP, Case, Forecast, failing, log_likelihood, moved
from algorithms.risk.parameters import RiskParameters
from graph.arrays import Floats

PRIOR = 1.0
"""Log-sd of the prior about the start value."""
FURTHEST = 3.0
"""Log of the factor beyond which no value is searched."""
STEP = 0.02
"""Log step of differences."""
STEPS = 30
"""Of the search; some six to ten are taken."""
SMALL_GAIN = 1e-4
"""Nats: a step that gains less ends the search."""
MOST_DAMPING = 1e6
LEAST_CHANCE = 1e-3
"""Nearer to 0 or 1 no chance counts as known, or one party would seem to tell everything."""
NEVER_MATTERS = 1e-9
"""Nats by which a value that no outcome depends on may seem to matter: rounding."""

Cost: TypeAlias = Callable[[Floats], float]
Local: TypeAlias = Callable[[Floats], tuple[Floats, Floats]]
Kept: TypeAlias = Literal["", "no links", "too little data"]

ESTIMATED = (
    "called",
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
    forecast: Forecast = failing,
) -> Estimation:
    """Estimate ``names``; those of which the data tell too little stay.

    The likelihood never falls: at the start the prior costs nothing.

    Raises:
        ValueError: no party is judged; a start value of 0, or of 1 for a chance.
    """
    judged = sum(case.years * int(case.judged.sum()) for case in cases)
    first = log_likelihood(cases, start, forecast=forecast)

    def cost(free: Sequence[str], logs: Floats) -> float:
        """Negative log of likelihood times prior, nats."""
        likelihood = judged * log_likelihood(cases, moved(start, free, logs), forecast=forecast)
        return -likelihood + float(logs @ logs) / (2 * PRIOR**2)

    def local(free: Sequence[str], logs: Floats) -> tuple[Floats, Floats]:
        """How the cost falls at some values, and how much is known of them, by data and prior."""
        slope, known = _local(cases, forecast, start, free, logs)
        return slope - logs / PRIOR**2, known + np.eye(len(free)) / PRIOR**2

    kept: dict[str, Kept] = {}
    for name in names:
        swing = [
            log_likelihood(cases, moved(start, [name], np.array([x])), forecast=forecast) for x in (-0.5, 0.5)
        ]
        if judged * max(abs(value - first) for value in swing) < NEVER_MATTERS:
            kept[name] = "no links"
    free = [name for name in names if name not in kept]
    logs = np.zeros(len(free))
    while True:
        logs, known = _search(partial(cost, free), partial(local, free), logs)
        spread = np.sqrt(np.diag(np.linalg.inv(known)))
        # Half of what is known of a value must come from the data: then its spread is below PRIOR / sqrt(2).
        told = spread <= PRIOR / np.sqrt(2)
        if told.all():
            break
        kept |= {name: "too little data" for name, yes in zip(free, told, strict=True) if not yes}
        free, logs = [name for name in free if name not in kept], logs[told]
    found = dict(zip(free, zip(logs, spread, strict=True), strict=True))
    parameters = moved(start, free, logs)
    after = log_likelihood(cases, parameters, forecast=forecast)
    if after <= first:
        parameters, after = start, first
        found = {}
        kept |= dict.fromkeys(free, "too little data")
    return Estimation(
        parameters, tuple(_estimate(start, name, found.get(name), kept) for name in names), first, after
    )


def _estimate(
    start: RiskParameters, name: str, found: tuple[float, float] | None, kept: Mapping[str, Kept]
) -> Estimate:
    """``found``: the log, or log odds, by which a value moved, and the spread of that."""
    log, sd = found or (0.0, PRIOR)
    value, low, high = (
        float(getattr(moved(start, [name], np.array([log + at * sd])), name)) for at in (0.0, -1.96, 1.96)
    )
    return Estimate(name, float(getattr(start, name)), value, low, high, kept.get(name, ""))


def _search(cost: Cost, local: Local, start: Floats) -> tuple[Floats, Floats]:
    """The logs with the lowest cost, and what is known of them there."""
    best, lowest, damping = start, cost(start), 1e-3
    for _ in range(STEPS):
        slope, known = local(best)
        gain = 0.0
        while gain <= 0.0 and damping < MOST_DAMPING and len(best):
            step = np.linalg.solve(known + damping * np.diag(np.diag(known)), slope)
            new = np.clip(best + step, -FURTHEST, FURTHEST)
            gain = lowest - cost(new)
            damping *= 0.1 if gain > 0.0 else 10.0
        if gain <= 0.0:
            break
        best, lowest = new, lowest - gain
        if gain < SMALL_GAIN:
            return best, local(best)[1]
    return best, known


def _local(
    cases: Sequence[Case], forecast: Forecast, start: RiskParameters, free: Sequence[str], logs: Floats
) -> tuple[Floats, Floats]:
    """Slope of the log-likelihood by the logs, and its expected (Fisher) information, size x size.

    Of n chances p the information is the sum of dp dp' / (p (1 - p)). Second differences of the likelihood itself would
    meet a step wherever a weight passes a rung of the close groups.
    """
    size = len(logs)
    slope, known = np.zeros(size), np.zeros((size, size))
    for case in cases:
        judged = case.judged
        p = forecast(case, moved(start, free, logs))[judged]
        moves = np.zeros((size, len(p)))
        for k, step in enumerate(STEP * np.eye(size)):
            above, below = (
                forecast(case, moved(start, free, at))[judged] for at in (logs + step, logs - step)
            )
            moves[k] = (above - below) / (2 * STEP)
        safe = np.clip(p, CLIP, 1.0 - CLIP)
        slope += moves @ ((case.failures[judged] - case.years * safe) / (safe * (1.0 - safe)))
        safe = np.clip(p, LEAST_CHANCE, 1.0 - LEAST_CHANCE)
        known += case.years * (moves / (safe * (1.0 - safe))) @ moves.T
    return slope, known
