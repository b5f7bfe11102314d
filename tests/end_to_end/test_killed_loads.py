"""A load that is killed in its middle and started again gives the graph of one clean run."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from graph.write import contents
from ledger.records import head
from services.settings import settings
from services.site import open_site

ROWS = 12_000
"""Three commits of the loader, two steps of the projector."""

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


def command(manifest: Path, home: Path) -> list[str | Path]:
    return [Path(sys.executable).with_name("kehutu"), "ingest", manifest, "--home", home]


def killed_at(phase: str, manifest: Path, home: Path) -> bool:
    """Start the load and kill it when it first says that it is in a phase; whether that was in time."""
    with subprocess.Popen(
        command(manifest, home), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stderr is not None
        for line in process.stderr:
            if line.startswith(phase):
                process.send_signal(signal.SIGKILL)
                break
    return process.returncode == -signal.SIGKILL


def graph_of(home: Path) -> tuple[int, object]:
    with open_site(settings(home)) as site:
        return head(site.ledger), contents(site.store)


def test_killed_and_started_again_the_graph_is_that_of_one_clean_run(manifest: Path, tmp_path: Path) -> None:
    subprocess.run(command(manifest, tmp_path / "clean"), check=True, capture_output=True)
    again = tmp_path / "killed"
    # After the first commit of the loader, and after the first step of the projector.
    assert killed_at("Loading customers", manifest, again)
    assert killed_at("Bringing the graph", manifest, again)
    subprocess.run(command(manifest, again), check=True, capture_output=True)
    records, graph = graph_of(again)
    assert records == ROWS
    assert (records, graph) == graph_of(tmp_path / "clean")
