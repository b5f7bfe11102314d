"""What the next analysis would say of a party that pays arrears on the day of the data.

Own distress follows from the bills by the rule, or the model, in force: a bill paid late stays late, other customers of
the party keep what their bills say, and a judgement of a person stands (docs/science.md, "What-if").
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from algorithms.arrears import payment_record
from algorithms.own_risk.outcomes import in_default
from algorithms.own_risk.records import known_at
from graph import seen_queries
from graph.seen_queries import CustomerPortrait
from services.arrears.why.own_record import bills_of, record_of
from services.reading.computing import for_computing
from services.reading.runs import OwnModel, Run, own_model
from services.risk.model import RiskModel
from services.seen import Seen

MOST_BILLS = 10_000
"""Bills of a customer that are read, the newest first."""


@dataclass(frozen=True, slots=True)
class Settled:
    """A party after it has paid. ``own``: its own distress; ``exposure``: fen at default; ``paid``: fen."""

    own: float
    exposure: int
    paid: int


@dataclass(frozen=True, slots=True)
class _Payer:
    """A customer with its bills, those that are overdue at the cut-off by their place."""

    at: int
    row: CustomerPortrait
    bills: list[dict[str, Any]]
    overdue: list[int]


def settled(seen: Seen, run: Run, model: RiskModel, party: int, amount: int | None) -> Settled:
    """The party after it has paid ``amount`` fen of its arrears, all of them when absent.

    The oldest bills are paid first. What is left over and pays no whole bill is an advance: it lowers what is exposed,
    no more. Nobody pays more than the arrears.
    """
    payers = list(_payers(seen, run, model, party))
    arrears = sorted(
        (str(payer.bills[k].get("dueOn")), str(payer.bills[k].get("period")), payer.row.bills[k]["id"], n, k)
        for n, payer in enumerate(payers)
        for k in payer.overdue
    )
    owed = sum(_fen(payers[n].bills[k]) for *_, n, k in arrears)
    left = owed if amount is None else min(amount, owed)
    paid = [0] * len(payers)
    for *_, n, k in arrears:
        bill = payers[n].bills[k]
        part = min(left, _fen(bill))
        left -= part
        paid[n] += part
        if part == _fen(bill):
            bill["paidOn"] = run.cut_off.isoformat()
        if not left:
            break
    fitted = own_model(seen, run)
    own = max((_own(run, fitted[1] if fitted else None, payer) for payer in payers), default=0.0)
    exposure = int(model.exposure[party]) - sum(
        min(fen, int(model.inputs.customer_exposure[payer.at]))
        for payer, fen in zip(payers, paid, strict=True)
    )
    judged = [found.own for found in model.overrides if found.party == party]
    return Settled(judged[0] if judged else own, exposure, sum(paid))


def _payers(seen: Seen, run: Run, model: RiskModel, party: int) -> Iterator[_Payer]:
    day = np.datetime64(run.cut_off)
    for at in np.flatnonzero(model.inputs.customer_party == party).tolist():
        row = seen_queries.customer_portrait(
            for_computing(seen),
            id=model.inputs.customers[at],
            day=run.cut_off.isoformat(),
            bills=MOST_BILLS,
            first=10,
        )
        if row is None:
            continue
        bills = [dict(bill["properties"]) for bill in row.bills]
        told = bills_of(bills)
        known = np.isnat(told.period) | (told.period.astype("datetime64[D]") <= day)
        unpaid = np.isnat(told.paid) | (told.paid > day)
        overdue = np.flatnonzero(known & unpaid & (told.due < day)).tolist()
        yield _Payer(at, row, bills, overdue)


def _own(run: Run, fitted: OwnModel | None, payer: _Payer) -> float:
    """Own distress of one customer, by the start rule, or by the model where it forecasts one."""
    day = np.datetime64(run.cut_off)
    rule = float(payment_record(1, bills_of(payer.bills), day, np.zeros(1, dtype=np.int64)).own[0])
    if fitted is None or rule >= 1.0:
        return rule
    known = known_at(record_of(payer.row, payer.bills), day)
    if in_default(known.overdue, fitted.event)[0]:
        return 1.0
    return float(fitted.default.forecast(known.table)[0]) if known.bills[0] > 0 else rule


def _fen(bill: dict[str, Any]) -> int:
    return int(bill.get("amount") or 0)
