"""What a customer's own bills say: how late it pays, how much is open, its own distress, its exposure at default.

Source of every rule: docs/science.md, "Input" (own distress, exposure at default, proxy of the buffer).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from graph.arrays import Bools, Floats, Ints

Days: TypeAlias = npt.NDArray[np.datetime64]

OVERDUE_FOR_DEFAULT = 6
"""Overdue bills of one customer from which it counts as in default."""

WINDOW = 12
"""Bills that are looked at for lateness, daily use and the monthly mean."""

DAYS_UNTIL_CUT = 60
"""Days of use to expect before supply can be cut: 30 of notice and 30 until the cut."""


@dataclass(frozen=True, slots=True, eq=False)
class Bills:
    """Bills in any order, m rows: position of the customer, period (datetime64[M]), amount (fen), due and paid
    day (datetime64[D]); NaT where absent."""

    customer: Ints
    period: Days
    amount: Ints
    due: Days
    paid: Days


@dataclass(frozen=True, slots=True, eq=False)
class Use:
    """How long use goes on. ``goes_on``: m, whether more use like that of a bill is expected, because its account has
    not ended. ``ends``: n, first day (datetime64[D]) without any use of a customer; NaT while none is known."""

    goes_on: Bools
    ends: Days


@dataclass(frozen=True, slots=True, eq=False)
class PaymentRecord:
    """What the bills say of n customers at the cut-off."""

    own: Floats
    """Own distress, 0 to 1: 1 from six overdue bills, else late bills among the last twelve / 24, else 0."""
    overdue_bills: Ints
    late_bills: Ints
    """Late bills among the last twelve."""
    balance: Ints
    """Arrears: overdue and unpaid, fen."""
    exposure: Ints
    """Exposure at default: all that is unpaid and will be used before supply can be cut, less advances; fen."""
    monthly: Floats
    """Mean of the last twelve bills, fen a month; 0 without bills."""


def payment_record(
    customers: int, bills: Bills, cut_off: np.datetime64, advance: Ints, use: Use | None = None
) -> PaymentRecord:
    """Judge every customer by its own bills, as known at the cut-off.

    Args:
        customers: n.
        bills: those whose period begins after the cut-off are left out.
        cut_off: the day T; a bill paid after T is unpaid at T.
        advance: n, prepayment and deposit in fen.
        use: what has an end, of these bills and customers; without it all use goes on. An end stops use that is
            expected, never what a bill says is owed.

    O(m log m).
    """
    known = np.isnat(bills.period) | (bills.period.astype("datetime64[D]") <= cut_off)
    # Newest bill of each customer last; the remaining columns only make the order of equal periods certain.
    chosen = np.flatnonzero(known)
    chosen = chosen[
        np.lexsort((bills.amount[chosen], bills.due[chosen], bills.period[chosen], bills.customer[chosen]))
    ]
    customer, period, amount = bills.customer[chosen], bills.period[chosen], bills.amount[chosen]
    due, paid = bills.due[chosen], bills.paid[chosen]

    unpaid = np.isnat(paid) | (paid > cut_off)
    overdue = unpaid & (due < cut_off)
    late = overdue | (~unpaid & (paid > due))
    recent = _among_the_last(customer, customers, WINDOW)

    overdue_bills = _total(customers, customer, overdue)
    late_bills = _total(customers, customer, late & recent)
    own = np.where(overdue_bills >= OVERDUE_FOR_DEFAULT, 1.0, late_bills / (2.0 * WINDOW))

    lasting = np.flatnonzero(np.ones(len(chosen), dtype=np.bool_) if use is None else use.goes_on[chosen])
    of_use = np.zeros(len(chosen), dtype=np.bool_)
    of_use[lasting] = _among_the_last(customer[lasting], customers, WINDOW)
    dated = of_use & ~np.isnat(period)
    first_day = period.astype("datetime64[D]")
    end = (period + np.timedelta64(1, "M")).astype("datetime64[D]")
    days = _sum(customers, customer[dated], (end - first_day)[dated].astype(np.float64))
    used = _sum(customers, customer[dated], amount[dated].astype(np.float64))
    daily = np.divide(used, days, out=np.zeros(customers), where=days > 0)
    since = np.zeros(customers)
    last_day = end[dated] - np.timedelta64(1, "D")
    np.maximum.at(since, customer[dated], last_day.astype(np.float64))
    ahead = np.maximum(cut_off.astype("datetime64[D]").astype(np.float64) - since, 0.0) + DAYS_UNTIL_CUT
    if use is not None:
        known_end = np.flatnonzero(~np.isnat(use.ends))
        last_use = use.ends[known_end].astype("datetime64[D]").astype(np.float64) - 1.0
        ahead[known_end] = np.minimum(ahead[known_end], np.maximum(last_use - since[known_end], 0.0))
    unpaid_amount = _total(customers, customer, np.where(unpaid, amount, 0))
    exposure = np.maximum(0, np.rint(unpaid_amount + daily * ahead).astype(np.int64) - advance)

    count = _total(customers, customer, recent)
    recent_amount = _total(customers, customer, np.where(recent, amount, 0))
    monthly = np.divide(recent_amount, count, out=np.zeros(customers), where=count > 0)
    return PaymentRecord(
        own=own,
        overdue_bills=overdue_bills,
        late_bills=late_bills,
        balance=_total(customers, customer, np.where(overdue, amount, 0)),
        exposure=exposure,
        monthly=monthly,
    )


def defaults_within(
    customers: int,
    customer: Ints,
    due: Days,
    paid: Days,
    *,
    start: np.datetime64,
    end: np.datetime64,
    least: int = OVERDUE_FOR_DEFAULT,
) -> Bools:
    """Which of n customers come to have ``least`` overdue bills at once on some day after ``start``, up to ``end``.

    A bill is overdue from the day after its last day to pay until it is paid; on one day payments count first. Who is
    in that state at ``start`` counts only when one more bill falls overdue in it: ask :func:`payment_record` first.

    Args:
        customer, due, paid: m bills in any order; NaT (or a day that does not come) where absent.

    O(m log m).
    """
    overdue_from = due + np.timedelta64(1, "D")
    settled_on = np.where(np.isnat(paid), np.datetime64("9999-01-01"), paid)
    late = np.flatnonzero((overdue_from <= end) & (settled_on > due))
    settled = late[settled_on[late] <= end]
    whose = np.concatenate([customer[late], customer[settled]])
    day = np.concatenate([overdue_from[late], settled_on[settled]])
    step = np.repeat(np.array([1, -1]), [len(late), len(settled)])
    order = np.lexsort((step, day, whose))
    whose, day, step = whose[order], day[order], step[order]
    running = np.cumsum(step)
    # Every customer's own count starts at 0: what those before it left open is taken away.
    first = np.flatnonzero(np.diff(whose, prepend=-1))
    left = np.append(0, running)[first]
    overdue = running - np.repeat(left, np.diff(np.append(first, len(whose))))
    found = np.zeros(customers, dtype=np.bool_)
    found[whose[(overdue >= least) & (step > 0) & (day > start)]] = True
    return found


def _among_the_last(customer: Ints, customers: int, window: int) -> Bools:
    """Which rows, sorted by customer, are among the last ``window`` of theirs."""
    ends = np.cumsum(np.bincount(customer, minlength=customers))
    return ends[customer] - np.arange(len(customer)) <= window


def _total(customers: int, customer: Ints, value: npt.NDArray[np.int64] | Bools) -> Ints:
    """Exact integer sums by customer; a float sum would lose the last fen of large ones."""
    total = np.zeros(customers, dtype=np.int64)
    np.add.at(total, customer, value.astype(np.int64))
    return total


def _sum(customers: int, customer: Ints, value: Floats) -> Floats:
    return np.bincount(customer, weights=value, minlength=customers).astype(np.float64)
