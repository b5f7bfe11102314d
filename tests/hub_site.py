"""A site with a hub: four late payers harm it, and it harms four others; small enough to compute by hand."""

from __future__ import annotations

from pathlib import Path

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
        set: {name: name, netAssets: {column: netAssets, unit: wan-yuan}}
  - name: customers
    path: customers.csv
    channel: marketing
    recordId: customerNo
    observedAt: 2026-03-31
    mapping:
      - node: Customer
        key: {customerNo: customerNo}
        set: {name: name, kind: {const: organisation}}
      - relation: IS
        from: {Customer: {customerNo: customerNo}}
        to: {Enterprise: {creditCode: code}}
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
  - name: loans
    path: loans.csv
    channel: credit-bureau
    recordId: line
    observedAt: 2026-03-31
    mapping:
      - relation: LENDS_TO
        from: {Enterprise: {creditCode: lender}}
        to: {Enterprise: {creditCode: debtor}}
        key: {contractNo: line}
        set: {amount: {column: amount, unit: wan-yuan}}
"""

HUB = "H"
LATE = "ABCD"
"""Each paid six of its twelve bills late: own distress 0.25."""
BEHIND = "JKLM"
"""They lend to the hub, so its failure harms them."""


def code(letter: str) -> str:
    """The credit code of an enterprise that is called by one letter."""
    return f"91330100MA2HUBB00{letter}"


def write(folder: Path) -> Path:
    """Write the manifest and its files; returns the manifest."""
    folder.mkdir(parents=True, exist_ok=True)
    letters = [*LATE, HUB, *BEHIND]
    tables: dict[str, tuple[list[str], list[tuple[str, ...]]]] = {
        "enterprises.csv": (
            ["code", "name", "netAssets"],
            [(code(x), f"Works {x}", "1000") for x in letters],
        ),
        "customers.csv": (
            ["customerNo", "name", "code", "accountNo"],
            [(f"44000000{k:02d}", f"Works {x}", code(x), f"A{x}") for k, x in enumerate(letters, 21)],
        ),
        "bills.csv": (
            ["billNo", "accountNo", "period", "amount", "dueOn", "paidOn"],
            [
                (
                    f"{x}-{month:02d}",
                    f"A{x}",
                    f"2025-{month:02d}",
                    "1000" if x in LATE else "50000",
                    f"2025-{month:02d}-20",
                    f"2025-{month:02d}-{25 if x in LATE and month % 2 else 15}",
                )
                for x in letters
                for month in range(1, 13)
            ],
        ),
        "loans.csv": (
            ["line", "lender", "debtor", "amount"],
            [
                *((f"L{x}", code(HUB), code(x), "500") for x in LATE),
                *((f"L{x}", code(x), code(HUB), "2000") for x in BEHIND),
            ],
        ),
    }
    for file, (columns, rows) in tables.items():
        lines = [",".join(columns), *(",".join(row) for row in rows)]
        (folder / file).write_text("\n".join(lines) + "\n", encoding="utf-8")
    (folder / "site.yaml").write_text(MANIFEST, encoding="utf-8")
    return folder / "site.yaml"
