"""Where own distress of a run comes from, as the head of the run keeps it."""

from __future__ import annotations

from services.exposure.model import Forecasts

START_RULE = "start rule"
OWN = "own risk"
"""The part of a run that says where own distress comes from."""


def own_part(forecasts: Forecasts | None) -> dict[str, str]:
    """Where own distress comes from, for the head of a run."""
    if forecasts is None:
        return {"algorithm": START_RULE}
    return {"algorithm": "model of a customer's own record", "model": forecasts.model}
