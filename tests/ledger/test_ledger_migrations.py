"""An older ledger is migrated once, step by step, and goes on where it was stopped; a newer one is refused."""

from __future__ import annotations

import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from ledger import loads, tables, withdrawals
from ledger.backup import backup, restore
from ledger.database import Ledger
from ledger.migrate import migrations, newest
from ledger.records import append, head
from terms.errors import KehutuError
from tests.ledger.rows import NOW, row

ROOT = Path(__file__).parents[2]
RECORDS = 95
NEXT = tables.VERSION + 1
STEPS = """\
-- does: Counts how often each record was met.
-- step: a table of its own
CREATE TABLE met (seq INTEGER PRIMARY KEY, times INTEGER NOT NULL DEFAULT 0)
-- step: its rows
-- upto: SELECT max(seq) FROM (SELECT seq FROM record WHERE seq > :after ORDER BY seq LIMIT :batch)
INSERT INTO met (seq, times) SELECT seq, 1 FROM record WHERE seq > :after AND seq <= :upto
-- step: counting
-- upto: SELECT max(seq) FROM (SELECT seq FROM met WHERE seq > :after ORDER BY seq LIMIT :batch)
UPDATE met SET times = times + 1 WHERE seq > :after AND seq <= :upto
"""
CHILD = """
import os, signal, sys
from pathlib import Path
from sqlalchemy import Connection
import ledger.migrate
from ledger.database import Ledger

home, folder, left = Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3])
vars(ledger.migrate)["BATCH"] = 10
commit = Connection.commit

def dying(connection):
    global left
    left -= 1
    if left == 0:
        os.kill(os.getpid(), signal.SIGKILL)
    commit(connection)

Connection.commit = dying
Ledger.open(home, migrations_in=folder).close()
"""


@pytest.fixture
def old(home: Path) -> Path:
    """The home of a ledger as the product makes it, with some records."""
    with Ledger.open(home) as opened:
        append(opened, [row(str(number)) for number in range(RECORDS)], recorded_at=NOW)
    return home


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "migrations"
    made.mkdir()
    (made / f"{NEXT:04}_met.sql").write_text(STEPS)
    return made


def start(home: Path, folder: Path, stop_before: int = 0) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", CHILD, str(home), str(folder), str(stop_before)]
    return subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE, text=True)


def met(home: Path) -> list[int]:
    with closing(sqlite3.connect(home / "ledger/ledger.sqlite")) as connection:
        return [times for (times,) in connection.execute("SELECT times FROM met ORDER BY seq")]


@pytest.mark.parametrize("stop_before", [2, 3, 7, 20, 24])
def test_stopped_half_way_it_goes_on_where_it_was(old: Path, folder: Path, stop_before: int) -> None:
    killed = start(old, folder, stop_before)
    assert killed.wait() == -signal.SIGKILL, killed.communicate()
    with pytest.raises(KehutuError) as refused:  # the older program, from the first step on
        Ledger.open(old)
    assert refused.value.code == "LEDGER_NEWER"
    with Ledger.open(old, migrations_in=folder) as opened:
        assert opened.version == NEXT
        assert head(opened) == RECORDS
    assert met(old) == [2] * RECORDS


def test_two_that_open_it_at_once_migrate_it_once(old: Path, folder: Path) -> None:
    both = [start(old, folder) for _ in range(2)]
    assert [one.wait() for one in both] == [0, 0]
    assert met(old) == [2] * RECORDS


def test_who_only_looks_leaves_it_as_it_is(old: Path, folder: Path) -> None:
    with pytest.raises(KehutuError) as refused:
        Ledger.open(old, migrate=False, migrations_in=folder)
    assert refused.value.code == "LEDGER_OUTDATED"
    with Ledger.open(old) as opened:
        assert opened.version == tables.VERSION


def test_a_backup_of_an_older_ledger_is_restored_and_then_migrated(
    old: Path, folder: Path, tmp_path: Path
) -> None:
    with Ledger.open(old) as opened:
        backup(opened, tmp_path / "copy")
    restore(tmp_path / "copy", tmp_path / "new")
    with Ledger.open(tmp_path / "new", migrations_in=folder) as opened:
        assert opened.version == NEXT
    assert met(tmp_path / "new") == [2] * RECORDS


def test_the_migrations_that_ship_lead_to_the_layout_that_a_new_ledger_has() -> None:
    assert [one.number for one in migrations()] == list(range(2, tables.VERSION + 1))
    assert newest(migrations()) == tables.VERSION


def layout(home: Path) -> dict[str, object]:
    """Columns of all tables, and which indexes there are."""
    with closing(sqlite3.connect(home / "ledger/ledger.sqlite")) as connection:
        names = [n for (n,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        columns = {
            name: [
                (column, kind, required, key)
                for _, column, kind, required, _, key in connection.execute(f"PRAGMA table_info({name})")
            ]
            for name in names
        }
        indexes = connection.execute("SELECT name FROM sqlite_master WHERE type = 'index' ORDER BY name")
        return {**columns, "indexes": [name for (name,) in indexes]}


def test_a_ledger_of_version_1_keeps_its_loads_and_can_take_them_back(home: Path, tmp_path: Path) -> None:
    with Ledger.open(home) as opened:
        loads.start(opened, "old", "m.yaml", at=NOW, reading=2)
        append(opened, [row("1"), row("2")], recorded_at=NOW)
        counts = {"name": "visits", "read": 2, "accepted": 2, "quarantined": 0, "duplicate": 0}
        loads.finish(opened, "old", [counts], at=NOW)
    with closing(sqlite3.connect(home / "ledger/ledger.sqlite")) as connection:
        for table in ("load_record", "withdrawal"):
            connection.execute(f"DROP TABLE {table}")
        for column in ("reading", "withdrawal_began_at", "withdrawn_at"):
            connection.execute(f"ALTER TABLE load DROP COLUMN {column}")
        connection.execute("DROP TRIGGER audit_no_insert")
        connection.execute("UPDATE meta SET value = '1' WHERE name = 'version'")
        connection.commit()
    with Ledger.open(home) as opened:
        assert opened.version == 3
        assert (loads.get(opened, "old").reading, head(opened)) == (None, 2)
        with opened.writer():
            withdrawals.begin(opened, "old", at=NOW)
            assert list(withdrawals.withdraw(opened, "old", at=NOW)) == [2]
    Ledger.open(tmp_path / "new").close()
    assert layout(home) == layout(tmp_path / "new")
