"""How a second process takes the rows of a large source, ahead of the one that writes the ledger.

Taking rows (reading, mapping, hashing) costs more than writing them, and one interpreter does one of the two at a time.
The batches are those of ``ingest.loads.batches``, in their order; only the process that asked for them writes. The
other one ends when nobody hears it any more, however that came about.
"""

from __future__ import annotations

import json
import os
import queue
import signal
import sys
import threading
from collections.abc import Generator
from datetime import datetime
from multiprocessing.connection import Connection
from multiprocessing.reduction import ForkingPickler
from pathlib import Path
from typing import Final, NamedTuple

from graph import programs
from graph.schema.load import schema
from ingest.loads.batches import Batch, SourceSummary, Taking, compile_manifest, few_collections, requests
from ingest.manifests.manifest import read as read_manifest
from ingest.manifests.manifest_text import Source
from ingest.readers import reader
from ledger.database import Ledger
from ledger.mentions import named
from terms.errors import KehutuError

LARGE: Final = 4 << 20
"""Bytes of files from which a second process pays: some 50,000 rows of CSV, taken in twice the time of its start."""

_AHEAD: Final = 2
"""Batches that may wait to be heard."""


class Place(NamedTuple):
    """Where a source is found: the home, the manifest, the folder of its files, its position among the sources."""

    home: Path
    manifest: Path
    folder: Path
    position: int


def worth_it(source: Source, folder: Path) -> bool:
    """Whether a source is large, and there is a second core to take it."""
    if len(os.sched_getaffinity(0)) < 2:
        return False
    try:
        files = [request.path for request in requests(source, folder, frozenset())]
        return sum(file.stat().st_size for file in files if file is not None) >= LARGE
    except (KehutuError, OSError):
        return False  # said when it is read


def taken(place: Place, *, started: datetime, size: int) -> Generator[Batch | SourceSummary, None, None]:
    """As :meth:`Taking.run`, with the mentions of each batch worked out.

    Raises:
        KehutuError: ``TAKER_LOST`` when the other process has died.
    """
    task = {
        "home": str(place.home.absolute()),
        "manifest": str(place.manifest.absolute()),
        "folder": str(place.folder.absolute()),
        "position": place.position,
        "started": started.isoformat(),
        "size": size,
    }
    process, stdin, stdout = programs.module(
        "ingest.loads.second_process", json.dumps(task), pipe_bytes=1 << 20
    )
    try:
        with stdin, stdout, Connection(os.dup(stdout.fileno()), writable=False) as heard:
            while True:
                try:
                    one: Batch | SourceSummary = heard.recv()
                except (EOFError, OSError):
                    raise KehutuError("TAKER_LOST", pid=process.pid, status=process.wait()) from None
                yield one
                if isinstance(one, SourceSummary):
                    return
    finally:
        process.kill()
        process.wait()


def main(*, home: str, manifest: str, folder: str, position: int, started: str, size: int) -> None:
    """Take a source and say its batches on stdout."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the process that asked
    said: queue.Queue[bytes | None] = queue.Queue(_AHEAD)
    speaker = threading.Thread(target=_say, args=(said,), daemon=True)
    speaker.start()
    with few_collections(), Ledger.open(Path(home), create=False, migrate=False) as ledger:
        given = read_manifest(Path(manifest), base=Path(folder))
        source, mapper = given.sources[position], compile_manifest(ledger, given, schema())[position]
        read_source = reader(source.reader_name)
        taking = Taking(source, mapper, read_source, started=datetime.fromisoformat(started), size=size)
        for one in taking.run(given.folder):
            ready = _ready(one, ledger) if isinstance(one, Batch) else one
            said.put(bytes(ForkingPickler.dumps(ready)))
    said.put(None)
    speaker.join()


def _ready(batch: Batch, ledger: Ledger) -> Batch:
    """A batch with its mentions as arrays: less to work out for whoever writes it, and much less to send."""
    mentions = named(ledger, [(row.origin, row.mentions) for row in batch.records])
    return batch._replace(records=[row._replace(mentions=()) for row in batch.records], named=mentions)


def _say(said: queue.Queue[bytes | None]) -> None:
    """Send what is to be said from a thread of its own: the next batch is taken while this one waits to be heard."""
    with Connection(os.dup(sys.stdout.fileno()), readable=False) as out:
        while (words := said.get()) is not None:
            try:
                out.send_bytes(words)
            except OSError:
                os._exit(0)  # whoever wanted them is gone


if __name__ == "__main__":
    main(**json.loads(sys.argv[1]))
