"""People and enterprises with one kind of relation between them, read from the graph once for each of its states."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from threading import Lock

import numpy as np

from graph.arrays import Ints
from graph.project import Column, nodes, relations
from graph.state import read_state
from graph.validity import VALIDITY, running_rows
from services.reading.seen_ids import seen_ids
from services.seen import Seen
from services.site import Site, whole

KINDS = ("Enterprise", "Person")

KEPT = 4
"""Readings that are kept: a few kinds of relation of one site."""


@dataclass(frozen=True, eq=False)
class Between:
    """m relations of one type between n people and enterprises, by ascending id.

    ``source``, ``target``: positions in ``ids``. ``columns``: m values for each property that was asked for, with
    ``recordId`` and when it holds. ``enterprise``: n, whether it is one. ``nodes``: n values for each property of
    enterprises (nan elsewhere).
    """

    ids: list[str]
    enterprise: Column
    nodes: dict[str, Column]
    source: Ints
    target: Ints
    columns: dict[str, Column]

    def on(self, day: date) -> Between:
        """Those of the relations that hold on a day."""
        return self._among(np.flatnonzero(running_rows(self.columns, day.isoformat())))

    def none(self) -> Between:
        """None of the relations."""
        return self._among(np.zeros(0, dtype=np.int64))

    def among(self, known: Collection[str]) -> Between:
        """Those of the relations with both ends among some ids, and nobody else."""
        places = np.array([at for at, one in enumerate(self.ids) if one in known], dtype=np.int64)
        place = np.full(len(self.ids), -1, dtype=np.int64)
        place[places] = np.arange(len(places))
        rows = np.flatnonzero((place[self.source] >= 0) & (place[self.target] >= 0))
        kept = self._among(rows)
        return replace(
            kept,
            ids=[self.ids[at] for at in places.tolist()],
            enterprise=self.enterprise[places],
            nodes={name: column[places] for name, column in self.nodes.items()},
            source=place[kept.source],
            target=place[kept.target],
        )

    def _among(self, rows: Ints) -> Between:
        columns = {name: column[rows] for name, column in self.columns.items()}
        return replace(self, source=self.source[rows], target=self.target[rows], columns=columns)

    @cached_property
    def position(self) -> dict[str, int]:
        """Where each id stands."""
        return {name: index for index, name in enumerate(self.ids)}


def between(seen: Seen, name: str, properties: Sequence[str], of_enterprises: Sequence[str] = ()) -> Between:
    """All relations of type ``name`` between people and enterprises that the asker sees, whenever they hold, with
    numbers of the enterprises.

    Raises:
        KehutuError: ``STORE_CHANGED`` when a load wrote meanwhile, ``STORE_UNAVAILABLE``.
    """
    found = _between_all(seen, name, properties, of_enterprises)
    return found.among(seen_ids(seen, KINDS)) if seen.restricted else found


def _between_all(seen: Seen, name: str, properties: Sequence[str], of_enterprises: Sequence[str]) -> Between:
    site = whole(seen)
    state = read_state(site.store)
    key = (
        site.ledger.id,
        site.store.url,
        state.watermark if state else 0,
        name,
        *properties,
        *of_enterprises,
    )
    with _lock:
        found = _kept.get(key)
    if found is None:
        found = _read(site, name, properties, of_enterprises)
        with _lock:
            while len(_kept) >= KEPT:
                del _kept[next(iter(_kept))]
            _kept[key] = found
    return found


_kept: dict[tuple[object, ...], Between] = {}
_lock = Lock()


def _read(site: Site, name: str, properties: Sequence[str], of_enterprises: Sequence[str]) -> Between:
    tables = {
        kind: nodes(site.store, site.schema, kind, of_enterprises if kind == "Enterprise" else ())
        for kind in KINDS
    }
    ids = sorted(entity for table in tables.values() for entity in table.ids)
    place = {entity: index for index, entity in enumerate(ids)}
    at = {
        kind: np.array([place[entity] for entity in table.ids], dtype=np.int64)
        for kind, table in tables.items()
    }
    enterprise = np.zeros(len(ids), dtype=np.bool_)
    enterprise[at["Enterprise"]] = True
    values = {}
    for column in of_enterprises:
        values[column] = np.full(len(ids), np.nan)
        values[column][at["Enterprise"]] = tables["Enterprise"].columns[column]
    declared = site.schema.relations[name]
    asked = (*properties, *VALIDITY, "recordId")
    found = [
        (
            source,
            target,
            relations(site.store, site.schema, name, tables[source], tables[target], properties=asked),
        )
        for source in declared.source
        for target in declared.target
        if source in KINDS and target in KINDS
    ]
    return Between(
        ids=ids,
        enterprise=enterprise,
        nodes=values,
        source=np.concatenate([at[source][table.source] for source, _, table in found]),
        target=np.concatenate([at[target][table.target] for _, target, table in found]),
        columns={
            column: np.concatenate([table.columns[column] for _, _, table in found]) for column in asked
        },
    )
