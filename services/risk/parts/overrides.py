"""Which judgements of people replace what payment records say."""

from __future__ import annotations

from dataclasses import asdict

import pyarrow as pa

from algorithms.risk.probability import Probability
from services.exposure.model import Override
from services.risk.part import Basis, Columns, Found, Part, Table, Tables

SCHEMA = pa.schema(
    {
        "id": pa.string(),
        "party": pa.int64(),
        "own": pa.float64(),
        "recorded": pa.float64(),
        "reason": pa.string(),
        "author": pa.string(),
        "until": pa.date32(),
        "recorded_at": pa.string(),
    }
)


class _Overrides(Part[list[Override]]):
    """The judgements in force at the cut-off; own distress of the inputs has them in."""

    name = "overrides"
    tables = (Table("overrides", tuple(SCHEMA.names)),)
    needed = True

    def compute(self, basis: Basis, found: Found) -> list[Override]:
        return basis.inputs.overrides

    def columns(self, value: list[Override]) -> Columns:
        table = pa.Table.from_pylist([asdict(found) for found in value], SCHEMA)
        return {"overrides": {name: table[name] for name in SCHEMA.names}}

    def read(self, tables: Tables, probability: Probability) -> list[Override]:
        return [Override(**row) for row in tables["overrides"].to_pylist()]


OVERRIDES = _Overrides()
