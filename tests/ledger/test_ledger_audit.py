"""The audit trail shows every change made behind its back."""

from __future__ import annotations

import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Row
from sqlalchemy.exc import IntegrityError

from ledger import tables
from ledger.audit import Broken, NewEntry, append, append_all, head, listing, verify
from ledger.database import Ledger
from tests.ledger.rows import NOW
from tests.ledger.test_ledger_records import fresh

ROOT = Path(__file__).parents[2]
SIZE = 7


def entry(number: int) -> NewEntry:
    """Somebody reads something."""
    return NewEntry(
        f"user-{number % 3}", "read", f"person:{number % 4}", "service", NOW + timedelta(minutes=number)
    )


@pytest.fixture
def trail(ledger: Ledger) -> Ledger:
    """Seven entries."""
    for number in range(1, SIZE + 1):
        assert append(ledger, **entry(number)._asdict()) == number
    return ledger


def tamper(ledger: Ledger, *statements: str) -> None:
    """Write into the file as somebody with the rights to it, but without the key, would."""
    connection = sqlite3.connect(ledger.path)
    with connection:
        for verb in ("update", "delete"):
            connection.execute(f"DROP TRIGGER IF EXISTS audit_no_{verb}")
        for statement in statements:
            connection.execute(statement)
    connection.close()


def test_an_untouched_trail_fits(trail: Ledger) -> None:
    assert verify(trail) is None
    assert head(trail).number == SIZE


def test_an_empty_trail_fits(ledger: Ledger) -> None:
    assert verify(ledger) is None
    assert head(ledger).number == 0
    assert append_all(ledger, []) == 0


@pytest.mark.parametrize(
    ("statement", "number", "reason"),
    [
        ("UPDATE audit SET actor = 'nobody' WHERE number = 3", 3, "changed"),
        ("UPDATE audit SET action = 'export' WHERE number = 1", 1, "changed"),
        ("UPDATE audit SET subject = '' WHERE number = 7", 7, "changed"),
        ("UPDATE audit SET purpose = 'law' WHERE number = 2", 2, "changed"),
        ("UPDATE audit SET at = at + 1 WHERE number = 5", 5, "changed"),
        ("UPDATE audit SET hash = zeroblob(32) WHERE number = 4", 4, "changed"),
        ("DELETE FROM audit WHERE number = 4", 4, "missing"),
        ("DELETE FROM audit WHERE number = 1", 1, "missing"),
        ("DELETE FROM audit WHERE number = 7", 7, "missing"),
        ("DELETE FROM audit WHERE number > 2", 3, "missing"),
        ("DELETE FROM audit", 1, "missing"),
        (
            "INSERT INTO audit SELECT 8, at, actor, action, subject, purpose, hash FROM audit WHERE number = 7",
            8,
            "changed",
        ),
        ("DELETE FROM pointer WHERE name = 'audit_head'", 7, "head"),
        ("UPDATE pointer SET value = '7:00' WHERE name = 'audit_head'", 7, "head"),
    ],
)
def test_the_first_entry_that_does_not_fit_is_named(
    trail: Ledger, statement: str, number: int, reason: str
) -> None:
    tamper(trail, statement)
    found = verify(trail)
    assert found is not None
    assert (found.number, found.reason) == (number, reason)


def test_two_entries_that_changed_places_are_named(trail: Ledger) -> None:
    tamper(
        trail,
        "UPDATE audit SET number = 99 WHERE number = 3",
        "UPDATE audit SET number = 3 WHERE number = 4",
        "UPDATE audit SET number = 4 WHERE number = 99",
    )
    assert verify(trail) == Broken(3, "changed")


def test_moving_text_between_fields_is_noticed(ledger: Ledger) -> None:
    append(ledger, actor="ab", action="c", subject="s", purpose="p", at=NOW)
    tamper(ledger, "UPDATE audit SET actor = 'a', action = 'bc'")
    assert verify(ledger) == Broken(1, "changed")


def test_the_key_of_another_ledger_cannot_forge_a_trail(trail: Ledger, tmp_path: Path) -> None:
    with Ledger.open(tmp_path / "other") as other:
        append_all(other, [entry(number) for number in range(1, SIZE + 1)])
        forged = [bytes(row.hash) for row in _rows(other)]
    connection = sqlite3.connect(trail.path)
    with connection:
        connection.execute("DROP TRIGGER audit_no_update")
        for number, digest in enumerate(forged, 1):
            connection.execute("UPDATE audit SET hash = ? WHERE number = ?", [digest, number])
    connection.close()
    assert verify(trail) == Broken(1, "changed")


def test_a_head_kept_elsewhere_shows_that_an_older_file_came_back(home: Path) -> None:
    with Ledger.open(home) as ledger:
        append(ledger, **entry(1)._asdict())
    older = (home / "ledger/ledger.sqlite").read_bytes()
    with Ledger.open(home) as ledger:
        append_all(ledger, [entry(2), entry(3)])
        kept = head(ledger)
        assert verify(ledger, kept) is None
    (home / "ledger/ledger.sqlite").write_bytes(older)
    with Ledger.open(home) as ledger:
        assert verify(ledger) is None
        assert verify(ledger, kept) == Broken(2, "missing")
        append_all(ledger, [entry(8), entry(9)])
        assert verify(ledger, kept) == Broken(3, "anchor")


def test_an_entry_of_another_branch_of_the_same_ledger_does_not_fit(home: Path) -> None:
    path = home / "ledger/ledger.sqlite"
    with Ledger.open(home) as ledger:
        append(ledger, **entry(1)._asdict())
    trunk = path.read_bytes()
    with Ledger.open(home) as ledger:
        append(ledger, **entry(22)._asdict())
        other = [tuple(row) for row in _rows(ledger)][1]
    path.write_bytes(trunk)
    with Ledger.open(home) as ledger:
        append_all(ledger, [entry(2), entry(3)])
        tamper(ledger, "DELETE FROM audit WHERE number = 2")
        with ledger.writing() as connection:
            connection.execute(tables.audit.insert().values(other))
        # It was written with this ledger's key, after the same first entry; but the third was not written after it.
        assert verify(ledger) == Broken(3, "changed")


@pytest.mark.parametrize("change", [tables.audit.delete(), tables.audit.update().values(actor="nobody")])
def test_the_database_refuses_to_change_the_trail(trail: Ledger, change: object) -> None:
    def run() -> None:
        with trail.writing() as connection:
            connection.execute(change)  # type: ignore[call-overload]

    with pytest.raises(IntegrityError, match="only grows"):
        run()
    assert verify(trail) is None


def test_entries_are_listed_by_subject_and_time_in_pages(trail: Ledger) -> None:
    assert [e.number for e in listing(trail, subject="person:1")] == [1, 5]
    until = NOW + timedelta(minutes=5)
    assert [e.number for e in listing(trail, since=NOW + timedelta(minutes=2), until=until)] == [2, 3, 4]
    assert [e.number for e in listing(trail, after=2, first=2)] == [3, 4]
    assert listing(trail, first=1)[0].actor == "user-1"


@settings(max_examples=25)
@given(
    texts=st.lists(st.tuples(st.text(), st.text(), st.text(), st.text()), min_size=1, max_size=5),
    data=st.data(),
)
def test_any_text_fits_and_any_change_of_it_does_not(
    texts: list[tuple[str, str, str, str]], data: st.DataObject
) -> None:
    with fresh() as ledger:
        append_all(ledger, [NewEntry(*four, NOW) for four in texts])
        assert verify(ledger) is None
        number = data.draw(st.integers(1, len(texts)))
        field = data.draw(st.sampled_from(["actor", "action", "subject", "purpose"]))
        connection = sqlite3.connect(ledger.path)
        with connection:
            connection.execute("DROP TRIGGER audit_no_update")
            connection.execute(f"UPDATE audit SET {field} = {field} || 'x' WHERE number = ?", [number])  # noqa: S608
        connection.close()
        assert verify(ledger) == Broken(number, "changed")


def test_a_killed_writer_leaves_a_trail_that_fits_with_all_it_acknowledged(home: Path) -> None:
    write = (
        "import os; from datetime import UTC, datetime; from pathlib import Path\n"
        "from ledger.audit import append; from ledger.database import Ledger\n"
        f"ledger = Ledger.open(Path({str(home)!r}))\n"
        "while True:\n"
        "    n = append(ledger, actor='a', action='read', subject='s', purpose='p', at=datetime.now(UTC))\n"
        "    os.write(1, b'%d\\n' % n)\n"
    )
    chance = random.Random(1)
    acknowledged = 0
    for _ in range(3):
        process = subprocess.Popen(
            [sys.executable, "-c", write], stdout=subprocess.PIPE, env={**os.environ, "PYTHONPATH": str(ROOT)}
        )
        assert process.stdout is not None
        with process.stdout:
            assert process.stdout.readline()
            time.sleep(chance.uniform(0, 0.2))
            process.send_signal(signal.SIGKILL)
            process.wait()
            lines = process.stdout.read().splitlines(keepends=True)
        acknowledged = max([acknowledged, *(int(line) for line in lines if line.endswith(b"\n"))])
        with Ledger.open(home) as ledger:
            assert verify(ledger) is None
            assert head(ledger).number >= acknowledged


def test_writers_at_once_make_one_chain(home: Path) -> None:
    write = (
        "from datetime import UTC, datetime; from pathlib import Path\n"
        "from ledger.audit import append; from ledger.database import Ledger\n"
        f"ledger = Ledger.open(Path({str(home)!r}))\n"
        "for _ in range(100): append(ledger, actor='a', action='r', subject='s', purpose='p', at=datetime.now(UTC))\n"
    )
    start: Callable[[], subprocess.Popen[bytes]] = lambda: subprocess.Popen(  # noqa: E731
        [sys.executable, "-c", write], env={**os.environ, "PYTHONPATH": str(ROOT)}
    )
    assert [process.wait() for process in [start(), start()]] == [0, 0]
    with Ledger.open(home) as ledger:
        assert head(ledger).number == 200
        assert verify(ledger) is None


def _rows(ledger: Ledger) -> list[Row[Any]]:
    with ledger.reading() as connection:
        return list(connection.execute(tables.audit.select().order_by(tables.audit.c.number)))
