"""Where the tables of a run lie: its own whole, or as patches of those of the run that it continues."""

from __future__ import annotations

from pathlib import Path
from typing import Final, TypeAlias

import pyarrow as pa

from ledger import columns, runs
from ledger.columns import ColumnFile
from ledger.database import Ledger
from services.runs.patches import Patch, Tables, patched, patches
from terms.errors import KehutuError
from terms.ids import RunId

PART: Final = "live"
"""The part of a run that continues another one; its ``depth`` counts the runs since one with all tables whole."""
CHANGES: Final = "changes"
"""The table of a continued run that says what became of which party."""
ROWS, KEPT = ".rows", ".kept"

Places: TypeAlias = tuple[tuple[tuple[str, str], ...], ...]
"""The files of a run by name with the folder of each; then those of the run that it continues, and so on to one whose
tables are whole."""


def depth_of(run: runs.Run) -> int:
    """How many runs back the tables are whole; 0 for a full run."""
    part = run.parts.get(PART)
    return 0 if part is None else int(part["parameters"]["depth"])


def places_of(ledger: Ledger, run: runs.Run, needed: frozenset[str]) -> Places:
    """Where everything lies that the run is made of.

    Args:
        needed: tables without which it cannot be read.

    Raises:
        KehutuError: ``RUN_OUTDATED`` where an earlier version of the program made it or one that it continues.
    """
    found = []
    while True:
        found.append(tuple((name, Path(file.path).parent.name) for name, file in sorted(run.files.items())))
        if PART not in run.parts or run.parent is None:
            break
        run = runs.get(ledger, run.parent)
    if not needed <= run.files.keys():
        raise KehutuError("RUN_OUTDATED", id=run.id)
    return tuple(found)


def tables_at(home: Path, places: Places) -> dict[str, pa.Table]:
    """All tables of a run.

    Raises:
        KehutuError: a column file that is missing or damaged.
    """
    *later, first = places
    tables = {name: columns.read(home, run, name) for name, run in first}
    for files in reversed(later):
        tables = patched(tables, _changed(home, dict(files)))
    return tables


def _changed(home: Path, files: dict[str, str]) -> dict[str, Patch | pa.Table]:
    """What a continued run has of its own."""
    found: dict[str, Patch | pa.Table] = {}
    for name, run in files.items():
        if name.endswith(ROWS):
            whole = name.removesuffix(ROWS)
            found[whole] = Patch(columns.read(home, run, name), columns.read(home, run, whole + KEPT))
        elif not name.endswith(KEPT) and name != CHANGES:
            found[name] = columns.read(home, run, name)
    return found


def save_changed(
    home: Path, run: RunId, before: Tables, after: Tables, changes: pa.Table
) -> dict[str, ColumnFile]:
    """Write what the tables after have that those before lack."""
    known = patches(before, after)
    written = {CHANGES: changes}
    for name, table in after.items():
        if name not in known:
            written[name] = table
        elif (patch := known[name]) is not None:
            written[name + ROWS], written[name + KEPT] = patch.rows, patch.kept
    return {name: columns.write(home, run, name, table) for name, table in written.items()}
