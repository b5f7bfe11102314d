"""A large source is taken by a process of its own: what comes out is what one process makes of it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

from ingest.loads import load as loading
from ingest.loads import second_process
from ledger import quarantine
from ledger.database import Ledger
from ledger.records import mentioning, since
from terms.errors import KehutuError

AT = datetime(2026, 5, 1, tzinfo=UTC)
ROOT = Path(__file__).parents[2]
FEW, MANY = 1_205, 30_005
"""Rows: some batches of 200; more than wait between two processes."""
MANIFEST = """\
sources:
  - name: people
    path: people*.csv
    channel: survey
    mapping:
      - node: Customer
        key: {local: 编号}
        set: {name: 姓名, phone: 电话}
      - relation: LIVES_AT
        from: {Customer: {local: 编号}}
        to: {Address: {text: 地址}}
  - name: bills
    path: bills.json
    channel: survey
    recordId: no
    observedAt: on
    mapping:
      - node: Bill
        key: {billNo: no}
        set: {amount: amount}
  - {name: none, path: none.csv, channel: survey, mapping: [{node: Customer, key: {local: id}}]}
"""


def written(folder: Path, rows: int) -> Path:
    """Files with good, ragged, refused, equal and unusual rows, one that is broken, and one that is missing."""
    lines = [f"C{i},客户{i},138{i:08d},和平路{i % 97}号\n" for i in range(rows)]
    lines[7] = "C7,客户7\n"
    lines[8] = lines[9]
    lines[301] = ",无名,,\n"
    (folder / "people1.csv").write_text("编号,姓名,电话,地址\n" + "".join(lines), "gb18030")
    (folder / "people2.csv").write_text("编号;姓名;电话;地址\nX1;王;;\n", "utf-8")
    bills = ",\n".join(
        f'{{"no": "B{i}", "on": "2026-01-0{1 + i % 9}", "amount": {i}.50}}' for i in range(300)
    )
    (folder / "bills.json").write_text(f"[{bills},\n" + '{"no": "B301", "am')
    manifest = folder / "site.yaml"
    manifest.write_text(MANIFEST, "utf-8")
    return manifest


@pytest.fixture(autouse=True)
def two_cores(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every source with a file counts as large."""
    monkeypatch.setattr(second_process, "LARGE", 1)
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {0, 1})


def whole(ledger: Ledger) -> tuple[object, ...]:
    records = since(ledger, 0, 2 * FEW)
    keys = [f"customer:survey/C{i}" for i in range(0, FEW, 97)] + ["phone:13800000001", "bill:B7"]
    return records, mentioning(ledger, keys), quarantine.listing(ledger, first=100)


def test_two_processes_load_what_one_does(tmp_path, monkeypatch):
    manifest = written(tmp_path, FEW)
    monkeypatch.setattr(loading, "BATCH", 200)
    heard: dict[str, list[int]] = {"one": [], "two": []}
    found = {}
    key = b"k" * 32
    for name, large in (("one", 1 << 60), ("two", 1)):
        monkeypatch.setattr(second_process, "LARGE", large)
        home = tmp_path / name
        (home / "ledger").mkdir(parents=True, mode=0o700)
        (home / "ledger" / "key").touch(0o600)
        (home / "ledger" / "key").write_bytes(key)  # both make the same keys of addresses
        with Ledger.open(home) as ledger:

            def listen(phase: str, done: int = 0, total: int | None = None, name: str = name) -> None:  # noqa: ARG001
                heard[name].append(done)

            first = loading.load(ledger, manifest, clock=lambda: AT, progress=listen).sources
            found[name] = first, whole(ledger)
            again = loading.load(ledger, manifest, clock=lambda: AT).sources
            assert [source.accepted for source in again] == [0, 0, 0]
            assert [source.duplicate for source in again] == [s.accepted + s.duplicate for s in first]
    assert found["two"] == found["one"]
    assert heard["two"] == heard["one"]
    people, bills, none = found["two"][0]
    assert (people.read, people.accepted, people.quarantined, people.duplicate) == (FEW + 1, FEW - 2, 2, 1)
    assert (people.encoding, people.delimiter) == ("gb18030 / utf-8", ", / ;")
    assert (bills.read, bool(bills.error)) == (0, True)
    assert none.error is not None


def test_only_large_sources_of_shipped_readers_are_taken_apart(desk, monkeypatch):
    manifest = desk.write("m.yaml", MANIFEST)
    source = loading.read_manifest(manifest).sources[0]
    assert not second_process.worth_it(source, desk.folder)  # there is no file
    desk.write("people.csv", "x" * 1_000)
    assert second_process.worth_it(source, desk.folder)
    monkeypatch.setattr(second_process, "LARGE", 1_001)
    assert not second_process.worth_it(source, desk.folder)
    monkeypatch.setattr(second_process, "LARGE", 1)
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {0})
    assert not second_process.worth_it(source, desk.folder)


def taker(of: int, seconds: float = 180) -> int:
    """The process that takes rows for another."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        for number in Path(f"/proc/{of}/task/{of}/children").read_text().split():
            if b"ingest.loads.second_process" in Path(f"/proc/{number}/cmdline").read_bytes():
                return int(number)
        time.sleep(0.01)
    raise AssertionError("no process takes rows")


def test_a_taker_that_dies_ends_the_load_and_the_next_one_goes_on(desk):
    manifest = written(desk.folder, MANY)

    struck: list[int] = []

    def strike(phase: str, done: int = 0, total: int | None = None) -> None:  # noqa: ARG001
        if not struck:
            struck.append(taker(os.getpid()))
            os.kill(struck[0], signal.SIGKILL)

    with pytest.raises(KehutuError) as lost:
        loading.load(desk.ledger, manifest, progress=strike)
    assert lost.value.code == "TAKER_LOST"
    kept = len(since(desk.ledger, 0, 2 * MANY))
    assert kept > 0
    people, *_ = loading.load(desk.ledger, manifest).sources
    assert (people.accepted, people.quarantined) == (MANY - 2 - kept, 2)


# Whoever starts tests in the background of a script lets them ignore Ctrl-C, and what is ignored is inherited: such a
# load would go on to its end. It waits after its first batch, so that it has no other end than the signal.
LOAD_UNTIL_TOLD_TO_STOP = """
import os, signal, sys, time
from pathlib import Path
from ingest.loads import second_process
from ingest.loads import load
from ledger.database import Ledger
signal.signal(signal.SIGINT, signal.default_int_handler)
second_process.LARGE = 1
os.sched_getaffinity = lambda _: {0, 1}
load.load(Ledger.open(Path(sys.argv[1])), Path(sys.argv[2]), progress=lambda *_: time.sleep(60))
"""


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGINT], ids=["killed", "interrupted"])
def test_no_taker_outlives_its_load(desk, home, number):
    manifest = written(desk.folder, MANY)
    command = [sys.executable, "-c", LOAD_UNTIL_TOLD_TO_STOP, str(home), str(manifest)]
    process = subprocess.Popen(command, cwd=ROOT, stderr=subprocess.DEVNULL)
    try:
        other = taker(process.pid)
        process.send_signal(number)
        assert process.wait(60) != 0
    finally:
        process.kill()
    until = time.monotonic() + 60
    while Path(f"/proc/{other}").exists() and time.monotonic() < until:
        time.sleep(0.01)
    assert not Path(f"/proc/{other}").exists()
