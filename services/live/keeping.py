"""How a continued run is kept: its changed rows, its head, and the turn to it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from importlib.metadata import version
from typing import Any

from ledger import runs
from ledger.runs import Run
from services.live.continuing import Continued
from services.risk.registry import PARTS
from services.runs.reach import is_kept
from services.runs.tables import PART, depth_of, places_of, save_changed, tables_at
from services.site import Site


def keep(site: Site, parent: Run, found: Continued, watermark: int, **told: Any) -> Run | None:
    """Keep a run that continues its parent, and turn to it.

    Args:
        watermark: the last record that the inputs had in them.
        told: plain values beside those of the part ``live``.

    Returns:
        None where the parent is no longer the current run: somebody else has continued it meanwhile.
    """
    after = PARTS.tables(found.found)
    run_id, projection = PARTS.identity(found.basis, after, parent.cut_off, parent.id)
    if not is_kept(site, run_id):
        before = tables_at(site.home, places_of(site.ledger, parent, PARTS.needed))
        files = save_changed(site.home, run_id, before, after, found.changes)
        runs.save(
            site.ledger,
            Run(
                id=run_id,
                parent=parent.id,
                created_at=datetime.now(UTC),
                cut_off=parent.cut_off,
                watermark=watermark,
                code_version=version("kehutu"),
                projection_hash=projection,
                parts={
                    **PARTS.heads(found.basis, found.found),
                    **parent.parts,
                    PART: _part(parent, found, told),
                },
                files=files,
            ),
        )
    if not runs.turn_from(site.ledger, parent.id, run_id):
        return None
    return runs.get(site.ledger, run_id)


def _part(parent: Run, found: Continued, told: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "algorithm": "continued from the parent's solution; communities are those of the last full run",
        "parameters": {
            "depth": depth_of(parent) + 1,
            "touched": found.work.touched,
            "computed": found.work.computed,
            "changed": found.changes.num_rows,
            **told,
        },
    }
