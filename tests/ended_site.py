"""Two enterprises, a guarantee that has ended between them, and what else can end; small enough to compute by hand."""

from __future__ import annotations

from pathlib import Path

GUARANTOR, BORROWER, THIRD = (f"91440101MA5ENDED{k}X" for k in "123")
DAY = "2026-01-31"
"""The latest day of the data."""

MANIFEST = """
sources:
  - name: customers
    path: customers.csv
    channel: marketing
    recordId: no
    observedAt: 2026-01-31
    mapping:
      - node: Customer
        key: {customerNo: no}
        set: {name: name, kind: {const: organisation}}
      - node: Enterprise
        key: {creditCode: code}
        set: {name: name, netAssets: {const: 1000000}}
      - relation: IS
        from: {Customer: {customerNo: no}}
        to: {Enterprise: {creditCode: code}}
      - relation: HAS_ACCOUNT
        from: {Customer: {customerNo: no}}
        to: {Account: {accountNo: account}}
  - name: bills
    path: bills.csv
    channel: marketing
    recordId: bill
    observedAt: 2026-01-31
    mapping:
      - node: Bill
        key: {billNo: bill}
        set: {period: period, amount: amount, dueOn: due, paidOn: paid}
      - relation: BILLED
        from: {Account: {accountNo: account}}
        to: {Bill: {billNo: bill}}
"""

CUSTOMERS = f"""no,name,code,account
4401000001,Guarantor,{GUARANTOR},A1
4401000002,Borrower,{BORROWER},A2
4401000003,Third,{THIRD},A3
"""

BILLS = "bill,account,period,amount,due,paid\n" + "".join(
    f"{account}-{month:02},{account},2025-{month:02},10000,2025-{month + 1:02}-20,{paid(month)}\n"
    for account, paid in (
        ("A1", lambda month: f"2025-{month + 1:02}-10"),
        ("A2", lambda _: ""),
        ("A3", lambda month: f"2025-{month + 1:02}-10"),
    )
    for month in range(1, 12)
)

RELATIONS = """
sources:
  - name: {name}
    path: {name}.csv
    channel: credit-bureau
    recordId: line
    observedAt: {observed}
    mapping:
      - relation: GUARANTEES
        from: {{Enterprise: {{creditCode: a}}}}
        to: {{Enterprise: {{creditCode: b}}}}
        key: {{contractNo: line}}
        set: {{amount: amount, since: since, until: until}}
        when: {{column: kind, equals: guarantee}}
      - relation: INVESTS_IN
        from: {{Enterprise: {{creditCode: a}}}}
        to: {{Enterprise: {{creditCode: b}}}}
        set: {{share: {{column: amount, unit: percent}}, since: since, until: until}}
        when: {{column: kind, equals: holding}}
      - relation: LOCATED_AT
        from: {{Enterprise: {{creditCode: a}}}}
        to: {{Address: {{text: b}}}}
        set: {{since: since, until: until}}
        when: {{column: kind, equals: seat}}
      - relation: IS
        from: {{Customer: {{customerNo: a}}}}
        to: {{Enterprise: {{creditCode: b}}}}
        set: {{since: since, until: until}}
        when: {{column: kind, equals: party}}
"""

Relation = tuple[str, str, str, str, str, str]
"""Kind, from, to, amount or share, since, until."""


def write(folder: Path) -> Path:
    """Write the manifest of customers and bills; returns it."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in {"site.yaml": MANIFEST, "customers.csv": CUSTOMERS, "bills.csv": BILLS}.items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder / "site.yaml"


def write_relations(folder: Path, name: str, found: list[Relation], observed: str = DAY) -> Path:
    """Write the manifest of relations; returns it."""
    folder.mkdir(parents=True, exist_ok=True)
    lines = [",".join((f"{name}-{k}", *row)) for k, row in enumerate(found)]
    (folder / f"{name}.csv").write_text("\n".join(["line,kind,a,b,amount,since,until", *lines]) + "\n")
    manifest = folder / f"{name}.yaml"
    manifest.write_text(RELATIONS.format(name=name, observed=observed), encoding="utf-8")
    return manifest
