"""What counts of all that a customer decided: pure, from decisions to where the customer stands."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import Enum

from services.names import Named


class Purpose(Enum):
    """What a customer may be approached for."""

    MARKETING = "marketing"
    """Offers of services."""
    SURVEY = "survey"
    """Questions about how content it is."""
    DATA_SHARING = "data-sharing"
    """Handing its data to a partner."""


class ContactChannel(Enum):
    """How a customer is reached."""

    PHONE = "phone"
    """A call."""
    SMS = "sms"
    """A text message."""
    EMAIL = "email"
    """An e-mail."""
    APP = "app"
    """A message in the app."""
    LETTER = "letter"
    """A letter."""
    VISIT = "visit"
    """A visit."""


class ConsentState(Enum):
    """What was decided."""

    GIVEN = "given"
    """The customer may be approached."""
    REFUSED = "refused"
    """The customer may not be approached."""


@dataclass(frozen=True, slots=True)
class ConsentDecision:
    """What a customer decided once."""

    id: str
    """Id of the decision."""
    purpose: Purpose
    """What it is about."""
    channel: ContactChannel | None
    """The channel that it is about; absent where it is about all."""
    state: ConsentState
    """What was decided."""
    decided_on: date | None
    """Day of the decision; absent where nobody said it: any other decision counts more."""
    recorded_at: str
    """When it was recorded, an instant; empty where a source reports it."""
    author: str
    """Who recorded it; empty where a source reports it."""
    record_id: str
    """The record that reports it, as source/recordId."""


@dataclass(frozen=True, slots=True)
class ConsentStanding:
    """Where a customer stands for one purpose and one channel."""

    purpose: Purpose
    """What it may be approached for, or not."""
    channel: ContactChannel | None
    """The channel; absent: all for which nothing else is listed."""
    state: ConsentState
    """Whether it may be approached."""
    decision: ConsentDecision | None
    """The decision that says so; absent where the site's default does, or one that is not shown to whom it is told."""


@dataclass(frozen=True, slots=True)
class CustomerConsents:
    """Where a customer stands, and all that it decided."""

    customer: Named
    """The customer."""
    standing: tuple[ConsentStanding, ...]
    """By purpose; the entry of all channels first, then each channel for which the answer differs."""
    decisions: tuple[ConsentDecision, ...]
    """All decisions, the one that counts most first."""


Defaults = Mapping[Purpose, ConsentState]


def by_weight(decisions: Iterable[ConsentDecision]) -> list[ConsentDecision]:
    """Decisions, the one that counts most first: the later day, then the later recording, then a refusal, then the id.

    A decision of which nobody said the day counts less than any other.
    """

    def weight(one: ConsentDecision) -> tuple[str, str, bool, str]:
        day = "" if one.decided_on is None else one.decided_on.isoformat()
        return day, one.recorded_at, one.state is ConsentState.REFUSED, one.id

    return sorted(decisions, key=weight, reverse=True)


def standing_for(
    decisions: Iterable[ConsentDecision],
    purpose: Purpose,
    channel: ContactChannel | None,
    defaults: Defaults,
    today: date,
) -> ConsentStanding:
    """Where a customer stands for a purpose on a day.

    The latest decision counts, among those about the channel and those about all channels. Asked for no channel, only
    the latter count: a refusal of calls says nothing of letters. A decision dated ahead counts from its day on.

    Args:
        decisions: of one customer, about anything.
        defaults: of each purpose, where nothing was decided; a purpose that is not there: given.
    """
    about = (
        one
        for one in by_weight(decisions)
        if one.purpose is purpose
        and one.channel in (None, channel)
        and (one.decided_on is None or one.decided_on <= today)
    )
    latest = next(about, None)
    if latest is None:
        return ConsentStanding(purpose, channel, defaults.get(purpose, ConsentState.GIVEN), None)
    return ConsentStanding(purpose, channel, latest.state, latest)


def standing_of(
    decisions: Iterable[ConsentDecision], defaults: Defaults, today: date
) -> tuple[ConsentStanding, ...]:
    """Where a customer stands for every purpose, and for each channel whose answer is another."""
    known = list(decisions)
    found: list[ConsentStanding] = []
    for purpose in Purpose:
        general = standing_for(known, purpose, None, defaults, today)
        found.append(general)
        for channel in ContactChannel:
            special = standing_for(known, purpose, channel, defaults, today)
            if special.state is not general.state:
                found.append(special)
    return tuple(found)
