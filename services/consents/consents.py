"""Where customers stand, read at the moment of the answer, and how a decision is recorded."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime

from graph import seen_queries
from ingest.statements import NodeStatement, RelationStatement, Statements, Value
from services.consents.standing import (
    ConsentDecision,
    ConsentStanding,
    ConsentState,
    ContactChannel,
    CustomerConsents,
    Defaults,
    Purpose,
    by_weight,
    standing_for,
    standing_of,
)
from services.names import names_of
from services.platform import Deed, decide
from services.reading import consents as reading
from services.seen import Seen
from terms.errors import KehutuError
from terms.ids import Key

SOURCE = "consents"


def consents(seen: Seen, customer: str) -> CustomerConsents:
    """Where a customer stands for every purpose, and all that it decided.

    Args:
        customer: an id, old id or customer number.

    Raises:
        KehutuError: ``UNKNOWN_ID``, ``NOT_A_CUSTOMER``; ``FIELD_MASKED`` for whom decisions are hidden.
    """
    found = _customer(seen, customer)
    seen.refuse_masked(seen.schema.nodes["Consent"].properties["state"])
    # Where it stands is told by all decisions: a refusal that the asker does not see is none the less one.
    every = [one for row in reading.decisions_of(seen, [found]) for one in _decisions(row)]
    shown = [one for row in seen_queries.consents(seen, ids=[found]) for one in _decisions(row)]
    ids = {one.id for one in shown}
    standing = (
        one if one.decision is None or one.decision.id in ids else replace(one, decision=None)
        for one in standing_of(every, _defaults(seen), reading.today(seen))
    )
    return CustomerConsents(
        customer=names_of(seen, [found])[found],
        standing=tuple(standing),
        decisions=tuple(by_weight(shown)),
    )


def refusals(
    seen: Seen, customers: Sequence[str], purpose: Purpose, channel: ContactChannel | None = None
) -> Mapping[str, ConsentStanding]:
    """Those of many customers who may not be approached, with what says so; the same for every asker."""
    today, defaults = reading.today(seen), _defaults(seen)
    stands = {
        row.id: standing_for(_decisions(row), purpose, channel, defaults, today)
        for row in reading.decisions_of(seen, customers)
    }
    return {name: one for name, one in stands.items() if one.state is ConsentState.REFUSED}


def record_consent(
    seen: Seen,
    customer: str,
    purpose: Purpose,
    state: ConsentState,
    *,
    channel: ContactChannel | None = None,
    decided_on: date | None = None,
    author: str,
    idempotency_key: str,
) -> CustomerConsents:
    """Keep what a customer decided; it holds from the next answer on.

    Args:
        customer: an id, old id or customer number.
        decided_on: the day of the decision; today in the site's zone when absent.
        author: who records it; not empty.
        idempotency_key: the caller's name for this decision; saying it again under the same key changes nothing.

    Returns:
        Where the customer stands now.

    Raises:
        KehutuError: ``UNKNOWN_ID``, ``NOT_A_CUSTOMER``, ``CONSENT_AHEAD`` (a day that has not come),
            ``OVERRIDE_NEEDS`` (no author), ``IDEMPOTENCY_KEY``, ``IDEMPOTENCY_CONFLICT``.
    """
    found = _customer(seen, customer)
    today = reading.today(seen)
    if not author.strip():
        raise KehutuError("OVERRIDE_NEEDS", field="author")
    if decided_on is not None and decided_on > today:
        raise KehutuError("CONSENT_AHEAD", found=decided_on, today=today)
    prefix = seen.schema.nodes["Consent"].prefix

    def say(number: str, recorded_at: str) -> Statements:
        key = Key(f"{prefix}:{number}")
        values: dict[str, Value] = {
            "consentNo": number,
            "purpose": purpose.value,
            "state": state.value,
            "decidedOn": (
                decided_on or reading.day_of(seen, datetime.fromisoformat(recorded_at))
            ).isoformat(),
            "author": author.strip(),
            "recordedAt": recorded_at,
        }
        if channel is not None:
            values["channel"] = channel.value
        return Statements(
            nodes=(NodeStatement("Consent", (key,), values), NodeStatement("Customer", (Key(found),))),
            relations=(RelationStatement("DECIDES", "Customer", Key(found), "Consent", key),),
        )

    deed = Deed(author.strip(), f"consent {purpose.value} {state.value}", found)
    decide(seen, SOURCE, idempotency_key, say, deed)
    return consents(seen, found)


def _customer(seen: Seen, text: str) -> str:
    found = seen.entity(text)
    if not found.startswith(f"{seen.schema.nodes['Customer'].prefix}:"):
        raise KehutuError("NOT_A_CUSTOMER", id=found)
    return found


def _defaults(seen: Seen) -> Defaults:
    return {Purpose(name): ConsentState(state) for name, state in reading.defaults(seen).items()}


def _decisions(row: seen_queries.Consents) -> list[ConsentDecision]:
    return [
        ConsentDecision(
            id=one["id"],
            purpose=Purpose(one["purpose"]),
            channel=None if one["channel"] is None else ContactChannel(one["channel"]),
            state=ConsentState(one["state"]),
            decided_on=None if one["decided_on"] is None else date.fromisoformat(one["decided_on"]),
            recorded_at=one["recorded_at"] or "",
            author=one["author"] or "",
            record_id=one["record"],
        )
        for one in row.decisions
        if one["purpose"] is not None and one["state"] is not None
    ]
