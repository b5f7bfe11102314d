"""Features of how bills are paid: delay, punctuality, recency, frequency, amount, arrears."""

from __future__ import annotations

from typing import Final

import numpy as np

from algorithms.customer_features.by_customer import count, highest, mean, total
from algorithms.customer_features.observed import BilledUse
from graph.arrays import Floats

YEAR: Final = 365
EARLIEST: Final = -31
LATEST: Final = 365
"""Delays are cut here, in days: one bill that is never paid does not hide all others."""


def payment_features(n: int, bills: BilledUse, day: np.datetime64) -> dict[str, Floats]:
    """By name, n values; NaN where the contract says missing. What was paid after the day is unpaid."""
    today = int(day.astype("datetime64[D]").astype(np.int64))
    due, paid = (days.astype("datetime64[D]").astype(np.int64) for days in (bills.due, bills.paid))
    has_due, is_paid = ~np.isnat(bills.due), ~np.isnat(bills.paid) & (paid <= today)
    asked = has_due & (due < today) & (due > today - YEAR)
    delay = np.clip(np.where(is_paid, paid, today) - np.where(has_due, due, 0), EARLIEST, LATEST)
    late = delay.astype(np.float64)
    fen = bills.amount.astype(np.float64)  # sums of whole fen hang on no order
    recent = is_paid & (paid > today - YEAR)
    last = highest(n, bills.customer, np.where(is_paid, paid, 0).astype(np.float64), is_paid)
    return {
        "payment_delay": mean(n, bills.customer, late, asked),
        "on_time_share": mean(n, bills.customer, (late <= 0).astype(np.float64), asked),
        "days_since_payment": np.where(np.isinf(last), np.nan, today - last),
        "payments": count(n, bills.customer, recent),
        "paid_amount": total(n, bills.customer, fen, recent) / 100,
        "arrears": total(n, bills.customer, fen, has_due & (due < today) & ~is_paid) / 100,
    }
