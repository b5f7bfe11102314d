"""Kill -9 at any moment: nothing acknowledged is lost, nothing is doubled, and the graph ends as that of a clean run.

Two rounds each in every run, 12 and 200 in the long ones; ``KEHUTU_TEST_ROUNDS`` asks for another number, and
``KEHUTU_TEST_SEED`` repeats the moments of a run that failed.
"""

from __future__ import annotations

import json
import os
import random
import secrets
import shutil
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

import pytest
from sqlalchemy import select

from graph.schema.load import schema
from graph.state import read_state
from graph.store import Store, open_store
from graph.write import contents, wipe
from ingest.projection.projector import catch_up
from ledger import tables
from ledger.database import Ledger
from ledger.records import since
from tests.faults.neo4j_process import Neo4jProcess
from tests.faults.worker import RECORDS_AT_ONCE, ROWS_AT_ONCE
from tests.faults.workers import noted, start, wait_for

ROUNDS = os.environ.get("KEHUTU_TEST_ROUNDS", "")
SEED = int(os.environ.get("KEHUTU_TEST_SEED", "0")) or secrets.randbits(32)
CUSTOMERS, CHANGES = 300, 100
Kill: TypeAlias = Callable[[], object]

MANIFEST = """
sources:
  - name: customers
    path: "customers-*.csv"
    channel: marketing
    recordId: customerNo
    observedAt: {column: seen}
    delete: {column: state, equals: gone}
    mapping:
      - node: Customer
        key: {customerNo: customerNo}
        set: {name: name}
      - relation: HAS_ACCOUNT
        from: {Customer: {customerNo: customerNo}}
        to: {Account: {accountNo: accountNo}}
"""


@dataclass(frozen=True)
class Clean:
    """What a run without faults gives: its home before the projection, and its graph and names after."""

    manifest: Path
    home: Path
    records: list[tuple[str, str]]
    graph: dict[str, list[dict[str, Any]]]
    names: dict[str, str]


def records(home: Path) -> list[tuple[str, str]]:
    """Every record in order: its id and its time."""
    with Ledger.open(home) as ledger:
        assert ledger.check() == []
        return [(r.record_id, r.observed_at.date().isoformat()) for r in since(ledger, 0, 1_000_000)]


def names(home: Path) -> dict[str, str]:
    """Every key and its entity."""
    with Ledger.open(home) as ledger, ledger.reading() as connection:
        return {row.key: row.id for row in connection.execute(select(tables.alias))}


@pytest.fixture(scope="module")
def clean(tmp_path_factory: pytest.TempPathFactory, embedded_store: Store) -> Clean:
    folder = tmp_path_factory.mktemp("clean")
    (folder / "site.yaml").write_text(MANIFEST)
    head = "customerNo,name,accountNo,state,seen\n"
    first = [f"{4_400_000_000 + i},Customer {i},A{i // 2},,2026-01-31" for i in range(CUSTOMERS)]
    # Later some have another name and another account, and some are withdrawn.
    later = [
        f"{4_400_000_000 + 3 * i},Renamed {i},A{i + 7},{'gone' if i % 5 == 0 else ''},2026-02-28"
        for i in range(CHANGES)
    ]
    (folder / "customers-1.csv").write_text(head + "\n".join(first) + "\n")
    (folder / "customers-2.csv").write_text(head + "\n".join(later) + "\n")
    home = folder / "home"
    assert start("load", folder / "notes", home, folder / "site.yaml").wait() == 0
    assert noted(folder / "notes")[-1] == CUSTOMERS + CHANGES
    projected = shutil.copytree(home, folder / "projected")
    wipe(embedded_store)
    with Ledger.open(projected) as ledger:
        catch_up(ledger, embedded_store, schema())
    graph = contents(embedded_store)
    assert graph["relations"]
    return Clean(folder / "site.yaml", home, records(home), graph, names(projected))


@dataclass
class Round:
    """One kill. ``store``: an open client of the store that is worked on."""

    clean: Clean
    folder: Path
    store: Store
    url: str
    home_of_store: Path
    chance: random.Random

    @property
    def home(self) -> Path:
        return self.folder / "home"

    @property
    def notes(self) -> Path:
        return self.folder / "notes"

    def load(self) -> None:
        """Load while the loader is killed; what is there is a beginning of what comes, acknowledged rows included."""
        self._struck_down("load", (self.home, self.clean.manifest), (CUSTOMERS + CHANGES) // ROWS_AT_ONCE)
        found, acknowledged = records(self.home), max(noted(self.notes))
        assert found == self.clean.records[: len(found)]
        assert len(found) >= acknowledged
        assert start("load", self.notes, self.home, self.clean.manifest).wait() == 0
        assert records(self.home) == self.clean.records
        self.project()

    def project(self, kill: Kill | None = None, *, itself: bool = False) -> None:
        """Project the loaded records, struck down by ``kill`` or being killed ``itself``, and compare."""
        if not self.home.exists():
            shutil.copytree(self.clean.home, self.home)
        wipe(self.store)
        self.notes.unlink(missing_ok=True)
        arguments = (self.home, self.url, self.home_of_store)
        if kill is not None or itself:
            self._struck_down("project", arguments, len(self.clean.records) // RECORDS_AT_ONCE, kill)
            state = read_state(self.store)
            assert state is not None
            assert state.watermark >= max(noted(self.notes))
        assert start("project", self.notes, *arguments).wait() == 0
        state = read_state(self.store)
        assert state is not None
        assert (state.watermark, state.in_flight) == (len(self.clean.records), None)
        assert contents(self.store) == self.clean.graph
        assert names(self.home) == self.clean.names

    def _struck_down(
        self, work: str, arguments: tuple[object, ...], steps: int, kill: Kill | None = None
    ) -> None:
        """Kill in the middle of the work: after some of its steps, at any moment of the next."""
        after = self.chance.randrange(1, steps - 1)
        process = start(work, self.notes, *arguments)
        try:
            wait_for(lambda: len(noted(self.notes)) >= after or process.poll() is not None)
            assert process.poll() is None
            time.sleep(self.chance.uniform(0, 0.1))
            if kill is not None:
                kill()
                process.wait()  # it has borne the outage, or says that the store is not available
        finally:
            process.send_signal(signal.SIGKILL)
            process.wait()


@pytest.mark.parametrize(
    "rounds",
    [int(ROUNDS)]
    if ROUNDS
    else [2, pytest.param(12, marks=pytest.mark.long), pytest.param(200, marks=pytest.mark.long)],
)
@pytest.mark.parametrize("victim", ["loader", "projector", "embedded server", "neo4j"])
def test_nothing_acknowledged_is_lost_and_nothing_doubled(
    victim: str, rounds: int, clean: Clean, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    print("KEHUTU_TEST_SEED", SEED)  # shown when it fails
    chance = random.Random(f"{victim} {SEED}")
    embedded_home: Path = request.getfixturevalue("embedded_home")
    embedded: Store = request.getfixturevalue("embedded_store")
    for number in range(rounds):
        folder = tmp_path / str(number)
        folder.mkdir()
        if victim == "neo4j":
            process: Neo4jProcess = request.getfixturevalue("neo4j_process")

            def kill_and_start(process: Neo4jProcess = process) -> None:
                process.kill()
                process.start()

            with open_store(process.url, folder) as store:
                Round(clean, folder, store, process.url, folder, chance).project(kill_and_start)
        else:
            one = Round(clean, folder, embedded, "embedded", embedded_home, chance)
            if victim == "loader":
                one.load()
            elif victim == "projector":
                one.project(itself=True)
            else:
                one.project(lambda: os.kill(_server(embedded_home), signal.SIGKILL))
        shutil.rmtree(folder)
    if victim == "neo4j":
        with open_store(request.getfixturevalue("neo4j_process").url, tmp_path) as store:
            wipe(store, definitions=True)


def _server(home: Path) -> int:
    return int(json.loads((home / "graph" / "server.lock").read_text())["pid"])
