"""Arrears cases as collectors keep them, and what they found on their visits."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from ingest.world import people
from ingest.world.billing import Booked, Texts
from ingest.world.calendar import SHOWN, WARM_UP, day_number
from ingest.world.draws import Ints, pick, uniform
from ingest.world.numbers import joined
from ingest.world.world import Output, World

OPENED_AT = 3
"""Overdue bills with which a case is opened."""

CAUSES = ("migrant", "vacation-hotel", "fixed-rental", "owner-occupied", "vacant", "dispute", "malicious")
_VISITED = 0.4
_RIGHT = 0.85
"""How often a visit finds the true reason."""


def write(
    world: World, output: Output, customers: Ints, customer_no: pa.Array, *, booked: Booked, reason: Texts
) -> None:
    """Add the cases of a block. ``reason``: why each customer would be in arrears."""
    months = np.arange(WARM_UP + 3, WARM_UP + SHOWN + 1)
    overdue = np.stack([booked.overdue(int(m)) for m in months], axis=1)
    row = np.flatnonzero((overdue >= OPENED_AT).any(axis=1))
    opened = (overdue[row] >= OPENED_AT).argmax(axis=1)
    settled = (overdue[row] == 0) & (np.arange(len(months)) > opened[:, None])
    closed = np.where(settled.any(axis=1), settled.argmax(axis=1), -1)
    number = joined("QF", customer_no.take(pa.array(row)))
    first_days = np.array([day_number(int(m)) for m in months])
    amount = np.array(
        [_owed(booked, int(r), int(months[o])) for r, o in zip(row, opened, strict=True)], dtype=np.int64
    )
    opened_on = first_days[opened] + 1
    output.tables.write(
        "arrears_cases",
        {
            "case_no": number,
            "customer_no": customer_no.take(pa.array(row)),
            "amount": amount,
            "opened_on": people.dates(opened_on),
            "closed_on": pa.array(
                people.dates(first_days[np.maximum(closed, 0)]).to_pylist(), pa.date32(), mask=closed < 0
            ),
            "state": np.where(closed >= 0, "closed", "open"),
            "strategy": np.where(amount > 50_000, "visit", "reminder"),
        },
    )
    visited = np.flatnonzero(uniform(world.seed, "visited", customers[row]) < _VISITED)
    right = uniform(world.seed, "found the reason", customers[row[visited]]) < _RIGHT
    guess = np.array(CAUSES)[pick(world.seed, "wrong reason", customers[row[visited]], len(CAUSES))]
    at = pa.array(visited)
    output.tables.write(
        "home_visits",
        {
            "visit_no": joined("V", number.take(at)),
            "case_no": number.take(at),
            "customer_no": customer_no.take(pa.array(row[visited])),
            "visited_on": people.dates(opened_on[visited] + 1 + visited % 3),
            "cause": np.where(right, reason[row[visited]], guess),
            "summary": ["走访：欠费原因核实"] * len(visited),
        },
    )


def _owed(booked: Booked, row: int, month: int) -> int:
    """Fen of the bills that are due and unpaid at the first day of a month."""
    until = slice(0, month - 1)
    paid = booked.paid[row, until]
    unpaid = booked.billed[row, until] & ((paid < 0) | (paid >= month))
    return int(booked.amount[row, until][unpaid].sum())
