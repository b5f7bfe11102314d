"""The engine that needs no server: it reads the store's graph once as arrays and computes on them."""

from __future__ import annotations

import numpy as np

from graph import project
from graph.schema.model import Schema
from graph.store import Store
from services.engines.arrays import on_arrays
from services.engines.protocol import Algorithm, Answer, ArrayProjection, Projection, StoreProjection


class Local:
    """Computes in this process. ``store``: None where only graphs given as arrays are asked for."""

    name = "local"

    def __init__(self, store: Store | None, schema: Schema) -> None:
        self._store, self._schema = store, schema

    def compute(self, projection: Projection, algorithm: Algorithm) -> Answer:
        """See :class:`services.engines.protocol.Engine`."""
        if isinstance(projection, StoreProjection):
            if self._store is None:
                raise ValueError("a projection of the store needs a store")
            projection = read(self._store, self._schema, projection)
        return Answer(projection.keys, on_arrays(projection, algorithm), "arrays")


def read(store: Store, schema: Schema, projection: StoreProjection) -> ArrayProjection:
    """A part of the store's graph as arrays, by the rules of :class:`StoreProjection`.

    Raises:
        KeyError: the schema has no such type or property.
        KehutuError: STORE_CHANGED when a load wrote meanwhile, STORE_UNAVAILABLE, STORE_DEADLINE.
    """
    tables = {name: project.nodes(store, schema, name) for name in dict.fromkeys(projection.nodes)}
    unsorted = [key for table in tables.values() for key in table.ids]
    order = sorted(range(len(unsorted)), key=unsorted.__getitem__)
    position = np.empty(len(order), dtype=np.int64)
    position[order] = np.arange(len(order))
    starts = np.cumsum([0, *(len(table) for table in tables.values())])
    at = {name: position[low:high] for name, low, high in zip(tables, starts, starts[1:], strict=False)}
    source, target, weight = [np.empty(0, np.int64)], [np.empty(0, np.int64)], [np.empty(0)]
    for relation in projection.relations:
        wanted = [relation.weight] if relation.weight else []
        declared = schema.relations[relation.type]
        for start in (name for name in declared.source if name in tables):
            for end in (name for name in declared.target if name in tables):
                found = project.relations(
                    store, schema, relation.type, tables[start], tables[end], properties=wanted
                )
                weights = found.columns[relation.weight] if relation.weight else np.ones(len(found))
                kept = weights >= 0.0  # not so where it is unknown
                source.append(at[start][found.source[kept]])
                target.append(at[end][found.target[kept]])
                weight.append(weights[kept])
    return ArrayProjection(
        keys=[unsorted[k] for k in order],
        source=np.concatenate(source),
        target=np.concatenate(target),
        weight=np.concatenate(weight) if any(relation.weight for relation in projection.relations) else None,
        directed=projection.directed,
    ).without_loops()
