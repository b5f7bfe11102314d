"""The small graph of ``tests.graph_schema.small_graph`` as a site: its ids resolve, there is no run."""

from __future__ import annotations

from pathlib import Path

from graph.schema.load import schema
from graph.store import Store
from graph.write import apply
from ledger import aliases
from ledger.database import Ledger
from services.settings import settings
from services.site import Site
from terms.ids import EntityId
from tests.graph_schema.small_graph import small_graph


def answers_site(home: Path, ledger: Ledger, store: Store) -> Site:
    """Fill an empty store and let the ledger know the ids."""
    change = small_graph(schema())
    apply(store, schema(), change, recovering=False)
    aliases.put(ledger, {key: EntityId(node.id) for node in change.create_nodes for key in node.keys})
    return Site(settings(home), schema(), ledger, store)
