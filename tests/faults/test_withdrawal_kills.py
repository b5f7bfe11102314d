"""A withdrawal that is killed at any of its commits and called again ends as one that nobody disturbed."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

from ledger import loads
from ledger.database import Ledger
from ledger.records import NewRecord, acknowledge, current, since
from tests.ledger.rows import NOW, day, row

ROOT = Path(__file__).parents[2]
RECORDS = 25
CHILD = """
import os, signal, sys
from datetime import UTC, datetime
from pathlib import Path
from sqlalchemy import Connection
from ledger import withdrawals
from ledger.database import Ledger

home, left = Path(sys.argv[1]), int(sys.argv[2])
vars(withdrawals)["BATCH"] = 10
commit = Connection.commit

def dying(connection):
    global left
    left -= 1
    if left == 0:
        os.kill(os.getpid(), signal.SIGKILL)
    commit(connection)

with Ledger.open(home) as ledger, ledger.writer():
    Connection.commit = dying
    withdrawals.begin(ledger, "second", at=datetime.now(UTC))
    list(withdrawals.withdraw(ledger, "second", at=datetime.now(UTC)))
"""


def loaded(home: Path) -> None:
    """A first load; and a second one that changes a part of it, takes one away and adds some."""
    first = [row(str(i), f"first {i}", at=day(0)) for i in range(RECORDS)]
    second = [row(str(i), f"second {i}", at=day(1), deleted=i == 20) for i in range(15, RECORDS + 15)]
    with Ledger.open(home) as ledger:
        for name, rows in (("first", first), ("second", [*first[:3], *second])):
            loads.start(ledger, name, "m.yaml", at=NOW, reading=2)
            acknowledge(ledger, rows, recorded_at=NOW, load=name)
            loads.finish(ledger, name, [], at=NOW)


def withdraw(home: Path, commits: int) -> int:
    """Take the second load back and be killed at a commit; the exit status."""
    command = [sys.executable, "-c", CHILD, str(home), str(commits)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, check=False).returncode


def stands(home: Path) -> tuple[dict[str, bytes], int]:
    """What counts by now, and how many records there are."""
    with Ledger.open(home) as ledger:
        assert ledger.check() == []
        assert loads.get(ledger, "second").withdrawn_at is not None
        records = since(ledger, 0, 1_000)
        found = current(ledger, {record.ref for record in records})
        shown = {ref[1]: record.payload for ref, record in found.items() if not record.deleted}
        return shown, len(records)


def test_killed_at_any_commit_and_called_again_it_is_taken_back_once(tmp_path: Path) -> None:
    clean = tmp_path / "clean"
    loaded(clean)
    assert withdraw(clean, -1) == 0
    shown, records = stands(clean)
    assert shown == {str(i): f"first {i}".encode() for i in range(RECORDS)}
    assert records == 3 * RECORDS
    kills = 0
    while True:
        home = tmp_path / f"killed-{kills}"
        loaded(home)
        status = withdraw(home, kills + 1)
        if status == 0:
            break
        assert status == -signal.SIGKILL
        kills += 1
        assert withdraw(home, -1) == 0
        assert stands(home) == (shown, records)
    assert kills == 6  # the beginning, four batches (one of what it only repeated) and the end


def test_the_same_rows_come_in_again_after_it(tmp_path: Path) -> None:
    loaded(tmp_path)
    assert withdraw(tmp_path, -1) == 0
    rows: list[NewRecord] = [row("30", "second 30", at=day(1)), row("3", "first 3", at=day(0))]
    with Ledger.open(tmp_path) as ledger:
        loads.start(ledger, "third", "m.yaml", at=NOW, reading=2)
        taken = acknowledge(ledger, rows, recorded_at=NOW, load="third")
    assert [one.outcome for one in taken] == ["accepted", "duplicate"]
