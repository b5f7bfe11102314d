"""The lists of areas beside each node, brought up to date when somebody asks who does not see everything.

The whole graph is read, and lists that differ are written. A site where nobody asks in a region never does it. It is
done again after each load, before the first such question; until then nobody of a region is answered.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Final

from graph import seen_in
from graph.schema.model import Schema
from graph.state import read_state
from graph.store import Store
from ledger.database import Ledger
from services.access.areas.computing import READ, Areas, Link, Node, areas_of
from terms.delayed import Delayed
from terms.errors import KehutuError

if TYPE_CHECKING:
    from graph import project
    from graph.project import NodeTable
else:
    project = Delayed("graph.project")

WAIT_SECONDS: Final = 5.0
"""How long a question waits for whoever writes the graph."""


def deployment_of(store: Store, schema: Schema, ledger: Ledger) -> str:
    """Bring the lists up to date where they are not; the tenant whose name counts as none.

    Raises:
        KehutuError: ``BUSY`` while somebody else writes the graph; ``STORE_UNAVAILABLE``.
    """
    state, known = read_state(store), seen_in.noted(store)
    if state is not None and state.in_flight is None and known.watermark == state.watermark:
        return known.deployment
    try:
        with ledger.writer(WAIT_SECONDS):
            return _renewed(store, schema)
    except KehutuError as fault:
        if fault.code in ("LEDGER_LOCKED", "STORE_CHANGED"):
            raise KehutuError("BUSY") from fault
        raise


def _renewed(store: Store, schema: Schema) -> str:
    state = read_state(store)
    if state is None or state.in_flight is not None:
        raise KehutuError("BUSY")  # the graph is half written, and its writer has ended
    tables = {name: _read(store, schema, name) for name in schema.nodes}
    found = {entity: node for name, table in tables.items() for entity, node in _nodes(name, table)}
    tenants = {node.tenant for node in found.values()} - {""}
    deployment = tenants.pop() if len(tenants) == 1 else ""
    wanted = areas_of(found, _links(store, schema, tables), deployment)
    for name, rows in _changes(store, found, wanted).items():
        seen_in.write(store, name, rows.items())
    seen_in.note(store, state.watermark, deployment)
    return deployment


def _changes(
    store: Store, found: Mapping[str, Node], wanted: Mapping[str, Areas]
) -> dict[str, dict[str, tuple[str, ...]]]:
    """Lists that have to be written, by type and id."""
    kept = {
        entity: areas
        for name in {node.type for node in found.values()}
        for entity, areas in seen_in.lists(store, name).items()
    }
    changed: dict[str, dict[str, tuple[str, ...]]] = defaultdict(dict)
    for entity, node in found.items():
        areas = tuple(sorted(wanted.get(entity, ())))
        if kept.get(entity, ()) != areas:
            changed[node.type][entity] = areas
    return changed


def _read(store: Store, schema: Schema, name: str) -> NodeTable:
    declared = schema.nodes[name].properties
    return project.nodes(
        store, schema, name, [one for one in ("tenant", "region", "path") if one in declared]
    )


def _nodes(name: str, table: NodeTable) -> Iterator[tuple[str, Node]]:
    # The path of an area is its region.
    nothing = [""] * len(table)
    region = "path" if name == "Area" else "region"
    columns = [table.columns.get(column, nothing) for column in ("tenant", region)]
    for entity, tenant, path in zip(table.ids, *columns, strict=True):
        yield entity, Node(name, str(tenant or ""), str(path or ""))


def _links(store: Store, schema: Schema, tables: Mapping[str, NodeTable]) -> Iterator[Link]:
    for name in READ:
        for source, target in schema.relations[name].ends:
            left, right = tables[source], tables[target]
            if not (len(left) and len(right)):
                continue
            found = project.relations(store, schema, name, left, right)
            for one, other in zip(found.source.tolist(), found.target.tolist(), strict=True):
                yield Link(name, left.ids[one], right.ids[other])
