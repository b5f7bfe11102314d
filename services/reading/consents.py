"""What customers decided about being approached, as the graph holds it at this moment."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime

from graph import seen_queries
from services.access.asker import EVERYONE
from services.seen import Seen
from services.settings import ConsentDefault, ConsentPurpose
from services.site import whole


def decisions_of(seen: Seen, customers: Sequence[str]) -> list[seen_queries.Consents]:
    """All decisions of customers, whatever the asker sees of them: a refusal holds for every role.

    Raises:
        KehutuError: ``STORE_UNAVAILABLE``.
    """
    return seen_queries.consents(whole(seen).as_seen_by(EVERYONE), ids=list(customers))


def defaults(seen: Seen) -> Mapping[ConsentPurpose, ConsentDefault]:
    """What the site takes where nothing was decided: states by purpose."""
    return whole(seen).settings.consent


def today(seen: Seen) -> date:
    """The day in the site's business zone: a decision holds when the answer is given, not when the data end."""
    return day_of(seen, datetime.now(UTC))


def day_of(seen: Seen, moment: datetime) -> date:
    """The day of an instant in the site's business zone."""
    return moment.astimezone(whole(seen).ledger.zone).date()
