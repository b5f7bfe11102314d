"""Which columns of the graph the inputs of the risk model are read from."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeAlias

import numpy as np

from algorithms.arrears import Days
from graph.arrays import Bools, Ints
from graph.project import Column, NodeTable, RelationTable, nodes, relations
from graph.validity import VALIDITY, alive_rows, running_rows
from services.site import Site

Tables: TypeAlias = dict[str, NodeTable]

READ = {
    "Customer": ("kind", "phone"),
    "Enterprise": ("netAssets", "paidInCapital", "phone"),
    "Person": ("phone",),
    "Account": ("prepayment", "deposit"),
    "Bill": ("period", "amount", "dueOn", "paidOn"),
    "Address": (),
    "ServicePoint": (),
}
"""Node types that the inputs need, with their properties; the day on which one ends is read beside them."""


def read_tables(site: Site, more: Mapping[str, tuple[str, ...]] | None = None) -> Tables:
    """Every node type that the inputs need, as columns; ``more``: further properties of some of them."""
    wanted = {}
    for name, properties in READ.items():
        last_day = site.schema.nodes[name].ended
        asked = (*properties, *(more or {}).get(name, ()), *((last_day,) if last_day else ()))
        wanted[name] = tuple(dict.fromkeys(asked))
    return {name: nodes(site.store, site.schema, name, properties) for name, properties in wanted.items()}


def read_relations(
    site: Site, tables: Tables, name: str, source: str, target: str, *properties: str
) -> RelationTable:
    """Relations of one type between two node types, whenever they hold, as positions in their tables."""
    return relations(site.store, site.schema, name, tables[source], tables[target], properties=properties)


def read_running(
    site: Site, tables: Tables, name: str, source: str, target: str, *properties: str, day: np.datetime64
) -> RelationTable:
    """Those of them that hold on a day."""
    found = read_relations(site, tables, name, source, target, *properties, *VALIDITY)
    return found.among(running_rows(found.columns, iso(day)))


def alive(site: Site, tables: Tables, kind: str, day: np.datetime64) -> Bools:
    """Which nodes of a type have not ended on a day."""
    last_day = site.schema.nodes[kind].ended
    if last_day is None:
        return np.ones(len(tables[kind]), dtype=np.bool_)
    return alive_rows(tables[kind].columns[last_day], iso(day))


def last_days(site: Site, tables: Tables, kind: str) -> Days:
    """The last day of every node of a type; NaT where none is known."""
    last_day = site.schema.nodes[kind].ended
    if last_day is None:
        return np.full(len(tables[kind]), np.datetime64("NaT", "D"))
    return dates(tables[kind].columns[last_day], "D")


def iso(day: np.datetime64) -> str:
    """A day as ISO text."""
    return str(day.astype("datetime64[D]"))


def dates(texts: Column, unit: str) -> Days:
    """ISO texts as datetime64; the empty text is NaT."""
    return np.array([text[:10] for text in texts.tolist()], dtype=f"datetime64[{unit}]")


def whole(values: Column) -> Ints:
    """Amounts in fen as integers; what is absent counts 0."""
    return np.nan_to_num(np.asarray(values, dtype=np.float64)).astype(np.int64)
