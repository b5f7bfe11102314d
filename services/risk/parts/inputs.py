"""Who carries risk in a run, with what buffer and how much at stake, and the customers behind it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from algorithms.risk.probability import Probability
from graph.arrays import Floats, Ints
from services.exposure.ageing import BUCKETS
from services.risk.part import Basis, Columns, Found, Part, Table, Tables

AGEING_COLUMNS = tuple(f"overdue_from_{start}" for start, _ in BUCKETS)
_NUMBERS = ("own", "buffer", "buffer_kind", "exposure", "lgd")


@dataclass(frozen=True, slots=True, eq=False)
class Inputs:
    """n parties and c customers, each by ascending id; amounts in fen."""

    ids: list[str]
    types: list[str]
    own: Floats
    """Own distress, 0 to 1."""
    buffer: Floats
    buffer_kind: Ints
    """Position in ``services.exposure.model.BUFFER_KINDS``."""
    exposure: Ints
    lgd: Floats
    customers: list[str]
    customer_party: Ints
    customer_exposure: Ints
    customer_balance: Ints
    customer_ageing: Ints
    """c x 5, fen overdue by days; see ``services.exposure.ageing``."""


class _Inputs(Part[Inputs]):
    """Parties and customers as the exposure has them."""

    name = "inputs"
    tables = (
        Table("parties", ("id", "type", *_NUMBERS)),
        Table("customers", ("id", "party", "exposure", "balance", *AGEING_COLUMNS)),
    )
    needed = True

    def compute(self, basis: Basis, found: Found) -> Inputs:
        parties, customers = basis.inputs.parties, basis.inputs.customers
        return Inputs(
            ids=parties.ids,
            types=parties.types,
            own=parties.own,
            buffer=parties.buffer,
            buffer_kind=parties.buffer_kind,
            exposure=parties.exposure,
            lgd=parties.lgd,
            customers=customers.ids,
            customer_party=customers.party,
            customer_exposure=customers.record.exposure,
            customer_balance=customers.record.balance,
            customer_ageing=customers.ageing,
        )

    def columns(self, value: Inputs) -> Columns:
        return {
            "parties": {
                "id": pa.array(value.ids, pa.string()),
                "type": pa.array(value.types, pa.string()),
                **{name: getattr(value, name) for name in _NUMBERS},
            },
            "customers": {
                "id": pa.array(value.customers, pa.string()),
                "party": value.customer_party,
                "exposure": value.customer_exposure,
                "balance": value.customer_balance,
                **{name: value.customer_ageing[:, k] for k, name in enumerate(AGEING_COLUMNS)},
            },
        }

    def read(self, tables: Tables, probability: Probability) -> Inputs:
        parties, customers = tables["parties"], tables["customers"]
        return Inputs(
            ids=parties["id"].to_pylist(),
            types=parties["type"].to_pylist(),
            **{name: parties[name].to_numpy() for name in _NUMBERS},
            customers=customers["id"].to_pylist(),
            customer_party=customers["party"].to_numpy(),
            customer_exposure=customers["exposure"].to_numpy(),
            customer_balance=customers["balance"].to_numpy(),
            customer_ageing=np.stack([customers[name].to_numpy() for name in AGEING_COLUMNS], axis=1),
        )


INPUTS = _Inputs()
