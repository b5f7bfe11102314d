"""A customer's own payment record, by the rules of the science page."""

from __future__ import annotations

from calendar import monthrange
from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from algorithms.arrears import Bills, PaymentRecord, Use, payment_record

CUT_OFF = np.datetime64("2026-03-31")
DAY = date(2026, 3, 31)


def bills(*rows: tuple[int, str, int, str, str]) -> Bills:
    """(customer, period, fen, due, paid)."""
    columns = list(zip(*rows, strict=True)) or [(), (), (), (), ()]
    return Bills(
        customer=np.array(columns[0], dtype=np.int64),
        period=np.array(columns[1], dtype="datetime64[M]"),
        amount=np.array(columns[2], dtype=np.int64),
        due=np.array(columns[3], dtype="datetime64[D]"),
        paid=np.array(columns[4], dtype="datetime64[D]"),
    )


def judged(*rows: tuple[int, str, int, str, str], customers: int = 1, advance: int = 0) -> PaymentRecord:
    return payment_record(customers, bills(*rows), CUT_OFF, np.full(customers, advance, dtype=np.int64))


def test_without_bills_there_is_no_distress_and_no_exposure() -> None:
    found = judged(customers=2)
    assert found.own.tolist() == [0.0, 0.0]
    assert found.exposure.tolist() == [0, 0]


def test_each_late_bill_among_the_last_twelve_adds_a_twenty_fourth() -> None:
    paid_late = (0, "2026-01", 100_00, "2026-02-20", "2026-02-25")
    paid_in_time = (0, "2025-12", 100_00, "2026-01-20", "2026-01-20")
    overdue = (0, "2026-02", 100_00, "2026-03-20", "")
    found = judged(paid_late, paid_in_time, overdue)
    assert found.own[0] == pytest.approx(2 / 24)
    assert found.overdue_bills[0] == 1
    assert found.balance[0] == 100_00


def test_lateness_older_than_twelve_bills_is_forgiven() -> None:
    old = (0, "2024-12", 100_00, "2025-01-20", "2025-03-01")
    recent = [
        (
            0,
            str(np.datetime64("2025-01") + month),
            100_00,
            str(np.datetime64("2025-02-20") + 30 * month),
            "2025-01-31",
        )
        for month in range(12)
    ]
    assert judged(old, *recent).own[0] == 0.0


def test_six_overdue_bills_are_a_default() -> None:
    rows = [(0, f"2025-{month:02d}", 50_00, f"2025-{month + 1:02d}-20", "") for month in range(4, 10)]
    assert judged(*rows).own[0] == 1.0
    assert judged(*rows[1:]).own[0] == pytest.approx(5 / 24)


def test_a_bill_paid_after_the_cut_off_is_unpaid_at_it() -> None:
    found = judged((0, "2026-02", 80_00, "2026-03-20", "2026-04-02"))
    assert found.overdue_bills[0] == 1


def test_exposure_is_what_is_unpaid_and_what_will_be_used_less_advances() -> None:
    # February has 28 days and its last one lies 31 days before the cut-off.
    row = (0, "2026-02", 28_00, "2026-04-20", "")
    assert judged(row).exposure[0] == 28_00 + (31 + 60) * 1_00
    assert judged(row, advance=18_00).exposure[0] == 28_00 + 91_00 - 18_00
    assert judged(row, advance=999_00).exposure[0] == 0


def test_amounts_are_exact_beyond_the_precision_of_floats() -> None:
    large = 2**53 + 1
    found = judged((0, "2026-02", large, "2026-03-20", "2026-03-01"), (0, "2026-01", 1, "2026-02-20", ""))
    assert found.balance[0] == 1
    assert judged((0, "2026-02", large, "2026-03-20", "")).balance[0] == large


rows_of_bills = st.lists(
    st.tuples(
        st.integers(0, 3),
        st.sampled_from([f"2025-{month:02d}" for month in range(1, 13)]),
        st.integers(0, 10**7),
        st.sampled_from(["2025-06-20", "2026-01-20", "2026-05-20"]),
        st.sampled_from(["", "2025-06-20", "2026-01-25", "2026-04-01"]),
    ),
    max_size=40,
)


@given(rows=rows_of_bills, data=st.data())
def test_the_order_of_bills_changes_nothing(
    rows: list[tuple[int, str, int, str, str]], data: st.DataObject
) -> None:
    shuffled = data.draw(st.permutations(rows))
    one, other = judged(*rows, customers=4), judged(*shuffled, customers=4)
    for name in ("own", "overdue_bills", "late_bills", "balance", "exposure", "monthly"):
        assert np.array_equal(getattr(one, name), getattr(other, name)), name


@given(rows=rows_of_bills)
def test_customers_do_not_influence_each_other(rows: list[tuple[int, str, int, str, str]]) -> None:
    together = judged(*rows, customers=4)
    alone = judged(*[(0, *row[1:]) for row in rows if row[0] == 2])
    assert together.own[2] == alone.own[0]
    assert together.exposure[2] == alone.exposure[0]
    assert 0.0 <= together.own.min() <= together.own.max() <= 1.0


def expected_exposure(
    rows: list[tuple[int, str, int, str, str]], goes_on: list[bool], end: str, advance: int
) -> int:
    """Exposure of one customer from the text alone: unpaid bills, and use until supply can be cut or ends."""
    known = [
        (*row, on) for row, on in zip(rows, goes_on, strict=True) if date.fromisoformat(f"{row[1]}-01") <= DAY
    ]
    unpaid = sum(row[2] for row in known if not row[4] or date.fromisoformat(row[4]) > DAY)
    last = sorted((row for row in known if row[5]), key=lambda row: row[1])[-12:]
    if not last:
        return max(0, unpaid - advance)
    days = sum(monthrange(*map(int, row[1].split("-")))[1] for row in last)
    daily = sum(row[2] for row in last) / days
    year, month = map(int, last[-1][1].split("-"))
    billed_until = date(year, month, monthrange(year, month)[1])
    ahead = max(0, (DAY - billed_until).days) + 60
    if end:
        ahead = min(ahead, max(0, (date.fromisoformat(end) - timedelta(days=1) - billed_until).days))
    return max(0, round(unpaid + daily * ahead) - advance)


@given(
    months=st.lists(st.integers(0, 30), unique=True, max_size=20),
    paid=st.lists(st.sampled_from(["", "2025-12-01", "2026-06-30"]), min_size=20, max_size=20),
    goes_on=st.lists(st.booleans(), min_size=20, max_size=20),
    end=st.sampled_from(["", "2024-06-30", "2026-02-01", "2026-04-15", "2027-01-01"]),
    advance=st.sampled_from([0, 30_00]),
)
def test_an_end_stops_the_use_that_is_expected_and_nothing_that_is_owed(
    months: list[int], paid: list[str], goes_on: list[bool], end: str, advance: int
) -> None:
    rows = [
        (0, str(np.datetime64("2024-01") + month), 100_00 + month, "2026-01-31", when)
        for month, when in zip(months, paid, strict=False)
    ]
    on = goes_on[: len(rows)]
    use = Use(np.array(on, dtype=np.bool_), np.array([end], dtype="datetime64[D]"))
    record = payment_record(1, bills(*rows), CUT_OFF, np.array([advance]), use)
    assert record.exposure[0] == pytest.approx(expected_exposure(rows, on, end, advance), abs=1)
    without = payment_record(1, bills(*rows), CUT_OFF, np.array([advance]))
    assert (record.own, record.balance, record.monthly) == (without.own, without.balance, without.monthly)
    assert record.exposure[0] <= without.exposure[0] or not all(on)
