"""Bills and payments as the marketing system and the payment channel have them on the day of the extract."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from ingest.world.calendar import (
    BILL_DAY,
    CUT_OFF,
    DUE_DAY,
    MONTHS,
    OUTCOME,
    SHOWN,
    WARM_UP,
    day_number,
    days_in,
    first_day,
)
from ingest.world.draws import Bools, Floats, Ints
from ingest.world.layout import Tables

Texts = npt.NDArray[np.str_]

_SHOWN = np.arange(WARM_UP, WARM_UP + SHOWN)
_PERIODS = pa.array([first_day(int(m)).strftime("%Y-%m") for m in _SHOWN])
_PERIOD_DAYS = np.array([days_in(int(m)) for m in _SHOWN])
_FIRST_DAYS = np.array([day_number(m) for m in range(MONTHS + 2)])
_CUT_OFF = (CUT_OFF - first_day(0)).days + day_number(0)
_NEVER = 1_000_000


@dataclass(frozen=True, slots=True)
class Booked:
    """Accounts of a block: n numbers and ways of payment; n x months of kWh, fen, month and day of payment
    (-1 = never), and whether there is a bill at all."""

    accounts: pa.Array
    method: pa.Array
    energy: Floats
    amount: Ints
    paid: npt.NDArray[np.int16]
    paid_day: npt.NDArray[np.int16]
    billed: Bools

    def overdue(self, month: int) -> Ints:
        """Bills of each account that are due and unpaid at the first day of a month of the world."""
        paid = self.paid[:, : month - 1]
        return np.asarray((self.billed[:, : month - 1] & ((paid < 0) | (paid >= month))).sum(axis=1))

    def paid_on(self, row: Ints, month: Ints) -> Ints:
        """Days since 1970-01-01; far in the future where a bill is never paid."""
        paid = self.paid[row, month]
        days = _FIRST_DAYS[np.maximum(paid, 0)] + self.paid_day[row, month] - 1
        return np.where(paid >= 0, days, _NEVER).astype(np.int64)


def bill_numbers(block: Booked, row: Ints, month: Ints) -> pa.Array:
    """Numbers of bills: of the account and the period. ``month``: of the world, on record."""
    period = _PERIODS.take(pa.array(month - WARM_UP))
    return pc.binary_join_element_wise(block.accounts.take(pa.array(row)), period, "-")


def write(tables: Tables, block: Booked, *, months: int = SHOWN) -> None:
    """Add the bills and payments of a block for the last ``months`` on record."""
    row, column = np.nonzero(block.billed[:, _SHOWN[-months:]])
    column += SHOWN - months
    month = _SHOWN[column]
    paid_on = block.paid_on(row, month)
    known = paid_on <= _CUT_OFF
    amount = block.amount[row, month]
    account = block.accounts.take(pa.array(row))
    bill_no = bill_numbers(block, row, month)
    tables.write(
        "bills",
        {
            "bill_no": bill_no,
            "account_no": account,
            "period": _PERIODS.take(pa.array(column)),
            "period_days": _PERIOD_DAYS[column],
            "energy": block.energy[row, month],
            "amount": amount,
            "issued_on": _dates(_FIRST_DAYS[month + 1] + BILL_DAY - 1),
            "due_on": _dates(_FIRST_DAYS[month + 1] + DUE_DAY - 1),
            "paid_on": _dates(paid_on, known),
        },
    )
    some = pa.array(np.flatnonzero(known))
    tables.write(
        "payments",
        {
            "payment_no": pc.binary_join_element_wise("P", bill_no.take(some), ""),
            "account_no": account.take(some),
            "amount": amount[known],
            "paid_on": _dates(paid_on[known]),
            "method": block.method.take(pa.array(row[known])),
        },
    )


def truth(customers: pa.Array, kind: str, block: Booked, tenancy: Texts, reason: Texts) -> dict[str, object]:
    """What really happened to the accounts of a block, until the cut-off and in the year after it.

    ``reason``: why a customer would be in arrears; kept for those that are.
    """
    now = block.overdue(WARM_UP + SHOWN)
    after = [block.overdue(WARM_UP + SHOWN + month) for month in range(1, OUTCOME)]
    return {
        "customer_no": customers,
        "kind": [kind] * len(now),
        "tenancy": tenancy,
        "cause": np.where(now > 0, reason, ""),
        "overdue_bills": now,
        "most_overdue_in_outcome_year": np.max(after, axis=0),
    }


def _dates(days: Ints, known: Bools | None = None) -> pa.Array:
    mask = None if known is None else ~known
    return pa.array(days.astype(np.int32), pa.int32(), mask=mask).cast(pa.date32())
