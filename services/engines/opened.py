"""How an engine is opened without a site, for graphs that are given as files."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import numpy as np

from graph.schema.load import schema
from graph.store import open_store
from services.engines.choose import engine, require
from services.engines.local import Local
from services.engines.protocol import ArrayProjection, Components, Engine
from services.settings import Settings
from terms.errors import KehutuError


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


@contextmanager
def open_engines(settings: Settings, name: str, note: Callable[[str], None]) -> Iterator[list[Engine]]:
    """The engine of a name, and after it the others that can be had: ``local``, and ``gds`` where the store has it.

    Args:
        note: told why ``gds`` is left out, where a store is named and ``gds`` is not asked for.

    Raises:
        KehutuError: as :func:`open_engine`.
    """
    local = Local(None, schema())
    if settings.store == "embedded":
        require(name, settings.store)
        yield [local]
        return
    try:
        with open_engine(settings, "gds") as gds:
            nothing = np.empty(0, dtype=np.int64)
            gds.compute(ArrayProjection([], nothing, nothing), Components())
            yield [local, gds] if name == Local.name else [gds, local]
            return
    except KehutuError as fault:
        if name != Local.name or fault.code not in {"ENGINE_NEEDS_NEO4J", "ENGINE_NEEDS_PACKAGE"}:
            raise
        note(fault.message())
    yield [local]
