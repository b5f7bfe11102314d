"""A site small enough to compute by hand: three enterprises, one guarantee ring, two parallel contracts."""

from __future__ import annotations

from pathlib import Path

DEBTOR = "91330100MA2DEBTOR1"
GUARANTOR = "91330100MA2GUARAN2"
UPSTREAM = "91330100MA2UPSTRE3"

MANIFEST = """
sources:
  - name: registry
    path: enterprises.csv
    channel: business-registry
    recordId: creditCode
    observedAt: 2026-03-31
    mapping:
      - node: Enterprise
        key: {creditCode: creditCode}
        set: {name: name, netAssets: {column: netAssets, unit: wan-yuan}}
  - name: customers
    path: customers.csv
    channel: marketing
    recordId: customerNo
    observedAt: 2026-03-31
    mapping:
      - node: Customer
        key: {customerNo: customerNo}
        set: {name: name, kind: kind, phone: phone}
      - relation: IS
        from: {Customer: {customerNo: customerNo}}
        to: {Enterprise: {creditCode: creditCode}}
      - relation: HAS_ACCOUNT
        from: {Customer: {customerNo: customerNo}}
        to: {Account: {accountNo: accountNo}}
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
        from: {Account: {accountNo: accountNo}}
        to: {Bill: {billNo: billNo}}
  - name: bureau
    path: guarantees.csv
    channel: credit-bureau
    recordId: line
    observedAt: 2026-03-31
    mapping: &guarantee
      - relation: GUARANTEES
        from: {Enterprise: {creditCode: guarantor}}
        to: {Enterprise: {creditCode: borrower}}
        key: {contractNo: contract}
        set: {amount: {column: amount, unit: wan-yuan}}
  - name: talks
    path: talks.csv
    channel: conversation
    recordId: line
    observedAt: 2026-02-28
    mapping: *guarantee
"""

ENTERPRISES = f"""creditCode,name,netAssets
{DEBTOR},Debtor Works,200
{GUARANTOR},Guarantor Mills,1000
{UPSTREAM},Upstream Trading,3000
"""

CUSTOMERS = f"""customerNo,name,kind,phone,creditCode,accountNo
4400000001,Debtor Works,organisation,0571-88886666,{DEBTOR},A1
4400000002,Guarantor Mills,organisation,0571-88887777,{GUARANTOR},A2
4400000003,Upstream Trading,organisation,0571-88888888,{UPSTREAM},A3
"""

BILLS = "billNo,accountNo,period,amount,dueOn,paidOn\n" + "".join(
    f"{account}-{month:02d},{account},2025-{month:02d},{amount},2025-{month + 1:02d}-20,{paid(month)}\n"
    for account, amount, paid in (
        ("A1", "3100.00", lambda _: ""),
        ("A2", "6200.00", lambda month: f"2025-{month + 1:02d}-15"),
        ("A3", "9300.00", lambda month: f"2025-{month + 1:02d}-15"),
    )
    for month in range(4, 11)
)

# Two contracts between the same two, and a guarantee of the guarantor's own by the third.
GUARANTEES = f"""line,guarantor,borrower,contract,amount
1,{GUARANTOR},{DEBTOR},G-1,100
2,{GUARANTOR},{DEBTOR},G-2,50
3,{UPSTREAM},{GUARANTOR},G-3,
4,{UPSTREAM},{GUARANTOR},G-4,300
"""

# Somebody tells of one of the contracts again, with another amount.
TALKS = f"""line,guarantor,borrower,contract,amount
1,{GUARANTOR},{DEBTOR},G-1,90
"""


def write(folder: Path) -> Path:
    """Write the manifest and its files; returns the manifest."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in {
        "site.yaml": MANIFEST,
        "enterprises.csv": ENTERPRISES,
        "customers.csv": CUSTOMERS,
        "bills.csv": BILLS,
        "guarantees.csv": GUARANTEES,
        "talks.csv": TALKS,
    }.items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder / "site.yaml"
