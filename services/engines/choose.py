"""Which engine a name stands for."""

from __future__ import annotations

from graph.schema.model import Schema
from graph.store import Store
from services.engines.gds import Gds, client_class
from services.engines.local import Local
from services.engines.protocol import Engine
from terms.errors import KehutuError

ENGINES = ("local", "gds")


def require(name: str, store_url: str) -> None:
    """Say at once, before anything is opened, that an engine cannot be had.

    Raises:
        KehutuError: ENGINE_UNKNOWN, ENGINE_NEEDS_NEO4J, ENGINE_NEEDS_PACKAGE.
    """
    if name not in ENGINES:
        raise KehutuError("ENGINE_UNKNOWN", found=name)
    if name == "gds":
        if store_url == "embedded":
            raise KehutuError("ENGINE_NEEDS_NEO4J", store=store_url)
        client_class()


def engine(name: str, store: Store, schema: Schema) -> Engine:
    """The engine of a name on an open store.

    Raises:
        KehutuError: as :func:`require`.
    """
    require(name, store.url)
    return Gds(store, schema) if name == "gds" else Local(store, schema)
