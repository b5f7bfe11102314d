"""A synthetic utility for measuring loads: the files that Kehutu is given, and the graph that they mean.

For each customer a row that names seven relations (account, service point, meter, holder, home, seat of the point,
feeder) and three contracts between holders: ten relations and, with shared addresses and holders, five to six nodes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

ROWS_AT_ONCE = 100_000
CONTRACTS = 3
"""Of each customer, on average."""

OBSERVED = "2026-01-31"

MANIFEST = f"""
sources:
  - name: customers
    path: customers.parquet
    channel: marketing
    origin: synthetic
    namespace: holders
    recordId: customer
    observedAt: "{OBSERVED}"
    mapping:
      - node: Customer
        key: {{customerNo: customer}}
        set: {{name: name, phone: phone}}
      - node: Person
        key: {{local: holder}}
        set: {{name: holder_name}}
      - node: ServicePoint
        key: {{servicePointNo: point}}
        set: {{voltage: voltage}}
      - relation: IS
        from: {{Customer: {{customerNo: customer}}}}
        to: {{Person: {{local: holder}}}}
      - relation: HAS_ACCOUNT
        from: {{Customer: {{customerNo: customer}}}}
        to: {{Account: {{accountNo: account}}}}
      - relation: SUPPLIED_AT
        from: {{Customer: {{customerNo: customer}}}}
        to: {{ServicePoint: {{servicePointNo: point}}}}
      - relation: HAS_METER
        from: {{ServicePoint: {{servicePointNo: point}}}}
        to: {{Meter: {{meterNo: meter}}}}
      - relation: LIVES_AT
        from: {{Person: {{local: holder}}}}
        to: {{Address: {{text: address}}}}
      - relation: LOCATED_AT
        from: {{ServicePoint: {{servicePointNo: point}}}}
        to: {{Address: {{text: address}}}}
      - relation: FED_BY
        from: {{ServicePoint: {{servicePointNo: point}}}}
        to: {{Line: {{lineNo: line}}}}
  - name: customers-contracts
    path: contracts.parquet
    channel: credit-bureau
    origin: synthetic
    namespace: holders
    recordId: contract
    observedAt: "{OBSERVED}"
    mapping:
      - relation: LENDS_TO
        from: {{Person: {{local: creditor}}}}
        to: {{Person: {{local: debtor}}}}
        key: {{contractNo: contract}}
        set: {{amount: {{column: amount, unit: fen}}, since: since}}
"""


@dataclass(frozen=True, slots=True)
class GraphInput:
    """Where the files lie. ``customers``, ``contracts``: their numbers of rows."""

    folder: Path
    manifest: Path
    customers: int
    contracts: int

    def rows(self, name: str) -> Iterator[list[dict[str, object]]]:
        """Rows of ``customers`` or ``contracts``, some thousand at a time."""
        for batch in pq.ParquetFile(self.folder / f"{name}.parquet").iter_batches(ROWS_AT_ONCE):
            yield batch.to_pylist()


def write(folder: Path, customers: int, seed: int = 20_261_124) -> GraphInput:
    """Write the files of so many customers; equal seeds give equal files."""
    folder.mkdir(parents=True, exist_ok=True)
    draw = np.random.default_rng(seed)
    _parts(folder / "customers.parquet", customers, lambda numbers: _customers(numbers, customers, draw))
    contracts = customers * CONTRACTS
    _parts(folder / "contracts.parquet", contracts, lambda numbers: _contracts(numbers, customers, draw))
    manifest = folder / "site.yaml"
    manifest.write_text(MANIFEST, encoding="utf-8")
    return GraphInput(folder, manifest, customers, contracts)


def holders(customers: int) -> int:
    """Persons who hold the contracts: some hold several."""
    return max(2, customers * 9 // 10)


def _customers(numbers: range, customers: int, draw: np.random.Generator) -> dict[str, list[object]]:
    held = draw.integers(0, holders(customers), len(numbers))
    return {
        "customer": [f"{4_000_000_000 + n}" for n in numbers],
        "name": [f"客户{n}" for n in numbers],
        "phone": [f"{13_000_000_000 + n * 7 % 1_000_000_000}" for n in numbers],
        "account": [f"A{n:09d}" for n in numbers],
        "point": [f"P{n:09d}" for n in numbers],
        "voltage": [0.4] * len(numbers),
        "meter": [f"M{n:09d}" for n in numbers],
        "holder": [f"H{h}" for h in held],
        "holder_name": [f"张{h}" for h in held],
        "address": [f"城东区和平路{n // 200}号{n // 2 % 100}室" for n in numbers],
        "line": [f"L{n // 200}" for n in numbers],
    }


def _contracts(numbers: range, customers: int, draw: np.random.Generator) -> dict[str, list[object]]:
    count = holders(customers)
    creditor = draw.integers(0, count, len(numbers))
    debtor = (creditor + draw.integers(1, count, len(numbers))) % count
    return {
        "contract": [f"C{n:010d}" for n in numbers],
        "creditor": [f"H{h}" for h in creditor],
        "debtor": [f"H{h}" for h in debtor],
        "amount": draw.integers(10_000, 10_000_000, len(numbers)).tolist(),
        "since": [f"20{10 + n % 15}-0{1 + n % 9}-01" for n in numbers],
    }


def _parts(path: Path, rows: int, make: Callable[[range], dict[str, list[object]]]) -> None:
    writer: pq.ParquetWriter | None = None
    for start in range(0, rows, ROWS_AT_ONCE):
        table = pa.table(make(range(start, min(start + ROWS_AT_ONCE, rows))))
        writer = writer or pq.ParquetWriter(path, table.schema)
        writer.write_table(table)
    if writer is not None:
        writer.close()
