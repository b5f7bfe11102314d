"""The full run before this one, as far as communities go on from it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import pyarrow as pa

from graph.arrays import Floats, Ints
from ledger import columns, runs
from services.runs.tables import depth_of
from services.site import Site
from terms.errors import KehutuError
from terms.ids import RunId

_UNREADABLE: Final = frozenset({"COLUMNS_MISSING", "COLUMNS_DAMAGED"})


@dataclass(frozen=True, slots=True, eq=False)
class FullRunBefore:
    """n parties by ascending id with their communities, and k links between them.

    ``engine``: where its communities were found. ``community``: n labels. ``links``: source, target and weight.
    ``tables``: those of its tables that say which ids its communities have, as far as there are such.
    """

    run: RunId
    engine: str
    ids: list[str]
    community: Ints
    links: tuple[Ints, Ints, Floats]
    tables: dict[str, pa.Table]


def full_run_before(site: Site, lineage: tuple[str, ...]) -> FullRunBefore | None:
    """The newest full run that can be read; one that cannot is passed over, and without any communities begin anew.

    Args:
        lineage: names of the tables of lineage.
    """
    for run in runs.listing(site.ledger):
        if depth_of(run) or not {"parties", "links"} <= run.files.keys():
            continue
        try:
            return _read(site, run, lineage)
        except KehutuError as fault:
            if fault.code not in _UNREADABLE:
                raise
    return None


def _read(site: Site, run: runs.Run, lineage: tuple[str, ...]) -> FullRunBefore | None:
    parties, links = (columns.read(site.home, run.id, name) for name in ("parties", "links"))
    return FullRunBefore(
        run=run.id,
        engine=str(run.parts.get("communities", {}).get("engine", "")),
        ids=parties["id"].to_pylist(),
        community=parties["community"].to_numpy().astype(np.int64),
        links=(links["source"].to_numpy(), links["target"].to_numpy(), links["weight"].to_numpy()),
        tables={
            "parties": parties,
            **{name: columns.read(site.home, run.id, name) for name in lineage if name in run.files},
        },
    )
