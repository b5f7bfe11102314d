"""Limits of a score, as an answer gives them; ``services.arrears.why.score_limits`` works them out."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Interval:
    """Limits of a score if every unreported buffer (a proxy, or the floor) may be anything from 1/factor to factor
    times the assumed one. Amounts at stake stay as they are. Each end is what an analysis would say
    with those buffers."""

    low: float
    """The score if all such buffers are at their largest."""
    high: float
    """The score if all such buffers are at their smallest."""
    probability_low: float
    """The probability of arrears at the low end."""
    probability_high: float
    """The probability of arrears at the high end."""
    factor: float
    """By which factor such a buffer may differ; a declared parameter."""
