"""What happened after a cut-off: the events that are forecast, and the day from which each is certain."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from algorithms.arrears import OVERDUE_FOR_DEFAULT, defaults_within
from algorithms.own_risk.records import NEVER, Records
from graph.arrays import Bools, Floats, Ints


@dataclass(frozen=True, slots=True)
class Event:
    """Default: a customer has ``overdue_bills`` overdue bills at once on some day of the ``months`` after the cut-off.

    Six is the start rule's own default (docs/science.md, "Input"): so the forecast is the chance of reaching the
    state that counts as 1, and a customer that is in it is 1 and is not forecast. Counting bills, not days, follows
    how collection works here; a bill that is paid late, however often, is no default.
    """

    overdue_bills: int = OVERDUE_FOR_DEFAULT
    months: int = 12


@dataclass(frozen=True, slots=True, eq=False)
class Outcome:
    """By customer: 1 where it happened; the day from which that is certain, NEVER where it is not known yet."""

    happened: Floats
    settled: Ints


def months_later(day: np.datetime64, months: int) -> np.datetime64:
    """The same day of a later (or, below 0, earlier) month; its last day where the month is shorter.

    >>> str(months_later(np.datetime64("2025-01-31"), 1)), str(months_later(np.datetime64("2025-03-05"), -12))
    ('2025-02-28', '2024-03-05')
    """
    month = day.astype("datetime64[M]")
    offset = (day.astype("datetime64[D]") - month.astype("datetime64[D]")).astype(int)
    target = month + np.timedelta64(months, "M")
    last = (target + np.timedelta64(1, "M")).astype("datetime64[D]") - np.timedelta64(1, "D")
    return np.datetime64(min(target.astype("datetime64[D]") + offset, last), "D")


def defaults(record: Records, cut_off: np.datetime64, end: np.datetime64, event: Event) -> Outcome:
    """Whether the event happened in the months after the cut-off.

    Args:
        cut_off: the day T.
        end: the last day of the data.
    """
    last = months_later(cut_off, event.months)
    due, paid = record.due.astype("datetime64[D]"), record.paid.astype("datetime64[D]")
    happened = defaults_within(
        record.size, record.customer, due, paid, start=cut_off, end=last, least=event.overdue_bills
    )
    settled = _int(last) if last <= end else NEVER
    return Outcome(happened.astype(np.float64), np.full(record.size, settled))


def next_bill_late(record: Records, cut_off: np.datetime64, end: np.datetime64) -> Outcome:
    """Whether the first bill that falls due after the cut-off, and was not paid by it, is late.

    A bill that was not due before the cut-off is one day late the day after its last day to pay.
    """
    start, last = _int(cut_off), _int(end)
    ahead = np.flatnonzero((record.due >= start) & (record.due < NEVER) & (record.paid > start))
    order = ahead[np.lexsort((record.due[ahead], record.customer[ahead]))]
    customer, first = np.unique(record.customer[order], return_index=True)
    bill = order[first]
    happened = np.zeros(record.size)
    settled = np.full(record.size, NEVER)
    happened[customer] = record.paid[bill] > record.due[bill]
    settled[customer] = np.where(record.due[bill] + 1 <= last, record.due[bill] + 1, NEVER)
    return Outcome(happened, settled)


def in_default(overdue: Ints, event: Event) -> Bools:
    """Who is in the event already."""
    return overdue >= event.overdue_bills


def _int(day: np.datetime64) -> int:
    return int(day.astype("datetime64[D]").astype(np.int64))
