"""Forecasts of a fitted model from a customer's own record, and where own distress comes from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa

from algorithms.risk.probability import Probability
from graph.arrays import Floats
from services.risk.part import Basis, Columns, Found, Part, Table, Tables

START_RULE = "start rule"


@dataclass(frozen=True, slots=True, eq=False)
class Forecasts:
    """By customer: the chance of default, and of a late next bill; NaN = nothing is forecast."""

    default: Floats
    next_bill: Floats


class _OwnRisk(Part[Forecasts]):
    """Where a model is in force, own distress of the inputs has its forecasts in; else it is the start rule's."""

    name = "own risk"
    tables = (Table("customers", ("own", "next_bill")),)

    def compute(self, basis: Basis, found: Found) -> Forecasts:
        forecasts, customers = basis.inputs.forecasts, basis.inputs.customers.ids
        if forecasts is None:
            nothing = np.full(len(customers), np.nan)
            return Forecasts(nothing, nothing)
        return Forecasts(forecasts.default, forecasts.next_bill)

    def columns(self, value: Forecasts) -> Columns:
        return {
            "customers": {
                "own": pa.array(value.default, pa.float64(), from_pandas=True),
                "next_bill": pa.array(value.next_bill, pa.float64(), from_pandas=True),
            }
        }

    def kept(self, tables: Tables) -> bool:
        """In a run that was made before there were forecasts, nothing is forecast."""
        return "customers" in tables

    def read(self, tables: Tables, probability: Probability) -> Forecasts:
        return Forecasts(*(_known(tables["customers"], name) for name in ("own", "next_bill")))

    def head(self, basis: Basis, found: Found) -> Mapping[str, Any] | None:
        if basis.exposure is None:
            return None
        forecasts = basis.exposure.forecasts
        if forecasts is None:
            return {"algorithm": START_RULE}
        return {"algorithm": "model of a customer's own record", "model": forecasts.model}


def _known(table: pa.Table, name: str) -> Floats:
    """A column of numbers, NaN where null; all NaN in a run that was made before there was such a column."""
    if name not in table.column_names:
        return np.full(table.num_rows, np.nan)
    values: Floats = table[name].to_numpy().astype(np.float64)
    return values


OWN_RISK = _OwnRisk()
