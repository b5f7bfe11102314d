"""At which position of a run's arrays a party stands."""

from __future__ import annotations

from services.risk.model import RiskModel
from services.seen import Seen
from terms.errors import KehutuError


def position(seen: Seen, model: RiskModel, text: str) -> int:
    """The position of a party, or of the party behind a customer, by id, old id or business number.

    Raises:
        KehutuError: ``UNKNOWN_ID``; ``NOT_A_PARTY``, also for what was loaded after the run.
    """
    found = seen.entity(text)
    at = model.party(found)
    if at is None:
        raise KehutuError("NOT_A_PARTY", id=found)
    return at
