"""When a relation runs, where several records tell its beginning and end.

``since`` and ``until`` are one statement: a record that tells either tells both, the other one being open. The most
preferred claim stands; others stand beside it as far as they tell of another time (a contract that was renewed), and
lose where they tell of the same time otherwise.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from graph.validity import BOUNDS, OPEN, Span
from ingest.entities.claims import RelationClaim
from ingest.statements import Value


class Period(NamedTuple):
    """A span of a relation, and the claim that tells it."""

    span: Span
    claim: RelationClaim


def periods_of(ordered: Sequence[RelationClaim]) -> list[Period]:
    """The spans that survive of the claims to one relation, ascending; none where no claim tells of its time.

    Args:
        ordered: the claims, the most preferred first.

    A span that holds on no day says nothing of the time, and is shown only where no claim tells another one.
    """
    told = [Period(span, claim) for claim in ordered if (span := span_told(claim.statement.set)) is not None]
    accepted: list[Period] = []
    for period in told:
        if not period.span.empty and not any(period.span.overlaps(other.span) for other in accepted):
            accepted.append(period)
    return sorted(accepted, key=lambda period: period.span) or told[:1]


def span_told(values: Mapping[str, Value]) -> Span | None:
    """The span that one claim tells; None where it tells neither its beginning nor its end."""
    since, until = (str(values.get(bound, "")) for bound in BOUNDS)
    # An end that is said to be open is told, too: it takes the place of an earlier one.
    return Span(since, "" if until == OPEN else until) if since or until else None
