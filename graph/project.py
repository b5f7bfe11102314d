"""The store's nodes and relations as typed columns, read once in the store's own fastest way, bounded in memory.

How a type is read differs between the stores (``Dialect.scan``): by the engine's own scan, in the order in which things
lie, never by walking from node to node. Relations name their ends by the engine's own numbers; these never leave a
projection, and the store's state is compared before and after, because an engine may use the number of a removed node
again. Measured in decision 0016.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow.compute as pc

from graph.arrays import Bools, Ints
from graph.columns import NODE, READ_SECONDS, SOURCE, TARGET, Kind, Part, Scan, texts
from graph.schema.model import Property, Schema
from graph.state import read_state
from graph.store import Store
from terms.arrow import pa
from terms.errors import KehutuError

TEXTS = ("text", "date", "instant", "month")
OWN_TEXTS = ("recordId", "key")
OWN_LISTS = ("keys", "origins", "proxies", "periods")

Column = npt.NDArray[Any]


@dataclass(frozen=True, slots=True)
class Moment:
    """What nodes and relations that are read apart must agree on. ``numbering``: see ``Dialect.numbering``."""

    watermark: int
    numbering: str


@dataclass(frozen=True, slots=True, eq=False)
class NodeTable:
    """All nodes of a type: n ids in ascending order and n values per column.

    Numbers, money in fen and booleans are float64 (absent = nan; exact up to 2**53), texts and dates objects of
    str (absent = ''), lists (``keys``, ``origins``, ``proxies``, ``periods``) objects of tuple. ``moment``: when they
    were read; ``numbers``: the engine's own, of that moment.
    """

    type: str
    ids: list[str]
    columns: dict[str, Column]
    moment: Moment
    numbers: Ints = field(repr=False)

    def __len__(self) -> int:
        return len(self.ids)

    def none(self) -> NodeTable:
        """None of the nodes."""
        columns = {name: column[:0] for name, column in self.columns.items()}
        return NodeTable(self.type, [], columns, self.moment, self.numbers[:0])


@dataclass(frozen=True, slots=True, eq=False)
class RelationTable:
    """Relations of a type between two node types: m positions in the table of either end, and columns.

    Ordered by source, target, key. Columns as in :class:`NodeTable`, with ``recordId`` and ``key`` beside them.
    """

    type: str
    source: Ints
    target: Ints
    columns: dict[str, Column]

    def __len__(self) -> int:
        return len(self.source)

    def among(self, rows: Ints | Bools) -> RelationTable:
        """Some of them, by position or by a flag each."""
        chosen = {name: column[rows] for name, column in self.columns.items()}
        return RelationTable(self.type, self.source[rows], self.target[rows], chosen)


def nodes(store: Store, schema: Schema, type_name: str, properties: Sequence[str] = ()) -> NodeTable:
    """Read all nodes of a type with some of their properties.

    Raises:
        KeyError: the schema has no such type or property.
        KehutuError: STORE_CHANGED when a load wrote meanwhile, STORE_UNAVAILABLE, STORE_DEADLINE.
    """
    kinds = _kinds(schema.nodes[type_name].properties, properties)
    moment = _moment(store)
    parts = store.dialect.scan(store.within(READ_SECONDS), Scan(type_name, {**kinds, "id": "text"}))
    _unchanged(store, moment)
    ids = _text(parts, "id")
    order = pc.sort_indices(ids)
    return NodeTable(
        type=type_name,
        ids=ids.take(order).to_pylist(),
        columns={name: _column(parts, name, kinds[name], order) for name in properties},
        moment=moment,
        numbers=_numbers(parts, NODE)[order],
    )


def relations(
    store: Store,
    schema: Schema,
    type_name: str,
    source: NodeTable,
    target: NodeTable,
    *,
    properties: Sequence[str] = (),
) -> RelationTable:
    """Read all relations of a type between the nodes of two tables of the same state.

    Raises:
        KeyError: the schema has no such type or property.
        KehutuError: STORE_CHANGED when a load wrote since the tables were read, and as :func:`nodes`.
    """
    declared = schema.relations[type_name]
    kinds = _kinds(declared.properties, properties)
    if declared.key:
        kinds["key"] = "text"  # part of the order
    parts = store.dialect.scan(store.within(READ_SECONDS), Scan(type_name, kinds, relations=True))
    for table in (source, target):
        _unchanged(store, table.moment)
    ends = _positions(_numbers(parts, SOURCE), source), _positions(_numbers(parts, TARGET), target)
    # Others of the type lie between nodes of other types.
    wanted = np.flatnonzero((ends[0] >= 0) & (ends[1] >= 0))
    pairs = ends[0][wanted] * len(target) + ends[1][wanted]
    order = _ordered(wanted, pairs, _text(parts, "key") if declared.key else None)
    return RelationTable(
        type=type_name,
        source=ends[0][order],
        target=ends[1][order],
        columns={name: _column(parts, name, kinds[name], order) for name in properties},
    )


def _positions(numbers: Ints, table: NodeTable) -> Ints:
    """From the engine's numbers to positions in a table, -1 for nodes that it does not hold."""
    if not len(table):
        return np.full(len(numbers), -1, dtype=np.int64)
    order = np.argsort(table.numbers)
    known = table.numbers[order]
    at = np.minimum(np.searchsorted(known, numbers), len(known) - 1)
    return np.where(known[at] == numbers, order[at], -1)


def _ordered(rows: Ints, pairs: Ints, keys: pa.ChunkedArray | None) -> Ints:
    """Rows by their pair, then by their key; few pairs have more than one row, so few keys are looked at."""
    order = np.argsort(pairs)
    if keys is None or len(rows) < 2:
        return rows[order]
    again = pairs[order[1:]] == pairs[order[:-1]]
    tied = np.flatnonzero(np.append(again, False) | np.append(False, again))
    shared = order[tied]
    ranks = np.empty(len(shared), dtype=np.int64)
    ranks[pc.sort_indices(keys.take(rows[shared])).to_numpy()] = np.arange(len(shared))
    order[tied] = shared[np.lexsort((ranks, pairs[shared]))]
    return rows[order]


def _kinds(declared: dict[str, Property], properties: Sequence[str]) -> dict[str, Kind]:
    return {name: _kind(declared, name) for name in properties}


def _kind(declared: dict[str, Property], name: str) -> Kind:
    if name in OWN_LISTS:
        return "list"
    return "text" if name in OWN_TEXTS or declared[name].type in TEXTS else "number"


def _numbers(parts: Sequence[Part], name: str) -> Ints:
    return np.concatenate([np.empty(0, dtype=np.int64), *(part[name] for part in parts)])


def _text(parts: Sequence[Part], name: str) -> pa.ChunkedArray:
    return pa.chunked_array([part[name] for part in parts] or [texts([])])


def _column(parts: Sequence[Part], name: str, kind: Kind, order: Any) -> Column:
    """Values in their final order."""
    if kind == "text":
        return np.asarray(_text(parts, name).take(order).to_numpy(zero_copy_only=False), dtype=object)
    nothing = np.empty(0, dtype=np.float64 if kind == "number" else object)
    return np.asarray(np.concatenate([nothing, *(part[name] for part in parts)])[order])


def _moment(store: Store) -> Moment:
    state = read_state(store)
    return Moment(state.watermark if state else 0, store.dialect.numbering())


def _unchanged(store: Store, moment: Moment) -> None:
    state = read_state(store)
    if state and (
        Moment(state.watermark, store.dialect.numbering()) != moment or state.in_flight is not None
    ):
        raise KehutuError("STORE_CHANGED", store=store.url)
