"""Whose a bill is when its account changes hands, and until when use is expected, against rules read off the page."""

from __future__ import annotations

from datetime import date

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from algorithms.arrears import Bills
from services.exposure.holders import EVER, OPEN, Spans, holder_of, use_of

DAYS = st.sampled_from(["", "2024-12-31", "2025-01-01", "2025-02-15", "2025-03-31", "2025-06-01"])
TOLD = ["2024-12-01", "2025-01-01", "2025-02-15", "2025-02-16", "2025-05-31", "2025-07-01"]
CUSTOMERS, ACCOUNTS = 3, 2
Row = tuple[int, int, str, str]
rows = st.lists(
    st.tuples(st.integers(0, CUSTOMERS - 1), st.integers(0, ACCOUNTS - 1), DAYS, DAYS),
    max_size=6,
    unique=True,
)


def spans(found: list[Row]) -> Spans:
    kept = sorted(row for row in found if not (row[2] and row[3] and row[3] <= row[2]))
    return Spans(
        source=np.array([row[0] for row in kept], dtype=np.int64),
        target=np.array([row[1] for row in kept], dtype=np.int64),
        since=np.array([row[2] or EVER for row in kept], dtype="datetime64[D]"),
        until=np.array([row[3] or OPEN for row in kept], dtype="datetime64[D]"),
    )


def runs(row: Row, day: str) -> bool:
    return row[2] <= day and (not row[3] or day < row[3])


def holder(found: list[Row], account: int, first: str, last: str) -> int:
    """On the first day, else on the last, else who had begun last before it, else who began first after it."""
    own = [row for row in sorted(found) if row[1] == account and not (row[2] and row[3] and row[3] <= row[2])]
    for day in (first, last):
        if now := [row for row in own if runs(row, day)]:
            both = [row for row in now if runs(row, last)] or now
            return max(both, key=lambda row: (row[2], own.index(row)))[0]
    if begun := [row for row in own if row[2] <= last]:
        return max(begun, key=lambda row: (row[2], own.index(row)))[0]
    return min(own, key=lambda row: (row[2], -own.index(row)))[0] if own else -1


@given(
    found=rows, account=st.integers(0, ACCOUNTS - 1), ends=st.tuples(*[st.sampled_from(TOLD)] * 2).map(sorted)
)
def test_a_bill_is_of_who_held_the_account_at_the_time(
    found: list[Row], account: int, ends: list[str]
) -> None:
    first, last = ends
    asked = np.array([account, account])
    answer = holder_of(
        spans(found), asked, np.array([first] * 2, dtype="M8[D]"), np.array([last] * 2, dtype="M8[D]")
    )
    assert answer.tolist() == [holder(found, account, first, last)] * 2


def last_end(found: list[Row], customer: int, day: str) -> str:
    """When the last of what has begun ends; empty where it does not, or where nothing has begun."""
    begun = [row for row in found if row[0] == customer and row[2] <= day and (not row[3] or row[2] < row[3])]
    return "" if not begun or any(not row[3] for row in begun) else max(row[3] for row in begun)


@given(
    held=rows,
    supplied=rows,
    closed=st.lists(DAYS, min_size=CUSTOMERS, max_size=CUSTOMERS),
    day=st.sampled_from(TOLD),
    booked=st.lists(st.tuples(st.integers(0, CUSTOMERS - 1), st.integers(0, ACCOUNTS - 1)), max_size=8),
)
def test_use_ends_with_the_customer_its_last_account_or_its_last_supply(
    held: list[Row], supplied: list[Row], closed: list[str], day: str, booked: list[tuple[int, int]]
) -> None:
    nothing = np.array([""] * len(booked), dtype="M8[D]")
    bills = Bills(
        np.array([customer for customer, _ in booked], dtype=np.int64),
        nothing.astype("M8[M]"),
        np.zeros(len(booked), dtype=np.int64),
        nothing,
        nothing,
    )
    accounts = np.array([account for _, account in booked], dtype=np.int64)
    last_day = np.array(closed, dtype="M8[D]")
    use = use_of(
        CUSTOMERS,
        spans(held),
        spans(supplied),
        last_day=last_day,
        bills=bills,
        account=accounts,
        day=np.datetime64(day),
    )
    for customer in range(CUSTOMERS):
        after = np.datetime64(date.fromisoformat(closed[customer])) + 1 if closed[customer] else ""
        ends = [str(after), last_end(held, customer, day), last_end(supplied, customer, day)]
        expected = min((end for end in ends if end), default="NaT")
        assert str(use.ends[customer]) == expected
    for (customer, account), goes_on in zip(booked, use.goes_on.tolist(), strict=True):
        now = {row[1] for row in held if row[0] == customer and runs(row, day)}
        assert goes_on == (account in now or not now)
