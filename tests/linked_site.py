"""A site of guarantees in rings and holdings in loops, small enough to compute by hand."""

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
        set:
          name: name
          netAssets: {column: netAssets, unit: wan-yuan}
          paidInCapital: {column: capital, unit: wan-yuan}
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
        set: {name: name, kind: {const: organisation}}
      - relation: IS
        from: {Customer: {customerNo: customerNo}}
        to: {Enterprise: {creditCode: code}}
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
  - name: personal
    path: personal.csv
    channel: survey
    recordId: line
    observedAt: 2026-03-31
    mapping:
      - relation: GUARANTEES
        from: {Person: {local: person}}
        to: {Enterprise: {creditCode: borrower}}
        key: {contractNo: line}
        set: {amount: {column: amount, unit: wan-yuan}}
      - relation: GUARANTEES
        from: {Enterprise: {creditCode: guarantor}}
        to: {Person: {local: person}}
        key: {contractNo: back}
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
        set: {share: {column: share, unit: percent}, amount: {column: amount, unit: wan-yuan}}
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


def code(letter: str) -> str:
    """The credit code of an enterprise that is called by one letter."""
    return f"91330100MA2RING00{letter}"


def name(entity: str) -> str:
    """The letter of an enterprise, or the local key of a person, from its id."""
    return entity[-1] if entity.startswith("enterprise:") else entity.rpartition("/")[2]


LETTERS = "ABCDEFGHJKLMN"

# A, B and C in a ring with a chord A -> C; D and E guarantee each other, one contract of unknown amount; F itself;
# G and H close a ring through the person zhang; J guarantees for A from outside, C for K.
GUARANTEES = [
    ("1", "A", "B", "300"),
    ("2", "B", "C", "200"),
    ("3", "C", "A", "100"),
    ("4", "A", "C", "50"),
    ("5", "D", "E", "80"),
    ("6", "E", "D", ""),
    ("7", "E", "D", "30"),
    ("8", "F", "F", "20"),
    ("9", "G", "H", "10"),
    ("10", "J", "A", "70"),
    ("11", "C", "K", "60"),
]

# zhang guarantees for G, and H for zhang.
PERSONAL = [("P1", "zhang", "G", "H", "P2", "15")]

# K: wang 25 % exactly, L 50 %, 25 % undisclosed. L: M 40 %, li 60 %. M: L 50 % (a loop), zhao 50 %.
# N: two holders of 80 % each. J: a share that only an amount tells.
HOLDINGS = [
    ("1", "L", "K", "50", ""),
    ("2", "M", "L", "40", ""),
    ("3", "L", "M", "50", ""),
    ("4", "A", "N", "80", ""),
    ("5", "B", "N", "80", ""),
    ("6", "A", "J", "", "250"),
    ("7", "B", "F", "", "10"),
]
PERSONS = [
    ("1", "wang", "K", "25"),
    ("2", "li", "L", "60"),
    ("3", "zhao", "M", "50"),
    ("4", "li", "A", "100"),
    ("5", "wang", "J", "25"),
]


def write(folder: Path) -> Path:
    """Write the manifest and its files; returns the manifest."""
    folder.mkdir(parents=True, exist_ok=True)
    tables: dict[str, tuple[list[str], list[tuple[str, ...]]]] = {
        "enterprises.csv": (
            ["code", "name", "netAssets", "capital"],
            [(code(x), f"Works {x}", "1000", "" if x == "F" else "1000") for x in LETTERS],
        ),
        "people.csv": (["id", "name"], [(who, who) for who in ("li", "wang", "zhang", "zhao")]),
        "customers.csv": (["customerNo", "name", "code"], [("4400000011", "Works K", code("K"))]),
        "guarantees.csv": (
            ["line", "guarantor", "borrower", "amount"],
            [(line, code(a), code(b), amount) for line, a, b, amount in GUARANTEES],
        ),
        "personal.csv": (
            ["line", "person", "borrower", "guarantor", "back", "amount"],
            [(line, who, code(a), code(b), back, amount) for line, who, a, b, back, amount in PERSONAL],
        ),
        "holdings.csv": (
            ["line", "holder", "company", "share", "amount"],
            [(line, code(a), code(b), share, amount) for line, a, b, share, amount in HOLDINGS],
        ),
        "persons.csv": (
            ["line", "holder", "company", "share"],
            [(line, who, code(b), share) for line, who, b, share in PERSONS],
        ),
    }
    for file, (columns, rows) in tables.items():
        lines = [",".join(columns), *(",".join(row) for row in rows)]
        (folder / file).write_text("\n".join(lines) + "\n", encoding="utf-8")
    (folder / "site.yaml").write_text(MANIFEST, encoding="utf-8")
    return folder / "site.yaml"
