"""Which judgements of people stand behind an answer."""

from __future__ import annotations

from collections.abc import Mapping

from services.arrears.answer.model import RiskOverride
from services.exposure.model import Override
from services.names import Named
from services.risk.model import RiskModel


def judged(found: Override, party: Named) -> RiskOverride:
    """A judgement with its party by name."""
    return RiskOverride(
        party=party,
        own=found.own,
        recorded=found.recorded,
        reason=found.reason,
        author=found.author,
        until=found.until,
        recorded_at=found.recorded_at,
    )


def judgements_of(model: RiskModel, names: Mapping[int, Named]) -> tuple[RiskOverride, ...]:
    """The judgements in force about the named parties, by party."""
    return tuple(judged(found, names[found.party]) for found in model.overrides if found.party in names)
