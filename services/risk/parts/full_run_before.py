"""The full run before this one, as far as communities go on from it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, TypeAlias

import numpy as np
import pyarrow as pa

from graph.arrays import Floats, Ints
from ledger import columns, runs
from services.runs.tables import depth_of
from services.site import Site
from terms.errors import KehutuError
from terms.ids import RunId

_UNREADABLE: Final = frozenset({"COLUMNS_MISSING", "COLUMNS_DAMAGED"})


Links: TypeAlias = tuple[Ints, Ints, Floats]
"""Source, target and weight of k links."""


@dataclass(frozen=True, slots=True, eq=False)
class FullRunBefore:
    """n parties (or customers) by ascending id with their communities, and k links between them.

    ``engine``: where its communities were found. ``community``: n labels. ``links``: source, target and weight.
    ``tables``: those of its tables that say which ids its communities have, as far as there are such.
    """

    run: RunId
    engine: str
    ids: list[str]
    community: Ints
    links: Links
    tables: dict[str, pa.Table]


def full_run_before(site: Site, lineage: tuple[str, ...]) -> FullRunBefore | None:
    """The newest full run that can be read; one that cannot is passed over, and without any communities begin anew.

    Args:
        lineage: names of the tables of lineage.
    """
    found = newest_full(site, ("parties", "links"), lineage)
    if found is None:
        return None
    run, tables = found
    parties, links = tables["parties"], tables.pop("links")
    return FullRunBefore(
        run=run.id,
        engine=engine_of(run),
        ids=parties["id"].to_pylist(),
        community=parties["community"].to_numpy().astype(np.int64),
        links=(links["source"].to_numpy(), links["target"].to_numpy(), links["weight"].to_numpy()),
        tables=tables,
    )


def newest_full(
    site: Site, needed: tuple[str, ...], more: tuple[str, ...]
) -> tuple[runs.Run, dict[str, pa.Table]] | None:
    """The newest full run whose needed tables can be read, with these and those of the others that it has."""
    for run in runs.listing(site.ledger):
        if depth_of(run) or not {*needed} <= run.files.keys():
            continue
        try:
            names = [*needed, *(name for name in more if name in run.files)]
            return run, {name: columns.read(site.home, run.id, name) for name in names}
        except KehutuError as fault:
            if fault.code not in _UNREADABLE:
                raise
    return None


def engine_of(run: runs.Run) -> str:
    """Where the communities of a run were found."""
    return str(run.parts.get("communities", {}).get("engine", ""))
