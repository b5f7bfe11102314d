"""A synthetic world (``ingest/world``) as customers' own records, straight from its files, with what came of it.

The same as a site that has loaded it reads from its graph, without a store.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq

from algorithms.arrears import Bills
from algorithms.own_risk.columns import Texts
from algorithms.own_risk.records import Claims, Records, records
from graph.arrays import Ints
from ingest.world import generate
from ingest.world.calendar import CUT_OFF

END = np.datetime64(CUT_OFF)


@dataclass(frozen=True, eq=False)
class Seen:
    """``record`` with the party of each customer, and of the year after the end of the data the most bills that were
    overdue at once on the first day of a month."""

    record: Records
    parties: list[str]
    most_overdue: Ints


def read(folder: Path, customers: int, seed: int) -> Seen:
    """Make a world and read it."""
    generate(folder, customers=customers, seed=seed)

    def table(name: str) -> dict[str, Any]:
        found = pq.read_table(folder / f"{name}.parquet")
        return {column: found[column].to_pylist() for column in found.column_names}

    homes, sites = table("consumers"), table("organisations")
    numbers = [*homes["customer_no"], *sites["customer_no"]]
    account = {name: k for k, name in enumerate([*homes["account_no"], *sites["account_no"]])}
    codes = {code: k for k, code in enumerate(sorted(set(sites["credit_code"])))}
    party = [-1] * len(homes["customer_no"]) + [codes[code] for code in sites["credit_code"]]
    bills, truth, balances = table("bills"), table("truth/customers"), table("balances")
    most = dict(zip(truth["customer_no"], truth["most_overdue_in_outcome_year"], strict=True))
    known = [(codes[code], k) for k, code in enumerate(balances["credit_code"]) if code in codes]
    known.sort(key=lambda pair: balances["reported_on"][pair[1]], reverse=True)  # the newest report first

    def claims(name: str) -> Claims:
        return Claims(
            np.array([place for place, _ in known], dtype=np.int64),
            np.array(
                [np.datetime64(balances["reported_on"][k]).astype(np.int64) for _, k in known], dtype=np.int64
            ),
            _objects([balances[name][k] for _, k in known]),
        )

    record = records(
        Bills(
            np.array([account[name] for name in bills["account_no"]], dtype=np.int64),
            np.array(bills["period"], dtype="datetime64[M]"),
            np.array(bills["amount"], dtype=np.int64),
            np.array(bills["due_on"], dtype="datetime64[D]"),
            np.array(bills["paid_on"], dtype="datetime64[D]"),
        ),
        issued=np.array(bills["issued_on"], dtype="datetime64[D]"),
        energy=np.array(bills["energy"], dtype=np.float64),
        party=np.array(party, dtype=np.int64),
        kind=_objects(
            ["consumer"] * len(homes["customer_no"]) + ["organisation"] * len(sites["customer_no"])
        ),
        opened=np.array([*homes["opened_on"], *sites["opened_on"]], dtype="datetime64[D]"),
        registers={name: claims(name) for name in ("total_assets", "total_liabilities")},
    )
    groups = [*homes["id_number"], *sites["credit_code"]]
    return Seen(record, [str(name) for name in groups], np.array([most[name] for name in numbers]))


def _objects(values: list[Any]) -> Texts:
    found = np.empty(len(values), dtype=object)
    found[:] = values
    return found
