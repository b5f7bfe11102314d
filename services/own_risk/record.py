"""Customers' own records as arrays: bills, contracts, and what registers said of the enterprise behind a customer."""

from __future__ import annotations

from typing import Any

import numpy as np

from algorithms.own_risk.columns import Texts
from algorithms.own_risk.records import Claims, Records, records
from graph.arrays import Ints
from ingest.entities.entity_view import View
from services.exposure.bills import booked
from services.exposure.tables import Tables, dates, read_running
from services.own_risk.registers import ALWAYS, REGISTERS, is_nan
from services.site import Site
from terms.ids import Key
from terms.zones import business_day

READ: dict[str, tuple[str, ...]] = {
    "Customer": ("kind", "openedOn"),
    "Enterprise": ("status", "totalAssets", "totalLiabilities"),
    "Bill": ("issuedOn", "energy"),
}
"""Properties that own records need beside those of ``services.exposure.tables``."""

BATCH = 200


def own_records(site: Site, tables: Tables, day: np.datetime64, *, dated: bool) -> Records:
    """The own record of every customer, by ascending id.

    Args:
        day: on which a customer is the enterprise whose registers count for it.
        tables: with the properties of ``READ``.
        dated: take from the ledger what registers said, and when; else what the graph shows counts as known.
    """
    behind = read_running(site, tables, "IS", "Customer", "Enterprise", day=day)
    party = np.full(len(tables["Customer"].ids), -1, dtype=np.int64)
    party[behind.source] = behind.target
    enterprises = np.unique(behind.target)
    found, columns = booked(site, tables), tables["Bill"].columns
    return records(
        found.bills,
        issued=dates(columns["issuedOn"], "D")[found.place],
        energy=np.asarray(columns["energy"], dtype=np.float64)[found.place],
        party=party,
        kind=_texts(tables["Customer"].columns["kind"].tolist()),
        opened=dates(tables["Customer"].columns["openedOn"], "D"),
        registers=_dated(site, tables, enterprises) if dated else _shown(tables, enterprises),
    )


def _shown(tables: Tables, enterprises: Ints) -> dict[str, Claims]:
    """What the graph shows, as always known."""
    found = {}
    for feature, name in REGISTERS.items():
        values = tables["Enterprise"].columns[name][enterprises]
        kept = np.array([value != "" and not is_nan(value) for value in values.tolist()], dtype=np.bool_)
        found[feature] = Claims(
            enterprises[kept], np.full(int(kept.sum()), ALWAYS), _objects(values[kept].tolist())
        )
    return found


def _dated(site: Site, tables: Tables, enterprises: Ints) -> dict[str, Claims]:
    """What records said, each from the day it was observed; of one enterprise by falling trust, as in the graph."""
    rows: dict[str, list[tuple[int, int, Any]]] = {feature: [] for feature in REGISTERS}
    for start in range(0, len(enterprises), BATCH):
        chosen = enterprises[start : start + BATCH].tolist()
        names = [Key(tables["Enterprise"].ids[k]) for k in chosen]
        seen = View(site.ledger, site.schema, names)
        for place, name in zip(chosen, names, strict=True):
            entity = seen.entity(name)
            if entity is None:
                continue
            for feature, property_name in REGISTERS.items():
                value = entity.values.get(property_name)
                for claim in value.claims if value else ():
                    day = np.datetime64(business_day(claim.observed_at, site.ledger.zone)).astype(np.int64)
                    rows[feature].append((place, int(day), claim.value))
    return {
        feature: Claims(
            np.array([place for place, _, _ in found], dtype=np.int64),
            np.array([day for _, day, _ in found], dtype=np.int64),
            _objects([value for _, _, value in found]),
        )
        for feature, found in rows.items()
    }


def _texts(values: list[Any]) -> Texts:
    return _objects([value or None for value in values])


def _objects(values: list[Any]) -> Texts:
    found = np.empty(len(values), dtype=object)
    found[:] = values
    return found
