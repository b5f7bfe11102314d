"""How an engine is opened without a site, for graphs that are given as files."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from graph.schema.load import schema
from graph.store import open_store
from services.engines.choose import engine, require
from services.engines.local import Local
from services.engines.protocol import Engine
from services.settings import Settings


@contextmanager
def open_engine(settings: Settings, name: str) -> Iterator[Engine]:
    """An engine for graphs given as arrays; only ``gds`` opens the store, and writes nothing to it.

    Raises:
        KehutuError: ENGINE_UNKNOWN, ENGINE_NEEDS_NEO4J, ENGINE_NEEDS_PACKAGE, STORE_UNAVAILABLE.
    """
    require(name, settings.store)
    if name == Local.name:
        yield Local(None, schema())
        return
    with open_store(settings.store_url, settings.home) as store:
        yield engine(name, store, schema())
