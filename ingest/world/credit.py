"""What the credit bureau and the tax platform say: balances, loans, ratings, guarantees, open invoices."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from ingest.world import people
from ingest.world.calendar import SHOWN, WARM_UP, day_number
from ingest.world.draws import Ints, pick, stream, uniform
from ingest.world.layout import Tables
from ingest.world.links import Links
from ingest.world.numbers import prefixed
from ingest.world.register import fen
from ingest.world.world import Output, World

_NOW = WARM_UP + SHOWN
_YEAR_END = day_number(_NOW) - 1
_GRADES = ("AAA", "AA", "A", "BBB", "BB", "B", "CCC", "CC")


def write(world: World, output: Output) -> None:
    """Add all of them."""
    for part in (_balances, _bank_loans, _ratings, _dishonours, _guarantees, _invoices, _loans):
        part(world, output)


def _balances(world: World, output: Output) -> None:
    """Annual reports: most of last year, some of the year before as well, some none at all."""
    seed, firms, economy, reg = world.seed, world.firms, world.economy, world.register
    numbers = np.arange(len(firms), dtype=np.int64)
    known = uniform(seed, "balance known", numbers) >= 0.10
    known[:: max(1, len(firms) // 2)] = False
    before = known & (uniform(seed, "balance before", numbers) < 0.3)
    for year, rows, day, change in (
        ("2024", np.flatnonzero(before), _YEAR_END - 365, 0.5),
        ("2025", np.flatnonzero(known), _YEAR_END, 1.0),
    ):
        gained = change * economy.wealth[rows]
        liabilities = firms.liabilities[rows]
        assets = np.maximum(0.02 * firms.assets[rows], firms.assets[rows] + gained)
        output.tables.write(
            "balances",
            {
                "id": [f"{code}-{year}" for code in reg.codes.take(pa.array(rows)).to_pylist()],
                "credit_code": reg.codes.take(pa.array(rows)),
                "net_assets": fen(assets) - fen(liabilities),
                "total_assets": fen(assets),
                "total_liabilities": fen(liabilities),
                "reported_on": people.dates(np.full(len(rows), day)),
            },
        )


def _bank_loans(world: World, output: Output) -> None:
    debts = world.links.debts
    count = len(debts.borrower)
    output.tables.write(
        "credit_records",
        {
            "record_no": prefixed("CL", np.arange(count), 8),
            "credit_code": world.register.codes.take(pa.array(debts.borrower)),
            "kind": ["loan"] * count,
            "grade": pa.nulls(count),
            "amount": fen(debts.principal),
            "balance": fen(world.economy.debt),
            "interest": debts.rate,
            "reported_on": people.dates(np.full(count, _YEAR_END)),
            "due_on": people.dates(_loan_days(world.links) + debts.months * 30),
        },
    )


def _ratings(world: World, output: Output) -> None:
    firms = world.firms
    rated = np.flatnonzero(uniform(world.seed, "rated", np.arange(len(firms))) < 0.6)
    health = (1 - firms.liabilities / firms.assets)[rated]
    health += stream(world.seed, "ratings").normal(0, 0.12, len(rated))
    step = np.clip((0.85 - health) * 8, 0, len(_GRADES) - 1).astype(np.int64)
    codes = world.register.codes.take(pa.array(rated))
    _plain_records(output.tables, "rating", codes, pa.array(_GRADES).take(pa.array(step)), _YEAR_END - 40)


def _dishonours(world: World, output: Output) -> None:
    failed = world.economy.failed
    gone = np.flatnonzero((failed >= 0) & (failed < _NOW))
    codes = world.register.codes.take(pa.array(gone))
    _plain_records(output.tables, "dishonour", codes, pa.nulls(len(gone)), _YEAR_END - 10)


def _plain_records(tables: Tables, kind: str, codes: pa.Array, grades: pa.Array, day: int) -> None:
    count = len(codes)
    nothing = pa.nulls(count)
    tables.write(
        "credit_records",
        {
            "record_no": prefixed({"rating": "CR", "dishonour": "CD"}[kind], np.arange(count), 8),
            "credit_code": codes,
            "kind": [kind] * count,
            "grade": grades,
            "amount": nothing,
            "balance": nothing,
            "interest": nothing,
            "reported_on": people.dates(np.full(count, day)),
            "due_on": nothing,
        },
    )


def _guarantees(world: World, output: Output) -> None:
    links, reg, guarantees = world.links, world.register, world.links.guarantees
    number = np.arange(len(guarantees.loan), dtype=np.int64)
    contract = prefixed("DB", (number * 7_919 + 30_011) % 100_000_000, 8)
    borrower = reg.codes.take(pa.array(links.debts.borrower[guarantees.loan]))
    since = people.dates(_loan_days(links)[guarantees.loan])
    true_amount = pa.array(fen(guarantees.amount))
    amount = pa.array(fen(guarantees.amount), mask=~guarantees.disclosed)
    # The registry keeps the same contracts; now and then it has the sum in round ten thousands.
    in_round = uniform(world.seed, "registered sum", number) < 0.1
    registered = pa.array(
        fen(np.where(in_round, np.round(guarantees.amount, -4) + 10_000, guarantees.amount))
    )
    for table, rows, guarantors, sums in (
        ("guarantees", np.flatnonzero(~guarantees.person), reg.codes, amount),
        ("person_guarantees", np.flatnonzero(guarantees.person), reg.identities, amount),
        ("registered_guarantees", np.flatnonzero(guarantees.registered), reg.codes, registered),
    ):
        at = pa.array(rows)
        columns = {
            "contract_no": contract.take(at),
            "guarantor": guarantors.take(pa.array(guarantees.guarantor[rows])),
            "borrower": borrower.take(at),
        }
        output.tables.write(table, {**columns, "amount": sums.take(at), "since": since.take(at)})
        if table != "registered_guarantees":
            output.truth.write("guarantees", {**columns, "amount": true_amount.take(at)})


def _invoices(world: World, output: Output) -> None:
    trade, codes, open_ = world.links.trade, world.register.codes, world.economy.receivable
    owed = np.flatnonzero(open_ >= 1)
    output.tables.write(
        "invoices",
        {
            "contract_no": prefixed("GX", owed, 8),
            "seller": codes.take(pa.array(trade.seller[owed])),
            "buyer": codes.take(pa.array(trade.buyer[owed])),
            "amount": fen(open_[owed]),
            "since": people.dates(_YEAR_END - 30 * trade.term[owed] - 10),
        },
    )


def _loans(world: World, output: Output) -> None:
    loans, codes = world.links.loans, world.register.codes
    rows = np.arange(len(loans.creditor), dtype=np.int64)
    output.tables.write(
        "loans",
        {
            "contract_no": prefixed("JK", rows, 8),
            "creditor": codes.take(pa.array(loans.creditor)),
            "debtor": codes.take(pa.array(loans.debtor)),
            "amount": fen(loans.amount),
            "since": people.dates(_YEAR_END - 100 - pick(world.seed, "lent", rows, 900)),
        },
    )


def _loan_days(links: Links) -> Ints:
    """First day of each bank loan: the part repaid says how long it runs."""
    return np.asarray((_YEAR_END - 30 * links.debts.months * links.debts.paid).astype(np.int64))
