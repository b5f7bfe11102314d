"""The tables that the world writes: one Parquet file each, money in fen, dates as dates."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

ROW_GROUP = 65_536

_T, _D, _I, _F = pa.string(), pa.date32(), pa.int64(), pa.float64()
_M = pa.timestamp("s")  # a moment of the deployment's own clock

TABLES: dict[str, dict[str, pa.DataType]] = {
    # marketing information system
    "consumers": {
        "customer_no": _T, "name": _T, "phone": _T, "id_number": _T, "address": _T, "service_point_no": _T,
        "region": _T, "opened_on": _D, "account_no": _T, "payment_method": _T, "prepayment": _I,
    },
    "organisations": {
        "customer_no": _T, "name": _T, "phone": _T, "credit_code": _T, "industry": _T, "service_point_no": _T,
        "region": _T, "opened_on": _D, "contracted_capacity": _F, "account_no": _T, "payment_method": _T,
        "deposit": _I,
    },
    "bills": {
        "bill_no": _T, "account_no": _T, "period": _T, "period_days": _I, "energy": _F, "amount": _I,
        "issued_on": _D, "due_on": _D, "paid_on": _D,
    },
    # electronic payment
    "payments": {"payment_no": _T, "account_no": _T, "amount": _I, "paid_on": _D, "method": _T},
    # government information platform
    "persons": {"id_number": _T, "name": _T, "phone": _T, "birth_date": _D, "address": _T, "since": _D},
    "invoices": {"contract_no": _T, "seller": _T, "buyer": _T, "amount": _I, "since": _D},
    # business registry
    "enterprises": {
        "credit_code": _T, "name": _T, "industry": _T, "scale": _T, "status": _T, "founded_on": _D,
        "registered_capital": _I, "paid_in_capital": _I, "employees": _I, "phone": _T, "address": _T,
    },
    "legal_representatives": {"id": _T, "id_number": _T, "credit_code": _T, "since": _D},
    "directors": {"id": _T, "id_number": _T, "credit_code": _T, "position": _T, "since": _D},
    "enterprise_holdings": {
        "id": _T, "investor": _T, "credit_code": _T, "share": _F, "amount": _I, "since": _D,
    },
    "person_holdings": {"id": _T, "investor": _T, "credit_code": _T, "share": _F, "amount": _I, "since": _D},
    "registered_guarantees": {
        "contract_no": _T, "guarantor": _T, "borrower": _T, "amount": _I, "since": _D,
    },
    # financial credit bureau
    "balances": {
        "id": _T, "credit_code": _T, "net_assets": _I, "total_assets": _I, "total_liabilities": _I,
        "reported_on": _D,
    },
    "credit_records": {
        "record_no": _T, "credit_code": _T, "kind": _T, "grade": _T, "amount": _I, "balance": _I, "interest": _F,
        "reported_on": _D, "due_on": _D,
    },
    "guarantees": {"contract_no": _T, "guarantor": _T, "borrower": _T, "amount": _I, "since": _D},
    "person_guarantees": {
        "contract_no": _T, "guarantor": _T, "borrower": _T, "amount": _I, "since": _D,
    },
    "loans": {"contract_no": _T, "creditor": _T, "debtor": _T, "amount": _I, "since": _D},
    # marketing information system: equipment, work, collection
    "meters": {
        "meter_no": _T, "service_point_no": _T, "kind": _T, "manufacturer": _T, "in_service_since": _D, "region": _T,
    },
    "devices": {
        "device_no": _T, "customer_no": _T, "service_point_no": _T, "name": _T, "kind": _T, "rated_power": _F,
        "manufacturer": _T, "in_service_since": _D, "region": _T,
    },
    "technicians": {
        "technician_no": _T, "name": _T, "phone": _T, "shift_start": _T, "shift_end": _T, "region": _T,
    },
    "skills": {"skill_code": _T, "name": _T},
    "technician_skills": {"id": _T, "technician_no": _T, "skill_code": _T},
    "work_orders": {
        "work_order_no": _T, "customer_no": _T, "interaction_no": _T, "title": _T, "kind": _T, "priority": _T,
        "state": _T, "opened_at": _M, "window_start": _M, "window_end": _M, "duration": _F, "closed_at": _M,
        "skill_code": _T, "technician_no": _T, "region": _T, "service_point_no": _T, "device_no": _T,
        "meter_no": _T, "transformer_no": _T,
    },
    "outages": {
        "outage_no": _T, "kind": _T, "starts_at": _M, "ends_at": _M, "cause": _T, "state": _T,
        "transformer_no": _T, "region": _T,
    },
    "arrears_cases": {
        "case_no": _T, "customer_no": _T, "amount": _I, "opened_on": _D, "closed_on": _D, "state": _T,
        "strategy": _T,
    },
    # hotline and app
    "hotline_calls": {
        "interaction_no": _T, "customer_no": _T, "kind": _T, "summary": _T, "at": _M, "satisfaction": _F,
        "device_no": _T, "bill_no": _T, "outage_no": _T, "meter_no": _T,
    },
    "app_messages": {
        "interaction_no": _T, "customer_no": _T, "kind": _T, "summary": _T, "at": _M, "satisfaction": _F,
        "device_no": _T, "bill_no": _T, "outage_no": _T, "meter_no": _T,
    },
    # home visits
    "home_visits": {
        "visit_no": _T, "case_no": _T, "customer_no": _T, "visited_on": _D, "cause": _T, "summary": _T,
    },
}  # fmt: skip
"""Table -> column -> type. The tables of a grid of the world's own are in ``supply.py``."""

TRUTH: dict[str, dict[str, pa.DataType]] = {
    "customers": {
        "customer_no": _T, "kind": _T, "tenancy": _T, "cause": _T, "overdue_bills": _I,
        "most_overdue_in_outcome_year": _I,
    },
    "enterprises": {
        "credit_code": _T, "own_shock_month": _I, "suppliers_unpaid_month": _I, "staff_unpaid_month": _I,
        "failed_month": _I, "lost_by_trade": _I, "lost_by_guarantees": _I,
    },
    "guarantees": {"contract_no": _T, "guarantor": _T, "borrower": _T, "amount": _I},
    "devices": {"device_no": _T, "wear": _F, "months_to_next_fault": _I},
    "transformers": {"transformer_no": _T, "wear": _F, "months_to_next_fault": _I},
}  # fmt: skip
"""What really happened. It lies in ``truth/`` and no manifest names it. Months count from the first on record."""


class Tables:
    """Parquet files of a folder, written block by block; equal rows give equal bytes."""

    def __init__(self, folder: Path, layout: Mapping[str, Mapping[str, pa.DataType]]) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.rows = dict.fromkeys(layout, 0)
        self._schemas = {name: pa.schema(list(columns.items())) for name, columns in layout.items()}
        self._writers = {
            name: pq.ParquetWriter(folder / f"{name}.parquet", schema, compression="zstd")
            for name, schema in self._schemas.items()
        }

    def write(self, name: str, columns: Mapping[str, object]) -> None:
        """Add rows: arrays, or lists, by column; every column of the layout is given."""
        schema = self._schemas[name]
        table = pa.table([_column(columns[c.name], c.type) for c in schema], schema=schema)
        self._writers[name].write_table(table, row_group_size=ROW_GROUP)
        self.rows[name] += table.num_rows

    def close(self) -> None:
        """Finish the files."""
        for writer in self._writers.values():
            writer.close()

    def __enter__(self) -> Tables:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()


def _column(values: object, kind: pa.DataType) -> pa.Array:
    if isinstance(values, pa.Array):
        return values.cast(kind)
    return pa.array(values, kind, from_pandas=True)
