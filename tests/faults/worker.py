"""A process that loads or projects and notes what has been acknowledged, until it is done or killed.

python -m tests.faults.worker load NOTES HOME MANIFEST
python -m tests.faults.worker project NOTES HOME URL HOME_OF_STORE
python -m tests.faults.worker write NOTES HOME FIRST LAST
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path

import ingest.loads.load
from graph.schema.load import schema
from graph.store import open_store
from ingest.projection.projector import catch_up
from ledger.database import Ledger

ROWS_AT_ONCE = 10
RECORDS_AT_ONCE = 40


class Notes:
    """Numbers in a file, each on the disk before :meth:`add` returns."""

    def __init__(self, path: str) -> None:
        self._file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)

    def add(self, number: int) -> None:
        os.write(self._file, f"{number}\n".encode())
        os.fsync(self._file)


def load(notes: Notes, home: str, manifest: str) -> None:
    """Load a manifest; notes rows that the ledger has taken."""
    vars(ingest.loads.load)["BATCH"] = ROWS_AT_ONCE  # so that kills fall between commits

    def progress(phase: str, done: int = 0, total: int | None = None) -> None:  # noqa: ARG001
        notes.add(done)

    with Ledger.open(Path(home)) as ledger:
        ingest.loads.load.load(ledger, Path(manifest), progress=progress)


def project(notes: Notes, home: str, url: str, home_of_store: str) -> None:
    """Bring a graph up to its ledger; notes how many records it shows."""
    with Ledger.open(Path(home)) as ledger, open_store(url, Path(home_of_store)) as store:
        catch_up(ledger, store, schema(), batch=RECORDS_AT_ONCE, progress=lambda done, _: notes.add(done))


def write(notes: Notes, home: str, first: str, last: str) -> None:
    """Write numbered nodes to the embedded store, one a transaction; notes those that it has taken."""
    with open_store("embedded", Path(home)) as store:
        for number in range(int(first), int(last)):
            # The way of a first load: what may have been written before a fault is not written again.
            store.write_once("CREATE (:Trial {id: $number})", "MERGE (:Trial {id: $number})", number=number)
            notes.add(number)


WORKS: dict[str, Callable[..., None]] = {"load": load, "project": project, "write": write}

if __name__ == "__main__":
    work, path, *rest = sys.argv[1:]
    WORKS[work](Notes(path), *rest)
