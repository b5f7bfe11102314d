"""Fits in the home: every version, and the one in force, as JSON beside the results of runs; backups carry them.

``columns/fits/risk-<version>.json`` is written once; ``columns/fits/risk.json`` is the same text of the one in force.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from algorithms.risk.parameters import RiskParameters
from algorithms.risk.probability import Probability
from ledger import documents
from terms.errors import KehutuError

FOLDER = "fits"
NAME = "risk"


@dataclass(frozen=True, slots=True)
class Fitted:
    """Parameters and the g that was calibrated with them. ``version``: of both together."""

    version: str
    parameters: RiskParameters
    probability: Probability


def in_force(home: Path) -> Fitted | None:
    """The fit that analyses use; None: the start values.

    Raises:
        KehutuError: ``FIT_DAMAGED``.
    """
    found = documents.read(home, FOLDER, NAME)
    if found is None:
        return None
    try:
        document = orjson.loads(found)
        return Fitted(
            version=str(document["version"]),
            parameters=RiskParameters(**document["parameters"]),
            probability=Probability.read(document["probability"]),
        )
    except (ValueError, KeyError, TypeError) as fault:
        raise KehutuError("FIT_DAMAGED", path=documents.path_of(home, FOLDER, NAME), reason=fault) from fault


def keep(home: Path, parameters: RiskParameters, probability: Probability, told: Mapping[str, Any]) -> Fitted:
    """Put a fit in force.

    Args:
        told: plain values about how it came about; kept with it.
    """
    content = {"parameters": parameters.as_dict(), "probability": probability.as_dict()}
    digest = hashlib.sha256(orjson.dumps(content, option=orjson.OPT_SORT_KEYS)).hexdigest()
    version = f"fit-{digest[:10]}"
    text = orjson.dumps(
        {"version": version, **content, **told}, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE
    )
    documents.write(home, FOLDER, f"{NAME}-{version}", text)
    documents.write(home, FOLDER, NAME, text)
    return Fitted(version, parameters, probability)


def reset(home: Path) -> bool:
    """Go back to the start values; whether a fit was in force. Its version stays in the home."""
    return documents.remove(home, FOLDER, NAME)
