"""Arrears by days overdue."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from algorithms.arrears import Bills, payment_record
from services.exposure.ageing import BUCKETS, ageing
from services.portrait import customer, risk
from services.site import Site
from tests.everyone import seen

CUT_OFF = np.datetime64("2026-03-31")


def bills(rows: list[tuple[int, int, int | None, int]]) -> Bills:
    """Rows of (customer, days from the last day to pay to the cut-off, days to the payment or None, fen)."""
    day = np.timedelta64(1, "D")
    due = [CUT_OFF - days * day for _, days, _, _ in rows]
    paid = [np.datetime64("NaT") if late is None else CUT_OFF + late * day for _, _, late, _ in rows]
    return Bills(
        customer=np.array([row[0] for row in rows], dtype=np.int64),
        period=np.array([str(when)[:7] for when in due], dtype="datetime64[M]"),
        amount=np.array([row[3] for row in rows], dtype=np.int64),
        due=np.array(due, dtype="datetime64[D]"),
        paid=np.array(paid, dtype="datetime64[D]"),
    )


@pytest.mark.parametrize(
    ("days", "bucket"),
    [(1, 0), (30, 0), (31, 1), (60, 1), (61, 2), (90, 2), (91, 3), (180, 3), (181, 4), (2000, 4)],
)
def test_days_fall_into_their_bucket(days: int, bucket: int) -> None:
    found = ageing(1, bills([(0, days, None, 100)]), CUT_OFF)
    assert found.tolist() == [[100 if k == bucket else 0 for k in range(len(BUCKETS))]]


def test_what_is_not_due_or_was_paid_is_not_overdue() -> None:
    rows = [(0, 0, None, 1), (0, -5, None, 2), (0, 40, -10, 4), (0, 40, 0, 8), (0, 40, 1, 16)]
    assert ageing(1, bills(rows), CUT_OFF).tolist() == [[0, 16, 0, 0, 0]]


@given(
    st.lists(
        st.tuples(
            st.integers(0, 3),
            st.integers(-50, 400),
            st.none() | st.integers(-400, 50),
            st.integers(-(10**9), 10**9),
        ),
        max_size=40,
    )
)
def test_the_buckets_add_up_to_the_balance(rows: list[tuple[int, int, int | None, int]]) -> None:
    found = bills(rows)
    record = payment_record(4, found, CUT_OFF, np.zeros(4, dtype=np.int64))
    assert ageing(4, found, CUT_OFF).sum(axis=1).tolist() == record.balance.tolist()


def test_the_portrait_has_the_buckets_of_its_balance(small_site: Site) -> None:
    found = risk(seen(small_site), customer(seen(small_site), "4400000001").id)
    assert found is not None
    arrears = found.arrears
    assert sum(bucket.amount.fen for bucket in arrears.ageing) == arrears.balance.fen == 7 * 310_000
    # Due on the 20th of May to November 2025, seen from the 31st of March 2026.
    assert [bucket.amount.fen for bucket in arrears.ageing] == [0, 0, 0, 2 * 310_000, 5 * 310_000]
