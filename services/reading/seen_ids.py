"""Whom an asker sees, by id."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from graph import seen_queries
from services.access.reads import Reads
from services.seen import Seen

CARRIERS: Final = ("Customer", "Enterprise", "Person")
"""Types of who carries risk."""


def seen_ids(seen: Seen, kinds: Sequence[str] = CARRIERS) -> frozenset[str]:
    """Ids of those of some types whom the asker sees. Nothing of them is shown here, so nothing is noted."""
    quiet = replace(seen, reads=Reads())
    return frozenset(row.id for kind in kinds for row in seen_queries.seen_ids(quiet, type=kind))
