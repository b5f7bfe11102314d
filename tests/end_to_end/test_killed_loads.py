"""A load that is killed at any moment and started again gives the graph of one clean run."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from graph.write import contents
from ledger.records import head
from services.settings import settings
from services.site import open_site

ROWS = 4_000

MANIFEST = """
sources:
  - name: customers
    path: customers.csv
    channel: marketing
    recordId: customerNo
    observedAt: 2026-03-31
    mapping:
      - node: Customer
        key: {customerNo: customerNo}
        set: {name: name}
      - relation: HAS_ACCOUNT
        from: {Customer: {customerNo: customerNo}}
        to: {Account: {accountNo: accountNo}}
"""


@pytest.fixture(scope="module")
def manifest(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("input")
    rows = "".join(f"{4_400_000_000 + i},Customer {i},A{i // 2}\n" for i in range(ROWS))
    (folder / "customers.csv").write_text("customerNo,name,accountNo\n" + rows)
    (folder / "site.yaml").write_text(MANIFEST)
    return folder / "site.yaml"


def ingest(manifest: Path, home: Path) -> subprocess.Popen[bytes]:
    command = [Path(sys.executable).with_name("kehutu"), "ingest", manifest, "--home", home]
    return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def graph_of(home: Path) -> tuple[int, object]:
    with open_site(settings(home)) as site:
        return head(site.ledger), contents(site.store)


def test_killed_and_started_again_the_graph_is_that_of_one_clean_run(manifest: Path, tmp_path: Path) -> None:
    clean = ingest(manifest, tmp_path / "clean")
    started = time.monotonic()
    assert clean.wait() == 0
    whole = time.monotonic() - started
    moments = random.Random(20_260_331)
    killed = 0
    for _ in range(3):
        process = ingest(manifest, tmp_path / "killed")
        try:
            process.wait(timeout=moments.uniform(0.25, 0.9) * whole)
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGKILL)
            process.wait()
            killed += 1
    assert killed
    assert ingest(manifest, tmp_path / "killed").wait() == 0
    records, graph = graph_of(tmp_path / "killed")
    assert records == ROWS
    assert (records, graph) == graph_of(tmp_path / "clean")
