"""How the tables of a run are kept as changes of those of the run before.

A table is kept as runs of rows of the table before, with the rows that are not in it between them. Columns that hold
positions in another table are moved first, so that one party more does not make every link a new one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, TypeAlias

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from graph.arrays import Ints

Tables: TypeAlias = Mapping[str, pa.Table]

ORDER: Final = (
    "parties",
    "customers",
    "links",
    "parts",
    "money",
    "communities",
    "customer_communities",
    "customer_shares",
)
"""Tables that are kept as patches, each after those whose positions it holds; others are written whole. A run of an
earlier program may lack some."""
POSITIONS: Final[dict[str, dict[str, str]]] = {
    "customers": {"party": "parties"},
    "links": {"source": "parties", "target": "parties"},
    "parts": {"link": "links"},
    "money": {"part": "parts"},
    "customer_shares": {"customer": "customers"},
}
"""Columns that hold positions in another table."""
NAMED_BY: Final = {
    "parties": ("id",),
    "customers": ("id",),
    "links": ("source", "target"),
    "parts": ("link", "relation"),
}
"""What tells a row of a table from all others, for tables that others point into."""
NEW: Final = -1


@dataclass(frozen=True, slots=True, eq=False)
class Patch:
    """A table by the one before it. ``rows``: those that it lacked. ``kept``: runs (``at`` in the new table,
    ``start`` in the old one, ``count``), ascending; what no run covers is filled with ``rows`` in order."""

    rows: pa.Table
    kept: pa.Table


def patches(before: Tables, after: Tables) -> dict[str, Patch | None]:
    """A patch for every table of ``after`` that changed and can be patched; None where only positions moved, if that.

    A table that is missing in the answer is to be written whole: it cannot be patched, or most of it is new.
    """
    found: dict[str, Patch | None] = {}
    moves: dict[str, Ints] = {}
    for name in (one for one in ORDER if one in before and one in after):
        old, new = _moved(before[name], name, moves), after[name]
        if name in NAMED_BY:
            moves[name] = _places(old, new, NAMED_BY[name])
        if old.schema != new.schema:
            continue
        base = _matched(old, new)
        same = bool((base == np.arange(len(base))).all())
        if same and len(base) == old.num_rows:
            found[name] = None
        elif (base == NEW).sum() * 2 <= len(base):
            found[name] = Patch(new.filter(pa.array(base == NEW)), _runs(base))
    for name, table in after.items():
        if name not in ORDER and name in before and table.equals(before[name]):
            found[name] = None
    return found


def patched(before: Tables, changed: Mapping[str, Patch | pa.Table]) -> dict[str, pa.Table]:
    """The tables after a run from those before it: patches applied, whole tables taken, all others kept."""
    after: dict[str, pa.Table] = {}
    moves: dict[str, Ints] = {}
    for name in (one for one in ORDER if one in before):
        old = _moved(before[name], name, moves)
        change = changed.get(name)
        match change:
            case None:
                new = old
            case Patch():
                new = _applied(old, change)
            case _:
                new = change
        after[name] = new
        if name in NAMED_BY:
            moves[name] = np.arange(new.num_rows) if new is old else _places(old, new, NAMED_BY[name])
    for name in {*before, *changed} - {*after}:
        whole = changed.get(name, before.get(name))
        if not isinstance(whole, pa.Table):
            raise TypeError(
                f"the table '{name}' of a run is not among those that can be patched: {', '.join(ORDER)}"
            )
        after[name] = whole
    return after


def _moved(table: pa.Table, name: str, moves: Mapping[str, Ints]) -> pa.Table:
    """The table with its positions in others as they are now; what they pointed to may be gone: -1."""
    for column, other in POSITIONS.get(name, {}).items():
        at = table.schema.get_field_index(column)
        values = table[column].to_numpy()
        place = np.append(moves[other], NEW)  # -1 stays -1
        table = table.set_column(
            at, table.schema.field(at), pa.array(place[values], table.schema.field(at).type)
        )
    return table


def _places(old: pa.Table, new: pa.Table, columns: tuple[str, ...]) -> Ints:
    """For every row of the old table its place in the new one by the columns that name it; -1 where it is gone."""
    base = _matched(old.select(columns), new.select(columns))
    places = np.full(old.num_rows, NEW, dtype=np.int64)
    found = np.flatnonzero(base != NEW)
    places[base[found]] = found
    return places


def _matched(old: pa.Table, new: pa.Table) -> Ints:
    """For every new row an equal old one, the first for the first, each at most once; -1 where there is none."""
    code = np.zeros(old.num_rows + new.num_rows, dtype=np.int64)
    for column in new.column_names:
        both = pa.chunked_array(
            [*old[column].chunks, *new[column].chunks], type=new.schema.field(column).type
        )
        code = _joined(code, _codes(both))
    before, after = code[: old.num_rows], code[old.num_rows :]
    # Of equal rows the k-th new one is the k-th old one: with its number each row is named once.
    before, after = before + _rank(before) * len(code), after + _rank(after) * len(code)
    order = np.argsort(before, kind="stable")
    at = np.searchsorted(before[order], after)
    at[at == len(order)] = 0
    if not len(order):
        return np.full(len(after), NEW, dtype=np.int64)
    return np.where(before[order[at]] == after, order[at], NEW).astype(np.int64)


def _codes(column: pa.ChunkedArray) -> Ints:
    """Equal numbers for equal values; floats are equal by their bits."""
    if pa.types.is_floating(column.type):
        return _numbered(column.to_numpy().astype(np.float64).view(np.int64))
    encoded = pc.dictionary_encode(column.combine_chunks(), null_encoding="encode")
    return np.asarray(encoded.indices.to_numpy(zero_copy_only=False), dtype=np.int64)


def _joined(code: Ints, more: Ints) -> Ints:
    """Equal numbers for rows that are equal in both; below the number of rows."""
    return _numbered(code * (int(more.max(initial=0)) + 1) + more)


def _numbered(values: Ints) -> Ints:
    return np.unique(values, return_inverse=True)[1].astype(np.int64)


def _rank(code: Ints) -> Ints:
    """How many equal values stand before each."""
    order = np.argsort(code, kind="stable")
    first = np.r_[True, code[order][1:] != code[order][:-1]] if len(code) else np.zeros(0, dtype=np.bool_)
    starts = np.flatnonzero(first)
    rank = np.empty(len(code), dtype=np.int64)
    rank[order] = np.arange(len(code)) - np.repeat(starts, np.diff(np.append(starts, len(code))))
    return rank


def _runs(base: Ints) -> pa.Table:
    kept = np.flatnonzero(base != NEW)
    begins = np.ones(len(kept), dtype=np.bool_)
    begins[1:] = (np.diff(kept) != 1) | (np.diff(base[kept]) != 1)
    first = np.flatnonzero(begins)
    return pa.table(
        {
            "at": kept[first],
            "start": base[kept[first]],
            "count": np.diff(np.append(first, len(kept))),
        }
    )


def _applied(old: pa.Table, patch: Patch) -> pa.Table:
    at, start, count = (patch.kept[name].to_numpy() for name in ("at", "start", "count"))
    size = int(count.sum()) + patch.rows.num_rows
    source = np.full(size, NEW, dtype=np.int64)
    within = np.arange(int(count.sum())) - np.repeat(np.cumsum(count) - count, count)
    source[np.repeat(at, count) + within] = np.repeat(start, count) + within
    fresh = np.flatnonzero(source == NEW)
    source[fresh] = old.num_rows + np.arange(len(fresh))
    return pa.concat_tables([old, patch.rows.cast(old.schema)]).take(pa.array(source))
