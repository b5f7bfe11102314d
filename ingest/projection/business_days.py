"""Which business days records tell of: the first and the latest.

None of them is the clock's: the same records give the same day whenever it is asked.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from ledger.database import Ledger
from ledger.judgements import CHANNEL as OWN_CHANNEL
from ledger.judgements import SOURCE as JUDGEMENTS
from ledger.records import head, observed
from ledger.withdrawals import exist_after
from terms.zones import business_day


@dataclass(frozen=True, slots=True)
class _Known:
    """What the records up to a number say: the latest instant that one states, and the latest time of a load that
    stands in for one."""

    until: int
    stated: datetime | None
    assumed: datetime | None


_NOTHING = _Known(0, None, None)
_known: dict[tuple[str, str], _Known] = {}
"""By ledger and its place. Records are only ever added, so only those after the last one known are looked at,
unless one of them takes others back."""


def latest_day(ledger: Ledger, last: int | None = None) -> date | None:
    """The latest business day that any record states; where none states one, that of the latest load.

    Args:
        last: number of the last record, where it is known.
    """
    known = _latest(ledger, last)
    found = known.stated or known.assumed
    return None if found is None else business_day(found, ledger.zone)


def first_day(ledger: Ledger) -> date | None:
    """The earliest business day that any record states; where none states one, that of the first load."""
    found = observed(ledger, but_source=JUDGEMENTS) or observed(ledger, assumed=True, but_channel=OWN_CHANNEL)
    return None if found is None else business_day(found[0], ledger.zone)


def latest_after(ledger: Ledger, after: int) -> date | None:
    """The same as ``latest_day`` for the records that follow a number."""
    found = observed(ledger, after=after, but_source=JUDGEMENTS)
    if found is None and _latest(ledger).stated is None:
        found = observed(ledger, after=after, assumed=True, but_channel=OWN_CHANNEL)
    return None if found is None else business_day(found[1], ledger.zone)


def _latest(ledger: Ledger, last: int | None = None) -> _Known:
    place = (ledger.id, str(ledger.path))
    known, last = _known.get(place, _NOTHING), head(ledger) if last is None else last
    if last < known.until:  # an older backup was put in its place
        known = _NOTHING
    if last > known.until:
        if exist_after(ledger, known.until):  # the latest one may have been taken back
            known = _NOTHING
        stated = observed(ledger, after=known.until, but_source=JUDGEMENTS)
        assumed = observed(ledger, after=known.until, assumed=True, but_channel=OWN_CHANNEL)
        known = _Known(last, _later(known.stated, stated), _later(known.assumed, assumed))
        _known[place] = known
    return known


def _later(known: datetime | None, found: tuple[datetime, datetime] | None) -> datetime | None:
    if found is None:
        return known
    return found[1] if known is None else max(known, found[1])
