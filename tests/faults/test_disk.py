"""The disk fails: it is full in the middle of a batch, cannot be written, or gives back other bytes than it got."""

from __future__ import annotations

import json
import os
import random
import secrets
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from graph.schema.load import schema
from graph.state import prepare
from graph.store import Store, open_store
from graph.write import contents
from ingest.loads.load import load
from ingest.loads.report import SourceReport
from ingest.projection.projector import catch_up
from ledger.database import Ledger
from ledger.records import head, since, versions
from services.loading import ingest, project
from services.settings import settings
from services.site import open_site
from terms.errors import KehutuError
from tests.faults.test_random_kills import MANIFEST
from tests.faults.workers import ROOT, wait_for
from tests.graph_store.test_embedded_life import servers

ROWS = 2_000
DISK_MB = 160
SPARE = 5 * 1024**2


@pytest.fixture(scope="module")
def manifest(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("input")
    rows = "".join(f"{4_400_000_000 + i},{'Customer ' * 40}{i},A{i // 2},,2026-01-31\n" for i in range(ROWS))
    (folder / "customers-1.csv").write_text("customerNo,name,accountNo,state,seen\n" + rows)
    (folder / "site.yaml").write_text(MANIFEST)
    return folder / "site.yaml"


UNTIMED = """
sources:
  - name: visits
    path: visits.csv
    channel: survey
    recordId: id
    mapping:
      - node: Customer
        key: {local: id}
        set: {name: name}
"""


class Disk:
    """A small disk of its own with a file that fills it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._ballast = folder / "ballast"

    def fill(self, spare: int) -> None:
        """Leave so many bytes."""
        left = os.statvfs(self.folder)
        with self._ballast.open("wb") as file:
            os.posix_fallocate(file.fileno(), 0, left.f_bavail * left.f_frsize - spare)

    def free(self) -> None:
        self._ballast.unlink()


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Disk | None]:
    """A small disk; None where nobody may mount one."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={DISK_MB}m", "tmpfs", str(folder)]
    if os.geteuid() != 0 or subprocess.run(mount, capture_output=True, check=False).returncode != 0:
        yield None
        return
    try:
        yield Disk(folder)
    finally:
        wait_for(lambda: not servers(folder / "home"))
        subprocess.run(["umount", str(folder)], check=True)


def graph_of(home: Path) -> object:
    with open_site(settings(home)) as site:
        project(site)
        assert head(site.ledger) == ROWS
        return contents(site.store)


LIMITED = """
import resource, signal, sys
from pathlib import Path
from ingest.loads.load import load
from ledger.database import Ledger
from terms.errors import KehutuError
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
with Ledger.open(Path(sys.argv[1])) as ledger:
    largest = max(file.stat().st_size for file in ledger.folder.iterdir())
    resource.setrlimit(resource.RLIMIT_FSIZE, (largest + 200_000, resource.RLIM_INFINITY))
    try:
        load(ledger, Path(sys.argv[2]))
    except KehutuError as fault:
        print(fault.code)
"""


def test_a_file_that_may_not_grow_refuses_the_batch_and_the_next_load_goes_on(
    tmp_path: Path, manifest: Path
) -> None:
    home = tmp_path / "home"
    done = subprocess.run(
        [sys.executable, "-c", LIMITED, str(home), str(manifest)],
        cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.stdout.strip() in {"LEDGER_FULL", "LEDGER_UNWRITABLE"}, done.stderr
    with Ledger.open(home) as ledger:
        assert ledger.check() == []
        (source,) = load(ledger, manifest).sources
        assert source.accepted + source.duplicate == ROWS
        assert head(ledger) == ROWS


def test_a_full_disk_stops_ledger_and_graph_clearly_and_both_go_on_after_it(
    disk: Disk | None, tmp_path: Path, manifest: Path
) -> None:
    if disk is None:
        # Without the right to mount a disk only the ledger's part can be shown: see the test above.
        return
    home = disk.folder / "home"
    assert ingest(settings(tmp_path / "clean"), manifest).projection is not None
    with Ledger.open(home) as ledger:
        disk.fill(400_000)
        with pytest.raises(KehutuError) as refused:
            load(ledger, manifest)
        assert refused.value.code == "LEDGER_FULL"
        disk.free()
        load(ledger, manifest)
        with open_store("embedded", home) as store:
            prepare(store, schema(), ledger.id)
            disk.fill(SPARE)
            with pytest.raises(KehutuError) as refused:
                _project_and_write_much(ledger, store)
            assert refused.value.code == "STORE_FULL"
            disk.free()
            store.write("MATCH (n:Trial) DETACH DELETE n")
    assert graph_of(home) == graph_of(tmp_path / "clean")


def _project_and_write_much(ledger: Ledger, store: Store) -> None:
    """Until something gives way: projecting alone does not fill a disk in time."""
    while True:
        catch_up(ledger, store, schema(), batch=200)
        store.write("UNWIND range(1, 500) AS n CREATE (:Trial {text: $text, n: n})", text="x" * 2_000)


@pytest.fixture(scope="module")
def whole(manifest: Path) -> tuple[Path, object]:
    """A home whose store has ended in order, and its graph; look only."""
    home = manifest.parent / "home"
    assert ingest(settings(home), manifest).projection is not None
    graph = graph_of(home)
    wait_for(lambda: not servers(home))
    return home, graph


@pytest.mark.parametrize("damage", ["flip", "cut", "remove"])
def test_a_damaged_file_of_the_store_is_named_and_the_graph_can_be_made_again(
    damage: str, tmp_path: Path, whole: tuple[Path, object]
) -> None:
    home, graph = shutil.copytree(whole[0], tmp_path / "home"), whole[1]
    seed = secrets.randbits(32)
    print("seed", seed)  # shown when it fails
    chance = random.Random(seed)
    files = sorted((home / "graph" / "data" / "databases").rglob("*.*"))
    file = chance.choice([file for file in files if file.is_file() and file.stat().st_size > 1])
    content = bytearray(file.read_bytes())
    content[chance.randrange(len(content))] ^= 1 << chance.randrange(8)
    if damage == "remove":
        file.unlink()
    else:
        file.write_bytes(content if damage == "flip" else content[: len(content) // 2])
    with pytest.raises(KehutuError) as refused, open_site(settings(home)):
        pass
    assert refused.value.code == "STORE_FILE_DAMAGED"
    assert str(file) in str(refused.value)
    shutil.rmtree(home / "graph")  # as the remedy says
    assert graph_of(home) == graph


def test_what_was_written_after_a_start_is_no_damage_after_a_kill(
    tmp_path: Path, whole: tuple[Path, object]
) -> None:
    home, graph = shutil.copytree(whole[0], tmp_path / "home"), whole[1]
    with open_store("embedded", home) as store:
        store.write("MERGE (:Trial {id: 'late'})")
        os.kill(int(json.loads((home / "graph" / "server.lock").read_text())["pid"]), signal.SIGKILL)
        assert store.read("MATCH (n:Trial) RETURN n.id AS id") == [{"id": "late"}]
        store.write("MATCH (n:Trial) DETACH DELETE n")
    assert graph_of(home) == graph


def test_a_store_folder_that_cannot_be_written_is_named(tmp_path: Path, whole: tuple[Path, object]) -> None:
    home = shutil.copytree(whole[0], tmp_path / "home")
    # Not by its mode, which means nothing to root: a folder stands where a file has to be written.
    lock = home / "graph" / "clients.lock"
    lock.unlink()
    lock.mkdir()
    with pytest.raises(KehutuError) as refused, open_site(settings(home)):
        pass
    assert refused.value.code == "STORE_FOLDER"
    assert str(home / "graph") in str(refused.value)


def test_a_clock_that_steps_back_or_ahead_changes_nothing_that_arrived(tmp_path: Path) -> None:
    (tmp_path / "visits.csv").write_text("id,name\n1,first\n")
    (tmp_path / "site.yaml").write_text(UNTIMED)

    def load_at(at: datetime) -> SourceReport:
        (source,) = load(ledger, tmp_path / "site.yaml", clock=lambda: at).sources
        return source

    day = datetime(2026, 1, 31, tzinfo=UTC)
    with Ledger.open(tmp_path / "home") as ledger:
        for number, clock in enumerate((day, day + timedelta(days=1), day - timedelta(days=400))):
            (tmp_path / "visits.csv").write_text(f"id,name\n1,name {number}\n")
            assert load_at(clock).accepted == 1
            assert load_at(clock).duplicate == 1
        found = since(ledger, 0, 10)
        assert [record.recorded_at for record in found] == sorted(record.recorded_at for record in found)
        (history,) = versions(ledger, [("visits", "1")]).values()
        assert [b"name 0" in history[0].payload, b"name 2" in history[-1].payload] == [True, True]
