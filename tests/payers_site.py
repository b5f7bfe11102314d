"""A site of customers whose way of paying decides who falls into default: those who begin to pay late stop later on."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import numpy as np

UNTIL = date(2026, 1, 5)
FIRST = (2023, 10)
MONTHS = 27
STEADY, FAILING = 100, 70

STEADY_ONE = "4400000000"
IN_DEFAULT = "4400000999"
WITHOUT_BILLS = "4400000998"

MANIFEST = """
sources:
  - name: customers
    path: customers.csv
    channel: marketing
    recordId: customerNo
    observedAt: 2026-01-05
    mapping:
      - node: Customer
        key: {customerNo: customerNo}
        set: {name: name, kind: kind, openedOn: openedOn}
      - relation: HAS_ACCOUNT
        from: {Customer: {customerNo: customerNo}}
        to: {Account: {accountNo: accountNo}}
  - name: bills
    path: bills.csv
    channel: marketing
    recordId: billNo
    observedAt: 2026-01-05
    mapping:
      - node: Bill
        key: {billNo: billNo}
        set: {period: period, energy: energy, amount: amount, issuedOn: issuedOn, dueOn: dueOn, paidOn: paidOn}
      - relation: BILLED
        from: {Account: {accountNo: accountNo}}
        to: {Bill: {billNo: billNo}}
"""


def write(folder: Path, *, failing: int = FAILING, months: int = MONTHS) -> Path:
    """Write the manifest and its files; returns the manifest. ``months``: the last ones on record."""
    folder.mkdir(parents=True, exist_ok=True)
    rng = np.random.default_rng(0)
    customers = ["customerNo,name,kind,openedOn,accountNo"]
    bills = ["billNo,accountNo,period,energy,amount,issuedOn,dueOn,paidOn"]
    stops = [None] * STEADY + [int(rng.integers(8, MONTHS - 3)) for _ in range(failing)]
    numbers = [f"44{k:08d}" for k in range(len(stops))]
    for number, stop in [*zip(numbers, stops, strict=True), (IN_DEFAULT, 12), (WITHOUT_BILLS, None)]:
        customers.append(f"{number},Payer {number[-3:]},consumer,2020-01-01,A{number}")
        if number == WITHOUT_BILLS:
            continue
        for month in range(MONTHS - months, MONTHS):
            index = FIRST[0] * 12 + FIRST[1] - 1 + month
            period, following = _month(index), _month(index + 1)
            issued, due = date(*following, 3), date(*following, 20)
            near = stop is not None and stop - 5 <= month < stop
            late = rng.random() < (0.8 if near else 0.05)
            paid = due + timedelta(days=int(rng.integers(5, 40) if late else -rng.integers(1, 14)))
            gone = stop is not None and month >= stop
            shown = "" if gone or paid > UNTIL else paid.isoformat()
            use = int(rng.integers(150, 250))
            bills.append(
                f"{number}-{month},A{number},{period[0]}-{period[1]:02d},{use},{use / 2:.2f},{issued},{due},{shown}"
            )
    for name, lines in (("customers", customers), ("bills", bills)):
        (folder / f"{name}.csv").write_text("\n".join([*lines, ""]), encoding="utf-8")
    (folder / "site.yaml").write_text(MANIFEST, encoding="utf-8")
    return folder / "site.yaml"


def _month(index: int) -> tuple[int, int]:
    return index // 12, index % 12 + 1
