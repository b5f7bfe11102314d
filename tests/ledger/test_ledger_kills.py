"""What has been acknowledged is there, once, whatever happened to the process that wrote it."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from ledger.database import Ledger
from ledger.records import append, head, mentioning, since
from tests.ledger import appender
from tests.ledger.rows import NOW

ROOT = Path(__file__).parents[2]


def start(home: Path, notes: Path, *arguments: object) -> subprocess.Popen[bytes]:
    """An appender of its own process."""
    command = [sys.executable, str(ROOT / "tests/ledger/appender.py"), str(home), str(notes)]
    return subprocess.Popen([*command, *map(str, arguments)], env={**os.environ, "PYTHONPATH": str(ROOT)})


def acknowledged(notes: Path) -> set[int]:
    """Numbers of the rows that the appender has noted; a last line cut short was not acknowledged."""
    if not notes.exists():
        return set()
    lines = notes.read_text().splitlines(keepends=True)
    ranges = [line.split() for line in lines if line.endswith("\n")]
    return {number for first, last in ranges for number in range(int(first), int(last))}


def wait_for(notes: Path, process: subprocess.Popen[bytes]) -> None:
    """Until the first batch is acknowledged."""
    until = time.monotonic() + 60
    while not acknowledged(notes):
        assert process.poll() is None
        assert time.monotonic() < until
        time.sleep(0.005)


def assert_whole(ledger: Ledger, source: str, noted: set[int]) -> None:
    """No acknowledged row is lost, none is doubled, no batch is torn, every mention fits."""
    found = since(ledger, 0, 10_000_000)
    numbers = [int(record.record_id) for record in found if record.source == source]
    assert len(numbers) == len(set(numbers))
    assert noted <= set(numbers)
    assert [record.seq for record in found] == list(range(1, len(found) + 1))
    for record in found:
        assert record.payload == appender.numbered(record.source, int(record.record_id)).payload
    seqs = {record.id: record.seq for record in found}
    own = mentioning(ledger, [f"customer:{source}/{number}" for number in numbers])
    assert own == {f"customer:{source}/{n}": [seqs[f"{source}/{n}"]] for n in numbers}
    assert mentioning(ledger, ["transformer:hub"])["transformer:hub"] == [record.seq for record in found]
    assert ledger.check() == []


def test_nothing_acknowledged_is_lost_or_doubled_when_the_process_is_killed(
    home: Path, tmp_path: Path
) -> None:
    chance = random.Random(2026)
    notes = tmp_path / "acknowledged"
    for _ in range(6):
        before = len(acknowledged(notes))
        # Always from the first row on: what is there counts as duplicate and is acknowledged again.
        process = start(home, notes, "visits", 0, 200_000, 25)
        wait_for(notes, process)
        time.sleep(chance.uniform(0.0, 0.4))
        process.send_signal(signal.SIGKILL)
        assert process.wait() == -signal.SIGKILL
        with Ledger.open(home) as ledger:
            assert_whole(ledger, "visits", acknowledged(notes))
        assert len(acknowledged(notes)) >= before


def test_a_load_that_was_killed_and_repeated_equals_one_clean_load(home: Path, tmp_path: Path) -> None:
    notes = tmp_path / "acknowledged"
    process = start(home, notes, "visits", 0, 4_000, 20)
    wait_for(notes, process)
    process.kill()
    process.wait()
    assert start(home, notes, "visits", 0, 4_000, 20).wait() == 0
    with Ledger.open(home) as killed, Ledger.open(tmp_path / "clean") as clean:
        append(clean, [appender.numbered("visits", n) for n in range(4_000)], recorded_at=NOW)
        assert [(r.seq, r.id, r.hash) for r in since(killed, 0, 5_000)] == [
            (r.seq, r.id, r.hash) for r in since(clean, 0, 5_000)
        ]
        keys = [f"address:{number}" for number in range(50)]
        assert mentioning(killed, keys) == mentioning(clean, keys)


@pytest.mark.parametrize("flags", [(), ("--writer",)], ids=["append", "under the writer's lock"])
def test_processes_that_append_at_once_lose_and_double_nothing(
    home: Path, tmp_path: Path, flags: tuple[str, ...]
) -> None:
    # Two bring rows of their own, two bring the same rows.
    jobs = [("a", 0, 1_500), ("b", 0, 1_500), ("both", 0, 1_500), ("both", 0, 1_500)]
    processes = [
        start(home, tmp_path / f"notes{place}", source, first, last, 50, *flags)
        for place, (source, first, last) in enumerate(jobs)
    ]
    assert [process.wait() for process in processes] == [0, 0, 0, 0]
    with Ledger.open(home) as ledger:
        assert head(ledger) == 4_500
        for source in ("a", "b", "both"):
            assert_whole(ledger, source, set(range(1_500)))


def test_the_death_of_a_writer_frees_its_lock(home: Path) -> None:
    hold = "import sys, time; from pathlib import Path; from ledger.database import Ledger\n"
    hold += f"with Ledger.open(Path({str(home)!r})).writer(): print('held', flush=True); time.sleep(60)"
    process = subprocess.Popen(
        [sys.executable, "-c", hold], stdout=subprocess.PIPE, env={**os.environ, "PYTHONPATH": str(ROOT)}
    )
    assert process.stdout is not None
    with process.stdout:
        assert process.stdout.readline() == b"held\n"
        process.kill()
        process.wait()
    with Ledger.open(home) as ledger, ledger.writer(wait=0):
        pass
