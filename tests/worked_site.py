"""The three parties that docs/science.md works through by hand."""

from __future__ import annotations

from pathlib import Path

KILN = "91330100MA2KILNW01"
TILE = "91330100MA2TILET02"
CEMENT = "91330100MA2CEMEN03"

MANIFEST = """
sources:
  - name: registry
    path: enterprises.csv
    channel: business-registry
    recordId: code
    observedAt: 2026-01-31
    mapping:
      - node: Enterprise
        key: {creditCode: code}
        set: {name: name, netAssets: netAssets}
  - name: customers
    path: customers.csv
    channel: marketing
    recordId: customerNo
    observedAt: 2026-01-31
    mapping:
      - node: Customer
        key: {customerNo: customerNo}
        set: {name: name, kind: {const: organisation}}
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
    observedAt: 2026-01-31
    mapping:
      - node: Bill
        key: {billNo: billNo}
        set: {period: period, amount: amount, dueOn: dueOn, paidOn: paidOn}
      - relation: BILLED
        from: {Account: {accountNo: customerNo}}
        to: {Bill: {billNo: billNo}}
  - name: bureau
    path: contracts.csv
    channel: credit-bureau
    recordId: contractNo
    observedAt: 2026-01-31
    mapping:
      - relation: GUARANTEES
        when: {column: kind, equals: guarantee}
        from: {Enterprise: {creditCode: party}}
        to: {Enterprise: {creditCode: other}}
        key: {contractNo: contractNo}
        set: {amount: amount}
      - relation: LENDS_TO
        when: {column: kind, equals: loan}
        from: {Enterprise: {creditCode: party}}
        to: {Enterprise: {creditCode: other}}
        key: {contractNo: contractNo}
        set: {amount: amount}
"""

DIRECTOR = """
sources:
  - name: boards
    path: directors.csv
    channel: business-registry
    recordId: code
    observedAt: 2026-01-31
    mapping:
      - relation: DIRECTOR_OF
        from: {Person: {local: person}}
        to: {Enterprise: {creditCode: code}}
"""

ENTERPRISES = f"""code,name,netAssets
{KILN},Kiln Works,5000000
{TILE},Tile Trading,600000
{CEMENT},Cement Supply,2000000
"""

CUSTOMERS = f"""customerNo,name,code
4400000001,Kiln Works,{KILN}
4400000002,Tile Trading,{TILE}
4400000003,Cement Supply,{CEMENT}
"""

LATE_BILLS = {"4400000001": 6, "4400000002": 0, "4400000003": 1}
"""So many of the twelve bills of each customer were paid late: on the 28th, though due on the 20th."""


def _bill(customer: str, late: int, month: int) -> str:
    next_month = f"2025-{month + 1:02d}" if month < 12 else "2026-01"
    paid = f"{next_month}-{28 if month <= late else 10}"
    return f"{customer}-{month:02d},{customer},2025-{month:02d},3650.00,{next_month}-20,{paid}\n"


BILLS = "billNo,customerNo,period,amount,dueOn,paidOn\n" + "".join(
    _bill(customer, late, month) for customer, late in LATE_BILLS.items() for month in range(1, 13)
)

CONTRACTS = f"""contractNo,kind,party,other,amount
G-1,guarantee,{TILE},{KILN},1000000
L-1,loan,{CEMENT},{TILE},2000000
"""

DIRECTORS = f"""code,person
{TILE},li
{CEMENT},li
"""


def write(folder: Path) -> tuple[Path, Path]:
    """Write both manifests and their files; returns the first one and the one that adds a shared director."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in {
        "site.yaml": MANIFEST,
        "director.yaml": DIRECTOR,
        "enterprises.csv": ENTERPRISES,
        "customers.csv": CUSTOMERS,
        "bills.csv": BILLS,
        "contracts.csv": CONTRACTS,
        "directors.csv": DIRECTORS,
    }.items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder / "site.yaml", folder / "director.yaml"
