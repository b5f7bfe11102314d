"""What a continued run changed: which parties, from what to what."""

from __future__ import annotations

from dataclasses import dataclass

from services.names import Named, names_of
from services.reading.runs import CHANGES, run_of, table_of
from services.reading.seen_ids import seen_ids
from services.seen import Seen
from terms.money import Money

MOST = 1000
"""Parties that are listed, those with the largest change of money."""


@dataclass(frozen=True, slots=True)
class RunChange:
    """A party in a run and in the one that it continues."""

    party: Named
    """The party."""
    before: float | None
    """Its score before; absent where it was not known."""
    after: float | None
    """Its score now; absent where the party is gone."""
    loss: Money
    """Change of its expected loss."""


def changes_in(seen: Seen, run_id: str) -> tuple[RunChange, ...]:
    """Parties whose own distress, score or expected loss a run changed, the largest change of money first.

    A full run lists none: it continues no other.

    Raises:
        KehutuError: ``UNKNOWN_RUN``; a column file that is missing or damaged.
    """
    table = table_of(seen, run_of(seen, run_id), CHANGES)
    if table is None:
        return ()
    rows = table.to_pylist()
    if seen.restricted:
        known = seen_ids(seen)
        rows = [row for row in rows if row["id"] in known]
    told = [
        (
            (row["expected_loss_after"] or 0) - (row["expected_loss_before"] or 0),
            (row["score_after"] or 0.0) - (row["score_before"] or 0.0),
            row,
        )
        for row in rows
    ]
    told.sort(key=lambda entry: (-abs(entry[0]), -abs(entry[1]), entry[2]["id"]))
    shown = told[:MOST]
    names = names_of(seen, [row["id"] for _, _, row in shown])
    return tuple(
        RunChange(names[row["id"]], row["score_before"], row["score_after"], Money(loss))
        for loss, _, row in shown
    )
