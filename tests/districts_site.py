"""A site of two districts whose enterprises guarantee for and hold each other across the border, drawn by a seed."""

from __future__ import annotations

import random
from collections.abc import Sequence
from pathlib import Path

HERE, THERE = "CN/37/02/", "CN/37/021/"
SIZE = 12
PEOPLE = ("zhang", "wang", "li")

MANIFEST = """
sources:
  - name: registry
    path: enterprises.csv
    channel: business-registry
    recordId: code
    observedAt: 2026-03-31
    mapping:
      - node: Enterprise
        key: {creditCode: code}
        set: {name: name, industry: industry, netAssets: {column: netAssets, unit: wan-yuan}}
  - name: people
    path: people.csv
    channel: survey
    recordId: id
    observedAt: 2026-03-31
    mapping:
      - node: Person
        key: {local: id}
        set: {name: name}
  - name: customers
    path: customers.csv
    channel: marketing
    recordId: customerNo
    observedAt: 2026-03-31
    mapping:
      - node: Customer
        key: {customerNo: customerNo}
        set: {name: name, phone: phone, kind: {const: organisation}, region: region}
      - relation: IS
        from: {Customer: {customerNo: customerNo}}
        to: {Enterprise: {creditCode: code}}
      - relation: HAS_ACCOUNT
        from: {Customer: {customerNo: customerNo}}
        to: {Account: {accountNo: customerNo}}
  - name: bills
    path: bills.csv
    channel: marketing
    recordId: billNo
    observedAt: 2026-03-31
    mapping:
      - node: Bill
        key: {billNo: billNo}
        set: {period: period, amount: amount, dueOn: dueOn, paidOn: paidOn}
      - relation: BILLED
        from: {Account: {accountNo: customerNo}}
        to: {Bill: {billNo: billNo}}
  - name: guarantees
    path: guarantees.csv
    channel: credit-bureau
    recordId: line
    observedAt: 2026-03-31
    mapping:
      - relation: GUARANTEES
        from: {Enterprise: {creditCode: guarantor}}
        to: {Enterprise: {creditCode: borrower}}
        key: {contractNo: line}
        set: {amount: {column: amount, unit: wan-yuan}}
  - name: holdings
    path: holdings.csv
    channel: business-registry
    recordId: line
    observedAt: 2026-03-31
    mapping:
      - relation: INVESTS_IN
        from: {Enterprise: {creditCode: holder}}
        to: {Enterprise: {creditCode: company}}
        set: {share: {column: share, unit: percent}}
  - name: persons-holdings
    path: persons.csv
    channel: survey
    recordId: line
    observedAt: 2026-03-31
    mapping:
      - relation: INVESTS_IN
        from: {Person: {local: holder}}
        to: {Enterprise: {creditCode: company}}
        set: {share: {column: share, unit: percent}}
"""


def code(number: int) -> str:
    """The credit code of an enterprise."""
    return f"91370200MA2DIST{number:03d}"


def customer(number: int) -> str:
    """The customer number of an enterprise."""
    return f"4400000{number:03d}"


def district(number: int) -> str:
    """The district of the customers of an enterprise, by turns; "" for the last two, which are nobody's customers."""
    return "" if number >= SIZE - 2 else (HERE, THERE)[number % 2]


def write(folder: Path, seed: int = 1) -> Path:
    """Write the manifest and its files; returns the manifest."""
    draw = random.Random(seed)
    folder.mkdir(parents=True, exist_ok=True)
    everybody = range(SIZE)
    served = [n for n in everybody if district(n)]
    # A ring in each district, one across the border, and more of any kind.
    pairs = [(0, 2), (2, 4), (4, 0), (1, 3), (3, 1), (0, 1), (1, 5), (5, 0), (10, 0), (6, 11)]
    for _ in range(10):
        one, other = draw.sample(everybody, 2)
        pairs += [(one, other)] if (one, other) not in pairs else []
    holders = [(draw.sample(everybody, 2), draw.choice((10, 20, 30))) for _ in range(10)]
    tables: dict[str, tuple[str, Sequence[Sequence[object]]]] = {
        "enterprises.csv": (
            "code,name,industry,netAssets",
            [
                (code(n), f"Works {n}", "C17" if n % 3 else "D44", draw.choice((40, 90, 200)))
                for n in everybody
            ],
        ),
        "people.csv": ("id,name", [(one, one.title()) for one in PEOPLE]),
        "customers.csv": (
            "customerNo,name,phone,region,code",
            [(customer(n), f"Works {n}", f"1380000{n:04d}", district(n), code(n)) for n in served]
            # One enterprise is a customer in both districts.
            + [(customer(100), "Works 4", "13800000100", THERE, code(4))],
        ),
        "bills.csv": (
            "billNo,customerNo,period,amount,dueOn,paidOn",
            [
                (
                    f"B{who}-{month}",
                    who,
                    f"2025-{month:02d}",
                    f"{draw.randint(2, 9)}000.00",
                    f"2025-{month + 1:02d}-20",
                    "" if at % 3 == 1 and month > 11 - at else f"2025-{month + 1:02d}-{15 + at % 3 * 6}",
                )
                for at, who in enumerate([*map(customer, served), customer(100)])
                for month in range(4, 11)
            ],
        ),
        "guarantees.csv": (
            "line,guarantor,borrower,amount",
            [(n, code(a), code(b), draw.choice((30, 60, 150))) for n, (a, b) in enumerate(pairs)],
        ),
        "holdings.csv": (
            "line,holder,company,share",
            [(n, code(a), code(b), share) for n, ((a, b), share) in enumerate(holders)],
        ),
        "persons.csv": (
            "line,holder,company,share",
            [(n, PEOPLE[n % 3], code(n), 25) for n in range(6)],
        ),
    }
    (folder / "site.yaml").write_text(MANIFEST, encoding="utf-8")
    for name, (head, rows) in tables.items():
        lines = [head, *(",".join(map(str, row)) for row in rows)]
        (folder / name).write_text("\n".join(lines) + "\n", encoding="utf-8")
    return folder / "site.yaml"
