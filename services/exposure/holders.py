"""Whose account it was when a bill arose, and until when a customer goes on using electricity.

An end stops what would come, never what is owed: a bill stays with the customer who held its account at the time, even
when the account is somebody else's now or nobody's.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from algorithms.arrears import Bills, Days, Use
from graph.arrays import Bools, Ints
from graph.project import RelationTable
from graph.validity import BOUNDS, spans_of
from services.exposure.tables import dates

OPEN = np.datetime64("9999-12-31")
"""Stands for an end that nothing tells of."""
EVER = np.datetime64("0001-01-01")
"""Stands for a beginning that nothing tells of."""


@dataclass(frozen=True, slots=True, eq=False)
class Spans:
    """s times in which relations hold: positions of source and target, first day, and first day after (datetime64[D]).

    In the order of the relations; spans that hold on no day are left out.
    """

    source: Ints
    target: Ints
    since: Days
    until: Days

    @classmethod
    def of(cls, table: RelationTable) -> Spans:
        """All spans of relations that were read with their validity."""
        since, until = (dates(table.columns[bound], "D") for bound in BOUNDS)
        since, until = np.where(np.isnat(since), EVER, since), np.where(np.isnat(until), OPEN, until)
        count = np.fromiter(map(len, table.columns["periods"]), dtype=np.int64, count=len(table))
        several = [
            (row, span.since or EVER, span.until or OPEN)
            for row in np.flatnonzero(count).tolist()
            for span in spans_of(None, None, table.columns["periods"][row])
        ]
        single = np.flatnonzero(count == 0)
        rows = np.append(single, np.array([row for row, _, _ in several], dtype=np.int64))
        since = np.append(since[single], np.array([day for _, day, _ in several], dtype="datetime64[D]"))
        until = np.append(until[single], np.array([day for _, _, day in several], dtype="datetime64[D]"))
        order = np.argsort(rows, kind="stable")
        order = order[since[order] < until[order]]
        rows = rows[order]
        return cls(table.source[rows], table.target[rows], since[order], until[order])

    def within(self, last_day: Days) -> Spans:
        """The same, none longer than its target: ``last_day`` by position of the target, NaT where none is known."""
        after = (last_day + np.timedelta64(1, "D"))[self.target]
        until = np.where(np.isnat(after), self.until, np.minimum(self.until, after))
        return Spans(self.source, self.target, self.since, until)

    def runs(self, day: np.datetime64) -> Bools:
        """Which of them hold on a day."""
        return (self.since <= day) & (day < self.until)


def holder_of(held: Spans, account: Ints, first: Days, last: Days) -> Ints:
    """The customer who held an account at a time, b positions; -1 where nobody ever did.

    Args:
        held: spans from customers to accounts.
        account: b accounts.
        first, last: b days, ends included; NaT where nothing tells them.

    Of several the one who held it on the first day, else on the last, else who had begun last before it, else who began
    first after it. O(b * holders of an account).
    """
    found = np.full(len(account), -1, dtype=np.int64)
    order = np.argsort(held.target, kind="stable")
    begin = np.searchsorted(held.target[order], account, side="left")
    count = np.searchsorted(held.target[order], account, side="right") - begin
    only = np.flatnonzero(count == 1)  # nearly all of them
    found[only] = held.source[order[begin[only]]]
    several = np.flatnonzero(count > 1)
    count = count[several]
    asked = np.repeat(several, count)
    within = np.arange(int(count.sum())) - np.repeat(np.cumsum(count) - count, count)
    span = order[np.repeat(begin[several], count) + within]
    since, until = held.since[span], held.until[span]
    begun = since <= np.where(np.isnat(last), OPEN, last)[asked]
    rank = np.lexsort(
        (
            np.where(begun, 1, -1) * since.astype(np.int64),
            begun,
            (since <= last[asked]) & (last[asked] < until),
            (since <= first[asked]) & (first[asked] < until),
            asked,
        )
    )
    found[asked[rank]] = held.source[span[rank]]  # of each the last one, which ranks highest
    return found


def use_of(
    customers: int,
    held: Spans,
    supplied: Spans,
    *,
    last_day: Days,
    bills: Bills,
    account: Ints,
    day: np.datetime64,
) -> Use:
    """What use is to be expected after a day.

    Args:
        held, supplied: spans from customers to accounts and to service points, none longer than these.
        last_day: of each customer, NaT where none is known.
        bills: m of them; ``account``: that of each.

    Use goes on at accounts that a customer holds on the day; where it holds none any more, at the last ones. It ends
    with the customer, or when its last account or its last supply does, whichever is first.
    """
    accounts = int(max(held.target.max(initial=-1), account.max(initial=-1))) + 1
    now = held.runs(day)
    holds_one = np.zeros(customers, dtype=np.bool_)
    holds_one[held.source[now]] = True
    pairs = np.unique(held.source[now] * accounts + held.target[now])
    goes_on = np.isin(bills.customer * accounts + account, pairs) | ~holds_one[bills.customer]
    ends = last_day + np.timedelta64(1, "D")
    for spans in (held, supplied):
        ends = np.fmin(ends, _last_end(customers, spans, day))
    return Use(goes_on, ends)


def _last_end(customers: int, spans: Spans, day: np.datetime64) -> Days:
    """When the last of what has begun ends, n; NaT where nothing has begun, or the last has no end."""
    begun = np.flatnonzero(spans.since <= day)
    found = np.full(customers, EVER)
    np.maximum.at(found, spans.source[begun], spans.until[begun])
    return np.where((found == EVER) | (found >= OPEN), np.datetime64("NaT"), found)
