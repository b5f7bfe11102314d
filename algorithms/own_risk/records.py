"""What a customer's own record says at a cut-off: features of what was known then, and of nothing later."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from algorithms.arrears import Bills, Days
from algorithms.own_risk.columns import Texts
from algorithms.own_risk.declared import FEATURES
from graph.arrays import Bools, Floats, Ints

WINDOW = 12
RECENT = 3
IDLE = 0.25
"""Use below this part of the customer's own median counts as idle."""

LONGEST_DELAY = 365
NEVER = 2**40
"""A day that does not come."""


@dataclass(frozen=True, slots=True, eq=False)
class Claims:
    """What registers said: rows of party, day from which it was known, value; of one party the preferred one first."""

    party: Ints
    day: Ints
    value: Floats | Texts


@dataclass(frozen=True, slots=True, eq=False)
class Records:
    """n customers and m bills, sorted by customer and period. Days count from 1970; NEVER where absent.

    ``party``: the one behind each customer as ``registers`` numbers them, -1 = none. ``known``: the day from which a
    bill is known: its issue, else the end of its period, else its last day to pay.
    """

    party: Ints
    kind: Texts
    opened: Ints
    customer: Ints
    month: Ints
    amount: Floats
    use: Floats
    known: Ints
    due: Ints
    paid: Ints
    registers: dict[str, Claims]
    """By feature: ``business_status``, ``total_assets``, ``total_liabilities``."""

    @property
    def size(self) -> int:
        """Number of customers."""
        return len(self.party)


@dataclass(frozen=True, slots=True, eq=False)
class Known:
    """What is known of n customers at a cut-off. ``bills``: known bills; ``overdue``: unpaid after their last day;
    ``late``: late among the last twelve, as the start rule counts them."""

    table: dict[str, Floats | Texts]
    next_bill: dict[str, Floats | Texts]
    bills: Ints
    overdue: Ints
    late: Ints


def records(
    bills: Bills,
    *,
    issued: Days,
    energy: Floats,
    party: Ints,
    kind: Texts,
    opened: Days,
    registers: dict[str, Claims],
) -> Records:
    """Put bills in order. ``issued`` (m days), ``energy`` (m, kWh or NaN) go with ``bills``; the rest by customer."""
    first = bills.period.astype("datetime64[D]")
    end = (bills.period + np.timedelta64(1, "M")).astype("datetime64[D]")
    known = np.where(np.isnat(issued), np.where(np.isnat(first), bills.due, end), issued)
    order = np.lexsort((bills.amount, bills.due, bills.period, bills.customer))
    return Records(
        party=party,
        kind=kind,
        opened=_days(opened),
        customer=bills.customer[order],
        month=np.where(np.isnat(bills.period), -NEVER, bills.period.astype(np.int64))[order],
        amount=bills.amount[order] / 100.0,
        use=energy[order],
        known=_days(known)[order],
        due=_days(bills.due)[order],
        paid=_days(bills.paid)[order],
        registers=registers,
    )


def known_at(record: Records, cut_off: np.datetime64) -> Known:
    """The features of every customer as known on the day ``cut_off``.

    What became known later changes nothing: bills issued later are not there, bills paid later are unpaid.
    """
    day, n = _day(cut_off), record.size
    rows = np.flatnonzero(record.known <= day)
    customer, due, paid = record.customer[rows], record.due[rows], record.paid[rows]
    amount, use = record.amount[rows], record.use[rows]
    is_paid, is_due = paid <= day, due < day
    overdue = is_due & ~is_paid
    late = overdue | (is_paid & (paid > due))
    delay = np.clip(np.where(is_paid, paid - due, day - due), -31, LONGEST_DELAY).astype(np.float64)

    d = np.flatnonzero(is_due)
    age = _from_end(customer[d], n)
    last, recent = d[age < WINDOW], d[age < RECENT]
    late_at = np.where(late[d] & (age < WINDOW), age, NEVER)
    newest_late = np.full(n, NEVER)
    np.minimum.at(newest_late, customer[d], late_at)
    longest = np.full(n, -np.inf)
    np.maximum.at(longest, customer[last], delay[last])
    oldest = np.full(n, NEVER)
    np.minimum.at(oldest, customer[overdue], due[overdue])
    last_paid = np.full(n, -NEVER)
    np.maximum.at(last_paid, customer[is_paid], paid[is_paid])
    open_due = np.full(n, NEVER)
    still_open = ~is_paid & (due >= day) & (due < NEVER)
    np.minimum.at(open_due, customer[still_open], due[still_open])

    mean_bill = _mean(n, customer, amount, _from_end(customer, n) < WINDOW)
    owed = np.bincount(customer[overdue], weights=amount[overdue], minlength=n)
    found: dict[str, Floats | Texts] = {
        "late_share": _mean(n, customer[last], late[last].astype(np.float64)),
        "late_share_recent": _mean(n, customer[recent], late[recent].astype(np.float64)),
        "delay_mean": _mean(n, customer[last], delay[last]),
        "delay_recent": _mean(n, customer[recent], delay[recent]),
        "delay_longest": np.where(np.isinf(longest), np.nan, longest),
        "overdue_bills": np.bincount(customer[overdue], minlength=n).astype(np.float64),
        "overdue_days": np.where(oldest < NEVER, day - oldest, np.nan).astype(np.float64),
        "overdue_months": np.divide(owed, mean_bill, out=np.full(n, np.nan), where=mean_bill > 0),
        "bills_since_late": np.where(newest_late < NEVER, newest_late, np.nan).astype(np.float64),
        "days_since_payment": np.where(last_paid > -NEVER, day - last_paid, np.nan).astype(np.float64),
        "bill_mean": mean_bill,
        **_use(record, rows, customer, use, amount),
        "tenure": np.where(record.opened <= day, (day - record.opened) / 365.25, np.nan),
        "kind": record.kind,
        "business_status": _claimed(record, "business_status", day),
        "debt_ratio": _debt_ratio(record, day),
    }
    ahead = np.where(open_due < NEVER, open_due - day, np.nan).astype(np.float64)
    return Known(
        table={name: found[name] for name in FEATURES},
        next_bill={"next_due_in": ahead},
        bills=np.bincount(customer, minlength=n).astype(np.int64),
        overdue=np.bincount(customer[overdue], minlength=n).astype(np.int64),
        late=np.bincount(customer[late & (_from_end(customer, n) < WINDOW)], minlength=n).astype(np.int64),
    )


def _use(
    record: Records, rows: Ints, customer: Ints, energy: Floats, amount: Floats
) -> dict[str, Floats | Texts]:
    """How use goes: by energy where every bill of the window has it, else by amount."""
    n = record.size
    age = _from_end(customer, n)
    window = age < WINDOW
    unknown = np.bincount(customer[window & np.isnan(energy)], minlength=n) > 0
    use = np.where(unknown[customer], amount, energy)
    use = np.where(np.isnan(use), 0.0, use)
    count = np.bincount(customer[window], minlength=n)
    mean = _mean(n, customer, use, window)
    recent = _mean(n, customer, use, age < RECENT)
    spread = np.sqrt(np.maximum(_mean(n, customer, use**2, window) - mean**2, 0.0))
    enough = (count >= 2) & (mean > 0)
    part = np.divide(use, mean[customer], out=np.full(len(use), np.nan), where=mean[customer] > 0)
    key = customer * 100_000 + record.month[rows]
    at = np.minimum(np.searchsorted(key, key - 12), max(len(key) - 1, 0))
    paired = (age < RECENT) & (key[at] == key - 12) & (record.month[rows] > -NEVER) if len(key) else window
    before = np.bincount(customer[paired], weights=use[at][paired] if len(key) else None, minlength=n)
    now = np.bincount(customer[paired], weights=use[paired], minlength=n)
    return {
        "use_recent": np.divide(recent, mean, out=np.full(n, np.nan), where=enough),
        "use_year": np.divide(now, before, out=np.full(n, np.nan), where=before > 0),
        "use_variation": np.divide(spread, mean, out=np.full(n, np.nan), where=enough),
        "idle_share": np.where(enough, _mean(n, customer, (part < IDLE).astype(np.float64), window), np.nan),
    }


def _claimed(record: Records, name: str, day: int) -> Texts:
    """The preferred text among what was known by the day, by customer."""
    # One place more than parties: the last one, which -1 points to, is nobody's.
    found = np.full(int(record.party.max(initial=-1)) + 2, None, dtype=object)
    claims = record.registers.get(name)
    if claims is not None:
        for party, since, value in zip(
            claims.party.tolist()[::-1], claims.day.tolist()[::-1], claims.value.tolist()[::-1], strict=True
        ):
            if since <= day and party < len(found) - 1:
                found[party] = value
    return np.asarray(found[record.party], dtype=object)


def _debt_ratio(record: Records, day: int) -> Floats:
    """Liabilities to assets by customer; NaN where either is unknown or assets are 0."""
    assets, liabilities = (
        np.array(
            [np.nan if value is None else float(value) for value in _claimed(record, name, day).tolist()],
            dtype=np.float64,
        )
        for name in ("total_assets", "total_liabilities")
    )
    ratio: Floats = np.divide(liabilities, assets, out=np.full(len(assets), np.nan), where=assets > 0)
    return ratio


def _from_end(customer: Ints, n: int) -> Ints:
    """Of rows sorted by customer: 0 for the newest of each, 1 for the one before, ..."""
    ends = np.cumsum(np.bincount(customer, minlength=n))
    return np.asarray(ends[customer] - 1 - np.arange(len(customer)), dtype=np.int64)


def _mean(n: int, customer: Ints, value: Floats, chosen: Bools | None = None) -> Floats:
    """Means by customer over the chosen rows; NaN where there is none."""
    if chosen is not None:
        customer, value = customer[chosen], value[chosen]
    count = np.bincount(customer, minlength=n)
    total = np.bincount(customer, weights=value, minlength=n)
    mean: Floats = np.divide(total, count, out=np.full(n, np.nan), where=count > 0)
    return mean


def _days(days: Days) -> Ints:
    return np.where(np.isnat(days), NEVER, days.astype("datetime64[D]").astype(np.int64))


def _day(day: np.datetime64) -> int:
    return int(day.astype("datetime64[D]").astype(np.int64))
