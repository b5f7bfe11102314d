"""In which order, and by whom, the whole graph of a ledger is written to an empty store."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any, Final

import numpy as np
import orjson

from graph import state
from graph.bulk import pour
from graph.create import create
from graph.dialects.arcadedb import ArcadeDB
from graph.schema.model import Schema
from graph.store import Store
from ingest.bulk.cautions import told, write_cautions
from ingest.bulk.context import Context, Numbers
from ingest.bulk.emit import GROUPS
from ingest.bulk.jobs import Job, Pool
from ingest.bulk.plan import KeysMetError, Surveyed, part, places, write_table
from ingest.bulk.rivals import unrivalled, write_rivals
from ingest.bulk.worker import Worker
from ingest.entities.relations import Warned
from ingest.projection.cardinality import Crowded
from ingest.projection.projector import Projection
from ledger.database import Ledger
from ledger.naming import name_all
from ledger.records import by_seq
from ledger.scan import superseded_until
from terms.errors import KehutuError
from terms.texts import Texts

RANGE: Final = 8_000
"""Records of a job."""
_PATIENCE: Final = 5.0
"""Seconds without a line after which the store is told that more will come."""
_PART: Final = 1 << 20

Told = Callable[[int, int], None]


def fill_bulk(
    ledger: Ledger,
    store: Store,
    schema: Schema,
    *,
    until: int,
    named: bool,
    workers: int | None = None,
    span: int = RANGE,
    progress: Told | None = None,
) -> Projection:
    """Write the graph of all records up to one into an empty store that nobody uses yet, and its watermark.

    Equal by value to what following the ledger step by step gives. On the embedded store the lines go to the
    engine's batch loader while later ones are still being computed; on Neo4j they are sent by UNWIND
    (:mod:`graph.create`).

    Args:
        until: number of the last record that counts; at least 1.
        named: whether the names by which entities are found are made too, and cautions told: at the very first load,
            when the ledger has no names. The caller holds the writer's lock then.
        workers: processes that compute, by default one a core; 0: this one, which tests use.
        span: records of a job.
        progress: called with records done and to do; every record counts twice, once when its keys are read.
    Raises:
        KehutuError: STORE_UNAVAILABLE, STORE_DAMAGED, STORE_OF_ANOTHER_LEDGER, LEDGER_DAMAGED, WORKER_LOST,
            LEDGER_FULL. What the store holds then is worthless.

    Intermediate files, about 300 bytes for each node and relation, lie in the home's ``bulk`` folder meanwhile.
    Memory: some 40 bytes for each of them here, 150 MB for each worker.
    """
    state.prepare(store, schema, ledger.id)
    state.begin(store, until)
    with computing(ledger, until, named=named, workers=workers, span=span, progress=progress) as done:
        if isinstance(store.dialect, ArcadeDB):
            written = pour(store, done.lines(), nodes=done.nodes)
        else:
            written = create(store, schema, done.lines(), nodes=done.nodes)
        if written != (done.nodes, done.relations):
            whole = (done.nodes, done.relations)
            reason = Texts(
                f"it took {written} nodes and relations of {whole}",
                f"应写入节点与关系 {whole}，实际写入 {written}",
            )
            raise KehutuError("STORE_DAMAGED", store=store.url, reason=reason)
        warnings: tuple[Warned | Crowded, ...] = ()
        if named:
            warnings = told(ledger, store, schema, *done.cautions())
            name_all(ledger, done.names(), until=until)
    state.end(store, until, by_seq(ledger, [until])[until].recorded_at.isoformat())
    return Projection(
        records=until,
        nodes=done.nodes,
        relations=done.relations,
        watermark=until,
        # Any of them, for whoever asks what may have changed.
        types=tuple(sorted(kind.name for kind in schema.types)),
        warnings=warnings,
    )


@contextmanager
def computing(
    ledger: Ledger,
    until: int,
    *,
    named: bool,
    workers: int | None = None,
    span: int = RANGE,
    progress: Told | None = None,
) -> Iterator[Computed]:
    """The graph of all records up to one, with every node in its place, while its files last."""
    folder = ledger.home / "bulk"
    context = Context(ledger, folder, until, named)
    count = os.cpu_count() or 1 if workers is None else workers
    try:
        while True:
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir(mode=0o700)
            arguments = [str(ledger.home), str(folder), str(until), *(["named"] if named else [])]
            here = replace(context)  # what it has read of the folder goes with it
            with Pool("ingest.bulk.worker", arguments, count, Worker(here).doing) as pool:
                try:
                    found = Computed(folder, pool, until, span, progress)
                    found.prepare(superseded_until(ledger, until))
                except KeysMetError:
                    continue  # the next pool has another seed
                yield found
                return
    finally:
        shutil.rmtree(folder, ignore_errors=True)


class Computed:
    """A graph on its way. ``nodes``: how many there are; ``relations``: how many, when all lines have been taken."""

    def __init__(self, folder: Path, pool: Pool, until: int, span: int, progress: Told | None) -> None:
        self.nodes = self.relations = 0
        self._folder, self._pool, self._until, self._span = folder, pool, until, span
        self._progress = progress
        self._together = 0

    def prepare(self, superseded: Numbers) -> None:
        """Read which keys there are, and give every node its place. Raises: KeysMetError."""
        np.save(self._folder / "superseded.npy", superseded)
        self._survey()
        surveyed = Surveyed.read(self._folder, self._ranges)
        parted = part(self._folder, surveyed)
        self._together = parted.together
        table = self._merge()
        for keys, spots in places(surveyed, parted, self.nodes):
            table.append((keys, spots))
            self.nodes += len(keys)
        write_table(self._folder, table)

    def lines(self) -> Iterator[bytes]:
        """All nodes, then all relations, in parts; an empty part now and then while there is nothing to send."""
        for file in range(self._together):
            yield from _content(self._folder / f"nodes-together-{file}")
        task = 0
        for answer in self._pool.watched(self._jobs("emit"), _PATIENCE):
            if answer is None:
                yield b""
                continue
            yield from _content(self._folder / f"nodes-{task}")
            self.relations += answer["relations"]
            self._tell(task, 1)
            task += 1
        files, claims = write_rivals(self._folder, self._ranges)
        self.relations -= claims
        rivals = ({"do": "rival", "file": file} for file in range(files))
        for answer in self._pool.watched(rivals, _PATIENCE):
            if answer is None:
                yield b""
                continue
            self.relations += answer["relations"]
        shared = np.load(self._folder / "shared.npy")
        for task in range(self._ranges):
            yield from unrivalled(self._folder, task, shared)
        for file in range(files):
            yield from _content(self._folder / f"relations-rivals-{file}")

    def names(self) -> Iterator[tuple[str, str]]:
        """Every key with the id that it names, when all lines have been taken and names were asked for."""
        for file in range(self._together):
            yield from orjson.loads((self._folder / f"names-together-{file}.json").read_bytes()).items()
        for task in range(self._ranges):
            for key in orjson.loads((self._folder / f"names-{task}.json").read_bytes()):
                yield key, key

    def cautions(self) -> list[list[Any]]:
        """What :func:`ingest.bulk.cautions.told` takes, under the same conditions as names."""
        jobs: list[Job] = []
        for kind in GROUPS:
            write_cautions(self._folder, self._ranges, kind)
            jobs.append({"do": "caution", "kind": kind})
        return [answer["found"] for answer in self._pool.each(jobs)]

    @property
    def _ranges(self) -> int:
        return -(-self._until // self._span)

    def _jobs(self, what: str) -> Iterator[Job]:
        for task in range(self._ranges):
            after = task * self._span
            yield {"do": what, "task": task, "after": after, "until": min(after + self._span, self._until)}

    def _tell(self, task: int, half: int) -> None:
        if self._progress is not None:
            done = min((task + 1) * self._span, self._until)
            self._progress((done + half * self._until) // 2, self._until)

    def _survey(self) -> None:
        for _ in self._pool.each([{"do": "judgements"}]):
            pass
        for task, _ in enumerate(self._pool.each(self._jobs("survey"))):
            self._tell(task, 0)

    def _merge(self) -> list[tuple[Numbers, Numbers]]:
        """Have the entities of several records made; returns where their keys' entities stand."""
        found: list[tuple[Numbers, Numbers]] = []
        apart: list[tuple[int, str, str, int, str]] = []
        jobs: Iterator[Job] = ({"do": "merge", "file": file} for file in range(self._together))
        for file, answer in enumerate(self._pool.each(jobs)):
            keys, spots = (np.load(self._folder / f"{name}-{file}.npy") for name in ("keys", "places"))
            found.append((keys, spots + self.nodes))
            apart += [
                (seq, type_, key, place + self.nodes, id_) for seq, type_, key, place, id_ in answer["apart"]
            ]
            self.nodes += answer["nodes"]
        (self._folder / "apart.json").write_bytes(orjson.dumps(apart))
        return found


def _content(path: Path) -> Iterator[bytes]:
    """A file in parts; it is deleted behind them."""
    with path.open("rb") as file:
        yield from iter(partial(file.read, _PART), b"")
    path.unlink()
