"""For which customer a bill is, and what the bills say of each customer on a day."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from algorithms.arrears import Bills, Days, PaymentRecord, payment_record
from graph.arrays import Ints
from graph.validity import VALIDITY
from services.exposure.holders import Spans, holder_of, use_of
from services.exposure.tables import Tables, dates, last_days, read_relations, whole
from services.site import Site


@dataclass(frozen=True, slots=True, eq=False)
class Booked:
    """m bills that are somebody's. ``account``: that of each; ``place``: where it stands in the table of bills."""

    bills: Bills
    account: Ints
    place: Ints


def booked(site: Site, tables: Tables) -> Booked:
    """Every bill with the customer who held its account at the time; a bill without amount counts 0."""
    return _booked(site, tables, _spans(site, tables, "HAS_ACCOUNT", "Account"))


def record_at(site: Site, tables: Tables, day: np.datetime64) -> tuple[PaymentRecord, Bills]:
    """What the bills say of every customer at a day, and the bills themselves."""
    held = _spans(site, tables, "HAS_ACCOUNT", "Account")
    supplied = _spans(site, tables, "SUPPLIED_AT", "ServicePoint")
    found = _booked(site, tables, held)
    customers, closed = len(tables["Customer"]), last_days(site, tables, "Customer")
    use = use_of(
        customers, held, supplied, last_day=closed, bills=found.bills, account=found.account, day=day
    )
    advance = _advances(tables, held, day)
    return payment_record(customers, found.bills, day, advance, use), found.bills


def _spans(site: Site, tables: Tables, name: str, target: str) -> Spans:
    """When customers have what they have, none longer than that itself exists."""
    found = read_relations(site, tables, name, "Customer", target, *VALIDITY)
    return Spans.of(found).within(last_days(site, tables, target))


def _booked(site: Site, tables: Tables, held: Spans) -> Booked:
    billed = read_relations(site, tables, "BILLED", "Account", "Bill")
    columns, place = tables["Bill"].columns, billed.target
    first, last = _days_of(dates(columns["period"], "M")[place], dates(columns["dueOn"], "D")[place])
    customer = holder_of(held, billed.source, first, last)
    known = np.flatnonzero(customer >= 0)
    place = place[known]
    bills = Bills(
        customer=customer[known],
        period=dates(columns["period"], "M")[place],
        amount=whole(columns["amount"])[place],
        due=dates(columns["dueOn"], "D")[place],
        paid=dates(columns["paidOn"], "D")[place],
    )
    return Booked(bills, billed.source[known], place)


def _days_of(period: Days, due: Days) -> tuple[Days, Days]:
    """The first and the last day that a bill is for; the day on which it is due where it names no period."""
    end = (period + np.timedelta64(1, "M")).astype("datetime64[D]") - np.timedelta64(1, "D")
    without = np.isnat(period)
    return np.where(without, due, period.astype("datetime64[D]")), np.where(without, due, end)


def _advances(tables: Tables, held: Spans, day: np.datetime64) -> Ints:
    """Prepayment and deposit of every customer, fen: of the accounts that are its own, or were last."""
    columns = tables["Account"].columns
    accounts = np.arange(len(tables["Account"]))
    today = np.full(len(accounts), day, dtype="datetime64[D]")
    customer = holder_of(held, accounts, today, today)
    known = np.flatnonzero(customer >= 0)
    total = np.zeros(len(tables["Customer"]), dtype=np.int64)
    np.add.at(total, customer[known], (whole(columns["prepayment"]) + whole(columns["deposit"]))[known])
    return total
