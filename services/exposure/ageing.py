"""For how long arrears have been open."""

from __future__ import annotations

import numpy as np

from algorithms.arrears import Bills
from graph.arrays import Ints

BUCKETS = ((0, 30), (31, 60), (61, 90), (91, 180), (181, None))
"""Days overdue, both ends inclusive; the last bucket has no end."""


def ageing(customers: int, bills: Bills, cut_off: np.datetime64) -> Ints:
    """Overdue and unpaid amounts of every customer by days overdue, c x 5, fen.

    A bill is overdue when its last day to pay lies before the cut-off and it is unpaid or was paid after it; days count
    from the last day to pay. Bills whose period begins after the cut-off are left out. The buckets of a customer add up
    to its balance in arrears, exactly.
    """
    known = np.isnat(bills.period) | (bills.period.astype("datetime64[D]") <= cut_off)
    unpaid = np.isnat(bills.paid) | (bills.paid > cut_off)
    overdue = np.flatnonzero(known & unpaid & (bills.due < cut_off))
    days = (cut_off.astype("datetime64[D]") - bills.due[overdue]).astype(np.int64)
    bucket = np.searchsorted(np.array([start for start, _ in BUCKETS[1:]]), days, side="right")
    found = np.zeros((customers, len(BUCKETS)), dtype=np.int64)
    np.add.at(found, (bills.customer[overdue], bucket), bills.amount[overdue])
    return found
